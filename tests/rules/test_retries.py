"""OB1xx at the boundaries of what they speak on."""

from __future__ import annotations

import pytest

from tests.rules.scene import Promised, Scene, speaks

ACCOUNTS, PAY = "GET /v1/accounts", "POST /v1/payments"
PROCEED = "POST /offers/{offerID}/proceed"


def hopeless() -> Scene:
    scene = Scene("aelix", ACCOUNTS, "INVALID_PARAMETER")
    scene.fails(0, query="a=1&b=2")
    return scene


def server(provider: str = "paysera", persistence: str = "always") -> Scene:
    return Scene(provider, ACCOUNTS, "INTERNAL_SERVER_ERROR", persistence)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ({"query": "a=1&b=2"}, True),
        ({"query": "b=2&a=1"}, True),
        ({"query": "a=1"}, False),
        ({"query": "a=1&b=2", "path": "/v1/accounts/"}, False),
        ({"query": "a=1&b=2", "body": {"x": 1}}, False),
        ({"query": "a=1&b=2", "job": "two"}, False),
        ({"query": "a=1&b=2", "job": "two", "born": 1}, True),
        ({"query": "a=1&b=2", "key": "another"}, True),
        ({"query": "a=1&b=2", "operation": "GET /v1/audit-logs"}, False),
    ],
)
def test_OB101_speaks_of_the_same_request_after_the_answer(how: dict[str, object], expected: bool) -> None:
    """Same operation, path, query and body, in consequence of the error: else it is another request."""
    scene = hopeless()
    scene.fails(1, **how)
    assert speaks("OB101", scene, raised=Promised()) is expected


def test_OB101_is_silent_on_calls_that_overlap() -> None:
    """A call that started before the answer arrived repeats nothing."""
    scene = Scene("aelix", ACCOUNTS, "INVALID_PARAMETER")
    first = scene.fails(0, waits=True)
    second = scene.fails(0.5, waits=True)
    scene.answer(first, 1)
    scene.answer(second, 1)
    assert not speaks("OB101", scene, raised=Promised())


def test_OB101_knows_equal_json() -> None:
    """A body written with other spaces, or its keys in another order, is the same body."""
    scene = Scene("aelix", PAY, "VALIDATION_FAILED")
    scene.fails(0, body=b'{"amount": 1, "currency": "EUR"}')
    scene.fails(1, body=b'{"currency":"EUR","amount":1}')
    assert speaks("OB101", scene, raised=Promised())


@pytest.mark.parametrize(
    "code",
    ["INTERNAL_SERVER_ERROR", "RATE_LIMIT_EXCEEDED", "TOKEN_EXPIRED", "TOKEN_INVALID", "SCOPE_INSUFFICIENT"],
)
def test_OB101_is_silent_where_a_repeat_can_be_right(code: str) -> None:
    """Where waiting, backing off or a new token is accepted, other rules judge the repeat."""
    scene = Scene("aelix", ACCOUNTS, code)
    scene.fails(0)
    scene.fails(1)
    assert not speaks("OB101", scene, raised=Promised())


def test_OB101_speaks_of_a_session_that_only_a_new_token_could_renew() -> None:
    """AC-110 refuses no token, so a repeat with the same one is not OB201's but a blind repeat."""
    scene = Scene("aerosync", "POST /accounts/{user_id}/mfa/{job_id}/resolve", "AC-110")
    scene.fails(0)
    scene.fails(1)
    assert speaks("OB101", scene, raised=Promised())
    assert not speaks("OB201", scene, raised=Promised())


def test_OB101_is_silent_after_a_read_where_the_state_was_to_be_reloaded() -> None:
    """A write that conflicted may be tried again once the state was read."""
    scene = Scene("aarthik", PROCEED, "OFFER_LOCK_CONFLICT")
    scene.fails(0, key="k")
    scene.call(1, "GET /offers/{offerID}")
    scene.fails(2, key="k")
    assert not speaks("OB101", scene, raised=Promised())


def test_OB102_speaks_of_giving_up_on_what_clears() -> None:
    """One 500, and the client raised."""
    scene = server(persistence="once")
    scene.fails(0)
    assert speaks("OB102", scene, raised=Promised())


