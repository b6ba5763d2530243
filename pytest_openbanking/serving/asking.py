"""Asking for an error by its code, or by its status and code where a code has several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider

__all__ = ["HEADER", "error_asked_for", "status_and_code"]

HEADER = "X-OpenBanking-Error"


def status_and_code(text: str) -> tuple[int | None, str]:
    """Split "429 ACCESS_EXCEEDED", or "ACCESS_EXCEEDED"."""
    status, _, code = text.strip().partition(" ")
    return (int(status), code.strip()) if status.isdecimal() and code else (None, text.strip())


def error_asked_for(provider: Provider, operation: Operation, text: str) -> DocumentedError:
    """Return an operation's documented error; raises UsageError, saying what is documented there."""
    status, code = status_and_code(text)
    there = [error for error in provider.errors if error.operation is operation]
    found = [error for error in there if error.code == code and status in (None, error.status)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{operation} documents {code} with several statuses; ask for one of: {listed(found)}")
    raise UsageError(f"{operation} documents no {text.strip()}; documented there: {listed(there) or 'none'}")


def listed(errors: list[DocumentedError]) -> str:
    return ", ".join(dict.fromkeys(map(str, errors)))
