"""OB2xx at the boundaries of what they speak on."""

from __future__ import annotations

import pytest

from tests.rules.scene import Promised, Scene, speaks

ACCOUNTS, TOKEN, CONSENTS = "GET /v1/accounts", "POST /oauth/token", "POST /v1/consents"
PROFILE, SESSIONS = "GET /profile", "POST /sessions"


def expired(persistence: str = "once") -> Scene:
    return Scene("paysera", ACCOUNTS, "TOKEN_EXPIRED", persistence)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({}, True),
        ({"token": "token-two"}, False),
        ({"token": None}, False),  # OB203
        ({"job": "two"}, False),
        ({"job": "two", "born": 1}, True),
        ({"path": "/v1/accounts/7", "operation": "GET /v1/accounts/{accountId}"}, False),
    ],
)
def test_OB201_speaks_of_the_refused_token_in_a_repeat(how: dict[str, object], expected: bool) -> None:
    """The same call again, with the same token, in consequence of the refusal."""
    scene = expired()
    scene.fails(0)
    scene.fails(1, **how)
    assert speaks("OB201", scene, raised=Promised()) is expected


def test_OB201_is_silent_where_no_token_was_sent() -> None:
    """A client without any Authorization repeats no token; OB203 says what is missing."""
    scene = expired()
    scene.fails(0, token=None)
    scene.fails(1, token=None)
    assert not speaks("OB201", scene, raised=Promised())


def test_OB201_is_silent_on_calls_that_were_under_way() -> None:
    """Three calls at once, all with the old token, were sent before any was refused."""
    scene = expired()
    calls = [scene.fails(0, waits=True, query=f"page={page}", job=page) for page in range(3)]
    for call in calls:
        scene.answer(call, 1)
    assert not speaks("OB201", scene, raised=Promised())


@pytest.mark.parametrize("code", ["CERTIFICATE_INVALID", "CONSENT_EXPIRED", "ACCESS_EXCEEDED"])
def test_OB201_is_silent_where_no_token_was_refused(code: str) -> None:
    """The repeat is judged by OB101, OB205 or OB105 there."""
    scene = Scene("paysera", ACCOUNTS, code)
    scene.fails(0)
    scene.fails(1)
    assert not speaks("OB201", scene, raised=Promised())


@pytest.mark.parametrize(("refreshes", "expected"), [(0, False), (1, False), (2, True)])
def test_OB202_allows_one_refresh_for_a_refused_call(refreshes: int, expected: bool) -> None:
    """The second refresh for one call is one too many."""
    scene = expired("always")
    scene.fails(0)
    for number in range(refreshes):
        scene.call(1 + number, TOKEN)
        scene.fails(1 + number, token=f"token-{number}")
    assert speaks("OB202", scene, raised=Promised()) is expected


@pytest.mark.parametrize(("refreshes", "expected"), [(1, False), (3, False), (4, True)])
def test_OB202_allows_one_for_each_call_refused_at_the_same_time(refreshes: int, expected: bool) -> None:
    """Three calls that were refused together may each refresh."""
    scene = expired()
    calls = [scene.fails(0, waits=True, query=f"page={page}", job=page) for page in range(3)]
    for call in calls:
        scene.answer(call, 1)
    for page in range(refreshes):
        scene.call(2, TOKEN, job=page % 3)
    assert speaks("OB202", scene, raised=Promised()) is expected


def test_OB202_does_not_take_a_first_token_for_a_refresh() -> None:
    """A token call before the first attempt obtains what the client starts with."""
    scene = Scene("paysera", ACCOUNTS, "CERTIFICATE_INVALID")
    scene.call(0, TOKEN, token=None)
    scene.fails(1)
    assert not speaks("OB202", scene, raised=Promised())


@pytest.mark.parametrize(
    ("provider", "operation", "token", "code", "expected"),
    [
        ("paysera", ACCOUNTS, TOKEN, "CERTIFICATE_INVALID", True),
        ("paysera", ACCOUNTS, TOKEN, "CONSENT_EXPIRED", True),
        ("paysera", ACCOUNTS, TOKEN, "CONSENT_INVALID", True),
        ("paysera", ACCOUNTS, TOKEN, "INTERNAL_SERVER_ERROR", True),
        ("paysera", ACCOUNTS, TOKEN, "TOKEN_INVALID", False),
        ("aelix", ACCOUNTS, "POST /oauth2/token", "TOKEN_INVALID", False),
        ("aelix", ACCOUNTS, "POST /oauth2/token", "SCOPE_INSUFFICIENT", False),
        ("aelix", ACCOUNTS, "POST /oauth2/token", "IP_NOT_ALLOWED", True),
        ("aerosync", "GET /accounts/{user_id}", "POST /token", "AC-001", False),
        ("aerosync", "POST /accounts/{user_id}/mfa/{job_id}/resolve", "POST /token", "AC-110", False),
    ],
)
def test_OB202_speaks_of_a_refresh_where_none_is_accepted(
    provider: str, operation: str, token: str, code: str, expected: bool
) -> None:
    """The code says whether a new token is a remedy."""
    scene = Scene(provider, operation, code)
    scene.fails(0)
    scene.call(1, token)
    assert speaks("OB202", scene, raised=Promised()) is expected


