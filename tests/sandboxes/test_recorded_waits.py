"""A Retry-After that was recorded in an odd form is served in one that a careful client reads."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.library import Library
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.replay import Replay
from pytest_openbanking.exchange import Request
from pytest_openbanking.sandboxes.recordings import LONGEST
from pytest_openbanking.sandboxes.sandbox import Sandbox
from tests.cassettes.recordings import PAYSERA, interaction, recording

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = "paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"
BODY = '{"tppMessages":[{"category":"ERROR","code":"ACCESS_EXCEEDED"}]}'
DATE = "Mon, 02 Feb 2026 10:00:00 GMT"
ACCOUNTS = Request("GET", PAYSERA + "/v1/accounts")


@pytest.fixture
def sandbox(tmp_path: Path):
    """Make a sandbox of GET /v1/accounts answering 429 with these values of Retry-After."""

    def sandbox(*after: str) -> Sandbox:
        one = interaction(429, BODY, headers={"Date": DATE})
        one["response"]["headers"]["Retry-After"] = list(after)
        recording(tmp_path / LIMIT, one)
        return Sandbox(load_provider("paysera"), library=Library((tmp_path,)))

    return sandbox


def test_a_repeated_retry_after_is_served_once(sandbox) -> None:
    """As one value: a client would read both as one that is no number."""
    made = sandbox("45", "45")
    made.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts", persistence="once")
    pairs = made.answer(ACCOUNTS, 0.0).response.headers.pairs
    assert [value for name, value in pairs if name == "Retry-After"] == ["30"]


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ("Mon Feb  2 10:01:00 2026", 60),
        ("Monday, 02-Feb-26 10:01:00 GMT", 60),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
    ],
)
@pytest.mark.parametrize("replays", [False, True], ids=["armed", "replayed"])
def test_every_form_of_an_http_date_is_a_wait(sandbox, tmp_path: Path, after: str, seconds: int, replays: bool) -> None:
    """RFC 9110, 5.6.7: the form of C's asctime is in UTC; what no clock reaches is the longest wait there is."""
    made = sandbox(after)
    if replays:
        made.replay = Replay(read_cassette(tmp_path / LIMIT), made.provider)
    else:
        made.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts")
    served = parsedate_to_datetime(made.answer(ACCOUNTS, 0.0).response.headers["Retry-After"])
    assert served.timestamp() - made.exchange.epoch == pytest.approx(seconds, abs=2)
