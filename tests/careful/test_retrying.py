"""Clients built on the retry layers that teams use are clean."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
import time

import aiohttp
import backoff
import httpx
import pyrate_limiter
import requests
import stamina
import tenacity
import urllib3
from aiohttp_retry import ExponentialRetry, RetryClient
from httpx_retries import Retry as HttpxRetry
from httpx_retries import RetryTransport
from requests.adapters import HTTPAdapter
from requests_ratelimiter import LimiterAdapter
from retrying import retry as retrying_retry
from urllib3.util import Retry

from tests.careful.errors import BankError, WireError
from tests.careful.harness import Careful, findings_of, over_all
from tests.careful.knowledge import (
    BACKOFF,
    REFRESH,
    WAIT,
    Access,
    Call,
    Problem,
    problem_in,
    token_call,
    token_in,
)

TLS = httpx.create_ssl_context()


class TransientError(BankError):
    """Worth another try; `again` tells after how many seconds the bank wants it."""


def raised_by(access: Access, call: Call, problem: Problem) -> BankError:
    """Return a TransientError where another try is right and near, else a BankError."""
    remedy = access.remedy(problem.code)
    soon = remedy == WAIT and problem.retry_after <= 120
    return (TransientError if soon or (remedy == BACKOFF and call.harmless) else BankError).of(problem)


class Once:
    """One call over httpx with one refresh; what the retry layers below are put around."""

    http = httpx.Client(verify=TLS)

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def exchange(self, call: Call) -> httpx.Response:
        return self.http.request(call.method, call.url, headers=self.access.key_or(self.token, call), content=call.body)

    def once(self, call: Call) -> object:
        response = self.exchange(call)
        if response.is_error and self.access.remedy(response_code(response)) == REFRESH:
            self.token = token_in(self.exchange(token_call(self.access)).content)
            response = self.exchange(call)
        if response.is_error:
            raise raised_by(self.access, call, problem_in(response.status_code, response.headers, response.content))
        return response.json()


def response_code(response: httpx.Response) -> str:
    return problem_in(response.status_code, response.headers, response.content).code


def honoured(wait: tenacity.wait.wait_base) -> object:
    """Wait as the bank says where it says so, else as the strategy does."""

    def strategy(state: tenacity.RetryCallState) -> float:
        delay = getattr(state.outcome.exception(), "retry_after", None)
        return wait(state) if delay is None else delay + random.random()

    return strategy


class TenacityJitter(Once):
    """tenacity with full jitter, the last exception re-raised."""

    @tenacity.retry(
        retry=tenacity.retry_if_exception_type(TransientError),
        wait=honoured(tenacity.wait_random_exponential(multiplier=1, max=60)),
        stop=tenacity.stop_after_attempt(4),
        reraise=True,
    )
    def perform(self, call: Call) -> object:
        return self.once(call)


class TenacityFixed(Once):
    """tenacity's wait_fixed(4), three attempts, its RetryError caught."""

    def perform(self, call: Call) -> object:
        retry = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientError),
            wait=honoured(tenacity.wait_fixed(4)),
            stop=tenacity.stop_after_attempt(3),
        )
        try:
            return retry(self.once, call)
        except tenacity.RetryError as error:
            raise BankError("gave up") from error


class TenacityReadme(Once):
    """tenacity's wait_exponential(multiplier=1, min=4, max=10), whose first waits are equal."""

    def perform(self, call: Call) -> object:
        wait = honoured(tenacity.wait_exponential(multiplier=1, min=4, max=10))
        stop = tenacity.stop_after_attempt(3) | tenacity.stop_after_delay(300)
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(TransientError), wait=wait, stop=stop, reraise=True
        ):
            with attempt:
                return self.once(call)
        return None


