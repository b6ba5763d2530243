"""Other mocks and in-memory clients go on working beside the hooks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import fastapi
import flask
import httpx
import pytest
import requests
import responses
import urllib3
import vcr
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from pytest_openbanking.intercept.gate import who_answered
from tests.intercept.callers import CALLERS, Call
from tests.intercept.provider import HOST, OK, Provider

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpx import HTTPXMock

URL = f"{HOST}/v1/accounts"
THEIRS = {"who": "theirs"}


def test_responses_answers_first(provider: Provider) -> None:
    """`responses` is named, and lets through what it is told to."""
    with responses.RequestsMock() as mock:
        mock.get(URL, json=THEIRS)
        mock.add_passthru(f"{HOST}/v1/payments")
        assert who_answered() == "responses"
        assert requests.get(URL, timeout=5).json() == THEIRS
        assert requests.get(f"{HOST}/v1/payments", timeout=5).json() == {"ok": True}
    assert who_answered() is None
    assert requests.get(URL, timeout=5).json() == {"ok": True}


@pytest.mark.httpx_mock(should_mock=lambda request: request.url.path == "/v1/accounts")
def test_pytest_httpx_answers_first(provider: Provider, httpx_mock: HTTPXMock) -> None:
    """pytest-httpx is named, and what it does not mock reaches the sandbox."""
    httpx_mock.add_response(url=URL, json=THEIRS)
    assert who_answered() == "pytest-httpx"
    assert httpx.get(URL).json() == THEIRS
    assert httpx.get(f"{HOST}/v1/payments").json() == {"ok": True}


def test_the_hooks_survive_pytest_httpx(provider: Provider) -> None:
    """After a test of pytest-httpx, whichever came first, the hooks are still there."""
    assert CALLERS["httpx"]("GET", URL).body == OK.body
    assert CALLERS["httpx-async"]("GET", URL).body == OK.body


def test_a_patch_by_unittest_is_named(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """A function of the test's own in front of the hooks is named by its module."""
    monkeypatch.setattr(requests.Session, "send", lambda *args, **options: None)
    assert "test_others" in str(who_answered()) or "tests" in str(who_answered())


@pytest.mark.parametrize("name", [name for name in CALLERS if "httpx" not in name and name != "httplib2"])
def test_a_cassette_records_the_sandbox_and_then_answers(provider: Provider, name: str, tmp_path: Path) -> None:
    """vcrpy, entered in the exchange, records what the sandbox says, and then replays it in front of it."""
    call: Call = CALLERS[name]
    path = str(tmp_path / "cassette.yaml")
    for _ in range(2):
        with vcr.use_cassette(path):
            assert who_answered() == "vcrpy"
            assert call("GET", URL).body == OK.body
        assert who_answered() is None
    assert len(provider.interactions) == 1
    assert call("GET", URL).body == OK.body
    assert len(provider.interactions) == 2


def test_in_memory_asgi_and_wsgi_clients_pass(provider: Provider) -> None:
    """A team's own FastAPI or Flask application under test is not touched, whatever its host is called."""
    application = fastapi.FastAPI()
    application.get("/own")(lambda: THEIRS)
    small = flask.Flask("small")
    small.get("/own")(lambda: THEIRS)
    with httpx.Client(transport=httpx.WSGITransport(app=small), base_url=HOST) as wsgi:
        assert wsgi.get("/own").json() == THEIRS
    assert small.test_client().get("/own").json == THEIRS

    async def call() -> Any:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=application), base_url=HOST) as client:
            return (await client.get("/own")).json()

    assert asyncio.run(call()) == THEIRS
    assert provider.interactions == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::PendingDeprecationWarning")
def test_starlettes_test_client_passes(provider: Provider) -> None:
    """FastAPI's TestClient reaches the application, and the application reaches the provider."""
    testclient = pytest.importorskip("fastapi.testclient")
    application = fastapi.FastAPI()

    def own() -> Any:
        return httpx.get(URL).json()

    application.get("/own")(own)
    with testclient.TestClient(application) as client:
        assert client.get("/own").json() == {"ok": True}


def test_aiohttps_test_server_passes(provider: Provider) -> None:
    """A server of the team's own on localhost is really called."""

    async def call() -> str:
        async def own(request: web.Request) -> web.Response:
            return web.json_response(THEIRS)

        application = web.Application()
        application.router.add_get("/own", own)
        async with TestServer(application) as server, aiohttp.ClientSession() as session:
            return str(await (await session.get(server.make_url("/own"))).json())

    assert asyncio.run(call()) == str(THEIRS)
    assert provider.interactions == []


def test_a_subclass_that_calls_super_is_served(provider: Provider) -> None:
    """A team's own transport is hooked where it calls httpx's."""

    class Signing(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            request.headers["X-Signature"] = "s1"
            return super().handle_request(request)

    with httpx.Client(transport=Signing()) as client:
        assert client.get(URL).status_code == 200
    assert provider.requests[0].headers["x-signature"] == "s1"


def test_botocores_connections_are_served(provider: Provider) -> None:
    """Botocore's own kinds of connections and pools, built on urllib3, are served."""
    awsrequest = pytest.importorskip("botocore.awsrequest")
    pool = awsrequest.AWSHTTPSConnectionPool("api.bank.example", 443)
    answer = pool.urlopen("PUT", "/v1", body=b"abc", headers={b"Expect": b"100-continue"}, retries=False)
    assert answer.data == OK.body
    assert provider.requests[0].body == b"abc"


def test_an_unread_answer_keeps_no_connection(provider: Provider) -> None:
    """A pool of one blocking connection serves on, while answers are unread."""
    with urllib3.PoolManager(maxsize=1, block=True) as pool:
        answers = [pool.request("GET", URL, preload_content=False, timeout=1) for _ in range(3)]
        assert [answer.json() for answer in answers] == [{"ok": True}] * 3


class ToThisMachine(AbstractResolver):
    """Finds every host here."""

    async def resolve(self, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        found = {"hostname": host, "host": "127.0.0.1", "port": port, "family": 2, "proto": 0, "flags": 0}
        return [ResolveResult(**found)]  # type: ignore[typeddict-item]

    async def close(self) -> None: ...


def test_aiohttp_uses_no_connection_from_before() -> None:
    """A real connection to the provider, kept alive from before the exchange, waits until after it."""

    async def call() -> list[str]:
        async def own(request: web.Request) -> web.Response:
            return web.json_response(THEIRS)

        application = web.Application()
        application.router.add_get("/own", own)
        connector = aiohttp.TCPConnector(resolver=ToThisMachine())
        async with TestServer(application) as server, aiohttp.ClientSession(connector=connector) as session:

            async def get() -> str:
                async with session.get(f"http://api.bank.example:{server.port}/own") as answer:
                    return await answer.text()

            before = await get()
            with Provider(host=f"http://api.bank.example:{server.port}").opened():
                during = await get()
            return [before, during, await get()]

    assert asyncio.run(call()) == ['{"who": "theirs"}', '{"ok": true}', '{"who": "theirs"}']
