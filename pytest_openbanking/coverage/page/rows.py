"""The report as the page holds it: packed values, and for each error its numbers."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.checks import Kind, Result
from pytest_openbanking.coverage.page.packing import Packing
from pytest_openbanking.coverage.page.visible import visible
from pytest_openbanking.coverage.report import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.coverage.checks import Check, ErrorKey
    from pytest_openbanking.coverage.report import Entry, Remedy, Report, Source, Waiver

__all__ = ["packed"]

OF_DOCUMENTED = (Kind.ERROR, Kind.MALFORMED_REQUEST)
STATUS = {
    Result.MISHANDLED: Status.MISHANDLED,
    Result.HANDLED: Status.HANDLED,
    Result.UNJUDGED: Status.NOT_EXERCISED,
}
Group = tuple["ErrorKey", Kind]
Checks = dict["ErrorKey", list["Check"]]


@dataclass(frozen=True)
class Documented:
    """What the page shows of a documented error, beside its key."""

    marker: str
    cause: str
    source: Source
    remedies: tuple[Remedy, ...]
    persistences: tuple[str, ...]
    message: str | None = None
    missing: tuple[str, ...] = ()
    waiver: Waiver | None = None
    assumed: bool = False


@dataclass(frozen=True)
class Other:
    """What the page shows of checks of no documented error, beside their key."""

    kind: str


@dataclass(frozen=True)
class Shown:
    """A check, without what its error says already."""

    result: str
    persistence: str
    test: str
    file: str
    line: int
    kind: str
    steps: tuple[object, ...] = ()
    ended_at: float | None = None
    raised: tuple[object, ...] = ()
    findings: tuple[object, ...] = ()
    returned: bool = False
    failure: str | None = None
    tolerated: bool = False
    site: str | None = None


def packed(report: Report) -> dict[str, object]:
    """Return what goes into the page as JSON; `errors` and `others` are rows of numbers: key, status, rules, facts, checks."""
    packing = Packing()
    documented = {entry.key for entry in report.errors}
    known, loose = sorted_out(report.checks, documented)
    return {
        "errors": [
            row(packing, entry.key, entry.status, entry.rules, facts(entry), known[entry.key])
            for entry in report.errors
        ],
        "others": [
            row(packing, key, worst(checks), rules(checks), Other(kind.value), checks)
            for (key, kind), checks in loose.items()
        ],
        "providers": [[visible(provider.name), visible(provider.title)] for provider in report.providers],
        "rules": dict(messages(report.checks)),
        "shapes": packing.shapes,
        "table": packing.table,
    }


def sorted_out(checks: Sequence[Check], documented: set[ErrorKey]) -> tuple[Checks, dict[Group, list[Check]]]:
    """Tell the checks of documented errors from those of none."""
    known: Checks = defaultdict(list)
    loose: dict[Group, list[Check]] = defaultdict(list)
    for check in checks:
        if check.kind in OF_DOCUMENTED and check.error in documented:
            known[check.error].append(check)
        else:
            loose[check.error, check.kind].append(check)
    return known, loose


def row(
    packing: Packing, key: ErrorKey, status: Status, rules: tuple[str, ...], facts: object, checks: Sequence[Check]
) -> list[int]:
    words = [visible(word) for word in (key.operation, key.code, str(key.status or "")) if word]
    numbers = [packing.number(key), packing.number(status.value), packing.number(rules), packing.number(facts, words)]
    return numbers + [packing.number(shown(check), words) for check in checks]


def facts(entry: Entry) -> Documented:
    return Documented(
        marker=entry.marker,
        cause=entry.cause,
        source=entry.source,
        remedies=entry.remedies,
        persistences=entry.persistences,
        message=entry.message,
        missing=entry.missing,
        waiver=entry.waiver,
        assumed=entry.assumed,
    )


def worst(checks: Sequence[Check]) -> Status:
    return STATUS[min((check.result for check in checks), key=tuple(Result).index)]


def rules(checks: Sequence[Check]) -> tuple[str, ...]:
    return tuple(sorted({found.code for check in checks for found in check.findings}))


def shown(check: Check) -> Shown:
    return Shown(
        result=check.result.value,
        persistence=check.persistence,
        test=check.test,
        file=check.file,
        line=check.line,
        kind=check.kind.value,
        steps=check.steps,
        ended_at=check.ended_at,
        raised=check.raised,
        findings=check.findings,
        returned=check.returned,
        failure=check.failure,
        tolerated=check.tolerated,
        site=check.site,
    )


def messages(checks: Sequence[Check]) -> Iterator[tuple[str, str]]:
    """Yield each rule that found something, with what it says."""
    found = {(finding.code, finding.message) for check in checks for finding in check.findings}
    for code, message in sorted(found):
        yield visible(code), visible(message)
