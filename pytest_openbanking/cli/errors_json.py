"""A provider's documented errors as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_openbanking.cli.assumed import assumptions, conventions, plain_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_openbanking.catalogue.model import DocumentedError, Provider, Source

__all__ = ["document"]


def document(provider: Provider, errors: Sequence[DocumentedError]) -> str:
    """Return the document; what is not documented is null."""
    content = {
        "provider": provider.name,
        "title": provider.title,
        "base_url": provider.base_url,
        "errors": [error_entry(error) for error in errors],
        "notes": [{"text": note.text, "source": source_entry(note.source)} for note in plain_notes(provider)],
        "assumed": list(assumptions(provider)),
        "sandbox": list(conventions(provider)),
        "total": {"errors": len(errors), "codes": len({error.code for error in errors})},
    }
    return json.dumps(content, indent=2, ensure_ascii=True)


def error_entry(error: DocumentedError) -> dict[str, object]:
    return {
        "operation": error.operation.id,
        "assumed": error.operation.assumed,
        "status": error.status,
        "code": error.code,
        "message": error.message,
        "cause": error.cause,
        "handlings": [
            {
                "handling": accepted.handling,
                "basis": accepted.basis,
                "text": accepted.text,
                "source": source_entry(accepted.source) if accepted.source else None,
            }
            for accepted in error.handlings
        ],
        "retryable": error.retryable,
        "retry_after": error.retry_after,
        "retry_after_basis": error.retry_after_basis,
        "max_retries": error.max_retries,
        "fields": list(error.fields),
        "source": source_entry(error.source),
    }


def source_entry(source: Source) -> dict[str, str | None]:
    return {"title": source.title, "section": source.section or None, "url": source.url}
