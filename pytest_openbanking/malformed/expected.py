"""Which documented error answers a request that breaks the schema of its operation, and with which field in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.templates import placeholders
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider

__all__ = ["expected_error", "validation_error"]


def validation_error(provider: Provider, operation: Operation) -> DocumentedError:
    """Return the error that the provider documents for it; raises UsageError where it documents none."""
    found = {
        error.operation.id: error for error in provider.errors if error.validation and error.operation is operation
    }
    if not found:
        known = [e.operation.id for e in provider.errors if e.validation and e.operation.request_schema is not None]
        raise UsageError(
            f"{provider.name} documents no error for a malformed {operation.id}, so nothing can answer one; "
            f'allowed: {", ".join(known) or "none"}, or part="response"'
        )
    return found[operation.id]


def expected_error(documented: DocumentedError, field: str) -> DocumentedError:
    """Return the documented error about a field; one that names no field, or that one, is as it is documented."""
    if not documented.fields or documented.fields == (field,):
        return documented
    message = documented.message if field in documented.fields else None
    held = any(name == "field" for name, _ in placeholders(documented.body))
    body = None if held and not field else documented.body  # the envelope's has no place for a field that is not there
    named = (field,) if field else ()
    return replace(documented, fields=named, message=message, body=body, documented=False)
