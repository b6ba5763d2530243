"""Large and hostile bodies take time in proportion to their length."""

from __future__ import annotations

import json
import time

import pytest

from pytest_openbanking.cassettes.scrubbing import Scrubber
from tests.cassettes.scrubbing.recorded import recorded

ENTRY = {
    "transactionId": "tx-0000001",
    "amount": {"amount": "12.50", "currency": "EUR"},
    "iban": "DE89370400440532013000",
    "text": "Payment to the grocer",
    "id": "550e8400-e29b-41d4-a716-446655440000",
}
# Ten times what a quick machine needs, and a hundredth of what anything quadratic would.
LIMIT = 20.0


def seconds(body: str) -> float:
    interaction = recorded(body=body, headers={"Set-Cookie": "sid=abcdefgh"})
    started = time.perf_counter()
    Scrubber().scrub([interaction])
    return time.perf_counter() - started


def test_five_megabytes_take_a_couple_of_seconds() -> None:
    """A long list of transactions is read twice, no more."""
    body = json.dumps([ENTRY | {"transactionId": f"tx-{number:07}"} for number in range(26_000)])
    assert len(body) > 5_000_000
    assert seconds(body) < LIMIT


@pytest.mark.parametrize(
    "part",
    [
        "+1 +1 +1", "a@a@a@", "[[[[", '{"a":', '"', "'", "\\", "A", "eyJ", "eyJ.", "-----BEGIN X-----", "<a ", "<![CDATA[",
        "x=", "1 ", "1-", "%41", "http://", "&", "GB82 ", "--", '{"', "Bearer ", "a=b;", "<a b=c ", "\\u0041", "sk_live_",
        "a.", "://", "\n", " ", ",", "1", ":", "&amp;", 'password="', "//", "(+", '<a>{"',
    ],
)  # fmt: skip
@pytest.mark.parametrize("start", ["", "{", "<a "])
def test_hostile_bodies_are_no_trap(part: str, start: str) -> None:
    """No pattern looks twice at what it has seen."""
    assert seconds(start + part * (200_000 // len(part))) < LIMIT / 4


def test_many_secrets_are_as_quick_as_few() -> None:
    """Twenty thousand tokens are looked for at once."""
    assert seconds(json.dumps([{"access_token": f"tok-{number}-9f8e7d6"} for number in range(20_000)])) < LIMIT
