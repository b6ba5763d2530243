"""Clients that meet trouble below and around HTTP with care are clean."""

from __future__ import annotations

import asyncio
import http.client
import json
import random
import time
import urllib.error
import urllib.request

import aiohttp
import httpx
import requests
import tenacity
import urllib3
from requests.adapters import HTTPAdapter

from tests.careful.errors import BankError, WireError
from tests.careful.harness import Careful, findings_of, over_all
from tests.careful.knowledge import REFRESH, WAIT, Access, Call, problem_in, token_call, token_in

TLS = httpx.create_ssl_context()
RETRY = urllib3.Retry(3, backoff_factor=1, allowed_methods=["GET"], respect_retry_after_header=False)


def value_in(status: int, headers: object, body: bytes) -> object:
    """Read a success; raise what a bad answer is, by its code where it has one."""
    try:
        if status < 400:
            return json.loads(body)
        problem = problem_in(status, headers, body)
    except (ValueError, KeyError, TypeError) as error:
        raise WireError(f"unreadable answer, HTTP {status}") from error
    raise BankError.of(problem)


class Httpx:
    """Reads are tried again after trouble, with jitter; writes are not."""

    http = httpx.Client(verify=TLS, timeout=10)

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def once(self, call: Call) -> object:
        try:
            response = self.http.request(
                call.method, call.url, headers=self.access.key_or(self.token, call), content=call.body
            )
        except httpx.TransportError as error:
            raise WireError(str(error) or type(error).__name__) from error
        return value_in(response.status_code, response.headers, response.content)

    def perform(self, call: Call) -> object:
        tries = 3 if call.method == "GET" else 1
        for n in range(tries):
            try:
                return self.authorised(call)
            except WireError:
                if n == tries - 1:
                    raise
                time.sleep((n + 1) * random.uniform(1, 2))
        return None

    def authorised(self, call: Call) -> object:
        try:
            return self.once(call)
        except BankError as error:
            if self.access.remedy(error.code) != REFRESH:
                raise
        asked = token_call(self.access)
        issued = self.http.post(asked.url, headers=self.access.key_or("", asked), content=asked.body)
        self.token = token_in(issued.content)
        return self.once(call)


class Requests(Httpx):
    """requests; harmless writes (with a key) are tried again under the same key."""

    session = requests.Session()

    def once(self, call: Call) -> object:
        headers = self.access.key_or(self.token, call)
        try:
            response = self.session.request(call.method, call.url, headers=headers, data=call.body, timeout=(4, 15))
        except requests.RequestException as error:
            raise WireError("no answer") from error
        return value_in(response.status_code, response.headers, response.content)

    @tenacity.retry(
        retry=tenacity.retry_if_exception_type(WireError),
        wait=tenacity.wait_exponential_jitter(initial=1, max=20),
        stop=tenacity.stop_after_attempt(4),
        reraise=True,
    )
    def patient(self, call: Call) -> object:
        return self.authorised(call)

    def perform(self, call: Call) -> object:
        again = call.method == "GET" or "Idempotency-Key" in call.headers
        return self.patient(call) if again else self.authorised(call)


class Adapter(Requests):
    """requests with urllib3's Retry for reads."""

    session = requests.Session()
    session.mount("https://", HTTPAdapter(max_retries=RETRY))

    def perform(self, call: Call) -> object:
        return self.authorised(call)


class Urllib3(Httpx):
    """urllib3 with a time-out longer than the slow answer."""

    pool = urllib3.PoolManager(
        timeout=30, retries=urllib3.Retry(2, backoff_factor=0.5, respect_retry_after_header=False)
    )

    def once(self, call: Call) -> object:
        try:
            response = self.pool.request(
                call.method, call.url, body=call.body, headers=self.access.key_or(self.token, call)
            )
        except urllib3.exceptions.HTTPError as error:
            raise WireError("no answer") from error
        return value_in(response.status, response.headers, response.data)

    def perform(self, call: Call) -> object:
        return self.authorised(call)


