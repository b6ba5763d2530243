"""OB3xx at the boundaries of what they speak on."""

from __future__ import annotations

import pytest

from tests.rules.scene import Promised, Scene, speaks

PAY, ACCOUNTS = "POST /v1/payments", "GET /v1/accounts"
SUBMIT, PROFILE, SESSIONS = "POST /profile/submit", "PUT /profile", "POST /sessions"
BODY, OTHER = {"amount": 1, "currency": "EUR"}, {"amount": 2, "currency": "EUR"}


@pytest.mark.parametrize(
    ("provider", "operation", "key", "expected"),
    [
        ("aelix", PAY, None, True),
        ("aelix", PAY, "", True),
        ("aelix", PAY, "k", False),
        ("aelix", ACCOUNTS, None, False),
        ("paysera", PAY, None, False),
        ("aarthik", PROFILE, None, True),
    ],
)
def test_OB301_speaks_where_the_key_is_documented(
    provider: str, operation: str, key: str | None, expected: bool
) -> None:
    """Paysera documents no key, so none is missed there."""
    code = {"aarthik": "RATE_LIMITED"}.get(provider, "INTERNAL_SERVER_ERROR")
    scene = Scene(provider, operation, code)
    scene.fails(0, key=key)
    assert speaks("OB301", scene, raised=Promised()) is expected


def test_OB301_leaves_the_token_call_of_another_test_alone() -> None:
    """How a session is refreshed is judged where that is under test."""
    scene = Scene("aarthik", "GET /profile", "AUTH_INVALID_SESSION")
    scene.fails(0)
    scene.call(1, SESSIONS)
    assert not speaks("OB301", scene, raised=Promised())
    scene = Scene("aarthik", SESSIONS, "AUTH_INVALID_API_KEY")
    scene.fails(0)
    assert speaks("OB301", scene, raised=Promised())


@pytest.mark.parametrize(
    ("code", "how", "expected"),
    [
        ("INTERNAL_SERVER_ERROR", {"key": "two"}, True),
        ("INTERNAL_SERVER_ERROR", {"key": None}, True),
        ("INTERNAL_SERVER_ERROR", {"key": "one"}, False),
        ("INTERNAL_SERVER_ERROR", {"key": "two", "body": OTHER}, False),
        ("INTERNAL_SERVER_ERROR", {"key": "two", "job": "another"}, False),
        ("SERVICE_UNAVAILABLE", {"key": "two"}, True),
        ("answer-lost", {"key": "two"}, True),
        ("read-timeout", {"key": "two"}, True),
        ("connection-reset", {"key": "two"}, True),
        ("connect-timeout", {"key": "two"}, False),
        ("TOKEN_EXPIRED", {"key": "two"}, False),
        ("RATE_LIMIT_EXCEEDED", {"key": "two"}, False),
        ("VALIDATION_FAILED", {"key": "two"}, False),
        ("DUPLICATE_IDEMPOTENCY_KEY", {"key": "two"}, False),
    ],
)
def test_OB302_speaks_after_an_ambiguous_outcome(code: str, how: dict[str, object], expected: bool) -> None:
    """A 5xx, a 408 or a lost answer leaves open whether the write took effect; a 4xx does not."""
    scene = Scene("aelix", PAY, code)
    scene.fails(0, key="one", body=BODY)
    scene.call(5, **{"body": BODY, **how})
    assert speaks("OB302", scene, raised=Promised()) is expected


def test_OB302_takes_what_comes_after_a_retry_that_succeeded_for_another_write() -> None:
    """Two payments of the same amount are two payments."""
    scene = Scene("aelix", PAY, "INTERNAL_SERVER_ERROR", "once")
    scene.fails(0, key="one", body=BODY)
    scene.call(5, key="one", body=BODY)
    scene.call(10, key="two", body=BODY)
    assert not speaks("OB302", scene, result={})


def test_OB302_leaves_a_first_try_without_a_key_to_OB301() -> None:
    """There was no key that the retry could have kept."""
    scene = Scene("aelix", PAY, "INTERNAL_SERVER_ERROR")
    scene.fails(0, body=BODY)
    scene.fails(5, body=BODY, key="one")
    assert not speaks("OB302", scene, raised=Promised())
    assert speaks("OB301", scene, raised=Promised())


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ({"operation": SUBMIT, "key": "one"}, True),
        ({"operation": PROFILE, "key": "one", "body": OTHER}, True),
        ({"operation": PROFILE, "key": "one", "body": BODY}, False),
        ({"operation": SUBMIT, "key": "two"}, False),
        ({"operation": SUBMIT}, False),
        ({"operation": "GET /profile", "key": "one"}, False),
        ({"operation": SESSIONS, "key": "one", "body": OTHER}, True),
        ({"operation": SESSIONS, "key": "two", "body": OTHER}, False),
        ({"operation": SESSIONS, "body": OTHER}, False),
    ],
)
def test_OB303_speaks_of_one_key_for_two_writes(second: dict[str, object], expected: bool) -> None:
    """Another path or another body is another write; a read has no key."""
    scene = Scene("aarthik", PROFILE, "RATE_LIMITED")
    scene.fails(0, key="one", body=BODY)
    scene.call(5, **second)
    assert speaks("OB303", scene, raised=Promised()) is expected


