"""Clients written by hand, each over another library and in a style of its own, are clean."""

from __future__ import annotations

import asyncio
import http.client
import json
import logging
import random
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import aiohttp
import httpx
import requests
import urllib3

from tests.careful.errors import BankError, WireError
from tests.careful.harness import Careful, findings_of, over_all
from tests.careful.knowledge import (
    BACKOFF,
    REFRESH,
    RELOAD,
    RENEW,
    RESTART,
    WAIT,
    Access,
    Call,
    Problem,
    follow_up,
    problem_in,
    token_call,
    token_in,
)

TRIES = 4
LONGEST = 120.0
TLS = httpx.create_ssl_context()
log = logging.getLogger("acme.bank")


class HttpxLoop:
    """A loop that decides by code; jittered backoff; renews the consent and hands the link out."""

    http = httpx.Client(verify=TLS, timeout=10)

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def send(self, call: Call) -> httpx.Response:
        log.debug("%s %s", call.method, call.url)
        try:
            return self.http.request(
                call.method, call.url, headers=self.access.key_or(self.token, call), content=call.body
            )
        except httpx.HTTPError as error:
            raise WireError(f"{type(error).__name__} from the bank") from error

    def perform(self, call: Call) -> object:
        refreshed = False
        for attempt in range(TRIES):
            response = self.send(call)
            if response.is_success:
                return response.json() if response.content else None
            problem = problem_in(response.status_code, response.headers, response.content)
            remedy = self.access.remedy(problem.code)
            last = attempt == TRIES - 1
            if remedy == REFRESH and call.auth == "token" and not refreshed:
                self.token, refreshed = token_in(self.send(token_call(self.access)).content), True
                continue
            if remedy == WAIT and problem.retry_after is not None and problem.retry_after <= LONGEST and not last:
                time.sleep(problem.retry_after + random.uniform(0, 1))
                continue
            if remedy == BACKOFF and call.harmless and not last:
                time.sleep(0.5 * 2**attempt * random.uniform(0.5, 1.5))
                continue
            if remedy == RENEW:
                started = self.send(follow_up(self.access, RENEW, call))
                return {"authorise": started.json()["_links"]["scaRedirect"]["href"]}
            raise BankError.of(problem)
        raise AssertionError("unreachable")


