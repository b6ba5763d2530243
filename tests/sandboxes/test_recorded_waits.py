"""A Retry-After that was recorded in an odd form is served in one that a careful client reads."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx
import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.library import Library
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.replay import Replay
from pytest_openbanking.exchange import Request
from pytest_openbanking.opening import open_sandbox
from pytest_openbanking.sandboxes.recordings import LONGEST
from pytest_openbanking.sandboxes.sandbox import Sandbox
from tests.cassettes.recordings import PAYSERA, interaction, recording

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = "paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"
BODY = '{"tppMessages":[{"category":"ERROR","code":"ACCESS_EXCEEDED"}]}'
DATE = "Mon, 02 Feb 2026 10:00:00 GMT"
ACCOUNTS = Request("GET", PAYSERA + "/v1/accounts")


UNIX = int(parsedate_to_datetime(DATE).timestamp())
SERVER = "paysera/get-v1-accounts/500-INTERNAL_SERVER_ERROR.yaml"


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


def resets(sandbox: Sandbox, name: str = "X-RateLimit-Reset") -> list[tuple[float, float]]:
    """Return when the limit is reset, and when Retry-After ends, of answers at 0, 30 and 60 seconds."""
    found = []
    for at in (0.0, 30.0, 60.0):
        headers = sandbox.answer(ACCOUNTS, at).response.headers
        ends = sandbox.exchange.epoch + at + int(headers["Retry-After"])
        found.append((float(headers[name]), ends))
    return found


@pytest.mark.parametrize("recorded", [True, False], ids=["recorded", "generated"])
def test_an_error_that_lasts_says_a_moment_that_fits_its_own_retry_after(sandbox, recorded: bool) -> None:
    """Each answer anew: a client may wait for either."""
    made = sandbox("30") if recorded else Sandbox(load_provider("paysera"))
    if recorded:
        reset(made, LIMIT, 429, "ACCESS_EXCEEDED", {"Retry-After": "30", "X-RateLimit-Reset": str(UNIX + 30)})
    made.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts")
    assert all(reset == pytest.approx(ends, abs=1.01) for reset, ends in resets(made))


def reset(sandbox: Sandbox, place: str, status: int, code: str, headers: dict[str, str]) -> None:
    """Record an error with these headers, in the sandbox's own folder."""
    one = interaction(status, BODY.replace("ACCESS_EXCEEDED", code), headers={"Date": DATE, **headers})
    recording(sandbox.library.folders[0] / place, one)


@pytest.mark.parametrize("persistence", ["once", "always"])
def test_a_client_that_waits_until_the_limit_is_reset_is_never_too_early(tmp_path: Path, persistence: str) -> None:
    """Each time anew, in an error that lasts as in one that clears."""
    with open_sandbox("paysera", raises=LookupError) as opened:
        opened.library = Library((tmp_path,))
        reset(opened, LIMIT, 429, "ACCESS_EXCEEDED", {"Retry-After": "30", "X-RateLimit-Reset": str(UNIX + 30)})
        with opened.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts", persistence=persistence).handled():
            patient(opened.access_token)
    assert [call.response.status for call in opened.exchange] == {"once": [429, 200], "always": [429] * 4}[persistence]


def patient(token: str) -> object:
    """Call again when the limit is reset, three times; hand on what the provider says at last."""
    for _ in range(4):
        answer = httpx.get(ACCOUNTS.url, headers={"Authorization": f"Bearer {token}"})
        if answer.status_code == 200:
            return answer.json()
        time.sleep(max(0, int(answer.headers["X-RateLimit-Reset"]) - time.time()))
    raise LookupError(answer.text, answer.headers["Retry-After"])


@pytest.mark.parametrize("name", ["X-RateLimit-Reset", "X-Rate-Limit-Reset", "RateLimit-Reset"])
@pytest.mark.parametrize(
    ("recorded", "after", "expected"),
    [
        (UNIX + 90, {}, 90),
        (UNIX - 90, {}, -90),
        (UNIX + 90, {"Retry-After": "20"}, 20),
        ((UNIX + 90) * 1000 + 5, {}, 90),
        (30, {}, None),
        ("2026-02-02", {}, None),
        (UNIX + 90, {"Date": "once"}, None),
        (UNIX + 90, {"Date": "once", "Retry-After": "20"}, 20),
    ],
)
def test_a_moment_that_no_documentation_has_is_moved_to_now(sandbox, name: str, recorded, after, expected) -> None:
    """To when Retry-After ends, or as far from now as it was from Date; seconds from then are seconds from now."""
    made = sandbox("30")
    reset(made, SERVER, 500, "INTERNAL_SERVER_ERROR", {name: str(recorded), **after})
    made.fail_with("INTERNAL_SERVER_ERROR", "GET /v1/accounts")
    for at in (0.0, 30.0):
        said = made.answer(ACCOUNTS, at).response.headers[name]
        if expected is None:
            assert said == str(recorded)
        else:
            unit = 1000 if recorded > 10**12 else 1
            assert int(said) / unit - made.exchange.epoch - at == pytest.approx(expected, abs=1.01)


@pytest.mark.parametrize(("recorded", "expected"), [(UNIX + 90, 90), (30, None)])
def test_a_replayed_moment_is_as_far_from_now_as_it_was(sandbox, tmp_path: Path, recorded: int, expected) -> None:
    """Whatever the provider documents: a replayed cassette is served as it is, at another time."""
    made = sandbox("30")
    reset(made, LIMIT, 429, "ACCESS_EXCEEDED", {"Retry-After": "30", "X-RateLimit-Reset": str(recorded)})
    made.replay = Replay(read_cassette(tmp_path / LIMIT), made.provider)
    headers = made.answer(ACCOUNTS, 0.0).response.headers
    assert headers["Retry-After"] == "30"
    said = float(headers["X-RateLimit-Reset"])
    assert said == (30 if expected is None else pytest.approx(made.exchange.epoch + expected, abs=1.01))


def test_one_that_clears_says_one_moment_until_it_has_passed(sandbox) -> None:
    """The short wait of a case that clears, counted from the first answer."""
    made = sandbox("120")
    reset(made, LIMIT, 429, "ACCESS_EXCEEDED", {"Retry-After": "120", "X-RateLimit-Reset": str(UNIX + 120)})
    made.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts", persistence="once")
    said = [made.answer(ACCOUNTS, at).response for at in (0.0, 10.0, 30.0)]
    assert [answer.status for answer in said] == [429, 429, 200]
    moments = [float(answer.headers["X-RateLimit-Reset"]) - made.exchange.epoch for answer in said[:2]]
    assert moments == pytest.approx([30, 30], abs=1.01)
