"""Findings that a baseline knows, or that are waived: their tests are expected to fail, and may pass."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.baseline import Known
from pytest_openbanking.coverage.checks import Result

if TYPE_CHECKING:
    from collections.abc import Collection

    import pytest

    from pytest_openbanking.coverage.checks import Check
    from pytest_openbanking.coverage.waivers import Waivers

__all__ = ["Tolerance"]


class Tolerance:
    """What is known of a run's findings; `file` is the baseline's name."""

    def __init__(self, waivers: Waivers, baseline: Collection[Known] = (), file: str = "") -> None:
        self.waivers = waivers
        self.baseline = baseline
        self.file = file

    def apply(self, report: pytest.TestReport, checks: list[Check]) -> list[Check]:
        """Make a failing test an expected failure where all that it has found is known."""
        wrong = [check for check in checks if check.result is Result.MISHANDLED]
        if not report.failed or not wrong:
            return checks
        reasons = [self.reason(check) for check in wrong]
        if not all(reasons):
            return checks
        report.outcome = "skipped"
        report.wasxfail = "openbanking: " + "; ".join(dict.fromkeys(filter(None, reasons)))
        return [replace(check, tolerated=True) if check in wrong else check for check in checks]

    def reason(self, check: Check) -> str | None:
        """Return why the findings of a check are no news; None where they are, or where the test failed by something else."""
        if check.failure is not None:
            return None
        codes = list(dict.fromkeys(found.code for found in check.findings))
        waiver = self.waivers.of(check.error)
        if waiver is not None and waiver.holds(self.waivers.day):
            until = f" until {waiver.until}" if waiver.until else ""
            return f"waived{until} by {waiver.owner}, {waiver.reason}: {', '.join(codes)}"
        if all(Known(check.error, code) in self.baseline for code in codes):
            return f"known in {self.file}: {', '.join(codes)}"
        return None