class OnceAsync:
    """The same over async httpx."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        self.http = httpx.AsyncClient(verify=TLS)

    async def exchange(self, call: Call) -> httpx.Response:
        headers = self.access.key_or(self.token, call)
        return await self.http.request(call.method, call.url, headers=headers, content=call.body)

    async def once(self, call: Call) -> object:
        response = await self.exchange(call)
        if response.is_error and self.access.remedy(response_code(response)) == REFRESH:
            self.token = token_in((await self.exchange(token_call(self.access))).content)
            response = await self.exchange(call)
        if response.is_error:
            raise raised_by(self.access, call, problem_in(response.status_code, response.headers, response.content))
        return response.json()

    async def close(self) -> None:
        await self.http.aclose()


class TenacityAsync(OnceAsync):
    """tenacity over a coroutine."""

    @tenacity.retry(
        retry=tenacity.retry_if_exception_type(TransientError),
        wait=honoured(tenacity.wait_random_exponential(multiplier=0.5, max=20)),
        stop=tenacity.stop_after_attempt(5),
        reraise=True,
    )
    async def perform(self, call: Call) -> object:
        return await self.once(call)


def asked_delay(error: Exception) -> bool | float:
    """Return the bank's delay, or whether the usual backoff is right."""
    if not isinstance(error, TransientError):
        return False
    return True if error.retry_after is None else error.retry_after


class Stamina(Once):
    """stamina with a backoff hook that returns Retry-After."""

    @stamina.retry(on=asked_delay, attempts=4, timeout=600)
    def perform(self, call: Call) -> object:
        return self.once(call)


class StaminaAsync(OnceAsync):
    """stamina's context manager, in a coroutine."""

    async def perform(self, call: Call) -> object:
        async for attempt in stamina.retry_context(on=asked_delay, attempts=5, timeout=None, wait_initial=0.5):
            with attempt:
                return await self.once(call)
        return None


class StaminaShort(Once):
    """stamina without a hook: it retries what has no delay, and raises what has one."""

    @stamina.retry(on=lambda e: isinstance(e, TransientError) and e.retry_after is None, attempts=3)
    def perform(self, call: Call) -> object:
        return self.once(call)


class Backoff(Once):
    """backoff: exponential with full jitter, and `runtime` for the delay, nested."""

    @backoff.on_exception(
        backoff.runtime,
        TransientError,
        value=lambda error: error.retry_after,
        giveup=lambda error: error.retry_after is None,
        max_tries=3,
        jitter=None,
    )
    @backoff.on_exception(
        backoff.expo, TransientError, giveup=lambda error: error.retry_after is not None, max_tries=4, base=2
    )
    def perform(self, call: Call) -> object:
        return self.once(call)


class BackoffAsync(OnceAsync):
    """backoff over a coroutine, Fibonacci, with a time limit."""

    async def perform(self, call: Call) -> object:
        fibonacci = backoff.on_exception(
            backoff.fibo,
            TransientError,
            giveup=lambda e: e.retry_after is not None,
            max_tries=5,
            max_time=120,
        )
        return await fibonacci(self.once)(call)


class Retrying(Once):
    """retrying, as old code bases have it."""

    def perform(self, call: Call) -> object:
        again = retrying_retry(
            retry_on_exception=lambda error: isinstance(error, TransientError) and error.retry_after is None,
            wait_exponential_multiplier=500,
            wait_exponential_max=8000,
            wait_jitter_max=250,
            stop_max_attempt_number=4,
        )
        return again(self.once)(call)


class HttpxRetries:
    """The httpx-retries transport; a Retry-After beyond its reach is not waited for."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        inner = httpx.HTTPTransport(verify=TLS)
        self.bold, self.shy = (
            httpx.Client(transport=RetryTransport(transport=inner, retry=retry))
            for retry in (Patient(**self.options(None)), Patient(**self.options(["GET"])))
        )

    @staticmethod
    def options(methods: list[str] | None) -> dict[str, object]:
        allowed = {"allowed_methods": methods or ["GET", "POST", "PUT"]}
        return {"total": 3, "backoff_factor": 0.5, "status_forcelist": [408, 429, 500, 503], **allowed}

    def exchange(self, call: Call) -> httpx.Response:
        http = self.bold if call.harmless else self.shy
        return http.request(call.method, call.url, headers=self.access.key_or(self.token, call), content=call.body)

    def perform(self, call: Call) -> object:
        response = self.exchange(call)
        if response.is_error and self.access.remedy(response_code(response)) == REFRESH:
            self.token = token_in(self.exchange(token_call(self.access)).content)
            response = self.exchange(call)
        try:
            response.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise WireError("the bank refused") from error
        return response.json()


class Patient(HttpxRetry):
    """Does not retry what would take longer than two minutes."""

    def parse_retry_after(self, retry_after: str) -> float:
        seconds = super().parse_retry_after(retry_after)
        if seconds > 120:
            raise TooLongError(f"the bank wants {seconds:.0f} s") from None
        return seconds


class TooLongError(BankError):
    """The bank asks for more patience than there is."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="ACCESS_EXCEEDED")