class RequestsRecursive:
    """Recursion instead of a loop; the first retry is immediate, the later ones back off."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        self.session = requests.Session()

    def perform(self, call: Call, tried: int = 0, *, fresh: bool = False) -> object:
        answer = self.session.request(
            call.method,
            call.url,
            headers=self.access.key_or(self.token, call),
            data=call.body,
            timeout=(3, 30),
        )
        if answer.ok:
            return answer.json()
        try:
            answer.raise_for_status()
        except requests.HTTPError as error:
            problem = problem_in(answer.status_code, answer.headers, answer.content)
            if self.access.remedy(problem.code) == REFRESH and not fresh:
                self.login()
                return self.perform(call, tried, fresh=True)
            if tried < 3 and self.may_repeat(call, problem, tried):
                return self.perform(call, tried + 1, fresh=fresh)
            raise BankError(
                f"{problem.code}: {problem.message}", fields=problem.fields, retry_after=problem.retry_after
            ) from error

    def may_repeat(self, call: Call, problem: Problem, tried: int) -> bool:
        remedy = self.access.remedy(problem.code)
        if remedy == WAIT and (problem.retry_after or 0) < 3600:
            time.sleep(problem.retry_after or 1)
            return True
        if remedy == BACKOFF and call.harmless:
            time.sleep((0, 2, 5)[tried])
            return True
        return False

    def login(self) -> None:
        call = token_call(self.access)
        answer = self.session.request(
            call.method, call.url, headers=self.access.key_or("", call), data=call.body, timeout=30
        )
        answer.raise_for_status()
        self.token = token_in(answer.content)


class Urllib3States:
    """A small state machine over a bare pool, urllib3's retries off; sleeps in slices of a minute."""

    pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(connect=3, read=30))

    def __init__(self, access: Access) -> None:
        self.access, self.token, self.refreshes, self.waits = access, access.access_token, 1, 3

    def perform(self, call: Call) -> object:
        while True:
            response = self.pool.request(
                call.method,
                call.url,
                body=call.body,
                headers=self.access.key_or(self.token, call),
                redirect=False,
            )
            if response.status < 400:
                return json.loads(response.data)
            problem = problem_in(response.status, response.headers, response.data)
            step = getattr(self, "on_" + self.access.remedy(problem.code), self.on_stop)
            step(call, problem)

    def on_stop(self, call: Call, problem: Problem) -> None:
        raise BankError.of(problem) from None

    def on_refresh(self, call: Call, problem: Problem) -> None:
        if not self.refreshes or call.auth != "token":
            self.on_stop(call, problem)
        self.refreshes -= 1
        asked = token_call(self.access)
        issued = self.pool.request(asked.method, asked.url, body=asked.body, headers=self.access.key_or("", asked))
        self.token = token_in(issued.data)

    def on_wait(self, call: Call, problem: Problem) -> None:
        if not self.waits or problem.retry_after is None or problem.retry_after > 600:
            self.on_stop(call, problem)
        self.waits -= 1
        until = time.time() + problem.retry_after
        while (left := until - time.time()) > 0:
            time.sleep(min(60, left))

    def on_backoff(self, call: Call, problem: Problem) -> None:
        if not self.waits or not call.harmless:
            self.on_stop(call, problem)
        self.waits -= 1
        time.sleep(2 ** (3 - self.waits))

    def on_reload(self, call: Call, problem: Problem) -> None:
        read = follow_up(self.access, RELOAD, call)
        self.pool.request(read.method, read.url, headers=self.access.key_or(self.token, read))
        self.on_stop(call, problem)


class UrllibRequest:
    """The standard library's urlopen; the HTTPError stays the cause."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def open(self, call: Call) -> bytes:
        request = urllib.request.Request(call.url, call.body, self.access.key_or(self.token, call), method=call.method)
        with urllib.request.urlopen(request, timeout=20, context=TLS) as response:
            return response.read()

    def perform(self, call: Call) -> object:
        refreshed, delay = False, 1.0
        while True:
            try:
                return json.loads(self.open(call))
            except urllib.error.HTTPError as error:
                problem = problem_in(error.code, error.headers, error.read())
                remedy = self.access.remedy(problem.code)
                if remedy == REFRESH and not refreshed:
                    refreshed, self.token = True, token_in(self.open(token_call(self.access)))
                elif remedy == BACKOFF and call.harmless and delay < 16:
                    time.sleep(delay)
                    delay *= 2
                elif remedy == WAIT and problem.retry_after < 100 and delay < 4:
                    time.sleep(problem.retry_after)
                    delay *= 2
                elif remedy == RESTART:
                    return json.loads(self.open(follow_up(self.access, RESTART, call)))["jobId"]
                else:
                    raise BankError(str(problem.message), problem.code, problem.fields, problem.retry_after) from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise WireError("the bank cannot be reached") from error


class HttpClient:
    """http.client itself, one connection for each try; a deadline of five minutes for all of it."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def once(self, call: Call) -> tuple[http.client.HTTPResponse, bytes]:
        parts = urlsplit(call.url)
        connection = http.client.HTTPSConnection(parts.netloc, timeout=15, context=TLS)
        try:
            target = parts.path + ("?" + parts.query if parts.query else "")
            connection.request(call.method, target, call.body, self.access.key_or(self.token, call))
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def perform(self, call: Call) -> object:
        deadline, pauses, refreshed = time.monotonic() + 300, iter((1.5, 3.5, 7.5)), False
        while True:
            response, body = self.once(call)
            if response.status in (200, 201):
                return json.loads(body)
            problem = problem_in(response.status, response.headers, body)
            remedy = self.access.remedy(problem.code)
            if remedy == REFRESH and not refreshed:
                refreshed = True
                self.token = token_in(self.once(token_call(self.access))[1])
                continue
            pause = problem.retry_after if remedy == WAIT else next(pauses, None)
            if remedy not in (WAIT, BACKOFF) or pause is None or not (call.harmless or remedy == WAIT):
                raise BankError.of(problem)
            if time.monotonic() + pause > deadline:
                raise BankError.of(problem)
            time.sleep(pause)


