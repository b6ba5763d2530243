"""A request belongs to one exchange, and nothing leaves the process."""

from __future__ import annotations

import asyncio
import http.client
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
import requests
import urllib3

from pytest_openbanking import jobs
from pytest_openbanking.exchange import Response
from tests.intercept.bare import run
from tests.intercept.callers import CALLERS, Call
from tests.intercept.provider import HOST, JSON, OK, Provider

if TYPE_CHECKING:
    from collections.abc import Callable

THREADS = """
    import sys
    from concurrent.futures import ThreadPoolExecutor

    events = []
    sys.addaudithook(lambda event, args: events.append((event, args)) if event in WATCHED else None)
    WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.__new__", "socket.sendto"}

    import httpx, requests, urllib3
    events.clear()  # urllib3 tries IPv6 when it is imported
    from tests.intercept.provider import HOST, Provider

    with Provider().opened() as provider:
        three = urllib3.PoolManager(maxsize=4, block=True)
        with httpx.Client() as one, requests.Session() as two, three:
            calls = [
                lambda url: one.get(url).json(),
                lambda url: two.get(url, timeout=5).json(),
                lambda url: three.request("GET", url).json(),
            ]
            with ThreadPoolExecutor(16) as pool:
                answers = list(pool.map(lambda n: calls[n % 3](f"{HOST}/v1/accounts/{n}"), range(960)))
    assert answers == [{"ok": True}] * 960, answers
    assert len({request.url for request in provider.requests}) == len(provider.ended) == 960
    assert events == [], events
    print("all answered")
"""


def test_sixteen_threads_share_one_client() -> None:
    """960 requests of 16 threads are all answered; no socket is opened and no name looked up."""
    assert "all answered" in run(THREADS)


def test_no_library_opens_a_socket() -> None:
    """Not for the provider, not for a refused host, not under any library."""
    code = """
        import sys, socket
        import asyncio
        from tests.intercept.callers import CALLERS
        from tests.intercept.provider import HOST, Provider

        events = []
        names = {"socket.connect", "socket.getaddrinfo"}
        sys.addaudithook(lambda event, args: events.append((event, args)) if event in names else None)
        with Provider().opened() as provider:
            for name, call in CALLERS.items():
                assert call("GET", HOST).status == 200
                try:
                    call("GET", "https://other.example/")
                except Exception as error:
                    assert "refused" in str(error), error
                else:
                    raise AssertionError(name)
        assert events == [], events
    """
    run(code)


def own(name: str) -> Provider:
    return Provider(lambda request: Response(200, JSON, f'{{"who": "{name}"}}'.encode()))


async def ask_httpx(client: httpx.AsyncClient) -> str:
    return str((await client.get(HOST)).json()["who"])


async def ask_aiohttp(session: aiohttp.ClientSession) -> str:
    async with session.get(HOST) as answer:
        return str((await answer.json())["who"])


@pytest.mark.parametrize("library", ["httpx", "aiohttp"])
def test_overlapping_exchanges_do_not_mix(library: str) -> None:
    """Two exchanges of two tasks share a client; each of 100 interleaved requests sees its own."""

    async def main() -> None:
        async with httpx.AsyncClient() as one, aiohttp.ClientSession() as other:

            async def exchange(name: str) -> list[str]:
                with own(name).opened():
                    seen = []
                    for _ in range(50):
                        await asyncio.sleep(0)
                        seen.append(await (ask_httpx(one) if library == "httpx" else ask_aiohttp(other)))
                    return seen

            first, second = await asyncio.gather(exchange("first"), exchange("second"))
        assert (first, second) == (["first"] * 50, ["second"] * 50)

    asyncio.run(main())


