"""From what the tests have shown to a status for each documented error; the same checks in any order give the same report."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.checks import Kind, Result
from pytest_openbanking.coverage.report import Counts, Provider, Report, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_openbanking.coverage.checks import Check
    from pytest_openbanking.coverage.report import Entry, Run

__all__ = ["report_of"]

COUNTED = (Kind.ERROR, Kind.MALFORMED_REQUEST)
WORST_FIRST = tuple(Status)


def report_of(
    titles: Mapping[str, str], entries: Sequence[Entry], checks: Iterable[Check], runs: Iterable[Run], *, day: str
) -> Report:
    """Return the report of a run: `titles` are the providers', in order; `day` (ISO 8601) tells which waivers hold.

    `entries` are the documented errors that count, in the order of their provider's documentation.
    """
    ordered = sorted(set(checks), key=order)
    known = defaultdict(list)
    for check in ordered:
        if check.kind in COUNTED:
            known[check.error].append(check)
    judged = tuple(with_status(entry, known[entry.key], day) for entry in entries)
    providers = tuple(counted(name, title, judged) for name, title in titles.items())
    return Report(tuple(sorted(set(runs))), providers, judged, tuple(ordered))


def order(check: Check) -> tuple[str, ...]:
    return (
        check.error.provider,
        check.error.operation,
        str(check.error.status),
        check.error.code,
        check.test,
        repr(check),
    )


def with_status(entry: Entry, checks: Sequence[Check], day: str) -> Entry:
    """Return an error with its status: the worst of its checks, and handled only where every case of it was judged."""
    seen = {check.persistence for check in checks if check.result is not Result.UNJUDGED}
    missing = tuple(persistence for persistence in entry.persistences if persistence not in seen)
    wrong = [check for check in checks if check.result is Result.MISHANDLED]
    rules = tuple(sorted({found.code for check in wrong for found in check.findings}))
    status = Status.MISHANDLED if wrong else Status.NOT_EXERCISED if missing else Status.HANDLED
    if status is not Status.HANDLED and entry.waiver is not None and entry.waiver.holds(day):
        status = Status.WAIVED
    return replace(entry, status=status, rules=rules, missing=missing)


def counted(name: str, title: str, entries: Sequence[Entry]) -> Provider:
    own = [entry for entry in entries if entry.key.provider == name]
    plain = [entry for entry in own if not entry.assumed]
    return Provider(name, title, counts(plain), counts([entry for entry in own if entry.assumed]), by_code(plain))


def counts(entries: Sequence[Entry]) -> Counts:
    return tally([entry.status for entry in entries])


def by_code(entries: Sequence[Entry]) -> Counts:
    """Count distinct codes, each with the worst status of its errors."""
    found: dict[tuple[int | None, str], Status] = {}
    for entry in entries:
        code = (entry.key.status, entry.key.code)
        found[code] = min(found.get(code, entry.status), entry.status, key=WORST_FIRST.index)
    return tally(list(found.values()))


def tally(statuses: Sequence[Status]) -> Counts:
    return Counts(
        documented=len(statuses),
        handled=statuses.count(Status.HANDLED),
        mishandled=statuses.count(Status.MISHANDLED),
        waived=statuses.count(Status.WAIVED),
        not_exercised=statuses.count(Status.NOT_EXERCISED),
    )