@pytest.mark.parametrize(
    ("provider", "refresh", "age", "expected"),
    [
        ("paysera", TOKEN, 30, True),
        ("paysera", TOKEN, 290, True),
        ("paysera", TOKEN, 301, False),
        ("aelix", "POST /oauth2/token", 3290, True),
        ("aelix", "POST /oauth2/token", 3301, False),
    ],
)
def test_OB202_knows_how_old_a_token_is(provider: str, refresh: str, age: float, expected: bool) -> None:
    """A client that lives on from test to test renews its token when that runs out, or five minutes before."""
    scene = Scene(provider, ACCOUNTS, "INTERNAL_SERVER_ERROR")
    token = scene.case.sandbox.tokens.issue(scene.exchange.epoch - age)
    scene.fails(0, token=token)
    scene.call(1, refresh, token=None)
    scene.fails(2, token="token-two")
    assert speaks("OB202", scene, raised=Promised()) is expected


def test_OB202_lets_a_token_run_out_by_itself() -> None:
    """After a long wait the client may need a new token for its retry."""
    for at, expected in ((29, True), (1800, False)):
        scene = Scene("paysera", ACCOUNTS, "ACCESS_EXCEEDED")
        scene.fails(0, retry_after="1800")
        scene.call(at, TOKEN)
        assert speaks("OB202", scene, raised=Promised()) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Bearer token-one", False),
        ("bearer token-one", False),
        (None, True),
        ("", True),
        ("  ", True),
        ("Bearer  token-one", True),
        ("Bearer token-one ", True),
        (" Bearer token-one", True),
        ("Bearer token-one\n", True),
        ("Bearer\ttoken-one", True),
    ],
)
def test_OB203_holds_authorization_against_its_form(value: str | None, expected: bool) -> None:
    """One space between the scheme and the token, nothing before or after."""
    scene = expired()
    scene.fails(0, token=None, raw={} if value is None else {"Authorization": value})
    assert speaks("OB203", scene, raised=Promised()) is expected


def test_OB203_asks_nothing_of_operations_that_document_none() -> None:
    """A token call carries its credentials elsewhere."""
    scene = expired()
    scene.fails(0)
    scene.call(1, TOKEN, token=None)
    assert not speaks("OB203", scene, raised=Promised())


@pytest.mark.parametrize(
    ("code", "how", "expected"),
    [
        ("CONSENT_EXPIRED", {"consent": "one"}, True),
        ("CONSENT_EXPIRED", {"consent": "two"}, False),
        ("CONSENT_INVALID", {"consent": "one"}, True),
        ("RESOURCE_FORBIDDEN", {"consent": "one"}, False),  # OB101: a new consent is not its one remedy
        ("CONSENT_EXPIRED", {"consent": "one", "job": "two"}, False),
        ("TOKEN_EXPIRED", {"consent": "one"}, False),
        ("CERTIFICATE_INVALID", {"consent": "one"}, False),
    ],
)
def test_OB205_speaks_of_a_repeat_under_the_same_consent(code: str, how: dict[str, object], expected: bool) -> None:
    """Only an error of the consent, and only under the consent that it refused."""
    scene = Scene("paysera", ACCOUNTS, code)
    scene.fails(0, consent="one")
    scene.fails(1, **how)
    assert speaks("OB205", scene, raised=Promised()) is expected


def test_OB205_accepts_a_new_consent_that_no_header_names() -> None:
    """A client that leaves the header out, and started a consent in between, may try again."""
    for renewed in (False, True):
        scene = Scene("paysera", ACCOUNTS, "CONSENT_EXPIRED")
        scene.fails(0)
        if renewed:
            scene.call(1, CONSENTS)
        scene.fails(2)
        assert speaks("OB205", scene, raised=Promised()) is not renewed


@pytest.mark.parametrize(
    ("provider", "operation", "code", "persistence", "expected"),
    [
        ("paysera", ACCOUNTS, "TOKEN_EXPIRED", "once", True),
        ("paysera", ACCOUNTS, "TOKEN_EXPIRED", "always", False),
        ("aarthik", PROFILE, "AUTH_INVALID_SESSION", "once", True),
        ("aelix", ACCOUNTS, "TOKEN_INVALID", "once", False),  # to check the key, and raise, is documented
        ("aelix", ACCOUNTS, "SCOPE_INSUFFICIENT", "once", False),
        ("aerosync", "GET /accounts/{user_id}", "AC-001", "once", False),
    ],
)
def test_OB206_speaks_where_a_refresh_is_the_one_remedy(
    provider: str, operation: str, code: str, persistence: str, expected: bool
) -> None:
    """The error clears with a new token, no other handling is accepted, and the client raised."""
    scene = Scene(provider, operation, code, persistence)
    scene.fails(0)
    assert speaks("OB206", scene, raised=Promised()) is expected
    assert not speaks("OB206", scene, result=[])
    assert not speaks("OB206", scene, result="cached", fallback=True)


def test_OB206_is_silent_once_a_refresh_was_tried() -> None:
    """A client that refreshed, and raised because that was refused, did what it could."""
    scene = Scene("aarthik", PROFILE, "AUTH_INVALID_SESSION", "once")
    scene.fails(0)
    scene.call(1, SESSIONS)
    assert not speaks("OB206", scene, raised=Promised())
