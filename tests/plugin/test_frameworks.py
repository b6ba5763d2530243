"""Native under other runners, and beside other plugins."""

import sys
import textwrap

import pytest

ASYNC_BANK = """
import asyncio
import httpx


class BankError(Exception):
    pass


class BankClient:
    def __init__(self, base_url, token, token_url, refresh_token):
        self.http, self.token = httpx.AsyncClient(base_url=base_url), token
        self.token_url, self.refresh_token = token_url, refresh_token

    async def accounts(self):
        refreshed = False
        for attempt in range(4):
            answer = await self.http.get("/v1/accounts", headers={"Authorization": f"Bearer {self.token}"})
            if answer.status_code < 400:
                return answer.json()
            code, delay = answer.json()["tppMessages"][0]["code"], answer.headers.get("Retry-After")
            if code.startswith("TOKEN") and not refreshed:
                refreshed = True
                form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
                self.token = (await self.http.post(self.token_url, data=form)).json()["access_token"]
            elif code in ("REQUEST_TIMEOUT", "INTERNAL_SERVER_ERROR") and attempt < 3:
                await asyncio.sleep(2**attempt)
            elif delay and delay.isdigit() and int(delay) <= 120 and attempt < 3:
                await asyncio.sleep(int(delay))
            else:
                raise BankError(code, delay)
"""

ASYNC_TEST = """
@pytest.mark.{mark}
@pytest.mark.openbanking_errors("GET /v1/accounts")
async def test_errors(openbanking_error, {client}):
    with openbanking_error.handled():
        await {client}.accounts()
"""

ASYNC_FIXTURES = """
import pytest_asyncio

@pytest_asyncio.fixture
async def remote(openbanking):
    client = BankClient(openbanking.base_url, openbanking.access_token, openbanking.token_url, openbanking.refresh_token)
    yield client
    await client.http.aclose()

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
async def anyio_remote(openbanking, anyio_backend):
    client = BankClient(openbanking.base_url, openbanking.access_token, openbanking.token_url, openbanking.refresh_token)
    yield client
    await client.http.aclose()
"""


@pytest.mark.parametrize(
    ("mark", "client"),
    [
        ("asyncio", "bank"),
        ("asyncio", "remote"),
        ("anyio", "bank"),
        ("anyio", "anyio_remote"),
        ("asyncio(loop_scope='session')", "bank"),
    ],
)
def test_async_tests_are_native(team, mark, client):
    """pytest-asyncio and anyio, with sync and async fixtures, loops of a test and of a session."""
    body = ASYNC_TEST.format(mark=mark, client=client)
    result = team(body, bank=ASYNC_BANK, conftest=ASYNC_FIXTURES).runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=19)


def test_unittest_through_the_context_manager(pytester):
    """In a TestCase, under pytest and under python -m unittest alike."""
    pytester.makepyfile(
        test_case=textwrap.dedent("""
        import unittest
        import httpx
        import pytest_openbanking


        class BankError(Exception):
            pass


        def accounts(sandbox):
            answer = httpx.get(sandbox.base_url + "/v1/accounts", headers={"Authorization": "Bearer " + sandbox.access_token})
            if answer.status_code >= 400:
                raise BankError(answer.text, answer.headers.get("Retry-After"))


        class TestBank(unittest.TestCase):
            def test_all(self):
                with pytest_openbanking.sandbox("paysera", raises=BankError, ignore="OB102") as sandbox:
                    for case in sandbox.cases("GET /v1/accounts", status=["4xx", 503]):
                        with self.subTest(case.id):
                            if case.error.code.startswith("TOKEN") and case.persistence == "once":
                                with self.assertRaisesRegex(AssertionError, "OB206"), case.handled():
                                    accounts(sandbox)
                            else:
                                with case.handled():
                                    accounts(sandbox)
        """)
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=1)
    result = pytester.run(sys.executable, "-m", "unittest", "-q", "test_case")
    assert result.ret == 0, result.stderr.str()


def test_under_given_without_a_health_check(pytester):
    """Each example opens its own sandbox; deadlines see real time."""
    pytester.makepyfile(
        textwrap.dedent("""
        import time
        import httpx
        from hypothesis import given, settings, strategies as st
        import pytest_openbanking


        class BankError(Exception):
            pass


        @given(wait=st.integers(0, 10_000))
        @settings(max_examples=30, deadline=500, database=None)
        def test_all(wait):
            with pytest_openbanking.sandbox("paysera", raises=BankError, ignore=["OB102", "OB106", "OB406"]) as sandbox:
                case = sandbox.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts")
                with case.handled():
                    answer = httpx.get(sandbox.base_url + "/v1/accounts", headers={"Authorization": "Bearer abc"})
                    time.sleep(wait)
                    raise BankError(answer.text)
                assert abs(sandbox.exchange.ended_at - wait) < 1e-6
        """)
    )
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=1)


