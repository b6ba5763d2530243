"""Each fault reaches the client as the exception that its library raises on a really faulty wire."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
import requests
import urllib3

from pytest_openbanking.exchange import Fault, Headers, Interaction, Response
from pytest_openbanking.intercept import delivery
from tests.intercept.faulty import faulty
from tests.intercept.provider import HOST, OK, Answer, Provider

if TYPE_CHECKING:
    from tests.intercept.callers import Call

SIMULATED: dict[Fault | str, Answer] = {
    Fault.CONNECT_TIMEOUT: Fault.CONNECT_TIMEOUT,
    Fault.READ_TIMEOUT: Fault.READ_TIMEOUT,
    Fault.ANSWER_LOST: Fault.ANSWER_LOST,
    Fault.RESET: Fault.RESET,
    Fault.TRUNCATED: replace(OK, truncated=True),
    Fault.SLOW: replace(OK, delay=30.0),
    "cut chunk": Response(200, Headers([("Transfer-Encoding", "chunked")]), OK.body, truncated=True),
    "refused": "no such operation",
}


def chain(error: BaseException) -> list[type]:
    """Return the types of an exception and of those that it wraps in its arguments."""
    types = [type(error)]
    for inner in (getattr(error, "reason", None), *error.args):
        if isinstance(inner, BaseException):
            return types + chain(inner)
    return types


TIMES: dict[object, tuple[float, float]] = {
    Fault.CONNECT_TIMEOUT: (0.1, 0.1),
    **dict.fromkeys((Fault.RESET, Fault.TRUNCATED, "cut chunk", "refused"), (5.0, 5.0)),
}


def raised(call: Call, url: str, method: str = "GET", fault: object = None) -> list[type]:
    try:
        call(method, url, times=TIMES.get(fault, (5.0, 0.1)))
    except Exception as error:
        return chain(error)
    raise AssertionError("no exception")


@pytest.mark.parametrize("fault", SIMULATED, ids=str)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_exception_is_the_librarys_own(provider: Provider, call: Call, fault: Fault | str, method: str) -> None:
    """The same types, in the same order, as from a server that has the fault."""
    provider.answer = SIMULATED[fault]
    simulated = raised(call, f"{HOST}/v1/accounts", method, fault)
    with faulty(fault) as url:
        real = raised(call, url, method, fault)
    assert simulated == real
    assert len(provider.ended) == len(provider.interactions)


def test_a_host_that_is_no_providers_is_refused(provider: Provider, call: Call) -> None:
    """The refusal is the library's own connect error, carries the message, and is noted once."""
    with faulty("refused") as url:
        real = raised(call, url, fault="refused")
    with pytest.raises(Exception, match=r"openbanking refused GET https://other\.example/") as caught:
        call("GET", "https://other.example/x")
    assert chain(caught.value) == real
    assert provider.refusals == [("GET", "https://other.example/x")]
    assert provider.interactions == []


def test_an_unknown_operation_is_refused_with_its_message(provider: Provider, call: Call) -> None:
    """What the sandbox says of a request that it does not know reaches the client."""
    provider.answer = "no such operation; did you mean GET /v1/accounts?"
    with pytest.raises(Exception, match="did you mean"):
        call("GET", f"{HOST}/v1/acounts")
    assert len(provider.ended) == 1


class Runaway(BaseException):
    pass


def test_a_stopped_client_is_stopped_for_good(provider: Provider, call: Call) -> None:
    """A BaseException of the sandbox passes through the library as it is."""

    def stop(request: object) -> Answer:
        raise Runaway

    provider.answer = stop
    with pytest.raises(Runaway):
        call("GET", f"{HOST}/v1/accounts")


def test_a_slow_answer_arrives_late(provider: Provider, call: Call) -> None:
    """An answer within the client's read time-out arrives after its delay."""
    provider.answer = replace(OK, delay=0.1)
    before = time.monotonic()
    assert call("GET", HOST + "/").status == 200
    assert provider.ended_at[0] - before >= 0.09


def test_an_answer_after_the_time_out_is_lost(provider: Provider, call: Call) -> None:
    """The interaction then holds the fault that the client saw, and no response."""
    provider.answer = replace(OK, delay=30.0)
    raised(call, HOST + "/")
    last: Interaction = provider.ended[-1]
    assert (last.fault, last.response) == (Fault.ANSWER_LOST, None)


def test_the_fault_ends_when_the_time_out_fires(provider: Provider, call: Call) -> None:
    """`end` is called after the client's own time-out, not before it."""
    provider.answer = Fault.READ_TIMEOUT
    before = time.monotonic()
    raised(call, HOST + "/")
    assert 0.09 <= provider.ended_at[0] - before < 2


