"""Tables whose wide cells wrap."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from pytest_openbanking.cli.terminal import wrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["GAP", "draw_row", "fit", "share"]

GAP = "  "


def fit(rows: Iterable[Sequence[str]]) -> list[int]:
    """Return the width of each column's widest line."""
    return [widest(column, str.splitlines) for column in zip(*rows, strict=True)]


def share(rows: Sequence[Sequence[str]], total: int) -> list[int]:
    """Return the columns' widths, the widest narrowed until a row fits into `total`, but no word broken."""
    found = fit(rows)
    least = [widest(column, str.split) for column in zip(*rows, strict=True)]
    excess = sum(found) + len(GAP) * (len(found) - 1) - total
    for _ in range(max(excess, 0)):
        elastic = [column for column in range(len(found)) if found[column] > least[column]]
        if elastic:
            found[max(elastic, key=found.__getitem__)] -= 1
    return found


def widest(cells: Iterable[str], cut: Callable[[str], list[str]]) -> int:
    return max((len(part) for cell in cells for part in cut(cell)), default=0)


def draw_row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    """Return the lines of one row; a line break in a cell is kept."""
    pairs = zip(cells, widths, strict=True)
    wrapped = [[part for line in cell.splitlines() or [""] for part in wrap(line, width)] for cell, width in pairs]
    lines = zip_longest(*wrapped, fillvalue="")
    return [GAP.join(part.ljust(width) for part, width in zip(line, widths, strict=True)).rstrip() for line in lines]
