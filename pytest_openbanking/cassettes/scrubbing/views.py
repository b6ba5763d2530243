"""Escaped texts seen unescaped: edits of what they mean become edits of what is written."""

from __future__ import annotations

import html
import json
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_to_bytes

from pytest_openbanking.cassettes.scrubbing.edits import Edit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["View", "json_view", "markup_view", "percent_view", "plain_view"]

JSON = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
MARKUP = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
TAIL = "%[89abAB][0-9a-fA-F]"
PERCENT = re.compile(
    f"%[cdCD][0-9a-fA-F]{TAIL}|%[eE][0-9a-fA-F](?:{TAIL}){{2}}|%[fF][0-7](?:{TAIL}){{3}}|%[0-9a-fA-F]{{2}}"
)
FORM = re.compile(rf"\+|{PERCENT.pattern}")


@dataclass(frozen=True)
class View:
    text: str
    encode: Callable[[str], str]
    offset: int = 0
    # Where escapes begin and end, in the view and in what is written.
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    raw_starts: list[int] = field(default_factory=list)
    raw_ends: list[int] = field(default_factory=list)

    def outer(self, edits: Iterable[Edit]) -> list[Edit]:
        return [Edit(self.first(edit.start), self.last(edit.end), self.encode(edit.text)) for edit in edits]

    def first(self, at: int) -> int:
        """Return where the character at this place begins as written."""
        before = bisect_right(self.starts, at) - 1
        if before < 0:
            return self.offset + at
        if at < self.ends[before]:
            return self.offset + self.raw_starts[before]
        return self.offset + self.raw_ends[before] + at - self.ends[before]

    def last(self, at: int) -> int:
        """Return where the character before this place ends as written."""
        before = bisect_left(self.starts, at) - 1
        if before < 0:
            return self.offset + at
        return self.offset + self.raw_ends[before] + max(0, at - self.ends[before])


def viewed(
    raw: str, offset: int, escape: re.Pattern[str], decode: Callable[[str], str], encode: Callable[[str], str]
) -> View:
    pieces: list[str] = []
    view, done, length = View("", encode, offset), 0, 0
    for match in escape.finditer(raw):
        meant = decode(match[0])
        length += match.start() - done
        pieces += [raw[done : match.start()], meant]
        view.starts.append(length)
        length += len(meant)
        view.ends.append(length)
        view.raw_starts.append(match.start())
        view.raw_ends.append(done := match.end())
    text = "".join([*pieces, raw[done:]])
    return View(text, encode, offset, view.starts, view.ends, view.raw_starts, view.raw_ends)


def plain_view(raw: str, offset: int = 0) -> View:
    return View(raw, str, offset)


def json_view(raw: str, offset: int = 0) -> View:
    """Return what stands between the quotes of a JSON string, unescaped."""
    if "\\" not in raw:
        return View(raw, json_encoded, offset)
    return viewed(raw, offset, JSON, json_decoded, json_encoded)


def json_decoded(escape: str) -> str:
    if escape[1] != "u" or len(escape) < 6:
        return LETTERS.get(escape[1], escape[1])
    return str(json.loads(f'"{escape}"'))


def json_encoded(text: str) -> str:
    return json.dumps(text)[1:-1]


def percent_view(raw: str, offset: int = 0, *, plus: bool) -> View:
    """Return a percent-encoded text decoded; in forms and queries a plus may stand for a space."""
    if "%" not in raw and not (plus and "+" in raw):
        return View(raw, percent_encoded, offset)
    return viewed(raw, offset, FORM if plus else PERCENT, percent_decoded, percent_encoded)


def percent_decoded(escape: str) -> str:
    if escape == "+":
        return " "
    octets = unquote_to_bytes(escape)
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return octets.decode("latin-1")


def percent_encoded(text: str) -> str:
    return quote(text, safe="")


def markup_view(raw: str, offset: int = 0) -> View:
    """Return XML or HTML with its character references resolved."""
    if "&" not in raw:
        return View(raw, html.escape, offset)
    return viewed(raw, offset, MARKUP, html.unescape, html.escape)