@pytest.mark.parametrize("fault", [Fault.CONNECT_TIMEOUT, Fault.READ_TIMEOUT], ids=str)
def test_a_client_without_time_out_meets_a_reset(
    provider: Provider, call: Call, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With no time-out of its own, the client is not left hanging for ever."""
    provider.answer = fault
    for name in ("delivery", "streams", "aiohttp"):
        module = pytest.importorskip(f"pytest_openbanking.intercept.{name}")
        monkeypatch.setattr(module, "PATIENCE", 0.05)
    with pytest.raises(Exception, match=r"(?i)reset"):
        call("GET", HOST + "/", times=(None, None))
    assert delivery.PATIENCE == 0.05


def connects_at_the_third_try(provider: Provider) -> None:
    provider.answer = lambda request: OK if len(provider.interactions) > 2 else Fault.CONNECT_TIMEOUT


def test_httpx_retries_to_connect(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """`HTTPTransport(retries=3)` tries again after a connect fault, waiting as httpcore waits."""
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    connects_at_the_third_try(provider)
    with httpx.Client(transport=httpx.HTTPTransport(retries=3), timeout=5) as client:
        assert client.get(HOST).status_code == 200
    assert waits == [5, 0.0, 5, 0.5]


def test_httpx_retries_to_connect_async(provider: Provider) -> None:
    """The same holds for the asynchronous transport."""
    connects_at_the_third_try(provider)

    async def call() -> int:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(retries=3), timeout=0.01) as client:
            return (await client.get(HOST)).status_code

    assert asyncio.run(call()) == 200


def test_httpx_gives_up_connecting(provider: Provider) -> None:
    """When the tries are used up, the connect time-out comes out."""
    provider.answer = Fault.CONNECT_TIMEOUT
    with (
        httpx.Client(transport=httpx.HTTPTransport(retries=1), timeout=0.01) as client,
        pytest.raises(httpx.ConnectTimeout),
    ):
        client.get(HOST)
    assert len(provider.ended) == 2


@pytest.mark.parametrize("library", ["httpx", "aiohttp"])
@pytest.mark.parametrize("answer", [replace(OK, delay=30.0), Fault.READ_TIMEOUT, Fault.CONNECT_TIMEOUT], ids=repr)
def test_a_cancelled_call_ends_once(provider: Provider, library: str, answer: Answer) -> None:
    """A client that stops waiting by `asyncio.wait_for` has lost the answer; the interaction is over."""
    provider.answer = answer

    async def call() -> None:
        async with httpx.AsyncClient(timeout=60) as one, aiohttp.ClientSession() as other:
            request = one.get(HOST) if library == "httpx" else other._request("GET", HOST)
            await asyncio.wait_for(request, 0.05)

    with pytest.raises(TimeoutError):
        asyncio.run(call())
    assert len(provider.ended) == 1
    assert provider.ended[0].response is None
    assert provider.ended[0].fault is not None


def test_aiohttps_total_time_out_fires(provider: Provider) -> None:
    """A time-out over the whole call is kept by aiohttp itself."""
    provider.answer = Fault.READ_TIMEOUT

    async def call() -> None:
        timeout = aiohttp.ClientTimeout(total=0.05)
        async with aiohttp.ClientSession(timeout=timeout) as session, session.get(HOST):
            pass

    with pytest.raises(TimeoutError):
        asyncio.run(call())
    assert len(provider.ended) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_changes_nothing(call: Call, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a proxy in the environment, served, refused and failed requests are as without one."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://localhost:9")
    host = f"{scheme}://api.bank.example"
    with Provider(host=host).opened() as provider:
        assert call("POST", f"{host}/v1/x?y=1", body=b"abc").status == 200
        assert (provider.requests[0].url, provider.requests[0].body) == (f"{host}/v1/x?y=1", b"abc")
        assert provider.requests[0].headers["host"] == "api.bank.example"
        with pytest.raises(Exception, match="openbanking refused"):
            call("GET", "https://other.example/x")
        provider.answer = Fault.CONNECT_TIMEOUT
        through_proxy = raised(call, f"{host}/v1/x", fault=Fault.CONNECT_TIMEOUT)
    monkeypatch.undo()
    with Provider(Fault.CONNECT_TIMEOUT, host=host).opened():
        assert raised(call, f"{host}/v1/x", fault=Fault.CONNECT_TIMEOUT) == through_proxy


def test_requests_uses_a_proxy_given_to_the_session(provider: Provider) -> None:
    """A proxy that the session names is not dialled either."""
    proxies = {"https": "http://user:secret@proxy.example:3128"}
    assert requests.get(HOST, proxies=proxies, timeout=5).status_code == 200
    with urllib3.ProxyManager("http://proxy.example:3128") as pool:
        assert pool.request("GET", HOST).json() == {"ok": True}
    assert provider.requests[1].headers["host"] == "api.bank.example"
