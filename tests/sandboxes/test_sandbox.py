"""The sandbox, asked directly: a function of the request, the virtual now and its state."""

import base64
import contextlib
import json
from email.utils import parsedate_to_datetime

import httpx
import pytest

from pytest_openbanking import Handling
from pytest_openbanking.cassettes.library import Library
from pytest_openbanking.exchange import Headers, Request
from pytest_openbanking.opening import RefusedRequest, open_sandbox
from pytest_openbanking.sandboxes.arming import Persistence
from pytest_openbanking.sandboxes.sandbox import BrokenSandbox
from pytest_openbanking.scope import current_scope
from pytest_openbanking.settings import UsageError


@pytest.fixture
def paysera():
    """A sandbox of Paysera's."""
    with open_sandbox("paysera") as sandbox:
        yield sandbox


def get(sandbox, path, now=0.0, token=None, method="GET"):
    headers = [("Authorization", f"Bearer {token or sandbox.access_token}")]
    return sandbox.answer(Request(method, sandbox.base_url + path, Headers(headers)), now)


def arm(sandbox, code, operation="GET /v1/accounts", persistence="once"):
    return sandbox.fail_with(code, operation, persistence=persistence)


def test_path_parameters_take_any_value_and_literals_win(paysera):
    """Routing is by segment."""
    assert get(paysera, "/v1/accounts/with%20space").operation.id == "GET /v1/accounts/{accountId}"
    assert json.loads(get(paysera, "/v1/accounts/a%2Fb").response.body)["account"]["resourceId"] == "a/b"
    assert get(paysera, "/v1/payments", method="POST").operation.id == "POST /v1/payments"
    assert get(paysera, "/v1/payments/sepa-credit-transfers", method="POST").operation.id.endswith("{payment-product}")


@pytest.mark.parametrize(
    "url",
    [
        "https://open-banking-api.paysera.com/v1/accounts",
        "https://open-banking-api.paysera.com:443/xs2a/berlin/1.3/v1/accounts?limit=3",
        "https://OPEN-BANKING-API.paysera.com/xs2a/berlin/1.3/v1/accounts/",
        "http://open-banking-api.paysera.com/v1/accounts",
    ],
)
def test_every_documented_address_is_answered(paysera, url):
    """Variants, explicit ports, capitals and a trailing slash lead to the same operation."""
    assert paysera.serves(url)
    assert paysera.answer(Request("GET", url), 0.0).operation.id == "GET /v1/accounts"


def test_an_undocumented_path_is_never_answered():
    """The nearest operations are named, at once and once more when the sandbox closes."""
    opened = open_sandbox("paysera")
    sandbox = opened.__enter__()
    answer = get(sandbox, "/v1/acounts")
    assert answer.response is None
    assert "nearest: GET /v1/accounts" in answer.refused
    assert not sandbox.serves("https://example.org/v1/accounts")
    with pytest.raises(RefusedRequest, match="nearest: GET /v1/accounts"):
        opened.__exit__(None, None, None)


def test_a_refused_token_is_refused_until_a_new_one_is_used(paysera):
    """Asking for a token is not enough; using it is; an old one stays refused."""
    arm(paysera, "TOKEN_EXPIRED")
    assert get(paysera, "/v1/accounts").response.status == 401
    token = json.loads(get(paysera, "/oauth/token", method="POST").response.body)["access_token"]
    assert get(paysera, "/v1/accounts").response.status == 401
    assert get(paysera, "/v1/accounts", token=token).response.status == 200
    assert get(paysera, "/v1/accounts").response.status == 401


def test_a_token_issued_before_the_refusal_is_refused_too(paysera):
    """A client that logs in first is refused like any other."""
    arm(paysera, "TOKEN_EXPIRED")
    early = json.loads(get(paysera, "/oauth/token", method="POST").response.body)["access_token"]
    assert get(paysera, "/v1/accounts", token=early).response.status == 401
    assert get(paysera, "/v1/accounts", token=early).response.status == 401


