"""CSV: the first line names the columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, shifted

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["table_edits"]

LINE = re.compile(r"[^\r\n]+")


def table_edits(text: str, search: Search, deep: int) -> list[Edit]:
    lines = list(LINE.finditer(text))
    if len(lines) < 2:
        return []
    between = max(",;\t|", key=lines[0][0].count)
    cell = re.compile(rf"\"((?:[^\"\r\n]|\"\")*+)\"|([^{re.escape(between)}\r\n]*+)(?:[{re.escape(between)}]|$)")
    kinds = [search.names.kind(match[1] or match[2] or "") for match in cells(cell, lines[0][0])]
    return [
        edit
        for line in lines[1:]
        for kind, match in zip(kinds, cells(cell, line[0]), strict=False)
        for edit in value_edits(kind, match, line.start(), search, deep)
    ]


def cells(cell: re.Pattern[str], line: str) -> list[re.Match[str]]:
    """Return the cells of a line; what follows a quoted one is its separator."""
    found: list[re.Match[str]] = []
    at = 0
    while at < len(line) and (match := cell.match(line, at)):
        found.append(match)
        at = match.end() + (1 if match[1] is not None else 0)
    return found


def value_edits(kind: str | None, match: re.Match[str], start: int, search: Search, deep: int) -> list[Edit]:
    group = 1 if match[1] is not None else 2
    if kind is None or not match[group]:
        return []
    return shifted(search.named(kind, match[group], deep + 1), start + match.start(group))
