"""From captured interactions to cassettes on disk: at the provider's address, scrubbed, and written whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_openbanking.cassettes.capture import plain
from pytest_openbanking.cassettes.cassette import KEY
from pytest_openbanking.cassettes.sorting import about
from pytest_openbanking.cassettes.writing import cassette_text, write_whole
from pytest_openbanking.exchange import PROVENANCE, Provenance
from pytest_openbanking.hosts import is_below

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pytest_openbanking.cassettes.capture import Captured
    from pytest_openbanking.cassettes.scrubbing import Scrubber
    from pytest_openbanking.catalogue.model import Provider

__all__ = ["Recorder", "at_provider", "provenance_of"]

SANDBOX = "the sandbox of pytest-openbanking"
SANDBOXES = PROVENANCE.lower()


def today() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Recorder:
    """Writes cassettes below one folder."""

    folder: Path
    scrubber: Scrubber
    now: Callable[[], datetime] = today

    def write(self, place: Path, captured: Sequence[Captured], provider: Provider, bases: Mapping[str, str]) -> Path:
        """Scrub interactions and write them as one cassette; until it is whole the old one stays.

        `bases` maps the addresses that were called to the provider's own. Raises UnscrubbableError and OSError.
        """
        provenances = [provenance_of(each) for each in captured]
        held = [without_provenance(at_provider(each, bases)) for each in captured]
        metadata = {
            **about(held, provider),
            "provenance": str(provenances[0]) if len(set(provenances)) == 1 else list(map(str, provenances)),
            "recorded_from": origin_of(captured[0]),
            "recorded_at": self.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "recorded_by": f"pytest-openbanking {version('pytest-openbanking')}",
        }
        interactions = list(map(plain, self.scrubber.scrub(held)))  # a body that was compressed is text now
        path = self.folder / place
        write_whole(path, cassette_text({KEY: metadata, "version": 1, "interactions": interactions}))
        return path


def at_provider(captured: Captured, bases: Mapping[str, str]) -> Captured:
    """Return an interaction as if it had been sent to the provider's own address; `bases` are where it went, and whose."""
    request = captured["request"]
    uri = str(request["uri"])
    called = max((base for base in bases if is_below(uri, base)), key=len, default=None)
    if called is None:
        return captured
    there = bases[called] + uri.removeprefix(called)
    headers = {
        name: [urlsplit(there).netloc] if name.lower() == "host" else values
        for name, values in request["headers"].items()
    }
    return {**captured, "request": {**request, "uri": there, "headers": headers}}


def provenance_of(captured: Captured) -> Provenance:
    """Return what a served sandbox says of its answer; anything else is the provider's own."""
    said = [values[0] for name, values in captured["response"]["headers"].items() if name.lower() == SANDBOXES]
    return Provenance(said[0]) if said and said[0] in tuple(Provenance) else Provenance.RECORDED


def without_provenance(captured: Captured) -> Captured:
    response = captured["response"]
    headers = {name: values for name, values in response["headers"].items() if name.lower() != SANDBOXES}
    return {**captured, "response": {**response, "headers": headers}}


def origin_of(captured: Captured) -> str:
    """Return who answered: a served sandbox, or the host that was called."""
    if any(name.lower() == SANDBOXES for name in captured["response"]["headers"]):
        return SANDBOX
    parts = urlsplit(str(captured["request"]["uri"]))
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