@pytest.mark.parametrize(
    ("key", "body", "expected"), [("one", BODY, False), ("one", OTHER, True), ("two", OTHER, False)]
)
def test_OB303_lets_a_session_be_asked_for_again(key: str, body: object, expected: bool) -> None:
    """The same call under the same key is a retry, also where it is not under test."""
    scene = Scene("aarthik", "GET /profile", "AUTH_INVALID_SESSION")
    scene.call(0, SESSIONS, key="one", body=BODY)
    scene.fails(0)
    scene.call(1, SESSIONS, key=key, body=body)
    assert speaks("OB303", scene, raised=Promised()) is expected


def test_OB303_needs_the_key_documented_on_both() -> None:
    """Aelix documents it for payments, and not for its tokens."""
    scene = Scene("aelix", PAY, "TOKEN_EXPIRED")
    scene.fails(0, key="one", body=BODY)
    scene.call(1, "POST /oauth2/token", key="one", body=OTHER)
    assert not speaks("OB303", scene, raised=Promised())


ACTED = (
    ("aelix", PAY, {"key": "one"}, {"key": "two"}, True),
    ("aelix", PAY, {"key": "one"}, {"key": "one"}, False),
    ("aelix", PAY, {}, {}, True),
    ("paysera", PAY, {}, {}, True),
    ("paysera", PAY, {}, {"body": OTHER}, False),
    ("paysera", PAY, {"key": "one"}, {"key": "one"}, True),  # no key is documented, so none protects
    ("paysera", "POST /v1/consents", {}, {}, False),  # two consents cost nobody anything
    ("aerosync", "POST /accounts/{user_id}/refresh", {}, {}, True),
)


@pytest.mark.parametrize(("provider", "operation", "first", "second", "expected"), ACTED)
@pytest.mark.parametrize("acted", [True, False])
def test_OB304_speaks_of_money_or_jobs_that_were_carried_out_twice(
    provider: str,
    operation: str,
    first: dict[str, object],
    second: dict[str, object],
    expected: bool,
    acted: bool,
) -> None:
    """The provider acted, its answer was lost, and it acted again."""
    scene = Scene(provider, operation, "answer-lost")
    scene.fails(0, acted=acted, **{"body": BODY, **first})
    scene.call(5, acted=True, **{"body": BODY, **second})
    assert speaks("OB304", scene, result={}) is (expected and acted)


@pytest.mark.parametrize(("at", "expected"), [(0, False), (0.5, False), (1, True), (30, True)])
def test_OB304_sees_a_call_that_the_client_stopped_waiting_for(at: float, expected: bool) -> None:
    """Its answer never came; what is sent at the same moment is meant as a second call, what comes later repeats it."""
    scene = Scene("paysera", PAY, "read-timeout")
    scene.fails(0, acted=True, body=BODY, waits=True)
    scene.call(at, acted=True, body=BODY, job="two")
    assert speaks("OB304", scene, result={}) is expected


@pytest.mark.parametrize(
    ("provider", "operation", "code", "expected"),
    [
        ("paysera", PAY, "INTERNAL_SERVER_ERROR", True),
        ("paysera", PAY, "REQUEST_TIMEOUT", True),
        ("paysera", "POST /v1/{payment-service}/{payment-product}", "REQUEST_TIMEOUT", True),
        ("paysera", PAY, "read-timeout", True),
        ("paysera", PAY, "connect-timeout", False),
        ("paysera", PAY, "RESOURCE_CONFLICT", False),
        ("paysera", PAY, "TOKEN_EXPIRED", False),
        ("paysera", "POST /v1/consents", "INTERNAL_SERVER_ERROR", False),
        ("paysera", ACCOUNTS, "INTERNAL_SERVER_ERROR", False),
        ("aelix", PAY, "INTERNAL_SERVER_ERROR", False),
        ("aerosync", "POST /accounts/{user_id}/refresh", "AC-108", False),
        ("aerosync", "POST /accounts/{user_id}/refresh", "html-502", True),
    ],
)
def test_OB305_speaks_where_nothing_tells_a_repeat(provider: str, operation: str, code: str, expected: bool) -> None:
    """Money or a job, an ambiguous outcome, and no documented key."""
    scene = Scene(provider, operation, code)
    scene.fails(0, body=BODY)
    scene.fails(5, body=BODY)
    assert speaks("OB305", scene, raised=Promised()) is expected


def test_OB305_is_silent_after_a_look_or_a_documented_wait() -> None:
    """A client that looked first, or that the provider told when to come back, is not blind."""
    scene = Scene("paysera", PAY, "INTERNAL_SERVER_ERROR")
    scene.fails(0, body=BODY)
    scene.call(1, ACCOUNTS)
    scene.fails(5, body=BODY)
    assert not speaks("OB305", scene, raised=Promised())
    scene = Scene("paysera", PAY, "SERVICE_UNAVAILABLE")
    scene.fails(0, body=BODY, retry_after="60")
    scene.fails(60, body=BODY)
    assert not speaks("OB305", scene, raised=Promised())