def test_nothing_is_answered_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that lived through an exchange go to the real network after it."""
    connection = http.client.HTTPSConnection("api.bank.example")

    def call_http() -> object:
        connection.request("GET", "/")
        return connection.getresponse().read()

    with (
        httpx.Client() as one,
        requests.Session() as two,
        urllib3.PoolManager(retries=False) as three,
    ):
        calls: list[Callable[[], object]] = [
            lambda: one.get(HOST),
            lambda: two.get(HOST, timeout=5),
            lambda: three.request("GET", HOST),
            call_http,
        ]
        with Provider().opened() as provider:
            for call in calls:
                call()
        dialled: list[object] = []

        def no_network(*args: object, **options: object) -> None:
            dialled.append(args)
            raise OSError("no network here")

        monkeypatch.setattr("socket.getaddrinfo", no_network)
        for call in calls:
            with pytest.raises(Exception, match="no network here"):
                call()
    assert len(dialled) == len(calls)
    assert len(provider.interactions) == 4


def test_aiohttp_is_not_answered_afterwards() -> None:
    """A session that lived through an exchange holds no connection to the sandbox."""

    async def main() -> None:
        async with aiohttp.ClientSession() as session:
            with Provider().opened():
                assert await (await session.get(HOST)).json() == {"ok": True}
            assert session.connector is not None
            assert not session.connector._conns

    asyncio.run(main())


def test_a_connection_from_before_is_not_used(provider: Provider) -> None:
    """A real kept-alive connection, opened before the exchange, does not carry the provider's requests."""
    connection = http.client.HTTPSConnection("api.bank.example")
    sock = connection.sock = FakeSocket()  # type: ignore[assignment]
    connection.request("GET", "/v1/accounts")
    assert connection.getresponse().read() == OK.body
    assert sock.closed


class FakeSocket:
    closed = False

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize("name", ["httpx", "requests", "urllib3", "http.client", "urllib.request"])
def test_a_leftover_thread_is_refused(name: str) -> None:
    """A thread of an ended exchange reaches neither sandbox nor network, and is noted on its exchange."""
    jobs.install()
    go = threading.Event()
    errors: list[Exception] = []

    def late() -> None:
        go.wait(5)
        try:
            CALLERS[name]("GET", HOST)
        except Exception as error:
            errors.append(error)

    with Provider().opened() as provider:
        thread = threading.Thread(target=late)
        thread.start()
    go.set()
    thread.join(10)
    assert "openbanking refused GET" in str(errors[0])
    assert len(provider.refusals) == 1
    assert provider.interactions == []


def test_a_thread_of_no_exchange_is_refused_by_name() -> None:
    """With two exchanges open, a thread that was there before them belongs to neither."""
    call = CALLERS["httpx"]
    with ThreadPoolExecutor(1) as pool, Provider().opened() as one, Provider().opened() as two:
        original = pool.submit(lambda: None).result
        original()
        with pytest.raises(httpx.ConnectError, match="2 exchanges are open"):
            pool.submit(in_no_context, call).result(10)
    assert (len(one.refusals), len(two.refusals)) == (1, 1)


def in_no_context(call: Call) -> None:
    from pytest_openbanking.intercept import gate

    found = gate.find_scope
    gate.find_scope = lambda: None
    try:
        call("GET", HOST)
    finally:
        gate.find_scope = found


@pytest.mark.parametrize("library", ["httpx", "aiohttp"])
def test_a_leftover_task_is_refused(library: str) -> None:
    """A task of an ended exchange reaches neither sandbox nor network."""

    async def main() -> None:
        async with httpx.AsyncClient() as one, aiohttp.ClientSession() as other:

            async def late() -> None:
                await ended.wait()
                await (ask_httpx(one) if library == "httpx" else ask_aiohttp(other))

            ended = asyncio.Event()
            with Provider().opened() as provider:
                task = asyncio.create_task(late())
                await asyncio.sleep(0)
            ended.set()
            with pytest.raises(Exception, match="openbanking refused GET"):
                await task
            assert len(provider.refusals) == 1

    asyncio.run(main())
