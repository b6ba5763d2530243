"""Clients that do several calls at once, or one after another, are clean."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial

import aiohttp
import anyio
import anyio.to_thread
import httpx
import requests

from tests.careful.errors import BankError
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


def worth_waiting(remedy: str, problem: Problem, call: Call) -> bool:
    """Tell whether another try is right, and soon enough."""
    return (remedy == WAIT and problem.retry_after <= 300) or (remedy == BACKOFF and call.harmless)


class Shared:
    """A client for threads: one lock over the token, which is refreshed once for all."""

    http = httpx.Client(verify=TLS)

    def __init__(self, access: Access) -> None:
        self.access, self.token, self.lock = access, access.access_token, threading.Lock()

    def send(self, call: Call, token: str) -> httpx.Response:
        return self.http.request(call.method, call.url, headers=self.access.key_or(token, call), content=call.body)

    def refresh(self, refused: str) -> str:
        with self.lock:
            if self.token == refused:
                self.token = token_in(self.send(token_call(self.access), "").content)
            return self.token

    def one(self, call: Call) -> object:
        token, refreshed = self.token, False
        for pause in (1, 2.5, 6, None):
            response = self.send(call, token)
            if response.is_success:
                return response.json()
            problem = problem_in(response.status_code, response.headers, response.content)
            remedy = self.access.remedy(problem.code)
            if remedy == REFRESH and not refreshed:
                token, refreshed = self.refresh(token), True
            elif pause is None or not worth_waiting(remedy, problem, call):
                break
            else:
                time.sleep(problem.retry_after or pause)
        raise BankError.of(problem)


class PoolOfEight(Shared):
    """The same call in a pool of eight; the first failure comes out."""

    def perform(self, call: Call) -> object:
        if call.method != "GET":
            return self.one(call)
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(self.one, [call] * 8))


class SmallPool(Shared):
    """Six calls through a pool of two: jobs wait for each other, and are no repeats."""

    def perform(self, call: Call) -> object:
        if call.method != "GET":
            return self.one(call)
        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(contextvars.copy_context().run, self.one, call) for _ in range(6)]
            errors = [future.exception() for future in as_completed(futures)]
        if any(errors):
            raise ExceptionGroup("some calls failed", [error for error in errors if error])
        return [future.result() for future in futures]


class Threads(Shared):
    """A thread for each call, joined; results through a queue."""

    def perform(self, call: Call) -> object:
        results: queue.Queue[object] = queue.Queue()

        def work() -> None:
            try:
                results.put(self.one(call))
            except BankError as error:
                results.put(error)

        threads = [threading.Thread(target=work) for _ in range(4 if call.method == "GET" else 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        got = [results.get() for _ in threads]
        for result in got:
            if isinstance(result, BankError):
                raise result
        return got


class InOneThread(Shared):
    """A worker thread for all the client does, with a time-out on the future."""

    pool = ThreadPoolExecutor(1)

    def perform(self, call: Call) -> object:
        return self.pool.submit(self.one, call).result(timeout=900)


class ToThread:
    """requests in asyncio.to_thread, each try a job of its own."""

    def __init__(self, access: Access) -> None:
        self.access, self.token, self.session = access, access.access_token, requests.Session()

    async def send(self, call: Call) -> requests.Response:
        headers = self.access.key_or(self.token, call)
        send = partial(self.session.request, call.method, call.url, data=call.body, headers=headers, timeout=10)
        return await asyncio.to_thread(send)

    async def perform(self, call: Call) -> object:
        refreshed = False
        for pause in (1, 3, 7, None):
            response = await self.send(call)
            if response.ok:
                return response.json()
            problem = problem_in(response.status_code, response.headers, response.content)
            remedy = self.access.remedy(problem.code)
            if remedy == REFRESH and not refreshed:
                refreshed, self.token = True, token_in((await self.send(token_call(self.access))).content)
            elif pause and remedy == WAIT and problem.retry_after < 300:
                await asyncio.sleep(problem.retry_after)
            elif pause and remedy == BACKOFF and call.harmless:
                await asyncio.sleep(pause)
            else:
                break
        raise BankError.of(problem)

    async def close(self) -> None:
        self.session.close()


class InAnyioThread(ToThread):
    """The same through anyio's worker threads, which are used again and again."""

    async def send(self, call: Call) -> requests.Response:
        headers = self.access.key_or(self.token, call)
        send = partial(self.session.request, call.method, call.url, data=call.body, headers=headers, timeout=10)
        return await anyio.to_thread.run_sync(send)