class StandardLibrary(Httpx):
    """urlopen; no tries but the first."""

    def once(self, call: Call) -> object:
        request = urllib.request.Request(call.url, call.body, self.access.key_or(self.token, call), method=call.method)
        try:
            with urllib.request.urlopen(request, timeout=25, context=TLS) as response:
                return value_in(response.status, response.headers, response.read())
        except urllib.error.HTTPError as error:
            return value_in(error.code, error.headers, error.read())
        except (OSError, http.client.HTTPException) as error:
            raise WireError("no answer") from error

    def perform(self, call: Call) -> object:
        return self.authorised(call)


class Async:
    """async httpx: reads twice more after trouble, in a budget; waits as the bank says, once."""

    def __init__(self, access: Access) -> None:
        self.access, self.token, self.http = (
            access,
            access.access_token,
            httpx.AsyncClient(verify=TLS, timeout=None),
        )

    async def fetch(self, call: Call) -> tuple[int, object, bytes]:
        response = await self.http.request(
            call.method, call.url, headers=self.access.key_or(self.token, call), content=call.body
        )
        return response.status_code, response.headers, response.content

    async def once(self, call: Call) -> object:
        try:
            async with asyncio.timeout(12):
                answer = await self.fetch(call)
        except (httpx.HTTPError, aiohttp.ClientError, TimeoutError) as error:
            raise WireError("no answer") from error
        return value_in(*answer)

    async def perform(self, call: Call) -> object:
        for pause in (1, 4, None):
            try:
                return await self.once(call)
            except WireError:
                if pause is None or call.method != "GET":
                    raise
                await asyncio.sleep(pause)
            except BankError as error:
                if self.access.remedy(error.code) == REFRESH:
                    self.token = token_in((await self.fetch(token_call(self.access)))[2])
                elif self.access.remedy(error.code) != WAIT or error.retry_after > 90:
                    raise
                else:
                    await asyncio.sleep(error.retry_after)
                return await self.once(call)
        return None

    async def close(self) -> None:
        await self.http.aclose()


class Aiohttp(Async):
    """aiohttp, with its own total time-out."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=11))

    async def fetch(self, call: Call) -> tuple[int, object, bytes]:
        headers = self.access.key_or(self.token, call)
        async with self.session.request(call.method, call.url, headers=headers, data=call.body) as response:
            return response.status, response.headers, await response.read()

    async def close(self) -> None:
        await super().close()
        await self.session.close()


class BodyBlind(Httpx):
    """Looks at the status of a write, not at its body."""

    def once(self, call: Call) -> object:
        if call.method == "GET" or call.url == self.access.token_url:
            return super().once(call)
        headers = self.access.key_or(self.token, call)
        try:
            with self.http.stream(call.method, call.url, headers=headers, content=call.body) as response:
                if response.is_success:
                    return True
                return value_in(response.status_code, response.headers, response.read())
        except httpx.TransportError as error:
            raise WireError("no answer") from error


FAST = ("OB102",)
CLIENTS = [
    Careful("httpx", Httpx, ignore=FAST, faults=True),
    Careful("requests", Requests, ignore=FAST, faults=True),
    Careful("requests-adapter", Adapter, ignore=FAST, faults=True),
    Careful("urllib3", Urllib3, ignore=FAST, faults=True),
    Careful("urlopen", StandardLibrary, ignore=FAST, faults=True),
    Careful("httpx-async", Async, ignore=FAST, faults=True),
    Careful("aiohttp", Aiohttp, ignore=FAST, faults=True),
    Careful("body-blind", BodyBlind, ignore=FAST, faults=True),
]


@over_all(CLIENTS)
def test_a_client_that_expects_trouble_is_clean(client: Careful, provider: str) -> None:
    """No documented error and no fault of any operation leads to a finding."""
    assert not findings_of(client, provider)
