"""From captured interactions to cassettes on disk: at the provider's address, scrubbed, and written whole."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_openbanking.cassettes.capture import plain
from pytest_openbanking.cassettes.cassette import KEY, SANDBOX
from pytest_openbanking.cassettes.reading import MOST_BYTES
from pytest_openbanking.cassettes.scrubbing import UnscrubbableError
from pytest_openbanking.cassettes.sorting import about, code_in, place_for
from pytest_openbanking.cassettes.writing import cassette_text, write_whole
from pytest_openbanking.exchange import PROVENANCE, Provenance
from pytest_openbanking.hosts import is_below

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from pytest_openbanking.cassettes.capture import Captured
    from pytest_openbanking.cassettes.scrubbing import Scrubber
    from pytest_openbanking.catalogue.model import Provider

__all__ = ["NotWrittenError", "Recorder", "at_provider", "provenance_of"]

LASTING = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM])  # of the disk, not of a file
SANDBOXES = PROVENANCE.lower()


def today() -> datetime:
    return datetime.now(UTC)


class NotWrittenError(Exception):
    """A cassette is not written: why, in one line; `lasting` tells that no other one could be, either."""

    def __init__(self, why: str, *, lasting: bool = False) -> None:
        super().__init__(why)
        self.lasting = lasting


@dataclass(frozen=True)
class Recorder:
    """Writes cassettes below one folder."""

    folder: Path
    scrubber: Scrubber
    now: Callable[[], datetime] = today

    def place(self, captured: Captured, provider: Provider, bases: Mapping[str, str]) -> Path | None:
        """Return the place of an answer's own cassette, below the folder: no secret becomes the name of a file."""
        here = at_provider(captured, bases)
        code = code_in(here, provider)
        if code is None or any(code in (error.code, *error.aliases) for error in provider.errors):
            return place_for(here, provider)
        try:
            [scrubbed] = self.scrubber.scrub([here])
        except UnscrubbableError:
            return None
        return place_for(plain(scrubbed), provider)

    def write(self, place: Path, captured: Sequence[Captured], provider: Provider, bases: Mapping[str, str]) -> Path:
        """Scrub interactions and write them as one cassette; until it is whole the old one stays.

        `bases` maps the addresses that were called to the provider's own. Raises NotWrittenError.
        """
        try:
            return self.whole(place, captured, provider, bases)
        except UnscrubbableError as error:
            raise NotWrittenError(str(error)) from None
        except OSError as error:
            raise NotWrittenError(said(error), lasting=error.errno in LASTING) from None

    def whole(self, place: Path, captured: Sequence[Captured], provider: Provider, bases: Mapping[str, str]) -> Path:
        check_size(sum(map(size, captured)))
        provenances = [provenance_of(each) for each in captured]
        held = [without_provenance(at_provider(each, bases)) for each in captured]
        interactions = list(map(plain, self.scrubber.scrub(held)))  # a body that was compressed is text now
        metadata = {
            **about(interactions, provider),
            "provenance": str(provenances[0]) if len(set(provenances)) == 1 else list(map(str, provenances)),
            "recorded_from": origin_of(captured[0]),
            "recorded_at": self.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "recorded_by": f"pytest-openbanking {version('pytest-openbanking')}",
        }
        path, text = self.folder / place, cassette_text({KEY: metadata, "version": 1, "interactions": interactions})
        check_size(len(text.encode()))
        write_whole(path, text)
        return path


def size(captured: Captured) -> int:
    return len(captured["response"]["body"]["string"])


def check_size(octets: int) -> None:
    """Refuse what nobody could read again."""
    if octets > MOST_BYTES:
        raise NotWrittenError(f"it would be {octets:,} bytes or more; a cassette holds at most {MOST_BYTES:,}")


def said(error: OSError) -> str:
    """Say what is wrong with the disk, without the name of a file that is there for a moment only."""
    name = str(error.filename or "")
    return f"it cannot be written: {error.strerror or error}" + (f": {name}" if name and name[-4:] != ".tmp" else "")


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
    if not said:
        return Provenance.RECORDED
    return Provenance(said[0]) if said[0] in tuple(Provenance) else Provenance.GENERATED


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