class HttpxAsync:
    """Async httpx; a time-out around each try, a budget around all of them."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        self.http = httpx.AsyncClient(verify=TLS)

    async def send(self, call: Call) -> httpx.Response:
        request = self.http.request(
            call.method, call.url, headers=self.access.key_or(self.token, call), content=call.body
        )
        return await asyncio.wait_for(request, 10)

    async def perform(self, call: Call) -> object:
        problem, tries = None, 0
        try:
            async with asyncio.timeout(200):
                while True:
                    response = await self.send(call)
                    if response.is_success:
                        return response.json()
                    problem = problem_in(response.status_code, response.headers, response.content)
                    tries += 1
                    await self.remedy(call, problem, tries)
        except TimeoutError as error:
            raise BankError.of(problem) from error

    async def remedy(self, call: Call, problem: Problem, tries: int) -> None:
        remedy = self.access.remedy(problem.code)
        if remedy == REFRESH and tries == 1:
            self.token = token_in((await self.send(token_call(self.access))).content)
        elif remedy == WAIT and problem.retry_after < 120:
            await asyncio.sleep(problem.retry_after)
        elif remedy == BACKOFF and tries <= 4 and call.harmless:
            await asyncio.sleep(random.random() * 2**tries)
        else:
            raise BankError.of(problem)

    async def close(self) -> None:
        await self.http.aclose()


class AiohttpWrapper:
    """aiohttp, with the refresh in a wrapper around each call and one lock over the token."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        self.session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30))
        self.lock = asyncio.Lock()

    async def raw(self, call: Call, token: str) -> tuple[int, dict[str, str], bytes]:
        async with self.session.request(
            call.method, call.url, headers=self.access.key_or(token, call), data=call.body
        ) as response:
            return response.status, dict(response.headers), await response.read()

    async def authorised(self, call: Call) -> tuple[int, dict[str, str], bytes]:
        token = self.token
        answer = await self.raw(call, token)
        if answer[0] < 400 or self.access.remedy(problem_in(*answer).code) != REFRESH:
            return answer
        async with self.lock:
            if self.token == token:
                self.token = token_in((await self.raw(token_call(self.access), ""))[2])
        return await self.raw(call, self.token)

    async def perform(self, call: Call) -> object:
        for pause in (1, 3, 9, None):
            status, headers, body = await self.authorised(call)
            if status < 400:
                return json.loads(body)
            problem = problem_in(status, headers, body)
            remedy = self.access.remedy(problem.code)
            if pause is None or remedy not in (WAIT, BACKOFF) or (remedy == BACKOFF and not call.harmless):
                break
            if remedy == WAIT and problem.retry_after > 90:
                break
            await asyncio.sleep(problem.retry_after if remedy == WAIT else pause)
        raise BankError.of(problem)

    async def close(self) -> None:
        await self.session.close()


CLIENTS = [
    Careful("httpx-loop", HttpxLoop),
    Careful("httpx-loop-shared", HttpxLoop, shared=True),
    Careful("requests-recursive", RequestsRecursive),
    Careful("requests-shared", RequestsRecursive, shared=True),
    Careful("urllib3-states", Urllib3States),
    Careful("urllib-request", UrllibRequest),
    Careful("http-client", HttpClient),
    Careful("httpx-async", HttpxAsync),
    Careful("httpx-async-shared", HttpxAsync, shared=True),
    Careful("aiohttp-wrapper", AiohttpWrapper),
    Careful("aiohttp-shared", AiohttpWrapper, shared=True),
]


@over_all(CLIENTS)
def test_a_client_written_by_hand_is_clean(client: Careful, provider: str) -> None:
    """No documented error of any provider leads to a finding."""
    assert not findings_of(client, provider)