@pytest.mark.parametrize(
    ("scene", "how"),
    [
        (server(persistence="always"), {"raised": Promised()}),
        (server(persistence="once"), {"result": []}),
        (server(persistence="once"), {"result": "cached", "fallback": True}),
        (server(persistence="once"), {"stopped": True}),
        (Scene("paysera", PAY, "INTERNAL_SERVER_ERROR", "once"), {"raised": Promised()}),
        (Scene("aelix", PAY, "INTERNAL_SERVER_ERROR", "once"), {"raised": Promised()}),
        (Scene("aerosync", "GET /accounts/{user_id}", "AC-103", "once"), {"raised": Promised()}),
        (Scene("aelix", ACCOUNTS, "TOKEN_EXPIRED", "once"), {"raised": Promised()}),
    ],
    ids=[
        "never clears",
        "returned",
        "fallback",
        "stopped",
        "payment",
        "no key sent",
        "raising accepted",
        "OB206",
    ],
)
def test_OB102_is_silent(scene: Scene, how: dict[str, object]) -> None:
    """Nothing cleared, or no retry was to be expected."""
    scene.fails(0)
    assert not speaks("OB102", scene, **how)


def test_OB102_speaks_of_a_write_under_a_key() -> None:
    """A write that carries its documented key is as safe to repeat as a read."""
    scene = Scene("aelix", PAY, "INTERNAL_SERVER_ERROR", "once")
    scene.fails(0, key="k")
    assert speaks("OB102", scene, raised=Promised())


def test_OB102_leaves_a_call_that_never_carried_a_token_to_OB203() -> None:
    """A refresh was made, and the repeat had no Authorization at all."""
    scene = Scene("aelix", ACCOUNTS, "TOKEN_EXPIRED", "once")
    scene.fails(0, token=None)
    scene.call(1, "POST /oauth2/token", token=None)
    scene.fails(2, token=None)
    assert not speaks("OB102", scene, raised=Promised())
    assert speaks("OB203", scene, raised=Promised())


def test_OB102_accepts_a_raise_that_hands_the_delay_on() -> None:
    """An exception with the delay lets the caller wait."""
    for carried, expected in ((30, False), (None, True)):
        scene = Scene("aelix", ACCOUNTS, "RATE_LIMIT_EXCEEDED", "once")
        scene.fails(0, retry_after="30")
        raised = Promised()
        raised.delay = carried
        assert speaks("OB102", scene, raised=raised) is expected


@pytest.mark.parametrize(
    ("provider", "retries", "expected"), [("paysera", 5, False), ("paysera", 6, True), ("aelix", 20, False)]
)
def test_OB103_counts_retries_against_the_documented_limit(provider: str, retries: int, expected: bool) -> None:
    """Paysera documents five; where nothing is documented there is no limit but the runaway's."""
    scene = server(provider)
    for number in range(retries + 1):
        scene.fails(10.0 * number)
    assert speaks("OB103", scene, raised=Promised()) is expected


def test_OB103_speaks_of_a_client_that_was_stopped() -> None:
    """The runaway limit needs no documentation."""
    assert speaks("OB103", hopeless(), stopped=True)


def test_OB103_counts_each_call_by_itself() -> None:
    """Six pages with a retry each are not six retries."""
    scene = server()
    for page in range(6):
        scene.fails(10 * page, query=f"page={page}")
        scene.call(10 * page + 5, query=f"page={page}")
    assert not speaks("OB103", scene, result=[])


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        ([0, 0], False),
        ([0, 0, 0], True),
        ([0, 1, 2], True),
        ([0, 3.9, 7.8], True),
        ([0, 4, 8], False),
        ([0, 5, 10, 15], False),
        ([0, 0, 1], False),
        ([0, 1, 3], False),
        ([0, 1, 2.01], False),
        ([0, 2, 3], False),
        ([0, 1, 2, 3.4], False),
    ],
)
def test_OB104_speaks_of_two_retries_without_any_growth(moments: list[float], expected: bool) -> None:
    """All at once, or all after the same time under four seconds; any jitter or growth is backing off."""
    scene = server()
    for at in moments:
        scene.fails(at)
    assert speaks("OB104", scene, raised=Promised()) is expected


