"""The retry layers that clients use back off in virtual time, exactly."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import types

import aiohttp_retry
import backoff
import httpx
import pyrate_limiter
import pytest
import requests_ratelimiter
import retrying
import stamina
import tenacity
import urllib3
from httpx_retries import Retry as HttpxRetry

from pytest_openbanking import clock

RAW = time.CLOCK_MONOTONIC


class Trouble(Exception):
    pass


def failing(times):
    left = [times]

    def call():
        if left[0]:
            left[0] -= 1
            raise Trouble
        return "fine"

    return call


def failing_async(times):
    call = failing(times)

    async def acall():
        return call()

    return acall


def _tenacity(**wait):
    return tenacity.retry(wait=tenacity.wait_fixed(4), stop=tenacity.stop_after_attempt(9), **wait)


def _tenacity_event():
    import threading

    return _tenacity(sleep=tenacity.sleep_using_event(threading.Event()))(failing(3))()


def _stamina(call):
    settings = {
        "on": Trouble,
        "attempts": 5,
        "wait_initial": 4.0,
        "wait_exp_base": 1.0,
        "wait_jitter": 0.0,
        "timeout": None,
    }
    return stamina.retry(**settings)(call)()


def _stamina_exponential():
    return stamina.retry(on=Trouble, attempts=5, wait_initial=1.0, wait_max=60, wait_jitter=0.0)(failing(3))()


def _backoff(call):
    return backoff.on_exception(backoff.constant, Trouble, interval=4, jitter=None, max_tries=9)(call)()


def _urllib3():
    retry = urllib3.Retry(total=5, backoff_factor=1)
    for _ in range(3):
        retry = retry.increment("GET", "/")
        retry.sleep()


def _urllib3_after():
    response = types.SimpleNamespace(headers=urllib3.HTTPHeaderDict({"Retry-After": "30"}))
    urllib3.Retry(3).sleep(response)


def _urllib3_date():
    when = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(int(time.time()) + 30))
    response = types.SimpleNamespace(headers=urllib3.HTTPHeaderDict({"Retry-After": when}))
    before = time.time()
    urllib3.Retry(3).sleep(response)
    time.sleep(max(0.0, before + 30 - time.time()))


def _httpx_retries():
    HttpxRetry(total=3).increment().sleep(httpx.Response(429, headers={"Retry-After": "30"}))


async def _httpx_retries_async():
    await HttpxRetry(total=3).increment().asleep(httpx.Response(429, headers={"Retry-After": "30"}))


async def _aiohttp_retry():
    options = aiohttp_retry.ExponentialRetry(attempts=4, start_timeout=1, factor=2)
    for attempt in (1, 2, 3):
        await asyncio.sleep(options.get_timeout(attempt))


def _retrying():
    return retrying.retry(wait_fixed=4000, stop_max_attempt_number=9)(failing(3))()


def _pyrate_limiter():
    limiter = pyrate_limiter.Limiter(pyrate_limiter.Rate(1, 10_000))
    for _ in range(4):
        limiter.try_acquire("call", blocking=True)


LAYERS = {
    "tenacity": (lambda: _tenacity()(failing(3))(), 12),
    "tenacity with an event": (_tenacity_event, 12),
    "tenacity async": (lambda: asyncio.run(_tenacity()(failing_async(3))()), 12),
    "stamina": (lambda: _stamina(failing(3)), 12),
    "stamina async": (lambda: asyncio.run(_stamina(failing_async(3))), 12),
    "stamina exponential": (_stamina_exponential, 7),
    "backoff": (lambda: _backoff(failing(3)), 12),
    "backoff async": (lambda: asyncio.run(_backoff(failing_async(3))), 12),
    "retrying": (_retrying, 12),
    "urllib3 Retry": (_urllib3, 6),
    "urllib3 Retry-After": (_urllib3_after, 30),
    "urllib3 Retry-After as a date": (_urllib3_date, 30),
    "httpx-retries": (_httpx_retries, 30),
    "httpx-retries async": (lambda: asyncio.run(_httpx_retries_async()), 30),
    "aiohttp-retry": (lambda: asyncio.run(_aiohttp_retry()), 14),
}


@pytest.mark.parametrize(("run", "seconds"), LAYERS.values(), ids=LAYERS.keys())
def test_a_backoff_takes_its_time(run, seconds, elapsed):
    """A retry layer sleeps exactly as long as it is told to, and next to nothing in real time."""
    began = time.clock_gettime(RAW)
    run()
    assert elapsed() == pytest.approx(seconds, abs=0.001)
    assert time.clock_gettime(RAW) - began < 5


def test_pyrate_limiter(elapsed):
    """A limiter that bound monotonic and sleep when it was imported waits in virtual time."""
    _pyrate_limiter()
    assert 30 <= elapsed() < 31


def test_requests_ratelimiter(elapsed):
    """requests-ratelimiter's own delay is virtual."""
    session = requests_ratelimiter.LimiterSession(per_second=1)
    session.mount("https://", _Adapter(per_second=1))
    for _ in range(4):
        session.get("https://bank.example/")
    session.close()
    assert 3 <= elapsed() < 8


class _Adapter(requests_ratelimiter.LimiterAdapter):
    def __init__(self, **options):
        super().__init__(**options)

    def send(self, request, **kwargs):
        import requests

        with self.limiter_slot(request):
            pass
        response = requests.Response()
        response.status_code, response.url, response.request = 200, request.url, request
        return response

    def limiter_slot(self, request):
        import contextlib

        self.limiter.try_acquire("bank", blocking=True)
        return contextlib.nullcontext()


def test_subprocess_timeouts_are_real(elapsed):
    """subprocess.run(timeout=) counts real seconds, and does not expire at once."""
    done = subprocess.run([sys.executable, "-c", "import time; time.sleep(0.03)"], timeout=30)
    assert done.returncode == 0
    with pytest.raises(subprocess.TimeoutExpired):
        subprocess.run([sys.executable, "-c", "import time; time.sleep(30)"], timeout=0.05)
    assert elapsed() == 0
    assert clock.now() > 0
