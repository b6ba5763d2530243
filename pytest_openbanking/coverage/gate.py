"""The gate: whether enough of a provider's documented errors are handled."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_openbanking.coverage.report import Provider

__all__ = ["percentage", "under"]


def under(provider: Provider, wanted: float) -> str | None:
    """Say why a provider is under the wanted percentage, or return None where it is not.

    Waived errors and those on assumed operations do not count. The share is exact: 94.999 is under 95. Where no error
    counts, none is wanting.
    """
    counted = provider.errors.documented - provider.errors.waived
    handled = provider.errors.handled
    if 100 * handled >= Fraction(str(wanted)) * counted:
        return None
    tenths = 1000 * handled // counted  # rounded down, so that it never reads as what is wanted
    return (
        f"{provider.name}: {handled} of {counted} documented errors that count are handled "
        f"({tenths // 10}.{tenths % 10} %), {written(wanted)} wanted"
    )


def written(number: float) -> str:
    return str(number).removesuffix(".0")


def percentage(text: str) -> float:
    """Return the number of "95", "95.5" or "95 %"; raises UsageError where it is no percentage."""
    from pytest_openbanking.settings import UsageError

    try:
        number = float(text.strip().removesuffix("%"))
    except ValueError:
        number = -1.0
    if not 0 <= number <= 100:  # which nan is not either
        raise UsageError(f"{text!r} is no percentage; allowed: a number from 0 to 100")
    return number
