"""The report of a run: each documented error with its status, and what the tests have shown of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_openbanking.coverage.checks import Check, ErrorKey

__all__ = ["Counts", "Entry", "Provider", "Remedy", "Report", "Run", "Source", "Status", "Waiver"]


class Status(StrEnum):
    """The status of a documented error, the worst first."""

    MISHANDLED = "mishandled"
    NOT_EXERCISED = "not exercised"
    WAIVED = "waived"
    HANDLED = "handled"


@dataclass(frozen=True)
class Source:
    """A page of the provider's documentation."""

    title: str
    url: str
    section: str = ""


@dataclass(frozen=True)
class Remedy:
    """One accepted handling; `basis` is "documented", "standard" or "inferred"."""

    handling: str
    basis: str
    text: str


@dataclass(frozen=True)
class Waiver:
    """Why an error does not count, and until which day (ISO 8601), that day included; None: for good."""

    reason: str
    owner: str
    until: str | None = None

    def holds(self, day: str) -> bool:
        return self.until is None or day <= self.until


@dataclass(frozen=True)
class Entry:
    """A documented error: what its provider says of it, and what becomes of it in the client.

    `persistences` are the cases that apply to it, each of which must have been judged. `assumed` tells that the
    operation is not documented as such; those are counted apart. `marker` is the line that would exercise it.
    """

    key: ErrorKey
    message: str | None
    cause: str
    remedies: tuple[Remedy, ...]
    source: Source
    persistences: tuple[str, ...]
    assumed: bool
    marker: str
    waiver: Waiver | None = None
    status: Status = Status.NOT_EXERCISED
    rules: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()  # persistences that nothing has judged

    @property
    def error(self) -> str:
        return f"{self.key.status} {self.key.code}"


@dataclass(frozen=True)
class Counts:
    """How many there are of each status."""

    documented: int = 0
    handled: int = 0
    mishandled: int = 0
    waived: int = 0
    not_exercised: int = 0

    @property
    def percent(self) -> int:
        """Whole per cent that are handled, rounded down: 100 says all."""
        return 100 * self.handled // self.documented if self.documented else 100


@dataclass(frozen=True)
class Provider:
    """A provider's counts: of its errors, of those on assumed operations, and of distinct codes (status and code)."""

    name: str
    title: str
    errors: Counts
    assumed: Counts
    codes: Counts


@dataclass(frozen=True, order=True)
class Run:
    """A run that a report is of: when it ended (ISO 8601, UTC), and why it was not the whole of the tests, if so."""

    created: str
    version: str
    partial: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What one run, or several that were merged, have shown; everything in an order of its own, not of the runs."""

    runs: tuple[Run, ...]
    providers: tuple[Provider, ...]
    errors: tuple[Entry, ...]
    checks: tuple[Check, ...] = field(repr=False, default=())

    def checks_of(self, key: ErrorKey) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.error == key)