@pytest.mark.parametrize(
    ("said", "moments", "expected"),
    [
        (("3", "3", "3"), (0, 3, 6), False),
        (("3", "3", "3"), (0, 2.5, 5), False),
        (("3", "3", "3"), (0, 1, 2), True),
        (("3", "3", "3"), (0, 0, 0), True),
        (("1", "3", "3"), (0, 1, 2), True),
        (("soon", "soon", "soon"), (0, 1, 2), True),
        (("1.5", "1.5", "1.5"), (0, 1.5, 3), False),
        (("2.0", "2.0", "2.0"), (0, 2, 4), False),
        (("2.9", "2.9", "2.9"), (0, 1.5, 3), True),
        (("2, 2", "2, 2", "2, 2"), (0, 2, 4), False),
        (("3, 2.5", "3, 2.5", "3, 2.5"), (0, 2.5, 5), False),
        (("3, 3", "3, 3", "3, 3"), (0, 1, 2), True),
        (("2 seconds", "2s", "PT2S"), (0, 2, 4), False),
        (("-5", "-5", "-5"), (0, 0, 0), False),
        (("1970-01-01T00:00:03Z", "1970-01-01T00:00:05Z", ""), (0, 2.5, 5), False),
        (("1970-01-01T00:00:09Z", "1970-01-01T00:00:09Z", ""), (0, 2.5, 5), True),
        (("Thu, 01 Jan 1970 00:00:03 GMT, Thu, 01 Jan 1970 00:00:03 GMT", "2.5", ""), (0, 2.5, 5), False),
    ],
)
def test_OB104_takes_a_recorded_wait_for_backing_off(
    said: tuple[str, ...], moments: tuple[float, ...], expected: bool
) -> None:
    """A real 500 may say when to come back: waiting just that long, to the second and each time, is right."""
    scene = server()
    for at, retry_after in zip(moments, said, strict=True):
        scene.fails(at, retry_after=retry_after)
    assert speaks("OB104", scene, raised=Promised()) is expected


@pytest.mark.parametrize(
    ("said", "told", "expected"),
    [("30", 30, False), ("30", None, True), ("7.5", 7.5, False), ("20, 40", 40, False), ("20, 40", 99, True)],
)
def test_OB102_accepts_a_raise_with_the_delay_of_any_recorded_wait(said: str, told: float, expected: bool) -> None:
    """Also on an error that is not documented to carry one."""
    scene = server("paysera", "once")
    scene.fails(0, retry_after=said)
    raised = Promised()
    raised.retry_after = told
    assert speaks("OB102", scene, raised=raised) is expected


def test_a_retry_after_that_says_nothing_is_none() -> None:
    """Providers send all kinds of things; no rule stumbles over it."""
    scene = Scene("paysera", ACCOUNTS, "ACCESS_EXCEEDED")
    scene.fails(0, retry_after="soon")
    scene.fails(1, retry_after="soon")
    assert not any(speaks(code, scene, raised=Promised()) for code in ("OB105", "OB102"))


@pytest.mark.parametrize("said", ["30.0", "30, 30", "30 s"])
def test_OB105_reads_the_documented_forms_only(said: str) -> None:
    """Whole seconds and HTTP dates; what any other form means is a guess."""
    scene = Scene("paysera", ACCOUNTS, "ACCESS_EXCEEDED")
    scene.fails(0, retry_after=said)
    scene.fails(1, retry_after=said)
    assert not speaks("OB105", scene, raised=Promised())


def test_OB104_is_silent_where_no_backoff_is_documented() -> None:
    """The 401 of a token has another remedy."""
    scene = Scene("paysera", ACCOUNTS, "TOKEN_EXPIRED")
    for at in range(4):
        scene.fails(at)
    assert not speaks("OB104", scene, raised=Promised())


@pytest.mark.parametrize(
    ("at", "expected"), [(0, True), (28.9, True), (29.0, False), (29.5, False), (30, False), (500, False)]
)
def test_OB105_allows_a_second(at: float, expected: bool) -> None:
    """Clients round, and dates hold whole seconds."""
    scene = Scene("aelix", ACCOUNTS, "RATE_LIMIT_EXCEEDED", "once")
    scene.fails(0, retry_after="30")
    scene.call(at)
    assert speaks("OB105", scene, result=[]) is expected


