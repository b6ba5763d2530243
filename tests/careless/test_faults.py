"""Writes whose answer was lost: the provider acted, and acts again unless it can tell the repeat."""

from __future__ import annotations

import pytest

from tests.careless import flaws_writes as writes
from tests.careless.bank import Bank
from tests.careless.verdict import case_of, codes, opened


class RepeatsWithNoKey(writes.NoKey):
    """Repeats a write whose answer was lost, with nothing that tells the repeat."""


LOST = (
    ("paysera", "POST /v1/payments", writes.BlindRepeat),
    ("paysera", "POST /v1/{payment-service}/{payment-product}", writes.BlindRepeat),
    ("aelix", "POST /v1/payments", writes.FreshKeyEachTry),
    ("aerosync", "POST /accounts/{user_id}/refresh", writes.BlindRepeat),
    ("aerosync", "POST /accounts/{user_id}/transactions", writes.BlindRepeat),
    ("aarthik", "POST /profile/submit", writes.FreshKeyEachTry),
)


@pytest.mark.parametrize(("provider", "operation", "flaw"), LOST)
@pytest.mark.parametrize("persistence", ["once", "always"])
def test_a_write_that_is_carried_out_twice_is_OB304(
    provider: str, operation: str, flaw: type[Bank], persistence: str
) -> None:
    """A lost answer and a repeat that the provider cannot tell from a new write give OB304."""
    with opened(provider) as box:
        case = case_of(box, operation, "answer-lost", persistence)
        assert codes(case, flaw) == ["OB304"]
        assert codes(case, Bank) == []


@pytest.mark.parametrize("code", ["read-timeout", "connection-reset"])
def test_a_blind_repeat_of_a_payment_that_was_not_carried_out_is_OB305(code: str) -> None:
    """The client could not know that the provider had not acted."""
    with opened("paysera") as box:
        case = case_of(box, "POST /v1/payments", code)
        assert codes(case, writes.BlindRepeat) == ["OB305"]


def test_a_payment_that_never_left_may_be_sent_again() -> None:
    """A connection that could not be made leaves nothing in doubt."""
    with opened("paysera") as box:
        case = case_of(box, "POST /v1/payments", "connect-timeout")
        assert codes(case, writes.BlindRepeat) == []


def test_a_lost_answer_without_any_key_is_the_missing_key_and_the_double_payment() -> None:
    """Aelix documents the key: its absence and what came of it are two findings with two fixes."""
    with opened("aelix") as box:
        case = case_of(box, "POST /v1/payments", "answer-lost")
        assert codes(case, RepeatsWithNoKey) == ["OB301", "OB304"]
