"""From the reports of tests to what they have shown: of each test, the last attempt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.checks import Check, Result
from pytest_openbanking.coverage.noting import ATTRIBUTE, line_of
from pytest_openbanking.coverage.travelling import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

__all__ = ["Attempts"]

WORST_FIRST = tuple(Result)
Attempt = dict[tuple[object, ...], Check]


class Attempts:
    """What each test's last attempt has shown."""

    def __init__(self) -> None:
        self._attempts: dict[tuple[str, str], Attempt] = {}
        self._again: set[tuple[str, str]] = set()  # tests that pytest-rerunfailures is about to run again

    def take(self, report: pytest.TestReport) -> None:
        """Take the report of one phase: a rerun begins anew, a failing teardown spoils what there is."""
        test = (worker_of(report), report.nodeid)
        if report.when == "setup" and test in self._again:
            self._again.remove(test)
            self._attempts.pop(test, None)
        if report.outcome == "rerun":  # type: ignore[comparison-overlap]
            self._again.add(test)
        found = [unpacked(plain) for plain in getattr(report, ATTRIBUTE, ())]
        if found:
            attempt = self._attempts.setdefault(test, {})
            for check in found:
                add(attempt, check)
        elif report.failed and report.when != "call" and test in self._attempts:
            line = f"{'teardown: ' if report.when == 'teardown' else ''}{line_of(report)}"
            self._attempts[test] = {key: spoilt(check, line) for key, check in self._attempts[test].items()}

    def __iter__(self) -> Iterator[Check]:
        return (check for attempt in self._attempts.values() for check in attempt.values())

    def __bool__(self) -> bool:
        return bool(self._attempts)


def worker_of(report: pytest.TestReport) -> str:
    """Return which process ran a test: with `--dist=each` several run the same."""
    node = getattr(report, "node", None)
    return "" if node is None else str(node.gateway.id)


def add(attempt: Attempt, check: Check) -> None:
    """Keep the worst that a test has shown of an error, of equal ones the latest."""
    key = (check.error, check.kind, check.persistence, check.site)
    before = attempt.get(key)
    if before is None or WORST_FIRST.index(check.result) <= WORST_FIRST.index(before.result):
        attempt[key] = check


def spoilt(check: Check, line: str) -> Check:
    """Return a check of a test that an error in teardown, or a crash, has ended: what was found stays found."""
    if check.result is Result.MISHANDLED:
        return check
    return replace(check, result=Result.UNJUDGED, failure=line)
