"""Choosing documented errors by operation, status and code; a typo is named with the nearest right ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.catalogue.routing import shape
from pytest_openbanking.sandboxes.arming import Persistence, persistences
from pytest_openbanking.sandboxes.faults import faults_of
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider

__all__ = ["Status", "find_operation", "select_cases", "select_errors"]

Status = int | str | Sequence[int | str] | None
CLASS = re.compile(r"[45]xx", re.IGNORECASE)


def find_operation(provider: Provider, text: str) -> Operation:
    """Return an operation by its id, whatever its path parameters are called."""
    wanted = shape(text)
    for operation in provider.operations:
        if shape(operation.id) == wanted:
            return operation
    known = [operation.id for operation in provider.operations]
    close = nearest(text, known) or known
    raise UsageError(f"{provider.name} has no operation {text!r}; nearest: {', '.join(close)}")


def as_tuple(value: object) -> tuple[object, ...]:
    if value is None:
        return ()
    if isinstance(value, str | int) or not isinstance(value, Iterable):
        return (value,)
    return tuple(value)


def check_statuses(provider: Provider, statuses: Iterable[object]) -> None:
    known = sorted({error.status for error in provider.errors if error.status})
    for status in statuses:
        if isinstance(status, str) and CLASS.fullmatch(status):
            continue
        if not (str(status).isdigit() and int(str(status)) in known):
            raise UsageError(
                f"{provider.name} documents no status {status!r}; allowed: {', '.join(map(str, known))}, 4xx, 5xx"
            )


def check_codes(provider: Provider, codes: Iterable[object]) -> None:
    known = list(dict.fromkeys(error.code for error in provider.errors))
    for code in codes:
        if code not in known:
            close = nearest(str(code), known) or known
            raise UsageError(f"{provider.name} documents no code {code!r}; nearest: {', '.join(close)}")


def has_status(error: DocumentedError, statuses: tuple[object, ...]) -> bool:
    return not statuses or any(
        str(error.status) == str(s) or f"{error.status}"[:1] + "xx" == str(s).lower() for s in statuses
    )


def select_errors(
    provider: Provider,
    operations: Sequence[str] = (),
    *,
    status: Status = None,
    code: str | Sequence[str] | None = None,
) -> list[DocumentedError]:
    """Return the documented errors of some operations, or of all, that have one of the statuses and codes."""
    chosen = {id(find_operation(provider, text)) for text in operations}
    statuses, codes = as_tuple(status), as_tuple(code)
    check_statuses(provider, statuses)
    check_codes(provider, codes)
    return [
        error
        for error in provider.errors
        if (not chosen or id(error.operation) in chosen)
        and has_status(error, statuses)
        and (not codes or error.code in codes)
    ]


def lasting(text: str | None) -> tuple[Persistence, ...]:
    if text is None:
        return tuple(Persistence)
    if text not in tuple(Persistence):
        raise UsageError(f"persistence {text!r} is unknown; allowed: {', '.join(Persistence)}")
    return (Persistence.ONCE, Persistence.ONCE_DATE) if text == Persistence.ONCE else (Persistence(text),)


def select_cases(
    provider: Provider,
    operations: Sequence[str] = (),
    *,
    status: Status = None,
    code: str | Sequence[str] | None = None,
    persistence: str | None = None,
    faults: bool = False,
) -> Iterator[tuple[DocumentedError, Persistence]]:
    """Yield each error with each persistence; raises UsageError where that selects none."""
    errors = select_errors(provider, operations, status=status, code=code)
    wanted = lasting(persistence)
    if faults:
        chosen = [find_operation(provider, text) for text in operations] or list(provider.operations)
        errors = [*errors, *(fault for operation in chosen for fault in faults_of(provider, operation))]
    cases = [(error, lasts) for error in errors for lasts in persistences(error) if lasts in wanted]
    if not cases:
        raise UsageError(nothing(provider, operations, status, code, persistence))
    yield from cases


def nothing(provider: Provider, operations: Sequence[str], status: Status, code: object, persistence: object) -> str:
    filters = {"operation": ", ".join(operations), "status": status, "code": code, "persistence": persistence}
    asked = ", ".join(f"{name} {value}" for name, value in filters.items() if value)
    there = select_errors(provider, operations)
    known = ", ".join(dict.fromkeys(map(str, there))) if operations else ""
    return f"{provider.name} documents no error with {asked}" + (
        f"; documented there: {known or 'none'}" if operations else "; see: openbanking errors " + provider.name
    )