def test_always_never_clears(paysera):
    """A new token is refused as well."""
    arm(paysera, "TOKEN_EXPIRED", persistence="always")
    get(paysera, "/v1/accounts")
    token = json.loads(get(paysera, "/oauth/token", method="POST").response.body)["access_token"]
    assert get(paysera, "/v1/accounts", token=token).response.status == 401


def test_an_issued_token_is_never_one_that_a_client_may_hold_already():
    """Clients outlive tests."""
    tokens = set()
    for _ in range(3):
        with open_sandbox("aarthik") as sandbox:
            body = json.loads(get(sandbox, "/sessions", method="POST").response.body)
            tokens.add(body["data"]["sessionToken"])
            assert body["data"]["sessionToken"].startswith("st_")
    assert len(tokens) == 3


def test_a_backoff_error_clears_after_one_occurrence(paysera):
    """The second call succeeds, whenever it comes."""
    arm(paysera, "INTERNAL_SERVER_ERROR")
    assert [get(paysera, "/v1/accounts").response.status for _ in range(3)] == [500, 200, 200]


def test_a_wait_clears_when_retry_after_has_passed(paysera):
    """30 s in seconds; a call before that is refused again."""
    arm(paysera, "ACCESS_EXCEEDED")
    first = get(paysera, "/v1/accounts", now=5.0)
    assert first.response.headers["retry-after"] == "30"
    assert get(paysera, "/v1/accounts", now=20.0).response.status == 429
    assert get(paysera, "/v1/accounts", now=35.0).response.status == 200


def test_a_date_rounds_up_and_agrees_with_the_reset_and_the_date_header(paysera):
    """Times in answers are computed from the virtual now."""
    arm(paysera, "ACCESS_EXCEEDED", persistence="once")
    paysera.armed.persistence = Persistence.ONCE_DATE
    paysera.armed.epoch = paysera.exchange.epoch = 1_800_000_000.25
    headers = get(paysera, "/v1/accounts", now=1.0).response.headers
    assert parsedate_to_datetime(headers["Date"]).timestamp() == 1_800_000_001
    assert parsedate_to_datetime(headers["Retry-After"]).timestamp() == 1_800_000_032
    assert headers["X-RateLimit-Reset"] == "1800000032"
    assert get(paysera, "/v1/accounts", now=31.75).response.status == 200


def test_always_carries_the_documented_delay(paysera):
    """A day for ACCESS_EXCEEDED, the inferred minute for SERVICE_UNAVAILABLE."""
    arm(paysera, "ACCESS_EXCEEDED", persistence="always")
    assert get(paysera, "/v1/accounts").response.headers["Retry-After"] == "86400"
    arm(paysera, "SERVICE_UNAVAILABLE", persistence="always")
    assert get(paysera, "/v1/accounts").response.headers["Retry-After"] == "60"


def test_valid_until_is_computed_from_the_virtual_now(paysera):
    """CONSENT_EXPIRED says when, in the virtual past, where it is no recording."""
    paysera.library = Library()
    arm(paysera, "CONSENT_EXPIRED")
    paysera.exchange.epoch = 1_900_000_000.0
    body = json.loads(get(paysera, "/v1/accounts").response.body)
    assert body["tppMessages"][0]["validUntil"] == "2030-03-16T23:59:59Z"


def test_tokens_expire_in_virtual_time():
    """A JWT's exp is the documented lifetime from now."""
    with open_sandbox("aelix") as sandbox:
        sandbox.exchange.epoch = 1_900_000_000.0
        answer = sandbox.answer(Request("POST", sandbox.token_url), 100.0)
        token = json.loads(answer.response.body)["access_token"]
        claims = token.split(".")[1]
        assert json.loads(base64.urlsafe_b64decode(claims + "=="))["exp"] == 1_900_003_700