class SharedAsync:
    """A client for tasks, with the refresh under a lock; a time-out around each try."""

    def __init__(self, access: Access) -> None:
        self.access, self.token, self.lock = access, access.access_token, asyncio.Lock()
        self.http = httpx.AsyncClient(verify=TLS)

    async def send(self, call: Call, token: str) -> httpx.Response:
        headers = self.access.key_or(token, call)
        return await self.http.request(call.method, call.url, headers=headers, content=call.body)

    async def refresh(self, refused: str) -> str:
        async with self.lock:
            if self.token == refused:
                self.token = token_in((await self.send(token_call(self.access), "")).content)
            return self.token

    async def one(self, call: Call) -> object:
        token, refreshed = self.token, False
        for pause in (0.5, 2, 8, None):
            response = await asyncio.wait_for(self.send(call, token), timeout=5)
            if response.is_success:
                return response.json()
            problem = problem_in(response.status_code, response.headers, response.content)
            remedy = self.access.remedy(problem.code)
            if remedy == REFRESH and not refreshed:
                token, refreshed = await self.refresh(token), True
            elif pause is None or not worth_waiting(remedy, problem, call):
                break
            else:
                await asyncio.sleep(problem.retry_after or pause)
        raise BankError.of(problem)

    async def close(self) -> None:
        await self.http.aclose()


class Gathers(SharedAsync):
    """asyncio.gather of three; writes alone."""

    async def perform(self, call: Call) -> object:
        return await asyncio.gather(*(self.one(call) for _ in range(3 if call.method == "GET" else 1)))


class GathersMany(SharedAsync):
    """A dozen calls at a time."""

    async def perform(self, call: Call) -> object:
        many = await asyncio.gather(
            *(self.one(call) for _ in range(12 if call.method == "GET" else 1)), return_exceptions=True
        )
        for result in many:
            if isinstance(result, Exception):
                raise result
        return many


class Groups(SharedAsync):
    """A TaskGroup: an ExceptionGroup comes out."""

    async def perform(self, call: Call) -> object:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self.one(call)) for _ in range(3 if call.method == "GET" else 1)]
        return [task.result() for task in tasks]


class Slots(SharedAsync):
    """A semaphore of two before each call, and an anyio task group."""

    async def perform(self, call: Call) -> object:
        slots, results = asyncio.Semaphore(2), []

        async def one() -> None:
            async with slots:
                results.append(await self.one(call))

        async with anyio.create_task_group() as group:
            for _ in range(5 if call.method == "GET" else 1):
                group.start_soon(one)
        return results


class SeparateRefresh(SharedAsync):
    """A refresh that is a task of its own, awaited by all that need it."""

    refreshing: asyncio.Task[str] | None = None

    async def refresh(self, refused: str) -> str:
        if self.token == refused:
            if self.refreshing is None or self.refreshing.done():
                self.refreshing = asyncio.create_task(super().refresh(refused))
            await asyncio.shield(self.refreshing)
        return self.token

    async def perform(self, call: Call) -> object:
        return await asyncio.gather(*(self.one(call) for _ in range(2 if call.method == "GET" else 1)))


class EachForItself(SharedAsync):
    """Three calls at once, each with a refresh of its own."""

    async def refresh(self, refused: str) -> str:
        return token_in((await self.send(token_call(self.access), "")).content)

    async def perform(self, call: Call) -> object:
        return await asyncio.gather(*(self.one(call) for _ in range(3 if call.method == "GET" else 1)))


