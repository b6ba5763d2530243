"""Waivers: which documented errors are not to count, as `[[tool.pytest-openbanking.waive]]` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.catalogue.routing import shape
from pytest_openbanking.coverage.checks import ErrorKey
from pytest_openbanking.coverage.report import Status, Waiver
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_openbanking.coverage.report import Entry
    from pytest_openbanking.registry import Registry
    from pytest_openbanking.settings import Waive

__all__ = ["Waivers", "check_waivers"]


class Waivers:
    """A team's waivers on one day (ISO 8601)."""

    def __init__(self, waive: Sequence[Waive], day: str) -> None:
        self.day = day
        self.named = [(spelled(each.error), each) for each in waive]

    def of(self, key: ErrorKey) -> Waiver | None:
        """Return the waiver of an error: of several one that holds, else the first."""
        if not self.named:
            return None
        found = [Waiver(each.reason, each.owner, each.until) for each in self.naming(key)]
        return next((each for each in found if each.holds(self.day)), found[0] if found else None)

    def naming(self, key: ErrorKey) -> Iterator[Waive]:
        names = {spelled(name) for name in names_of(key)}
        return (each for name, each in self.named if name in names)

    def notes(self, entries: Iterable[Entry]) -> list[str]:
        """Return a line for each waiver that has expired, or that nothing needs any more."""
        of_entry = [(entry, set(self.naming(entry.key))) for entry in entries]
        lines = [
            self._note(each, [entry.status for entry, named in of_entry if each in named]) for _, each in self.named
        ]
        return [line for line in lines if line]

    def _note(self, waive: Waive, statuses: Sequence[Status]) -> str:
        if not statuses:  # of a provider that this run has nothing to do with
            return ""
        if all(status is Status.HANDLED for status in statuses):
            return f"waiver of {waive.error} ({waive.owner}) is not needed any more: it is handled; take the waiver out"
        if waive.until is None:
            return f"waiver of {waive.error} ({waive.owner}) has no end: give it `until`, a day after which it counts again"
        if waive.until < self.day and not all(status in (Status.HANDLED, Status.WAIVED) for status in statuses):
            return f"waiver of {waive.error} ({waive.owner}) has expired on {waive.until}: it counts again"
        return ""


def names_of(key: ErrorKey) -> Iterator[str]:
    """Yield each way in which an error can be named."""
    for name in (key.code, f"{key.status} {key.code}", f"{key.operation} {key.status} {key.code}"):
        yield name
        yield f"{key.provider} {name}"


def spelled(name: str) -> str:
    """Return a name in the one form in which names are compared: whatever an operation's path parameters are called."""
    return " ".join(shape(part) if "/" in part else part for part in name.split())


def check_waivers(registry: Registry) -> None:
    """Refuse a waiver that names no documented error of any provider."""
    names = list(all_names(registry))
    known = {spelled(name) for name in names}
    for waive in registry.settings.waive:
        if spelled(waive.error) not in known:
            close = nearest(waive.error, dict.fromkeys(names))
            said = f"; nearest: {', '.join(close)}" if close else ""
            raise UsageError(
                f"{waive.where}: no provider documents {waive.error!r}{said}; "
                "allowed: CODE, STATUS CODE, OPERATION STATUS CODE, each with a provider's name before it or not"
            )


def all_names(registry: Registry) -> Iterator[str]:
    for name in sorted(registry.folders):
        for error in registry.provider(name).errors:
            yield from names_of(ErrorKey(name, error.operation.id, error.status, error.code))
