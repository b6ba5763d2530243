"""What a check has seen, drawn as lines: its calls and waits, and what came out of the client."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.verifying.finding import one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.coverage.checks import Check, Step

__all__ = ["drawn"]

MOST, FIRST, LAST = 16, 8, 6  # of a long exchange the middle is left out
Row = tuple[str, str, str, str]


def drawn(check: Check) -> list[str]:
    """Return a line for each call, then one for each exception that came out, or for a value."""
    rows = [row(step) for step in check.steps]
    if len(rows) > MOST:
        rows[FIRST:-LAST] = [(f"... {len(rows) - FIRST - LAST} more calls", "", "", "")]
    widths = [max((len(cells[column]) for cells in rows), default=0) for column in range(3)]
    return [aligned(cells, widths) for cells in [*rows, *(("", text, "", "") for text in ending(check))]]


def aligned(cells: Row, widths: Sequence[int]) -> str:
    if not cells[0]:
        return cells[1]
    return "   ".join(cell.ljust(width) for cell, width in zip(cells, [*widths, 0], strict=True)).rstrip()


def row(step: Step) -> Row:
    return (
        one_line(f"{moment(step.at)} {step.method} {step.path}"),
        one_line(answered(step)),
        one_line("  ".join(told(step))),
        one_line(f"<- {step.mark}") if step.mark else "",
    )


def moment(seconds: float | None) -> str:
    return " " * 12 if seconds is None else f"{seconds:9.3f} s "


def answered(step: Step) -> str:
    if step.refused:
        return f"refused: {step.refused}"
    said = step.error or (str(step.status) if step.status is not None else "")
    return f"{said} ({step.provenance})" if said else ""


def told(step: Step) -> Iterator[str]:
    if step.retry_after is not None:
        yield f"Retry-After: {step.retry_after}"
    if step.refreshes:
        yield "a new token"
    yield from filter(None, (step.token, step.key))


def ending(check: Check) -> Iterator[str]:
    at = moment(check.ended_at)
    for raised in check.raised:
        yield one_line(f"{at} raised {raised.type}: {raised.text}")
    if check.returned:
        yield f"{at} returned a value"