def test_a_client_that_returns_error_values(team):
    """`returns=` takes a type of error value, or a predicate for a fallback."""
    body = """
    import dataclasses
    import httpx

    @dataclasses.dataclass
    class Err:
        code: str

    def call(sandbox):
        answer = httpx.get(sandbox.base_url + "/v1/accounts", headers={"Authorization": "Bearer " + sandbox.access_token})
        return Err(answer.json()["tppMessages"][0]["code"]) if answer.status_code >= 400 else answer.json()

    only = pytest.mark.openbanking_errors("GET /v1/accounts", code="CERTIFICATE_INVALID")

    @only
    def test_error_value(openbanking, openbanking_error):
        with openbanking_error.handled(returns=Err):
            openbanking_error.result = call(openbanking)
        assert openbanking_error.result == Err("CERTIFICATE_INVALID")

    @only
    def test_error_value_without_the_code(openbanking, openbanking_error):
        with pytest.raises(AssertionError, match="OB403"), openbanking_error.handled(returns=Err):
            call(openbanking)
            openbanking_error.result = Err("oops")

    @only
    def test_fallback(openbanking, openbanking_error):
        with openbanking_error.handled(returns=lambda value: value == "cached"):
            call(openbanking)
            openbanking_error.result = "cached"

    @only
    def test_no_fallback(openbanking, openbanking_error):
        with pytest.raises(AssertionError, match="OB401"), openbanking_error.handled(returns=lambda value: value == "cached"):
            openbanking_error.result = call(openbanking)

    @only
    def test_never_set(openbanking, openbanking_error):
        with pytest.raises(AssertionError, match="set case.result inside the block"), openbanking_error.handled(returns=Err):
            call(openbanking)
    """
    team(body).runpytest("-p", "no:randomly").assert_outcomes(passed=5)


def test_a_client_of_the_whole_session(team):
    """Credentials and URLs are the same in every test; a token from the last test is refused when it is to be."""
    conftest = """
    CLIENTS = []

    @pytest.fixture
    def old(openbanking):
        if not CLIENTS:
            CLIENTS.append(BankClient(openbanking.base_url, openbanking.access_token, openbanking.token_url, openbanking.refresh_token))
        return CLIENTS[0]
    """
    body = """
    @pytest.mark.openbanking_errors("GET /v1/accounts", status=401)
    def test_errors(openbanking_error, old):
        with openbanking_error.handled():
            old.accounts()
    """
    team(body, conftest=conftest).runpytest("-p", "no:randomly").assert_outcomes(passed=7)


def test_mounted_on_a_respx_router(team):
    """A team's own router serves the provider; its own routes come first."""
    body = """
    import httpx
    import respx

    @pytest.mark.openbanking_errors("GET /v1/accounts", status=401)
    def test_errors(openbanking, openbanking_error, bank, respx_mock):
        respx_mock.get("https://other.example/").respond(json={"mine": True})
        openbanking.mount(respx_mock)
        assert httpx.get("https://other.example/").json() == {"mine": True}
        with openbanking_error.handled():
            bank.accounts()
    """
    team(body).runpytest("-p", "no:randomly").assert_outcomes(passed=7)


@pytest.mark.parametrize("options", [("-n", "2"), ("-p", "randomly"), ("-p", "xdist", "-p", "pytest_httpx")])
def test_beside_other_plugins(team, options):
    """In parallel, in random order."""
    body = """
    @pytest.mark.openbanking_errors()
    def test_errors(openbanking_error, bank):
        if openbanking_error.operation.id != "GET /v1/accounts":
            pytest.skip("another operation")
        with openbanking_error.handled():
            bank.accounts()
    """
    team(body).runpytest_subprocess(*options).assert_outcomes(passed=19, skipped=137)


@pytest.mark.parametrize(
    "how",
    ["raise KeyboardInterrupt", "raise RuntimeError", "pytest.fail('no')", "pytest.skip('no')", "raise SystemExit"],
)
def test_time_and_network_are_real_again(team, how):
    """Whatever happens in the exchange."""
    body = f"""
    import socket
    import threading
    import time

    REAL = time.clock_gettime

    def is_real():
        assert abs(time.time() - REAL(time.CLOCK_REALTIME)) < 1
        started = REAL(time.CLOCK_MONOTONIC)
        time.sleep(0.02)
        assert REAL(time.CLOCK_MONOTONIC) - started >= 0.019

    @pytest.mark.openbanking_errors("GET /v1/accounts", code="INTERNAL_SERVER_ERROR", persistence="once")
    def test_one(openbanking_error, bank):
        try:
            with openbanking_error.handled(raises=OSError):
                time.sleep(5000)
                {how}
        except KeyboardInterrupt:
            pass

    def test_two():
        is_real()
        import pytest_openbanking.scope as scope
        assert scope.open_scopes == []
        assert scope.current_scope.get() is None
    """
    outcomes = team(body).runpytest("-p", "no:randomly").parseoutcomes()
    assert outcomes["passed"] >= 1, outcomes
