"""The test machinery keeps real time, inside exchanges as well."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_openbanking import clock

pytest_plugins = ["pytester"]
RAW = time.CLOCK_MONOTONIC


def test_a_deadline_of_hypothesis_inside_an_exchange(exchange):
    """An exchange around @given does not make Hypothesis' deadline fire."""

    @settings(max_examples=20, deadline=200, database=None)
    @given(st.integers(0, 10_000))
    def check(seconds):
        time.sleep(seconds)

    with exchange():
        began = clock.now()
        check()
        assert clock.now() > began


@settings(max_examples=20, deadline=200, database=None)
@given(st.integers(0, 10_000))
def test_an_exchange_inside_given(seconds):
    """An exchange in each example does not either."""
    from tests.clock.conftest import exchange

    with exchange():
        time.sleep(seconds)


SUITE = """
    import time, pytest
    from pytest_openbanking import clock

    class Scope:
        answers, closed = 0, False

    @pytest.fixture
    def scope():
        scope = Scope()
        with clock.virtual_time(scope):
            yield scope

    @pytest.mark.parametrize("n", range(8))
    def test_sleep(scope, n):
        time.sleep(1000)
        assert n < 7
"""


@pytest.mark.parametrize("options", [[], ["-n2"], ["--timeout=20"], ["-p", "randomly"]], ids=str)
def test_durations_stay_real(pytester, options, monkeypatch):
    """Durations, time-outs, xdist and reports see real time though the exchange spans the whole test."""
    monkeypatch.setenv("PYTHONPATH", str(Path(clock.__file__).parents[2]))
    pytester.makepyfile(SUITE)
    began = time.clock_gettime(RAW)
    result = pytester.runpytest_subprocess(
        "--durations=0", "-vv", "--junitxml=r.xml", "-p", "no:cacheprovider", *options
    )
    assert time.clock_gettime(RAW) - began < 60
    result.assert_outcomes(passed=7, failed=1)
    report = (pytester.path / "r.xml").read_text()
    assert all(float(part.split('"')[0]) < 50 for part in report.split(' time="')[1:])


ASYNC_SUITE = """
    import anyio, asyncio, contextlib, time, pytest
    from pytest_openbanking import clock
    from pytest_openbanking.scope import open_scopes

    class Scope:
        answers, closed = 0, False

    @contextlib.contextmanager
    def exchange():
        scope = Scope()
        open_scopes.append(scope)
        try:
            with clock.virtual_time(scope):
                yield
        finally:
            open_scopes.remove(scope)

    @pytest.fixture
    def outside():
        with exchange():
            yield

    @pytest.mark.{mark}
    async def test_inside():
        with exchange():
            began = clock.now()
            await {library}.sleep(500)
            assert clock.now() - began == pytest.approx(500)

    @pytest.mark.{mark}
    async def test_fixture(outside):
        began = clock.now()
        await {library}.sleep(500)
        await asyncio.to_thread(time.sleep, 100)
        assert clock.now() - began == pytest.approx(600)

    @pytest.mark.{mark}
    async def test_hung(outside):
        await asyncio.Event().wait()

    @pytest.mark.{mark}
    async def test_hung_inside():
        with exchange():
            await asyncio.Event().wait()

    @pytest.mark.{mark}
    async def test_afterwards():
        await {library}.sleep(0.001)
        assert abs(time.monotonic() - time.clock_gettime(time.CLOCK_MONOTONIC)) < 1
"""


@pytest.mark.parametrize("plugin", ["asyncio", "anyio"])
def test_async_plugins(pytester, monkeypatch, plugin):
    """Exchanges work around a coroutine and within it under both plugins, and a hang ends one test alone."""
    monkeypatch.setenv("PYTHONPATH", str(Path(clock.__file__).parents[2]))
    pytester.makeconftest("import pytest\n@pytest.fixture\ndef anyio_backend(): return 'asyncio'")
    pytester.makepyfile(ASYNC_SUITE.replace("{mark}", plugin).replace("{library}", plugin))
    result = pytester.runpytest_subprocess("-p", "no:randomly", "-p", "no:cacheprovider", timeout=50)
    result.stdout.fnmatch_lines(["*the exchange hung: test_async_plugins.py:* awaits asyncio.locks.Event.wait*"])
    result.assert_outcomes(passed=3, failed=2)
