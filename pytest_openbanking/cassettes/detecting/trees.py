"""Values in JSON and XML, with the names of what holds them: a number is an account's where an account holds it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.field import Field
from pytest_openbanking.cassettes.detecting.naming import is_contextual

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["elements", "members"]

# An opening quote in front of JSON, or a closing one behind it, is that of a string which holds JSON.
TOKEN = re.compile(
    r"\"(?=\s{0,8}[\[{]\s{0,8}[\"{\[])|(?<=[}\]])\"|\"(?P<string>[^\"]*)\"(?P<colon>\s{0,8}:)?|(?P<brace>[\[\]{}])"
    r"|(?<=[:\s,\[])(?P<number>\d{4,30})(?=[\s,}\]])"
)
TAG = re.compile(r"<(/?)([A-Za-z_][\w:.-]{0,80})([^<>]*)>(?:<!\[CDATA\[)?([^<>]*)")
DEEPEST = 40
# Members and attributes that say what the value beside them is.
HINT = re.compile(
    r"(?:scheme|field|parameter)?_?(?:name|type|id|key)|scheme|field|label|param(?:eter)?|property", re.IGNORECASE
)
ATTRIBUTE = re.compile(r"([\w:-]{1,40})=(?:\"([^\"]*)\"|'([^']*)')")
MOST_HINTS = 4


class Frames:
    """The objects and arrays around a place, each with its name and with what its members so far say of it."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.hints: list[list[str]] = []

    def step(self, brace: str, name: str) -> None:
        if brace in "{[" and len(self.names) < DEEPEST:
            self.names.append(name)
            self.hints.append([])
        elif brace in "]}" and self.names:
            self.names.pop()
            self.hints.pop()

    def path(self, name: str) -> tuple[str, ...]:
        """Return the names down to a value; an array's items, and they alone, are called as it is."""
        hints = self.hints[-1] if name and self.hints else []
        return tuple(each for each in (*self.names[-6:], *hints, name) if each)

    def note(self, name: str, value: str) -> None:
        if self.hints and len(self.hints[-1]) < MOST_HINTS and HINT.fullmatch(name) and len(value) < 60:
            self.hints[-1].append(f"={value}")


def members(text: str) -> Iterator[Field]:
    """Find the strings and numbers of JSON that are called by what is around them."""
    frames, name = Frames(), ""
    for token in TOKEN.finditer(text):
        kind = token.lastgroup
        if kind == "colon":
            name = token["string"]
            continue
        if kind == "brace":
            frames.step(token[0], name)
        elif kind:
            if not name or is_contextual(name):
                yield Field(frames.path(name), *token.span(kind))
            frames.note(name, token[kind])
        name = ""


def elements(text: str) -> Iterator[Field]:
    """Find the texts of XML elements, and the values of those that HTML's forms consist of."""
    names: list[str] = []
    for tag in TAG.finditer(text):
        if tag[1]:
            close(names, tag[2])
            continue
        if "value=" in tag[3] or "content=" in tag[3]:
            yield from inputs(text, tag)
        if not tag[3].endswith("/"):
            names.append(tag[2])
            end = tag.end(4) - 2 * tag[4].endswith("]]")
            if tag[4].strip() and text.startswith(("</", ">"), tag.end()):
                yield Field(tuple(names[-6:]), tag.start(4), end)


def close(names: list[str], name: str) -> None:
    """Leave an element, and those in it that have no end (<br>)."""
    near = names[-8:]
    if name in near:
        del names[len(names) - 1 - near[::-1].index(name) :]


def inputs(text: str, tag: re.Match[str]) -> Iterator[Field]:
    """Find an element's value that its other attributes name, or itself."""
    found = {each[1].lower(): each for each in ATTRIBUTE.finditer(text, *tag.span(3))}
    hints = tuple(f"={each[2] or each[3]}" for name, each in found.items() if HINT.fullmatch(name))
    for each in (found.get("value"), found.get("content")):
        if each:
            yield Field((tag[2], *hints, "value"), *each.span(2 if each[2] is not None else 3))
