"""Where what a cassette holds came from, where that is not simply said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.cassette import SANDBOX
from pytest_openbanking.exchange import PROVENANCE, Provenance
from pytest_openbanking.hosts import is_local

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.cassette import Metadata
    from pytest_openbanking.exchange import Headers, Request

__all__ = ["held", "told_by"]


def held(metadata: Metadata, said: Provenance) -> Provenance:
    """Return what is made of a provenance: nothing that a sandbox of ours answered was recorded of a provider."""
    contradicted = said is Provenance.RECORDED and metadata.recorded_from == SANDBOX
    return Provenance.GENERATED if contradicted else said


def told_by(request: Request, headers: Headers) -> Provenance:
    """Return the provenance of what someone else recorded: a served sandbox says it; another local server is no provider."""
    said = headers.get(PROVENANCE)
    if said in tuple(Provenance):
        return Provenance(said)
    return Provenance.GENERATED if is_local(request.url) else Provenance.RECORDED
