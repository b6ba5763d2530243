"""The recordings of documented errors: a team's own come first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.cassette import CassetteError
from pytest_openbanking.cassettes.places import OTHER_SUFFIX, SUFFIX, places_of
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.catalogue.pointers import values_at
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_openbanking.cassettes.cassette import Cassette, Recorded
    from pytest_openbanking.catalogue.model import DocumentedError, Provider
    from pytest_openbanking.exchange import Response

__all__ = ["Library", "OneCassette", "code_of", "error_of", "shown_by"]


@dataclass(frozen=True)
class Library:
    """Folders of cassettes, the first one first."""

    folders: tuple[Path, ...] = ()

    def recorded(self, provider: Provider, errors: Sequence[DocumentedError]) -> dict[int, Recorded]:
        """Return the recordings of those of the provider's errors that have one, by the error's id()."""
        found, own = {}, set(map(id, provider.errors))
        for error in errors:
            path = self.find(*places_of(provider, error)) if id(error) in own else None
            if path is not None:
                found[id(error)] = recording_of(read_cassette(path), provider, error)
        return found

    def find(self, *places: Path) -> Path | None:
        """Return the first file of these places; raises CassetteError where it cannot be told whether there is one."""
        paths = (folder / place for folder in self.folders for place in places)
        return next((path for path in paths if is_there(path)), None)

    def cassette(self, text: str) -> Cassette:
        """Read the cassette that a marker names, with or without its suffix; raises UsageError, naming the nearest."""
        place = Path(text)
        for candidate in (place, place.with_name(place.name + SUFFIX)):
            path = self.find(candidate)
            if path is not None:
                return read_cassette(path)
        known = [place for folder in self.folders for place in places_in(folder)]
        close = nearest(text + SUFFIX, known) or ["none at all"] * (not known)
        places = ", ".join(map(str, self.folders)) or "no folder"
        raise UsageError(
            f"there is no cassette {text!r} in {places}" + (f"; nearest: {', '.join(close)}" if close else "")
        )


@dataclass(frozen=True)
class OneCassette(Library):
    """A library of the one cassette that a test names: it has the recordings of the errors that the cassette shows."""

    only: Cassette | None = None

    def recorded(self, provider: Provider, errors: Sequence[DocumentedError]) -> dict[int, Recorded]:
        assert self.only is not None
        shown = [(error_of(each, provider), each) for each in reversed(self.only.interactions)]
        wanted = set(map(id, errors))
        return {id(error): each for error, each in shown if id(error) in wanted}

    def problem(self, error: DocumentedError, provider: Provider) -> str | None:
        """Say that the cassette does not show an error."""
        assert self.only is not None
        shown = shown_by(self.only, provider)
        if error in shown:
            return None
        there = ", ".join(dict.fromkeys(f"{each.operation} {each}" for each in shown)) or "no documented error"
        return (
            f"{self.only.path} shows {there}, and not {error.operation} {error}: leave the marker openbanking_errors out "
            "to get what it shows, or the marker openbanking_cassette to get the rest"
        )


def places_in(folder: Path) -> list[str]:
    """Return what a marker can name below a folder; also what would have to be named with its suffix."""
    found = (path for suffix in (SUFFIX, OTHER_SUFFIX) for path in folder.rglob("*" + suffix))
    return [str(path.relative_to(folder)) for path in found]


def is_there(path: Path) -> bool:
    """Tell whether there is anything at a place: what is no file is said to be none, and not passed over."""
    try:
        return path.is_symlink() or path.exists()
    except OSError as error:
        raise CassetteError(path, 1, f"cannot be read: {error.strerror}") from None


def recording_of(cassette: Cassette, provider: Provider, error: DocumentedError) -> Recorded:
    """Return the interaction of a cassette that shows an error; raises CassetteError where none does."""
    for recorded in cassette.interactions:
        if error_of(recorded, provider) is error:
            return recorded
    last = cassette.interactions[-1]
    answer = f"{last.request.method} {last.request.path} answered {last.response.status}"
    code = code_of(last.response, provider)
    raise CassetteError(
        cassette.path,
        last.line,
        f"{answer}{f' {code}' if code else ''}, and not {error.operation} with {error}; see: openbanking verify",
    )


def shown_by(cassette: Cassette, provider: Provider) -> list[DocumentedError]:
    """Return the documented errors that a cassette shows, in their order."""
    return [error for each in cassette.interactions if (error := error_of(each, provider)) is not None]


def error_of(recorded: Recorded, provider: Provider) -> DocumentedError | None:
    """Return the documented error that an interaction was answered with, if it is one; by any of its names."""
    operation = provider.router.route(recorded.request.method, recorded.request.url).operation
    status, code = recorded.response.status, code_of(recorded.response, provider)
    there = (error for error in provider.errors if (error.operation, error.status) == (operation, status))
    return next((error for error in there if code in (error.code, *error.aliases)), None)


def code_of(response: Response, provider: Provider) -> str | None:
    """Return the provider's code in an answer's body, if it has one."""
    try:
        body = json.loads(plain(response))
    except (ValueError, RecursionError):
        return None
    codes = values_at(provider.envelope.code, body, passing_over=provider.envelope.warning)
    return str(codes[0]) if codes else None


def plain(response: Response) -> bytes:
    """Return a body as its JSON was; raises ValueError where it cannot be decompressed."""
    encoding = response.headers.get("Content-Encoding")
    if not encoding:
        return response.body
    from pytest_openbanking.cassettes.scrubbing.bodies import decompressed

    return decompressed(response.body, encoding)
