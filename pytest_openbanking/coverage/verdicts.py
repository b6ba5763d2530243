"""The verdict on a provider: one line, the same in every report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.coverage.report import Counts, Provider

__all__ = ["verdict"]


def verdict(provider: Provider) -> str:
    """Return "paysera: 41 of 45 documented errors handled (91 %), 1 mishandled, 3 waived; 14 of 16 codes" or the like."""
    parts = [f"{provider.name}: {', '.join(of_errors(provider.errors))}"]
    if provider.errors.documented:
        parts.append(f"{provider.codes.handled} of {provider.codes.documented} codes")
    if provider.assumed.documented:
        parts.append(f"on assumed operations {provider.assumed.handled} of {provider.assumed.documented}")
    return "; ".join(parts)


def of_errors(counts: Counts) -> Iterator[str]:
    if not counts.documented:
        yield "no documented errors that count"
        return
    yield f"{counts.handled} of {counts.documented} documented errors handled ({counts.percent} %)"
    if counts.mishandled:
        yield f"{counts.mishandled} mishandled"
    if counts.waived:
        yield f"{counts.waived} waived"
    if counts.not_exercised:
        yield f"{counts.not_exercised} not exercised"