def test_loops_end():
    """has_more is false after a cursor; an offset beyond the first page is empty; a job is COMPLETED."""
    with open_sandbox("aelix") as sandbox:
        first = json.loads(get(sandbox, "/v1/transactions?limit=50").response.body)["pagination"]
        assert first["has_more"]
        cursor = first["next_cursor"]
        assert not json.loads(get(sandbox, f"/v1/transactions?cursor={cursor}").response.body)["pagination"]["has_more"]
        assert json.loads(get(sandbox, "/v1/accounts?offset=0&limit=25").response.body)["data"]
        assert not json.loads(get(sandbox, "/v1/accounts?offset=25&limit=25").response.body)["data"]
    with open_sandbox("aerosync") as sandbox:
        assert json.loads(get(sandbox, "/accounts/u/job/j").response.body)["jobStatus"] == "COMPLETED"


def test_the_token_request_shows_how_a_token_is_asked_for():
    """Method, URL, headers and body, form or JSON."""
    with open_sandbox("aelix") as sandbox:
        request = sandbox.token_request
        assert request.url == sandbox.token_url == "https://auth.aelix.digitalapi.ai/oauth2/token"
        assert b"grant_type=client_credentials" in request.body
    with open_sandbox("aerosync") as sandbox:
        assert sandbox.token_request.json() == {"apiKey": sandbox.api_key, "apiSecret": sandbox.api_secret}
    with open_sandbox("aarthik") as sandbox:
        assert sandbox.token_request.headers["authorization"] == f"Bearer {sandbox.api_key}"
        assert sandbox.token_url.endswith("/api/v1/headless/sessions")


def test_credentials_are_the_same_in_every_test():
    """A client that lives for the whole session works."""
    with open_sandbox("aelix") as one, open_sandbox("aelix") as other:
        assert (one.access_token, one.base_url) == (other.access_token, other.base_url)


@pytest.mark.parametrize(
    ("code", "operation", "message"),
    [
        ("TOKEN_EXPIRD", None, "paysera documents no code 'TOKEN_EXPIRD'; nearest: TOKEN_EXPIRED"),
        ("TOKEN_EXPIRED", "GET /v1/acounts", "has no operation 'GET /v1/acounts'; nearest: GET /v1/accounts"),
        ("RESOURCE_CONFLICT", "GET /v1/accounts", "does not document RESOURCE_CONFLICT for GET /v1/accounts; nearest:"),
    ],
)
def test_fail_with_names_the_nearest(paysera, code, operation, message):
    """A typo is a usage error."""
    with pytest.raises(UsageError) as caught:
        paysera.fail_with(code, operation)
    assert message in str(caught.value)


def test_a_fault_of_the_sandbox_is_no_fault_of_the_client(paysera, monkeypatch):
    """It comes out by name, past a client that catches every Exception."""
    monkeypatch.setattr("pytest_openbanking.sandboxes.sandbox.answer_to", lambda *_: 1 / 0)
    case = paysera.fail_with("CONSENT_EXPIRED", "GET /v1/accounts")
    broken = pytest.raises(BrokenSandbox, match="could not be answered: ZeroDivisionError")
    with broken, case.handled(), contextlib.suppress(Exception):
        httpx.get(paysera.base_url + "/v1/accounts")


def test_a_handling_is_found_among_those_accepted(paysera):
    """`in` asks for what users ask for."""
    error = paysera.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts").error
    assert Handling.WAIT in error.handlings
    assert Handling.FAIL_FAST not in error.handlings
    assert [str(accepted) for accepted in error.handlings] == ["wait"]


def test_an_environment_chooses_the_base_url():
    """Where the provider documents it."""
    with open_sandbox("aelix", environment="sandbox") as sandbox:
        assert sandbox.base_url == "https://sandbox-api.aelix.digitalapi.ai"
        assert get(sandbox, "/v1/accounts").response.status == 200


def test_sandboxes_may_close_in_any_order():
    """The context is given back to one that is still open, or to none."""
    one, other = open_sandbox("paysera"), open_sandbox("aelix")
    first = one.__enter__()
    second = other.__enter__()
    one.__exit__(None, None, None)
    assert current_scope.get() is second
    other.__exit__(None, None, None)
    assert current_scope.get() is None
    assert first.closed