class Bounded(Retry):
    """urllib3's Retry, that hands on a Retry-After of more than two minutes instead of sleeping."""

    def increment(self, method=None, url=None, response=None, error=None, _pool=None, _stacktrace=None):
        after = self.get_retry_after(response) if response is not None else None
        if after is not None and after > 120:
            raise urllib3.exceptions.MaxRetryError(_pool, url)  # the pool hands the response out then
        return super().increment(method, url, response, error, _pool, _stacktrace)


def problem_of(response: urllib3.BaseHTTPResponse) -> Problem:
    return problem_in(response.status, response.headers, response.data)


def bounded(call: Call) -> Bounded:
    return Bounded(
        total=4,
        backoff_factor=0.4,
        backoff_jitter=0.3,
        status_forcelist=(408, 429, 500, 503),
        allowed_methods=None if call.harmless else ("GET",),
        respect_retry_after_header=True,
        raise_on_status=False,
    )


class Urllib3Retry:
    """urllib3's Retry under a PoolManager."""

    pool = urllib3.PoolManager()

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def exchange(self, call: Call) -> urllib3.BaseHTTPResponse:
        headers = self.access.key_or(self.token, call)
        return self.pool.request(call.method, call.url, body=call.body, headers=headers, retries=bounded(call))

    def perform(self, call: Call) -> object:
        response = self.exchange(call)
        if response.status >= 400 and self.access.remedy(problem_of(response).code) == REFRESH:
            self.token = token_in(self.exchange(token_call(self.access)).data)
            response = self.exchange(call)
        if response.status >= 400:
            raise BankError.of(problem_of(response))
        return response.json()


class Urllib3Default:
    """urllib3 as it comes, but for the total: it waits for Retry-After on reads by itself."""

    pool = urllib3.PoolManager(retries=Bounded(total=3, raise_on_status=False))

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def exchange(self, call: Call) -> urllib3.BaseHTTPResponse:
        return self.pool.request(call.method, call.url, body=call.body, headers=self.access.key_or(self.token, call))

    def perform(self, call: Call) -> object:
        response = self.exchange(call)
        if response.status < 400:
            return response.json()
        if self.access.remedy(problem_of(response).code) == REFRESH:
            self.token = token_in(self.exchange(token_call(self.access)).data)
            response = self.exchange(call)
            if response.status < 400:
                return response.json()
        raise BankError.of(problem_of(response))


class RequestsAdapter:
    """The same under requests' HTTPAdapter, mounted for all of https."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        self.sessions = {}
        for harmless in (True, False):
            session = self.sessions[harmless] = requests.Session()
            retry = bounded(Call("GET", "", harmless=harmless))
            session.mount("https://", HTTPAdapter(max_retries=retry))

    def exchange(self, call: Call) -> requests.Response:
        session = self.sessions[call.harmless]
        return session.request(call.method, call.url, data=call.body, headers=self.access.key_or(self.token, call))

    def perform(self, call: Call) -> object:
        try:
            response = self.exchange(call)
            if not response.ok and self.access.remedy(self.problem(response).code) == REFRESH:
                self.token = token_in(self.exchange(token_call(self.access)).content)
                response = self.exchange(call)
            response.raise_for_status()
        except requests.HTTPError as error:
            raise BankError.of(self.problem(error.response)) from None
        return response.json()

    @staticmethod
    def problem(response: requests.Response) -> Problem:
        return problem_in(response.status_code, response.headers, response.content)


class AiohttpRetry:
    """aiohttp-retry: exponential, for what has no Retry-After."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        self.session = aiohttp.ClientSession()

    async def evaluate(self, response: aiohttp.ClientResponse) -> bool:
        return response.status < 400 or "Retry-After" in response.headers or response.status not in (408, 429, 500, 503)

    async def exchange(self, call: Call) -> tuple[int, dict[str, str], bytes]:
        options = ExponentialRetry(
            attempts=4 if call.harmless else 1,
            start_timeout=0.5,
            statuses=(),
            retry_all_server_errors=False,
            evaluate_response_callback=self.evaluate,
        )
        client = RetryClient(client_session=self.session, retry_options=options)
        headers = self.access.key_or(self.token, call)
        async with client.request(call.method, call.url, headers=headers, data=call.body) as response:
            return response.status, dict(response.headers), await response.read()

    async def perform(self, call: Call) -> object:
        for last in (False, True):
            status, headers, body = await self.exchange(call)
            if status < 400:
                return body
            problem = problem_in(status, headers, body)
            if last or self.access.remedy(problem.code) != REFRESH:
                raise BankError.of(problem)
            self.token = token_in((await self.exchange(token_call(self.access)))[2])
        return None

    async def close(self) -> None:
        await self.session.close()


