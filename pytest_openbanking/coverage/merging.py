"""Merging the reports of several jobs: the same reports in any order and grouping give the same bytes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pytest_openbanking.coverage.checks import ErrorKey
from pytest_openbanking.coverage.report import Status
from pytest_openbanking.coverage.statuses import report_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_openbanking.coverage.report import Entry, Report, Waiver

__all__ = ["merge"]

Item = TypeVar("Item", str, ErrorKey)


def merge(reports: Sequence[Report], *, day: str) -> Report:
    """Return one report of all runs; `day` (ISO 8601) tells which waivers hold.

    What was checked in any job counts, and the worst of it wins. Errors keep the order of their provider's documentation where
    all reports that have the provider agree on it; otherwise they are sorted.
    """
    names = agreed([[provider.name for provider in report.providers] for report in reports])
    titles = {name: title_of(name, reports) for name in names}
    found = entries_of(reports)
    entries = [found[key] for name in names for key in agreed([keys_of(report, name) for report in reports])]
    checks = {check for report in reports for check in report.checks}
    return report_of(titles, entries, checks, {run for report in reports for run in report.runs}, day=day)


def agreed(orders: Iterable[Sequence[Item]]) -> list[Item]:
    """Return the one order that all have, or all that any has, sorted.

    Orders that agree only in part are sorted, too: to weave them would depend on which two are merged first.
    """
    different = {tuple(order) for order in orders if order}
    if len(different) == 1:
        return list(different.pop())
    return sorted({item for order in different for item in order}, key=in_order)


def in_order(item: str | ErrorKey) -> tuple[str | int, ...]:
    if isinstance(item, str):
        return (item,)
    return (item.provider, item.operation, -1 if item.status is None else item.status, item.code)


def title_of(name: str, reports: Iterable[Report]) -> str:
    return max(provider.title for report in reports for provider in report.providers if provider.name == name)


def keys_of(report: Report, name: str) -> list[ErrorKey]:
    return [entry.key for entry in report.errors if entry.key.provider == name]


def entries_of(reports: Iterable[Report]) -> dict[ErrorKey, Entry]:
    found: dict[ErrorKey, Entry] = {}
    for report in reports:
        for entry in report.errors:
            found[entry.key] = joined(found.get(entry.key, entry), entry)
    return found


def joined(one: Entry, other: Entry) -> Entry:
    """Return one entry of two that may be of different versions of the catalogue.

    Its texts are the greater ones in the order of characters, all from one of the two. It asks for the more cases, and
    is documented where either says so: the stricter is right. A waiver of either holds, the longer one of both.
    """
    texts = max(one, other, key=lambda entry: repr(words(entry)))
    return replace(
        texts,
        persistences=max(one.persistences, other.persistences, key=lambda cases: (len(cases), cases)),
        assumed=one.assumed and other.assumed,
        waiver=max(one.waiver, other.waiver, key=lasting),
        status=Status.NOT_EXERCISED,
        rules=(),
        missing=(),
    )


def words(entry: Entry) -> tuple[object, ...]:
    return (entry.message, entry.cause, entry.remedies, entry.source, entry.marker)


def lasting(waiver: Waiver | None) -> tuple[object, ...]:
    if waiver is None:
        return (0,)
    return (1, waiver.until is None, waiver.until or "", waiver.reason, waiver.owner)
