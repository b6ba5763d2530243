"""Large and hostile bodies end: nothing takes more than time in proportion to their length."""

from __future__ import annotations

import json

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
# No measure of speed, but an end to what anything quadratic would take: hours.
pytestmark = pytest.mark.timeout(120)


def scrub(body: str) -> str:
    (scrubbed,) = Scrubber().scrub([recorded(body=body, headers={"Set-Cookie": "sid=abcdefgh"})])
    return scrubbed["response"]["body"]["string"]  # type: ignore[index]


def test_five_megabytes_are_scrubbed() -> None:
    """A long list of transactions is read twice, no more."""
    body = json.dumps([ENTRY | {"transactionId": f"tx-{number:07}"} for number in range(26_000)])
    assert len(body) > 5_000_000
    assert ENTRY["iban"] not in scrub(body)


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
    assert scrub(start + part * (60_000 // len(part)))


def test_many_secrets_are_looked_for_at_once() -> None:
    """Ten thousand tokens, each of which may stand anywhere."""
    assert "9f8e7d6" not in scrub(json.dumps([{"access_token": f"tok-{number}-9f8e7d6"} for number in range(10_000)]))