class RateLimited(TenacityJitter):
    """A rate limiter before each call, kept for the whole session."""

    limiter = pyrate_limiter.Limiter(pyrate_limiter.Rate(10, pyrate_limiter.Duration.SECOND))

    def exchange(self, call: Call) -> httpx.Response:
        self.limiter.try_acquire("bank")
        return super().exchange(call)


class LimitedRequests(RequestsAdapter):
    """requests-ratelimiter's adapter, with urllib3's Retry below it."""

    adapters = {
        harmless: LimiterAdapter(per_second=10, max_retries=bounded(Call("GET", "", harmless=harmless)))
        for harmless in (True, False)
    }

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        for harmless, session in self.sessions.items():
            session.mount("https://", self.adapters[harmless])


class WallClock(Once):
    """Its own loop over datetime.now(), second by second; waits for the date."""

    def perform(self, call: Call) -> object:
        for attempt in range(3):
            try:
                return self.once(call)
            except TransientError as error:
                if attempt == 2:
                    raise
                self.sleep_until(dt.datetime.now() + dt.timedelta(seconds=error.retry_after or 3 * attempt + 1))
        return None

    def sleep_until(self, moment: dt.datetime) -> None:
        while dt.datetime.now() < moment:
            time.sleep(1)


class Semaphored(OnceAsync):
    """One call at a time, a new task for each try, its own deadline by loop time."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.slots = asyncio.Semaphore(1)

    async def perform(self, call: Call) -> object:
        loop = asyncio.get_running_loop()
        deadline, pause, tries = loop.time() + 240, 1.0, 0
        while True:
            try:
                async with self.slots:
                    return await asyncio.create_task(self.once(call))
            except TransientError as error:
                tries += 1
                pause = error.retry_after or pause * random.uniform(1.5, 2.5)
                if tries > 5 or loop.time() + pause > deadline:
                    raise
                await asyncio.sleep(pause)


CLIENTS = [
    Careful("tenacity-jitter", TenacityJitter),
    Careful("tenacity-fixed", TenacityFixed),
    Careful("tenacity-readme", TenacityReadme),
    Careful("tenacity-async", TenacityAsync),
    Careful("stamina", Stamina),
    Careful("stamina-async", StaminaAsync),
    Careful("stamina-short", StaminaShort),
    Careful("backoff", Backoff),
    Careful("backoff-async", BackoffAsync),
    Careful("retrying", Retrying),
    Careful("httpx-retries", HttpxRetries, shared=True),
    Careful("urllib3-retry", Urllib3Retry),
    Careful("urllib3-default", Urllib3Default, ignore=("OB102",)),
    Careful("requests-adapter", RequestsAdapter),
    Careful("aiohttp-retry", AiohttpRetry),
    Careful("pyrate-limiter", RateLimited),
    Careful("requests-ratelimiter", LimitedRequests, shared=True),
    Careful("wall-clock", WallClock),
    Careful("semaphore", Semaphored),
]


@over_all(CLIENTS)
def test_a_client_with_a_retry_layer_is_clean(client: Careful, provider: str) -> None:
    """No documented error of any provider leads to a finding."""
    assert not findings_of(client, provider)
