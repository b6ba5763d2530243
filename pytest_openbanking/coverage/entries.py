"""The documented errors that count, as their providers document them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.checks import ErrorKey
from pytest_openbanking.coverage.report import Entry, Remedy, Source
from pytest_openbanking.sandboxes.arming import persistences
from pytest_openbanking.sandboxes.selection import find_operation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_openbanking.catalogue.model import DocumentedError, Provider
    from pytest_openbanking.coverage.waivers import Waivers

__all__ = ["entries_of", "marker_of"]


def entries_of(provider: Provider, operations: Sequence[str], waivers: Waivers) -> list[Entry]:
    """Return the errors of some operations (none named: of all), in the order of the documentation."""
    chosen = {id(find_operation(provider, text)) for text in operations}
    errors = [error for error in provider.errors if not chosen or id(error.operation) in chosen]
    statuses: dict[tuple[str, str], set[int | None]] = {}
    for error in errors:
        statuses.setdefault((error.operation.id, error.code), set()).add(error.status)
    return [entry_of(error, waivers, ambiguous=len(statuses[error.operation.id, error.code]) > 1) for error in errors]


def entry_of(error: DocumentedError, waivers: Waivers, *, ambiguous: bool) -> Entry:
    key = ErrorKey(error.provider, error.operation.id, error.status, error.code)
    return Entry(
        key=key,
        message=error.message,
        cause=error.cause,
        remedies=tuple(Remedy(each.handling.value, each.basis.value, each.text) for each in error.handlings),
        source=Source(error.source.title, error.source.url, error.source.section),
        persistences=tuple(each.value for each in persistences(error)),
        assumed=bool(error.operation.assumed),
        marker=marker_of(key, with_status=ambiguous),
        waiver=waivers.of(key),
    )


def marker_of(key: ErrorKey, *, with_status: bool) -> str:
    """Return the line that makes a test of an error; `with_status` where its code stands for several on the operation."""
    status = f"status={key.status}, " if with_status else ""
    operation, code = (json.dumps(text, ensure_ascii=False) for text in (key.operation, key.code))
    return f"@pytest.mark.openbanking_errors({operation}, {status}code={code})"
