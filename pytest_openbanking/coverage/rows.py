"""The errors that are not handled: one row each, and a table of them as text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.checks import Result
from pytest_openbanking.coverage.report import Status
from pytest_openbanking.coverage.statuses import COUNTED
from pytest_openbanking.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.coverage.checks import Check, ErrorKey
    from pytest_openbanking.coverage.report import Entry, Report, Waiver

__all__ = ["Row", "mishandled", "one_line", "row_of", "rows", "table", "worst_first"]

WORST_FIRST = tuple(Status)
GAP, INDENT, CUT = "  ", "    ", "..."
NARROWEST = 12  # of a column that is cut
LONGEST = 300
COMMAND = re.compile(r"^\s*:(?=:)|#(?=#\w*\[)")  # of GitHub; of Azure, TeamCity and GitHub, anywhere in a line


@dataclass(frozen=True)
class Row:
    """An error that is not handled. `why` names rules, cases that are missing, or the waiver."""

    state: Status
    provider: str
    operation: str
    error: str
    why: str
    marker: str


def rows(report: Report) -> list[Row]:
    """Return a row for each error that is not handled: the worst first, assumed operations last of their status."""
    wrong, idle = mishandled(report), unjudged(report)
    return [row_of(entry, wrong.get(entry.key, ()), idle.get(entry.key, "")) for entry in worst_first(report)]


def mishandled(report: Report) -> dict[ErrorKey, list[Check]]:
    """Return for each error the checks that found it mishandled."""
    found: dict[ErrorKey, list[Check]] = {}
    for check in report.checks:
        if check.result is Result.MISHANDLED and check.kind in COUNTED:
            found.setdefault(check.error, []).append(check)
    return found


def unjudged(report: Report) -> dict[ErrorKey, str]:
    """Return for each error why a test of it has judged nothing: it was skipped, its set-up failed."""
    return {check.error: check.failure for check in report.checks if check.result is Result.UNJUDGED and check.failure}


def worst_first(report: Report) -> list[Entry]:
    found = [entry for entry in report.errors if entry.status is not Status.HANDLED]
    return sorted(found, key=lambda entry: (WORST_FIRST.index(entry.status), entry.assumed))


def row_of(entry: Entry, wrong: Sequence[Check], idle: str = "") -> Row:
    """Return the row of an error; `wrong` are the checks that found it mishandled, `idle` says why one judged nothing."""
    error = entry.error if entry.key.status is not None else entry.key.code
    why = "; ".join(reasons(entry, wrong, idle))
    return Row(entry.status, entry.key.provider, entry.key.operation, error, why, entry.marker)


def reasons(entry: Entry, wrong: Sequence[Check], idle: str) -> Iterator[str]:
    if entry.rules:
        yield ", ".join(entry.rules)
    elif wrong:
        yield next((check.failure for check in wrong if check.failure), "the test failed")
    if entry.status is Status.NOT_EXERCISED:
        yield "missing: " + ", ".join(entry.missing) + (f" ({idle})" if idle else "")
    if entry.waiver is not None:
        yield waived(entry.waiver) if entry.status is Status.WAIVED else f"waiver expired: {waived(entry.waiver)}"
    if entry.assumed:
        yield "assumed operation"


def waived(waiver: Waiver) -> str:
    until = f", until {waiver.until}" if waiver.until is not None else ""
    return f"{waiver.reason} ({waiver.owner}{until})"


def table(rows: Sequence[Row], *, width: int, limit: int | None = None) -> list[str]:
    """Return the first `limit` rows (None: all) as aligned lines, each with its marker below, ready to copy.

    What repeats the row above is left blank. Wide cells are cut so that a line fits into `width`; markers never are.
    """
    shown = rows[:limit]
    several = len({row.provider for row in rows}) > 1
    cells = [[one_line(cell) for cell in cells_of(row, several)] for row in shown]
    widths = shares(cells, width)
    lines: list[str] = []
    above: list[str] = []
    for row, found in zip(shown, cells, strict=True):
        lines.append(drawn(blanked(found, above), widths))
        lines.append(INDENT + harmless(printable(row.marker)))
        above = found
    return [*lines, *more(rows[len(shown) :])]


def more(rows: Sequence[Row]) -> list[str]:
    """Return the line that tells what was cut, if anything was."""
    counts = Counter(row.state for row in rows)
    said = ", ".join(f"{counts[status]} {status}" for status in WORST_FIRST if counts[status])
    return [f"{CUT} and {len(rows)} more: {said}"] if rows else []


def cells_of(row: Row, several: bool) -> list[str]:
    return [row.state, *([row.provider] if several else []), row.operation, row.error, row.why]


def blanked(cells: Sequence[str], above: Sequence[str]) -> list[str]:
    """Leave out the first cells, as far as they repeat those above; never the error."""
    same = 0
    while same < min(len(cells) - 2, len(above)) and cells[same] == above[same]:
        same += 1
    return ["" if column < same else cell for column, cell in enumerate(cells)]


def shares(cells: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the columns' widths; the widest is narrowed until a line fits, as far as that helps."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for _ in range(sum(widths) + len(GAP) * (len(widths) - 1) - width):
        widest = max(range(len(widths)), key=lambda column: (widths[column], column))
        if widths[widest] <= NARROWEST:
            break
        widths[widest] -= 1
    return widths


def drawn(cells: Sequence[str], widths: Sequence[int]) -> str:
    return GAP.join(cut(cell, width).ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - len(CUT)] + CUT


def one_line(text: str) -> str:
    """Return a text as one line of printable characters."""
    return harmless(" ".join(printable(text[:LONGEST]).split()))


def harmless(text: str) -> str:
    """Part the signs by which the CI services know a command in a log."""
    return COMMAND.sub(r"\g<0> ", text)
