"""The gate counts documented errors that are not waived, exactly; the verdict is one line."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_openbanking.coverage.gate import percentage, under
from pytest_openbanking.coverage.report import Counts, Provider
from pytest_openbanking.coverage.verdicts import verdict
from pytest_openbanking.settings import UsageError

ERRORS = Counts(documented=45, handled=41, mishandled=1, waived=2, not_exercised=1)
PAYSERA = Provider("paysera", "Paysera", ERRORS, Counts(), Counts(documented=16, handled=14, mishandled=2))


def counts(handled: int, documented: int, waived: int = 0) -> Provider:
    return replace(PAYSERA, errors=Counts(documented=documented, handled=handled, waived=waived))


def test_the_message_has_the_counts_the_share_and_what_is_wanted() -> None:
    """Waived errors are left out of both figures."""
    assert under(PAYSERA, 95) is None
    said = "paysera: 41 of 43 documented errors that count are handled (95.3 %), 96 wanted"
    assert (under(PAYSERA, 96), under(PAYSERA, 96.0)) == (said, said)


@pytest.mark.parametrize(
    ("provider", "wanted", "passes"),
    [
        (counts(19, 20), 95, True),
        (counts(1999, 2105), 95, False),  # 94.96, which rounds to 95
        (counts(0, 0), 100, True),
        (counts(0, 3, waived=3), 100, True),
        (counts(0, 1), 0, True),
        (counts(161, 1000), 16.1, True),  # 16.1 is more than that in binary
        (counts(1, 3), 33.4, False),
        (counts(44, 45), 100, False),
    ],
)
def test_the_share_is_exact(provider: Provider, wanted: float, passes: bool) -> None:
    """Neither rounding nor binary fractions let one through or keep one out."""
    assert (under(provider, wanted) is None) is passes


def test_what_is_under_never_reads_as_what_is_wanted() -> None:
    """The share that is shown is rounded down."""
    assert "(94.9 %), 95 wanted" in (under(counts(1999, 2105), 95) or "")


def test_assumed_operations_do_not_count() -> None:
    """They are no documentation that could be missed."""
    assert under(replace(counts(1, 1), assumed=Counts(documented=5, not_exercised=5)), 100) is None


@pytest.mark.parametrize(("text", "number"), [("95", 95), ("95.5", 95.5), (" 95 %", 95), ("0", 0), ("100", 100)])
def test_a_percentage_is_read(text: str, number: float) -> None:
    """With or without its sign."""
    assert percentage(text) == number


@pytest.mark.parametrize("text", ["", "x", "101", "-1", "nan", "inf", "95,5"])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    """One line that says what is allowed."""
    with pytest.raises(UsageError, match="is no percentage; allowed: a number from 0 to 100"):
        percentage(text)


@pytest.mark.parametrize(
    ("provider", "said"),
    [
        (
            PAYSERA,
            "41 of 45 documented errors handled (91 %), 1 mishandled, 2 waived, 1 not exercised; 14 of 16 codes",
        ),
        (counts(45, 45), "45 of 45 documented errors handled (100 %); 14 of 16 codes"),
        (
            replace(counts(1, 2), assumed=Counts(documented=5, handled=3)),
            "1 of 2 documented errors handled (50 %); 14 of 16 codes; on assumed operations 3 of 5",
        ),
        (replace(PAYSERA, errors=Counts()), "no documented errors that count"),
    ],
)
def test_a_verdict_is_one_line(provider: Provider, said: str) -> None:
    """What there is none of is not named."""
    assert verdict(provider) == f"paysera: {said}"
