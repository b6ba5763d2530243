"""Asking for an error by its code, or by its status and code where a code has several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider

__all__ = ["HEADER", "check_asked", "error_asked_for", "status_and_code"]

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
    close = meant(there, text)
    rest = f"ask for one of: {listed(close)}" if close else f"documented there: {listed(there) or 'none'}"
    raise UsageError(f"{operation} documents no {text.strip()}; {rest}")


def check_asked(provider: Provider, text: str) -> None:
    """Refuse a status alone, and a code with a status that it does not have; a code alone is checked where it is armed."""
    status, code = status_and_code(text)
    if not code.isdecimal() and (status is None or any((e.status, e.code) == (status, code) for e in provider.errors)):
        return
    close = listed(meant(provider.errors, text)) or ", ".join(nearest(text, map(str, provider.errors)))
    rest = f"ask for one of: {close}" if close else f"see: openbanking errors {provider}"
    raise UsageError(f"{provider} documents no {text.strip()}; {rest}")


def meant(errors: Sequence[DocumentedError], text: str) -> list[DocumentedError]:
    """Return what may be meant by a status alone, or by a code with another one's status."""
    _, word = status_and_code(text)
    return [error for error in errors if word in (error.code, str(error.status))]


def listed(errors: Sequence[DocumentedError]) -> str:
    return ", ".join(dict.fromkeys(map(str, errors)))
