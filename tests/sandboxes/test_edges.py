"""What a team's tests do around an exchange: other banks, moved clocks, patched sleeps, real waits."""

import datetime
import select
import threading
import time

import httpx
import pytest
import time_machine

import pytest_openbanking


class BankError(Exception):
    """What the client promises."""


def get(sandbox, path="/v1/accounts"):
    return httpx.get(sandbox.base_url + path, headers={"Authorization": f"Bearer {sandbox.access_token}"})


def retried(sandbox, wait, tries=4):
    """Call until it works, waiting longer each time, or as Retry-After says."""
    for attempt in range(tries):
        answer = get(sandbox)
        if answer.status_code < 400:
            return answer.json()
        wait(float(answer.headers.get("Retry-After") or 2**attempt))
    raise BankError(answer.text)


@pytest.fixture
def paysera():
    with pytest_openbanking.sandbox("paysera", raises=BankError) as sandbox:
        yield sandbox


def test_two_providers_at_once(paysera):
    """A sandbox inside another serves its own provider, and the outer one goes on serving its."""
    with pytest_openbanking.sandbox("aelix") as aelix:
        assert get(aelix).status_code == 200
        assert get(paysera).status_code == 200
        assert len(aelix.exchange) == len(paysera.exchange) == 1
    assert get(paysera).status_code == 200


def test_a_patched_sleep_is_named_and_nobody_is_blamed(paysera, monkeypatch):
    """Where a test has swallowed the waits, what the client waits cannot be seen."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    case = paysera.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts", persistence="once")
    with pytest.raises(pytest_openbanking.UsageError, match=r"time\.sleep is patched"), case.handled():
        retried(paysera, time.sleep)


def test_a_patched_sleep_that_nobody_needs_is_let_be(paysera, monkeypatch):
    """An autouse fixture that patches sleep breaks no check that does not wait."""
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    case = paysera.fail_with("CERTIFICATE_INVALID", "GET /v1/accounts")
    with case.handled():
        raise BankError(get(paysera).text)


@pytest.mark.parametrize(
    "wait",
    [lambda seconds: held().acquire(timeout=0.6), lambda seconds: select.select([], [], [], 0.6)],
    ids=["a raw lock", "select"],
)
def test_a_real_wait_counts(paysera, wait):
    """What cannot be made virtual is really waited, and seen to be."""
    case = paysera.fail_with("INTERNAL_SERVER_ERROR", "GET /v1/accounts")
    waits = iter((0.6, 1.2))
    with case.handled():
        retried(paysera, lambda seconds: wait(seconds) and next(waits, None), tries=2)
    assert paysera.exchange[1].at >= 0.5


def held():
    lock = threading.Lock()
    lock.acquire()
    return lock


def test_a_clock_that_the_test_has_moved_is_the_clients(paysera):
    """A Retry-After date is told by the clock that the client reads."""
    case = next(
        case for case in paysera.cases("GET /v1/accounts", code="ACCESS_EXCEEDED") if case.persistence == "once-date"
    )
    with time_machine.travel(datetime.datetime(2031, 5, 1, tzinfo=datetime.UTC), tick=False), case.handled():
        answer = get(paysera)
        assert "May 2031" in answer.headers["Retry-After"]
        raise BankError("ACCESS_EXCEEDED", time.time() + 30)


def test_a_wait_without_end_is_stopped_before_clocks_break(paysera):
    """Backing off for ever is OB103, not an overflow of somebody's clock."""
    case = paysera.fail_with("INTERNAL_SERVER_ERROR", "GET /v1/accounts")
    with pytest.raises(AssertionError, match="OB103 kept retrying"), case.handled():
        retried(paysera, time.sleep, tries=100)


def test_discovery_is_a_documented_address(paysera):
    """An OAuth client may begin with it."""
    case = paysera.fail_with("CERTIFICATE_INVALID", "GET /v1/accounts")
    with case.handled():
        found = httpx.get(paysera.base_url + "/.well-known/oauth-authorization-server").json()
        assert found["token_endpoint"] == paysera.token_url
        raise BankError(get(paysera).text)


def test_no_generated_message_stands_in_for_a_code():
    """Where no message is documented, the text that is served holds nothing of the code."""
    from pytest_openbanking.rules.carried import normal
    from pytest_openbanking.sandboxes.answers import phrase

    for name in ("aarthik", "aelix", "aerosync", "paysera"):
        for error in pytest_openbanking.load_provider(name).errors:
            if error.message is None:
                assert normal(error.code) not in normal(phrase(error.status))
