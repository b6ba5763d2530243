"""Requests of threads and tasks that outlived their exchange: refused when they come, reported when the run ends."""

from __future__ import annotations

import pytest

__all__ = ["finish", "note", "noted", "summarise"]

noted: list[str] = []


def note(message: str, test: str) -> None:
    """Remember a request that came too late, with the test that started what made it."""
    noted.append(f"{test or 'a sandbox outside any test'}: {message}")


def finish(session: pytest.Session) -> None:
    """Hand what was noted to the controller of a parallel run, or fail a run that would have passed."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["openbanking_leftovers"] = list(noted)
    elif noted and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def summarise(reporter: pytest.TerminalReporter) -> None:
    if noted:
        reporter.section("openbanking: requests after their exchange had ended, refused", red=True, bold=True)
        for line in dict.fromkeys(noted):
            reporter.line(line)
        noted.clear()