class RenewsByTheClock(SharedAsync):
    """A task in the background renews the token every half minute, whatever the calls do."""

    async def keep_fresh(self) -> None:
        while True:
            await asyncio.sleep(29)
            self.token = token_in((await self.send(token_call(self.access), "")).content)

    async def perform(self, call: Call) -> object:
        background = asyncio.create_task(self.keep_fresh())
        try:
            return await self.one(call)
        finally:
            background.cancel()


class OwnLoop(SharedAsync):
    """A sync facade: asyncio.run for each call."""

    def __init__(self, access: Access) -> None:
        self.access = access

    async def alone(self, call: Call) -> object:
        super().__init__(self.access)
        async with self.http:
            return await self.one(call)

    def perform(self, call: Call) -> object:
        return asyncio.run(self.alone(call))


class LoopInThread(OwnLoop):
    """A sync facade that runs its loop in a worker thread."""

    def perform(self, call: Call) -> object:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(super().perform, call).result()


class Bridge(SharedAsync):
    """A sync facade over a loop that runs in a thread of its own."""

    def perform(self, call: Call) -> object:
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            return asyncio.run_coroutine_threadsafe(self.one(call), loop).result(timeout=900)
        finally:
            asyncio.run_coroutine_threadsafe(self.http.aclose(), loop).result()
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()


class AiohttpGather:
    """aiohttp, sessions for each call, gathered; a total time-out."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    async def one(self, call: Call) -> object:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=8)) as session:
            for last in (False, True):
                headers = self.access.key_or(self.token, call)
                async with session.request(call.method, call.url, headers=headers, data=call.body) as response:
                    body = await response.read()
                if response.ok:
                    return body
                problem = problem_in(response.status, response.headers, body)
                if last or self.access.remedy(problem.code) != REFRESH:
                    raise BankError.of(problem)
                asked = token_call(self.access)
                async with session.post(asked.url, headers=self.access.key_or("", asked), data=asked.body) as issued:
                    self.token = token_in(await issued.read())
        return None

    async def perform(self, call: Call) -> object:
        return await asyncio.gather(*(self.one(call) for _ in range(4 if call.method == "GET" else 1)))

    async def close(self) -> None:
        pass


class Pages(Shared):
    """Reads page after page, by cursor where there is one, by offset where not, until there is no more."""

    def perform(self, call: Call) -> object:
        if call.method != "GET" or self.access.provider != "aelix":
            return self.one(call)
        found, page = [], self.one(call)
        while page["data"]:
            found += page["data"]
            paging = page.get("pagination")
            if paging is not None and not paging["has_more"]:
                break
            query = f"cursor={paging['next_cursor']}" if paging else f"offset={len(found)}&limit=50"
            page = self.one(call.with_query(query))
        return found


CLIENTS = [
    Careful("pool-of-eight", PoolOfEight),
    Careful("small-pool", SmallPool),
    Careful("threads", Threads),
    Careful("one-worker", InOneThread),
    Careful("to-thread", ToThread),
    Careful("anyio-thread", InAnyioThread),
    Careful("gather", Gathers),
    Careful("gather-many", GathersMany),
    Careful("task-group", Groups),
    Careful("semaphore", Slots),
    Careful("separate-refresh", SeparateRefresh),
    Careful("each-for-itself", EachForItself),
    Careful("renews-by-the-clock", RenewsByTheClock),
    Careful("own-loop", OwnLoop),
    Careful("loop-in-thread", LoopInThread),
    Careful("bridge", Bridge),
    Careful("aiohttp-gather", AiohttpGather, ignore=("OB102",)),
    Careful("pages", Pages),
    Careful("pages-shared", Pages, shared=True),
]


@over_all(CLIENTS)
def test_a_client_of_several_calls_is_clean(client: Careful, provider: str) -> None:
    """No documented error of any provider leads to a finding."""
    assert not findings_of(client, provider)
