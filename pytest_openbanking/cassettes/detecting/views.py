"""A text without its escapes, or without its base64; each place in it is a place in the text that was given."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

from pytest_openbanking.cassettes.detecting.base64_text import decoded

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Hidden", "View", "given", "hidden_in", "narrowed", "unescaped", "unfolded"]

ESCAPES = re.compile(
    r"(?:%[0-9A-Fa-f]{2})+|(?:\\u[0-9A-Fa-f]{4})+|(?:\\[^u\x00-\x1f])+|&(?:\#\d{1,6}|\#[xX][0-9A-Fa-f]{1,5}|[a-z]{2,5});"
)
LETTERS = str.maketrans("bfnrt", "\b\f\n\r\t")
PATH_PART = re.compile(r"[^/]{16,}")
# No letter and no white space: nothing is found across two pieces.
BETWEEN = "\x00"
MOST_ESCAPES = 3


class Mark(NamedTuple):
    """From `at` on, a view has `length` characters for the `source_length` that begin at `source`."""

    at: int
    length: int
    source: int
    source_length: int


class Hidden(NamedTuple):
    """Text that base64 hid between two places."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class View:
    """A text to search, and where its parts stood before."""

    text: str
    before: View | None
    marking: Callable[[], list[Mark]]

    @cached_property
    def marks(self) -> list[Mark]:
        return self.marking()

    def origin(self, place: int) -> int:
        """Return where a place in this view is in the text that was given."""
        if self.before is None:
            return place
        mark = self.marks[bisect_right(self.marks, place, key=lambda mark: mark.at) - 1]
        inside = (place - mark.at) * mark.source_length // max(1, mark.length)
        return self.before.origin(mark.source + max(0, min(inside, mark.source_length - 1)))


def given(text: str) -> View:
    """Return the view that is the text itself."""
    return View(text, None, list)


def narrowed(view: View) -> View:
    """Return a text of UTF-16 or UTF-32 that was read byte by byte, without the zeros between its letters."""
    if view.text.count("\0") * 3 < len(view.text):
        return view
    places = [place for place, letter in enumerate(view.text) if letter != "\0"]
    text = "".join(view.text[place] for place in places)
    return View(text, view, lambda: [Mark(at, 1, place, 1) for at, place in enumerate(places)])


def unescaped(view: View) -> View:
    """Undo percent-encoding, JSON's escapes and HTML's, up to three deep."""
    for _ in range(MOST_ESCAPES):
        text = ESCAPES.sub(plain_of, view.text) if any(sign in view.text for sign in "%\\&") else view.text
        if text == view.text:
            return view
        view = View(text, view, lambda source=view.text: escape_marks(source))  # type: ignore[misc]
    return view


def plain_of(match: re.Match[str]) -> str:
    return plain(match[0]) if len(match[0]) < 32 else plain.__wrapped__(match[0])


@lru_cache(maxsize=4096)
def plain(escape: str) -> str:
    if escape[0] == "%":
        return unquote_to_bytes(escape).decode("utf-8", "replace")
    if escape[0] == "&":
        return html.unescape(escape)
    if escape[1] == "u":
        units = b"".join(int(unit, 16).to_bytes(2, "big") for unit in escape.split("\\u")[1:])
        return units.decode("utf-16-be", "replace")
    return escape[1::2].translate(LETTERS)


def escape_marks(source: str) -> list[Mark]:
    marks, at, end = [Mark(0, 0, 0, 1)], 0, 0
    for match in ESCAPES.finditer(source):
        between = match.start() - end
        length = len(plain_of(match))
        marks += [
            Mark(at, between, end, between),
            Mark(at + between, length, match.start(), len(match[0])),
        ]
        at, end = at + between + length, match.end()
    return [*marks, Mark(at, len(source) - end, end, len(source) - end)]


def hidden_in(token: re.Match[str]) -> list[Hidden]:
    """Return what base64 hides in a token, or in its parts between slashes."""
    whole = decoded(token[0])
    if whole is not None:
        return [Hidden(token.start(), token.end(), whole)]
    if "/" not in token[0]:
        return []
    parts = PATH_PART.finditer(token.string, *token.span())
    return [Hidden(*part.span(), text) for part in parts if (text := decoded(part[0])) is not None]


def unfolded(view: View, pieces: list[Hidden]) -> View:
    """Return a view of all that base64 hid in another."""
    return View(BETWEEN.join(piece.text for piece in pieces), view, lambda: piece_marks(pieces))


def piece_marks(pieces: list[Hidden]) -> list[Mark]:
    marks, at = [], 0
    for piece in pieces:
        marks.append(Mark(at, len(piece.text), piece.start, piece.end - piece.start))
        at += len(piece.text) + len(BETWEEN)
    return marks
