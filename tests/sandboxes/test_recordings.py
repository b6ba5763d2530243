"""An armed error is served as it was recorded: its bytes and headers, but for what must be of now."""

from __future__ import annotations

import gzip
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.cassette import CassetteError
from pytest_openbanking.cassettes.library import Library
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.replay import Replay
from pytest_openbanking.exchange import Headers, Provenance, Request
from pytest_openbanking.sandboxes.sandbox import Sandbox
from tests.cassettes.recordings import PAYSERA, interaction, recording

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = "GET /v1/accounts"
LIMIT = "paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"
BODY = '{"tppMessages":[{"category":"ERROR",   "code":"ACCESS_EXCEEDED","text":"as the bank really says it: é"}], "more": 1}'
DATE = "Mon, 02 Feb 2026 10:00:00 GMT"


@pytest.fixture
def served(tmp_path: Path):
    """Serve GET /v1/accounts with an error, recorded with these headers."""

    def served(headers: dict[str, str], persistence: str = "always", code: str = "ACCESS_EXCEEDED", body: str = BODY):
        status = {"ACCESS_EXCEEDED": 429, "INTERNAL_SERVER_ERROR": 500}[code]
        place = tmp_path / f"paysera/get-v1-accounts/{status}-{code}.yaml"
        recording(place, interaction(status, body.replace("ACCESS_EXCEEDED", code), headers=headers))
        sandbox = Sandbox(load_provider("paysera"), library=Library((tmp_path,)))
        sandbox.fail_with(code, ACCOUNTS, persistence=persistence)
        answer = sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), 0.0)
        return answer, sandbox

    return served


def test_bytes_and_headers_are_the_recorded_ones(served) -> None:
    """Spaces, members that nobody documents and repeated headers stay; the provenance says so."""
    answer, _ = served({"Content-Type": "application/json; v=2", "X-Request-ID": "abc", "Retry-After": "120"})
    assert answer.response.body == BODY.encode()
    assert list(answer.response.headers.pairs) == [
        ("Content-Type", "application/json; v=2"),
        ("X-Request-ID", "abc"),
        ("Retry-After", "120"),
        ("Content-Length", str(len(BODY.encode()))),
    ]
    assert answer.provenance is Provenance.RECORDED
    assert answer.error.code == "ACCESS_EXCEEDED"


@pytest.mark.parametrize(
    ("recorded", "persistence", "expected"),
    [
        ("120", "always", "120"),
        ("120", "once", "30"),
        (None, "always", "86400"),
        (None, "once", "30"),
        ("soon", "always", "86400"),
        ("Mon, 02 Feb 2026 10:02:00 GMT", "once", "30"),
    ],
)
def test_retry_after_is_the_recorded_one_unless_the_case_is_to_clear(served, recorded, persistence, expected) -> None:
    """A case that clears has a short wait; a documented header that was not recorded is served all the same."""
    headers = {"Date": DATE} | ({"Retry-After": recorded} if recorded else {})
    answer, _ = served(headers, persistence)
    assert answer.response.headers.all("Retry-After") == [expected]


@pytest.mark.parametrize("persistence", ["always", "once-date"])
def test_a_date_in_retry_after_is_moved_to_now(served, persistence: str) -> None:
    """What was two minutes after the recorded Date is two minutes from now; in a case that clears, the short wait."""
    answer, sandbox = served({"Date": DATE, "Retry-After": "Mon, 02 Feb 2026 10:02:00 GMT"}, persistence)
    ends = parsedate_to_datetime(answer.response.headers["Retry-After"]).timestamp()
    assert ends - sandbox.exchange.epoch == pytest.approx(120 if persistence == "always" else 30, abs=1.01)
    sent = parsedate_to_datetime(answer.response.headers["Date"]).timestamp()
    assert sent == pytest.approx(sandbox.exchange.epoch, abs=1.01)


def test_a_documented_header_that_holds_a_moment_is_of_now(served) -> None:
    """X-RateLimit-Reset is when Retry-After ends; the recorded one lies in the past. The others stay."""
    answer, sandbox = served({"X-RateLimit-Reset": "1770026400", "X-RateLimit-Limit": "7", "Retry-After": "9"}, "once")
    assert int(answer.response.headers["X-RateLimit-Reset"]) == pytest.approx(sandbox.exchange.epoch + 30, abs=1.01)
    assert answer.response.headers["X-RateLimit-Limit"] == "7"


def test_headers_of_the_connection_are_not_replayed(served) -> None:
    """A recorded body is whole, whatever pieces it came in."""
    framing = {"Transfer-Encoding": "chunked", "Connection": "keep-alive", "Keep-Alive": "timeout=5", "Trailer": "X-A"}
    answer, _ = served({**framing, "Upgrade": "h2c", "Content-Length": "3"})
    assert dict(answer.response.headers) == {"Content-Length": str(len(BODY.encode())), "Retry-After": "86400"}


def test_an_error_that_clears_at_once_may_be_recorded_with_a_wait(served) -> None:
    """A real 500 with Retry-After: the case that clears asks for a short wait."""
    answer, sandbox = served({"Retry-After": "3600"}, "once", "INTERNAL_SERVER_ERROR")
    assert answer.response.headers["Retry-After"] == "30"
    assert sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), 30.0).response.status == 200


@pytest.mark.parametrize(("at", "status"), [(28.9, 429), (29.0, 200), (30.0, 200)])
def test_a_case_clears_a_second_before_its_wait_ends(served, at: float, status: int) -> None:
    """Clients round, and dates hold whole seconds."""
    _, sandbox = served({"Retry-After": "120"}, "once")
    assert sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), at).response.status == status


