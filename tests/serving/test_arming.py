"""Errors that are armed on a server, one after the other."""

import httpx
import pytest

from pytest_openbanking import UsageError


@pytest.fixture
def get(server):
    """Call an operation's path; return the status."""
    with httpx.Client(base_url=server.base_url, timeout=10) as client:
        yield (
            lambda path="/v1/accounts", token="old": (
                client.get(path, headers={"Authorization": f"Bearer {token}"}).status_code
            )
        )


def test_each_error_adds_to_what_is_armed(server, get):
    """On its own operations; where two meet, the newest answers."""
    server.fail_with("TOKEN_EXPIRED")
    [error] = server.fail_with("INTERNAL_SERVER_ERROR", "GET /v1/accounts")
    assert (str(error), error.operation.id) == ("500 INTERNAL_SERVER_ERROR", "GET /v1/accounts")
    assert [get(), get("/v1/accounts/1"), get()] == [500, 401, 500]
    server.clear()
    assert len(server.exchange) == 0
    assert [get(), get("/v1/accounts/1")] == [200, 200]
    assert [call.index for call in server.exchange] == [0, 1]


def test_a_cleared_error_lets_the_one_before_it_answer(server, get):
    """500 clears after one occurrence, 401 when a new token is used; until then a token changes nothing."""
    server.fail_with("TOKEN_EXPIRED", "GET /v1/accounts", persistence="once")
    server.fail_with("INTERNAL_SERVER_ERROR", "GET /v1/accounts", persistence="once")
    assert [get(), get(), get()] == [500, 401, 401]
    token = httpx.post(server.token_url, content=server.token_request.body).json()["access_token"]
    assert [get(token=token), get()] == [200, 401]


def test_what_one_request_asks_for_leaves_the_others_alone(server, get):
    """It does not count as an occurrence, either."""
    server.fail_with("INTERNAL_SERVER_ERROR", "GET /v1/accounts", persistence="once")
    asked = httpx.get(server.base_url + "/v1/accounts", headers={"X-OpenBanking-Error": "ACCESS_EXCEEDED"})
    assert (asked.status_code, get(), get()) == (429, 500, 200)


def test_a_wait_is_real(server, get):
    """The Retry-After of a case that clears has not passed a moment later."""
    server.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts", persistence="once")
    assert [get(), get()] == [429, 429]
    assert server.exchange[0].response.headers["Retry-After"] == "30"
    assert 0 <= server.exchange[0].at <= server.exchange[1].at < 10


def test_a_mistake_names_the_nearest(server):
    """As on a sandbox."""
    with pytest.raises(UsageError, match="no code 'TOKEN_EXPIRD'; nearest: TOKEN_EXPIRED"):
        server.fail_with("TOKEN_EXPIRD")
    with pytest.raises(UsageError, match="nearest: GET /v1/accounts"):
        server.fail_with("TOKEN_EXPIRED", "GET /v1/acounts")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("429", "GET /v1/accounts documents no 429; ask for one of: 429 ACCESS_EXCEEDED"),
        ("400 ACCESS_EXCEEDED", "documents no 400 ACCESS_EXCEEDED; ask for one of: 429 ACCESS_EXCEEDED"),
        ("401", "documents no 401; ask for one of: 401 TOKEN_INVALID, 401 TOKEN_EXPIRED, "),
        ("418", "documents no 418; documented there: "),
    ],
)
def test_a_status_alone_is_told_its_codes(server, asked, said):
    """And a code its status; the request is refused, and not answered with another error."""
    answer = httpx.get(server.base_url + "/v1/accounts", headers={"X-OpenBanking-Error": asked})
    assert answer.status_code == 501
    assert said in answer.text