@pytest.mark.parametrize(("at", "expected"), [(5, True), (30, False)])
def test_OB105_reads_dates(at: float, expected: bool) -> None:
    """An HTTP date counts from the exchange's wall clock."""
    scene = Scene("aelix", ACCOUNTS, "RATE_LIMIT_EXCEEDED", "once-date")
    scene.exchange.epoch = 1_800_000_000.0
    scene.fails(0, retry_after="Fri, 15 Jan 2027 08:00:30 GMT")
    scene.call(at)
    assert speaks("OB105", scene, result=[]) is expected


def test_OB105_is_silent_without_a_retry_after_and_on_another_request() -> None:
    """Without the header there is nothing to be too early for; a limit on one call does not hold another."""
    scene = Scene("aelix", ACCOUNTS, "RATE_LIMIT_EXCEEDED", "once")
    scene.fails(0)
    scene.call(1)
    assert not speaks("OB105", scene, result=[])
    scene = Scene("aelix", ACCOUNTS, "RATE_LIMIT_EXCEEDED", "once")
    scene.fails(0, retry_after="30")
    scene.call(1, "GET /v1/transactions")
    assert not speaks("OB105", scene, result=[])


@pytest.mark.parametrize(("waited", "expected"), [(3600, False), (3601, False), (3602, True), (86400, True)])
def test_OB106_measures_one_wait(waited: float, expected: bool) -> None:
    """The longest stretch without a call under way, up to the end of the check."""
    scene = Scene("paysera", ACCOUNTS, "ACCESS_EXCEEDED")
    scene.fails(0, retry_after="86400")
    assert speaks("OB106", scene, raised=Promised(), ended_at=waited) is expected
    scene.fails(waited, retry_after="86400")
    assert speaks("OB106", scene, raised=Promised(), ended_at=waited) is expected


def test_OB106_adds_nothing_up_and_ignores_slow_answers() -> None:
    """Several waits below the limit are none above it; the provider's slowness is not the client's sleep."""
    scene = Scene("paysera", ACCOUNTS, "ACCESS_EXCEEDED")
    scene.fails(0)
    scene.fails(3000)
    scene.fails(6000)
    slow = scene.fails(6000, waits=True)
    scene.answer(slow, 16000)
    assert not speaks("OB106", scene, raised=Promised(), ended_at=16000)
    scene = Scene("paysera", ACCOUNTS, "ACCESS_EXCEEDED")
    slow = scene.fails(0, waits=True)
    scene.answer(slow, 10000)
    assert not speaks("OB106", scene, raised=Promised(), ended_at=10000)


def test_OB106_ignores_what_came_before_the_error() -> None:
    """A rate limiter that outlives a test may hold its first call back; no error asked for that."""
    scene = Scene("paysera", ACCOUNTS, "ACCESS_EXCEEDED")
    scene.fails(9000, retry_after="86400")
    assert not speaks("OB106", scene, raised=Promised(), ended_at=9000)


CONFLICTS = (
    ({"operation": PROCEED, "key": "two"}, True),
    ({"operation": PROCEED, "key": "one"}, False),  # OB101
    ({"operation": "POST /profile/submit", "key": "two"}, True),
    ({"operation": "PUT /profile", "key": "two"}, True),
    ({"operation": "POST /journeys", "key": "two"}, False),
    ({"operation": "GET /offers"}, False),
    ({"operation": "POST /sessions", "key": "two"}, False),
    ({"operation": "POST /profile/submit", "key": "two", "job": "another"}, False),
)


@pytest.mark.parametrize(("how", "expected"), CONFLICTS)
@pytest.mark.parametrize("read", [False, True])
def test_OB107_speaks_of_a_blocked_write_before_any_read(how: dict[str, object], expected: bool, read: bool) -> None:
    """The same body under another key, or a write that the lock blocks; a read in between settles it."""
    scene = Scene("aarthik", PROCEED, "OFFER_LOCK_CONFLICT")
    scene.fails(0, key="one")
    if read:
        scene.call(1, "GET /journeys/{journeyID}/state")
    scene.call(2, **how)
    assert speaks("OB107", scene, raised=Promised()) is (expected and not read)


def test_OB107_is_silent_where_a_repeat_is_accepted() -> None:
    """Aerosync's AC-112 may also clear by waiting."""
    scene = Scene("aerosync", "POST /accounts/{user_id}/identity", "AC-112", "once")
    scene.fails(0, key="one")
    scene.call(5, key="two")
    assert not speaks("OB107", scene, result={})
