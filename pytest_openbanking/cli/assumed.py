"""What a provider's data assumes because the provider does not document it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.catalogue.model import Note, Provider

__all__ = ["assumptions", "conventions", "plain_notes"]

ASSUMED = "Assumed: "  # how a note begins that states an assumption, not trouble


def plain_notes(provider: Provider) -> list[Note]:
    """Return the notes on documented trouble."""
    return [note for note in provider.notes if not note.text.startswith(ASSUMED)]


def assumptions(provider: Provider) -> Iterator[str]:
    """Yield each assumption as a sentence."""
    for operation in provider.operations:
        if operation.assumed:
            yield f"{operation.id}: {operation.assumed}"
    for note in provider.notes:
        if note.text.startswith(ASSUMED):
            yield f"{note.text.removeprefix(ASSUMED)} [{note.source}]"


def conventions(provider: Provider) -> Iterator[str]:
    """Yield by what the sandbox tells a consent, and a new token."""
    headers = Counter(operation.consent_header for operation in provider.operations if operation.consent_header)
    for header, number in headers.items():
        yield f"consent: the header {header}, on {number} operations"
    issuing = ", ".join(operation.id for operation in provider.operations if operation.issues_tokens)
    if issuing:
        yield f"token refresh: a new token is what {issuing} has returned since the error, whatever the grant"
