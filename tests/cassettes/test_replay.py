"""A marked cassette answers everything: each interaction once, moved to now where it must be, and nothing else."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.replay import Replay
from pytest_openbanking.exchange import Headers, Request
from pytest_openbanking.sandboxes.sandbox import Sandbox
from tests.cassettes.recordings import PAYSERA, interaction, recording

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ELSEWHERE = "https://elsewhere.paysera.com"
DATE = "Mon, 02 Feb 2026 10:00:00 GMT"
LIMIT = '{"tppMessages":[{"category":"ERROR","code":"ACCESS_EXCEEDED"}]}'


@pytest.fixture
def replaying(tmp_path: Path) -> Callable[..., Sandbox]:
    """Return a sandbox that replays these interactions."""

    def replaying(*interactions: dict[str, Any], provider: str = "paysera") -> Sandbox:
        cassette = read_cassette(recording(tmp_path / "flow.yaml", *interactions))
        sandbox = Sandbox(load_provider(provider))
        sandbox.replay = Replay(cassette, sandbox.provider)
        return sandbox

    return replaying


@pytest.mark.parametrize(
    ("recorded", "asked", "found"),
    [
        (("GET", PAYSERA, "/v1/accounts"), ("GET", PAYSERA + "/v1/accounts"), True),
        (("get", PAYSERA, "/v1/accounts"), ("GET", PAYSERA + "/v1/accounts"), True),
        (("GET", PAYSERA, "/v1/accounts/"), ("GET", PAYSERA + "/v1/accounts"), True),
        (("GET", PAYSERA, "/v1/accounts"), ("GET", PAYSERA + "/v1/accounts/"), True),
        (("GET", PAYSERA, "/v1/accounts/1"), ("GET", PAYSERA + "/v1/accounts/2"), False),
        (("GET", PAYSERA, "/v1/accounts?a="), ("GET", PAYSERA + "/v1/accounts?a="), True),
        (("GET", PAYSERA, "/v1/accounts?a="), ("GET", PAYSERA + "/v1/accounts"), False),
        (("GET", PAYSERA, "/v1/accounts?a=1&a=2"), ("GET", PAYSERA + "/v1/accounts?a=1"), False),
        (("GET", PAYSERA, "/undocumented"), ("GET", PAYSERA + "/undocumented"), True),
        (("GET", PAYSERA, "/undocumented"), ("POST", PAYSERA + "/undocumented"), False),
        (("GET", ELSEWHERE, "/undocumented"), ("GET", PAYSERA + "/undocumented"), False),
    ],
)
def test_a_request_is_found_by_method_path_and_query(replaying, recorded, asked, found: bool) -> None:
    """An empty parameter is one; a slash at the end is none of the path; what is not documented is found at its address."""
    method, base, path = recorded
    sandbox = replaying(interaction(method=method, base=base, path=path))
    assert (sandbox.answer(Request(*asked), 0.0).refused is None) is found


def test_dates_are_moved_to_now(replaying) -> None:
    """Date, and a Retry-After that is a date, as far from it as it was; the rest is as recorded, its length told."""
    body = '{"a": "\u00e9"}'
    headers = {"Date": DATE, "Retry-After": "Mon, 02 Feb 2026 10:02:00 GMT", "Connection": "close", "X-A": "1"}
    sandbox = replaying(interaction(200, body, headers=headers))
    response = sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), 0.0).response
    moments = [parsedate_to_datetime(response.headers[name]).timestamp() for name in ("Date", "Retry-After")]
    assert moments == pytest.approx([sandbox.exchange.epoch, sandbox.exchange.epoch + 120], abs=1.01)
    assert [pair for pair in response.headers.pairs if pair[0] not in ("Date", "Retry-After")] == [
        ("X-A", "1"),
        ("Content-Length", str(len(body.encode()))),
    ]


@pytest.mark.parametrize(
    ("headers", "expected"), [({"Retry-After": "5"}, "5"), ({"Retry-After": "soon"}, "soon"), ({}, None)]
)
def test_any_other_retry_after_stays(replaying, headers: dict[str, str], expected: str | None) -> None:
    """Seconds count from now anyway; none is made up."""
    sandbox = replaying(interaction(429, LIMIT, headers={"Date": DATE, "Content-Length": "1", **headers}))
    response = sandbox.answer(Request("GET", PAYSERA + "/v1/accounts"), 0.0).response
    assert response.headers.get("Retry-After") == expected
    assert response.headers.all("Content-Length") == [str(len(LIMIT))]


def test_what_cannot_be_decompressed_is_replayed_as_it_is(replaying) -> None:
    """The client is to meet what the provider sent."""
    one = interaction(200, headers={"Content-Encoding": "gzip"})
    one["response"]["body"]["string"] = b"\x1f\x8b and broken"
    response = replaying(one).answer(Request("GET", PAYSERA + "/v1/accounts"), 0.0).response
    assert (response.body, response.headers["Content-Encoding"]) == (b"\x1f\x8b and broken", "gzip")


@pytest.mark.parametrize("asked", ["gzip", "identity"])
def test_what_was_decompressed_when_it_was_recorded_is_replayed_as_text(replaying, asked: str) -> None:
    """The header is kept by vcrpy; a client would fail to decode what is not encoded."""
    sandbox = replaying(interaction(200, LIMIT, headers={"Content-Encoding": "gzip", "Content-Length": "20"}))
    request = Request("GET", PAYSERA + "/v1/accounts", Headers([("Accept-Encoding", asked)]))
    response = sandbox.answer(request, 0.0).response
    assert (response.body, list(response.headers.pairs)) == (LIMIT.encode(), [("Content-Length", str(len(LIMIT)))])


@pytest.mark.parametrize(
    ("method", "path", "status", "acted"),
    [
        ("POST", "/v1/payments", 201, True),
        ("POST", "/v1/payments", 400, False),
        ("POST", "/v1/payments", 500, False),
        ("GET", "/v1/accounts", 200, False),
        ("POST", "/undocumented", 201, False),
    ],
)
def test_a_recorded_write_acted_where_it_succeeded(replaying, method, path, status, acted: bool) -> None:
    """What was refused moved no money."""
    sandbox = replaying(interaction(status, method=method, path=path))
    assert sandbox.answer(Request(method, PAYSERA + path), 0.0).acted is acted


def test_a_refusal_names_its_operation_and_why(replaying) -> None:
    """Played as often as it was recorded, or never recorded: the nearest are named, each once."""
    sandbox = replaying(*[interaction()] * 2, interaction(path="/v1/accounts/1"))
    accounts = Request("GET", PAYSERA + "/v1/accounts")
    answers = [sandbox.answer(accounts, 0.0) for _ in range(3)]
    assert [answer.refused is None for answer in answers] == [True, True, False]
    assert "/v1/accounts was played already, as often as " in answers[-1].refused
    assert str(answers[-1].operation) == "GET /v1/accounts"
    other = sandbox.answer(Request("GET", PAYSERA + "/v1/account"), 0.0).refused
    assert other.count(f"GET {PAYSERA}/v1/accounts,") == 1
