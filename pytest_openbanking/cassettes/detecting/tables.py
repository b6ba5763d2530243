"""Values in tables of text: a first line of names, and lines of values between the same separators."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.field import Field
from pytest_openbanking.cassettes.detecting.naming import is_telling

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["columns"]

HEAD = re.compile(r"[\s\ufeff]*([\w\"' ./#:-]{1,60}(?:([,;|\t])[\w\"' ./#:-]{1,60}){1,60})\r?\n")
CELLS = {
    separator: re.compile(rf'(?:^|{re.escape(separator)})(?:"([^"]*)"|([^"{re.escape(separator)}]*))')
    for separator in ",;|\t"
}
LINE = re.compile(r"[^\r\n]+")


def columns(text: str) -> Iterator[Field]:
    """Find the values of columns whose names tell."""
    head = HEAD.match(text)
    if not head or not head[2]:
        return
    names = [name.strip(" \"'") for name in head[1].split(head[2])]
    telling = {place: name for place, name in enumerate(names) if is_telling(name)}
    if telling:
        for line in LINE.finditer(text, head.end()):
            yield from cells(line, head[2], telling)


def cells(line: re.Match[str], separator: str, telling: dict[int, str]) -> Iterator[Field]:
    for place, cell in enumerate(CELLS[separator].finditer(line[0])):
        if place in telling:
            group = 1 if cell[1] is not None else 2
            yield Field((telling[place],), line.start() + cell.start(group), line.start() + cell.end(group))
