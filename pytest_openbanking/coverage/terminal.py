"""What a run has come to, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.coverage.report import Status
from pytest_openbanking.coverage.rows import rows, table
from pytest_openbanking.coverage.verdicts import verdict

if TYPE_CHECKING:
    import pytest

    from pytest_openbanking.coverage.ending import Ending

__all__ = ["show"]

TITLE = "openbanking: documented errors"
WIDE = 10_000  # nothing is cut
MOST = 20  # rows, unless -v asks for all


def show(ending: Ending, reporter: pytest.TerminalReporter) -> None:
    """Print the verdicts, then what is not handled, then what else there is to know; verdicts and failures only with -q."""
    quiet, whole = reporter.verbosity < 0, reporter.verbosity > 0
    if not quiet:
        reporter.section(TITLE)
    for provider in ending.report.providers:
        reporter.write_line(verdict(provider))
    if not quiet:
        for line in [*unhandled(ending, reporter, whole=whole), *ending.notes]:
            reporter.write_line(line)
    for line in [*ending.said, *ending.log]:
        reporter.write_line(line)
    for line in ending.failures:
        reporter.write_line(line, red=True, bold=True)


def unhandled(ending: Ending, reporter: pytest.TerminalReporter, *, whole: bool) -> list[str]:
    """Return the rows of the errors that are not handled; with `whole` all of them, waived ones as well.

    What a partial run has not exercised is no news.
    """
    left_out = {Status.WAIVED, *([Status.NOT_EXERCISED] if ending.parts else [])}
    found = [row for row in rows(ending.report) if whole or row.state not in left_out]
    width = WIDE if whole else reporter.config.get_terminal_writer().fullwidth
    if not found:
        return []
    lines = table(found, width=width, limit=None if whole else MOST)
    if not whole and len(found) > MOST:
        lines[-1] += "; -v shows all"
    return lines
