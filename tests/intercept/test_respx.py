"""respx goes on working beside the hooks, and a team's router may serve the provider."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpx
import pytest
import respx

from pytest_openbanking.exchange import Fault, Response
from pytest_openbanking.intercept.gate import who_answered
from pytest_openbanking.intercept.respx import mount
from tests.intercept.provider import HOST, JSON, OK, Answer, Provider

URL = f"{HOST}/v1/accounts"
THEIRS = {"who": "theirs"}


def sync_get(url: str) -> httpx.Response:
    with httpx.Client(timeout=0.05) as client:
        return client.get(url)


def async_get(url: str) -> httpx.Response:
    async def call() -> httpx.Response:
        async with httpx.AsyncClient(timeout=0.05) as client:
            return await client.get(url)

    return asyncio.run(call())


def sync_in_a_loop(url: str) -> httpx.Response:
    async def call() -> httpx.Response:
        return sync_get(url)

    return asyncio.run(call())


both = pytest.mark.parametrize("get", [sync_get, async_get, sync_in_a_loop])
Get = Callable[[str], httpx.Response]


@both
def test_respx_is_below_the_hooks(provider: Provider, get: Get) -> None:
    """In respx's default mode the sandbox answers for the provider, and respx for other hosts."""
    with respx.mock(assert_all_called=False) as router:
        router.get(URL).respond(json=THEIRS)
        router.get("https://other.example/").respond(json=THEIRS)
        assert who_answered() is None
        assert get(URL).json() == {"ok": True}
        assert get("https://other.example/").json() == THEIRS
    assert provider.refusals == []


@both
def test_respx_over_httpx_answers_first(provider: Provider, get: Get) -> None:
    """`using="httpx"` replaces what is above the hooks, and is named; afterwards the sandbox answers."""
    with respx.mock(using="httpx") as router:
        router.get(URL).respond(json=THEIRS)
        assert who_answered() == "respx"
        assert get(URL).json() == THEIRS
    assert who_answered() is None
    assert get(URL).json() == {"ok": True}


@both
def test_mounting_on_a_router(provider: Provider, get: Get) -> None:
    """The team's routes come first, also those added later; the provider answers the rest of its own."""
    with respx.mock as router:
        router.get(f"{HOST}/v1/first").respond(json=THEIRS)
        mount(provider, router)
        router.get(f"{HOST}/v1/later").respond(json=THEIRS)
        router.get("https://other.example/").respond(json=THEIRS)
        for url in (f"{HOST}/v1/first", f"{HOST}/v1/later", "https://other.example/"):
            assert get(url).json() == THEIRS
        assert get(URL).json() == {"ok": True}
        assert len(router.calls) == 4
    assert [request.url for request in provider.requests] == [URL]
    assert len(provider.ended) == 1


@both
@pytest.mark.parametrize("using", ["httpx", "httpcore"])
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Fault.READ_TIMEOUT, httpx.ReadTimeout),
        (Fault.CONNECT_TIMEOUT, httpx.ConnectTimeout),
        (Fault.RESET, httpx.ReadError),
        (Response(200, JSON, OK.body, delay=9.0), httpx.ReadTimeout),
        (Response(200, JSON, OK.body, truncated=True), httpx.RemoteProtocolError),
        ("no such operation", httpx.ConnectError),
    ],
    ids=str,
)
def test_a_mounted_provider_has_its_faults(get: Get, using: str, answer: Answer, error: type[Exception]) -> None:
    """A router hands the client httpx's own exceptions."""
    with Provider(answer).opened() as provider, respx.mock(using=using) as router:
        mount(provider, router)
        with pytest.raises(error):
            get(URL)
        assert len(provider.ended) == 1


def test_a_mounted_provider_need_not_be_called(provider: Provider) -> None:
    """Respx does not complain that the provider's route was never called."""
    with respx.mock(assert_all_called=True) as router:
        mount(provider, router)


def test_a_router_that_is_not_in_force_is_passed_over(provider: Provider) -> None:
    """A mounted router that is not started does not keep the sandbox from answering."""
    mount(provider, respx.MockRouter())
    assert sync_get(URL).json() == {"ok": True}
