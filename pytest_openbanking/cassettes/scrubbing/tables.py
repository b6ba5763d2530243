"""CSV and the like: a line names the columns, or a cell names the one beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, shifted
from pytest_openbanking.cassettes.scrubbing.names import NUMBERS

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["is_table", "table_edits"]

LINE = re.compile(r"[^\r\n]+")
BETWEEN = ",;\t|"
PREAMBLE = 20  # lines before the one that names the columns


def is_table(text: str, content_type: str) -> bool:
    said = content_type.lower()
    return "csv" in said or "tab-separated" in said or ("text/plain" in said and "\t" in text)


def table_edits(text: str, search: Search, deep: int) -> list[Edit]:
    lines = list(LINE.finditer(text))
    if not lines:
        return []
    first = lines[:PREAMBLE]
    between = re.escape(max(BETWEEN, key=lambda mark: sum(line[0].count(mark) for line in first)))
    cell = re.compile(rf"\"((?:[^\"\r\n]|\"\")*+)\"|([^{between}\r\n]*+)(?:[{between}]|$)")
    top = max(first, key=lambda line: len(cells(cell, line[0])))
    columns = kinds(cells(cell, top[0]), search)
    return [
        edit
        for line in lines
        for edit in line_edits(line, cells(cell, line[0]), columns if line.start() > top.start() else [], search, deep)
    ]


def line_edits(
    line: re.Match[str], found: list[re.Match[str]], columns: list[str | None], search: Search, deep: int
) -> list[Edit]:
    """Return the edits of a line: each cell is named by its column, else by the cell before it."""
    before = [None, *(kind if kind in NUMBERS else None for kind in kinds(found, search))]  # columns are no values
    named = [*columns, *[None] * len(found)]
    return [
        edit
        for column, label, match in zip(named, before, found, strict=False)
        for edit in value_edits(column or label, match, line.start(), search, deep)
    ]


def kinds(found: list[re.Match[str]], search: Search) -> list[str | None]:
    return [search.names.kind(match[1] or match[2] or "") for match in found]


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