@pytest.mark.parametrize(
    ("sent", "ends", "expected"),
    [
        (DATE, "Mon, 02 Feb 2026 09:58:00 GMT", 0),
        ("Mon, 02 Feb 2026 10:00:00 -0000", "Mon, 02 Feb 2026 10:02:00 GMT", 86400),
        ("now", "Mon, 02 Feb 2026 10:02:00 GMT", 86400),
    ],
)
def test_a_wait_that_was_over_is_none_and_one_that_cannot_be_told_is_the_documented(
    served, sent, ends, expected
) -> None:
    """Providers' clocks differ, and not each of their dates can be held against the other."""
    answer, sandbox = served({"Date": sent, "Retry-After": ends})
    assert sandbox.armed.delay(answer.error) == expected


@pytest.mark.parametrize(
    ("asked", "plain"),
    [(None, True), ("identity", True), ("br, deflate", True), ("gzip", False), ("br, GZIP;q=0.5", False)],
)
@pytest.mark.parametrize("replays", [False, True], ids=["armed", "replayed"])
def test_a_client_that_did_not_ask_for_compression_gets_none(tmp_path: Path, asked, plain: bool, replays: bool) -> None:
    """One that did gets the recorded bytes; either way the headers tell what the body is."""
    packed = gzip.compress(BODY.encode())
    one = interaction(429, headers={"Content-Type": "application/json", "Content-Encoding": "gzip"})
    one["response"]["body"]["string"] = packed
    cassette = read_cassette(recording(tmp_path / LIMIT, one))
    sandbox = Sandbox(load_provider("paysera"), library=Library((tmp_path,)))
    if replays:
        sandbox.replay = Replay(cassette, sandbox.provider)
    else:
        sandbox.fail_with("ACCESS_EXCEEDED", ACCOUNTS)
    headers = Headers([("Accept-Encoding", asked)] if asked else [])
    response = sandbox.answer(Request("GET", PAYSERA + "/v1/accounts", headers), 0.0).response
    assert response.body == (BODY.encode() if plain else packed)
    assert response.headers.get("Content-Encoding") == (None if plain else "gzip")
    assert response.headers["Content-Length"] == str(len(response.body))
    assert response.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (interaction(500, BODY), "GET /xs2a/berlin/1.3/v1/accounts answered 500 ACCESS_EXCEEDED, and not GET /v1/accounts with 429"),
        (interaction(429, "<html>"), "answered 429, and not GET /v1/accounts with 429 ACCESS_EXCEEDED; see: openbanking verify"),
        (interaction(429, BODY.replace("ACCESS_EXCEEDED", "OTHER")), "answered 429 OTHER, and not"),
        (interaction(429, BODY, path="/v1/consents/1"), "/v1/consents/1 answered 429 ACCESS_EXCEEDED, and not GET /v1/accounts with"),
    ],
)  # fmt: skip
def test_a_recording_of_something_else_is_refused(tmp_path: Path, broken, said: str) -> None:
    """A client is never judged by an answer that is not the error."""
    recording(tmp_path / LIMIT, broken)
    sandbox = Sandbox(load_provider("paysera"), library=Library((tmp_path,)))
    with pytest.raises(CassetteError) as caught:
        sandbox.fail_with("ACCESS_EXCEEDED", ACCOUNTS)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"{tmp_path / LIMIT}:5: ")
    assert sandbox.armed is None


def test_without_a_recording_the_documented_answer_is_served(tmp_path: Path) -> None:
    recording(tmp_path / LIMIT, interaction(429, BODY))
    sandbox = Sandbox(load_provider("paysera"), library=Library((tmp_path,)))
    sandbox.fail_with("ACCESS_EXCEEDED")
    here = sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), 0.0)
    there = sandbox.answer(Request("GET", PAYSERA + "/v1/consents/1"), 0.0)
    assert (here.provenance, there.provenance) == (Provenance.RECORDED, Provenance.DOCUMENTED)


@pytest.mark.parametrize("provenance", list(Provenance))
def test_the_provenance_is_the_recordings(tmp_path: Path, provenance: Provenance) -> None:
    """What a served sandbox answered, and was recorded, is not the provider's own word."""
    recording(tmp_path / LIMIT, interaction(429, BODY), provenance=str(provenance))
    sandbox = Sandbox(load_provider("paysera"), library=Library((tmp_path,)))
    sandbox.fail_with("ACCESS_EXCEEDED", ACCOUNTS)
    assert sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), 0.0).provenance is provenance


def test_the_interaction_with_the_error_is_served_wherever_it_stands(tmp_path: Path) -> None:
    """A recording may begin with the calls that led to the error; of several answers with it the first is served."""
    later = interaction(429, BODY.replace("as the bank really says it", "later"))
    recording(tmp_path / LIMIT, interaction(200, "[" * 100_000), interaction(429, BODY), later)
    sandbox = Sandbox(load_provider("paysera"), library=Library((tmp_path,)))
    sandbox.fail_with("ACCESS_EXCEEDED", ACCOUNTS)
    assert sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), 0.0).response.body == BODY.encode()


def test_the_first_folder_wins(tmp_path: Path) -> None:
    """A team's own recording comes before the one that travels with the package."""
    for folder, text in (("team", "ours"), ("shipped", "theirs")):
        recording(tmp_path / folder / LIMIT, interaction(429, BODY.replace("as the bank really says it", text)))
    sandbox = Sandbox(load_provider("paysera"), library=Library((tmp_path / "team", tmp_path / "shipped")))
    sandbox.fail_with("ACCESS_EXCEEDED", ACCOUNTS)
    assert b"ours" in sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), 0.0).response.body
