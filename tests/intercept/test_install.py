"""The hooks are installed once, cost next to nothing, and wait for libraries that are imported later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from pytest_openbanking.intercept import gate, install
from tests.intercept.bare import run
from tests.intercept.provider import HOST, Provider

if TYPE_CHECKING:
    from pathlib import Path

LIBRARIES = ("httpx", "requests", "urllib3", "aiohttp", "http.client")


def test_installing_imports_no_library_and_takes_no_time() -> None:
    """With no library loaded, `install` takes under 2 ms and loads none."""
    code = """
        import sys, time
        import importlib.util, socket, email.message
        from pytest_openbanking import intercept
        times = []
        for _ in range(5):
            started = time.process_time()
            intercept.install()
            times.append(time.process_time() - started)
        assert min(times) < 0.002, times
        heavy = {"httpx", "httpcore", "urllib3", "requests", "aiohttp", "asyncio", "respx", "http.client"}
        assert not heavy & set(sys.modules), heavy & set(sys.modules)
    """
    run(code)


@pytest.mark.parametrize("name", ["httpx", "httpx-async", "requests", "urllib3", "aiohttp", "http.client"])
def test_a_library_imported_in_the_exchange_is_hooked(name: str) -> None:
    """The import itself hooks it, however deep in the test it happens."""
    code = f"""
        import sys
        from tests.intercept.provider import HOST, Provider
        with Provider().opened() as provider:
            assert not {{"httpx", "requests", "urllib3", "aiohttp", "http.client"}} & set(sys.modules)
            from tests.intercept.callers import CALLERS
            assert CALLERS[{name!r}]("GET", HOST).body == b'{{"ok": true}}'
        import httpx, importlib.resources
        assert type(httpx.__spec__.loader).__name__ == "SourceFileLoader"
        assert httpx.__loader__ is httpx.__spec__.loader and "exec_module" not in vars(httpx.__loader__)
    """
    run(code)


def test_installing_again_changes_nothing() -> None:
    """The hook that sits there stays."""
    install()
    before = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request
    install()
    assert before == (httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request)


def test_a_mock_that_is_there_already_is_not_wrapped() -> None:
    """Our hook would go when the mock goes; it is put in place at the next opening instead."""
    code = """
        import httpx
        from unittest import mock
        from tests.intercept.provider import HOST, Provider
        answer = httpx.Response(299)
        with mock.patch("httpx.HTTPTransport.handle_request", autospec=True, return_value=answer):
            with Provider().opened():
                assert httpx.get(HOST).status_code == 299
        with Provider().opened():
            assert httpx.get(HOST).status_code == 200
    """
    run(code)


def test_vcr_imported_before_the_hooks_does_not_reach_the_network() -> None:
    """What vcrpy captured at its import is refused where it connects."""
    code = """
        import httpx, vcr
        from tests.intercept.provider import HOST, Provider
        with Provider().opened(), vcr.use_cassette("/nonexistent/cassette.yaml", record_mode="none"):
            try:
                httpx.get(HOST)
            except vcr.errors.CannotOverwriteExistingCassetteException:
                pass
        import vcr.patch
        with Provider().opened() as provider, httpx.Client() as client:
            original = vcr.patch._HttpxHttpTransport_handle_request
            for url in (HOST + "/", "https://other.example/"):
                try:
                    original(client._transport, httpx.Request("GET", url))
                except httpx.ConnectError as error:
                    assert f"refused CONNECT {url}" in str(error), error
                else:
                    raise AssertionError
    """
    run(code)


@pytest.mark.parametrize("name", ["httpx", "httpx-async"])
def test_vcr_imported_after_the_hooks_records_the_sandbox(name: str, tmp_path: Path) -> None:
    """Hooks that are there before vcrpy is imported are what it captures: it records the sandbox."""
    code = f"""
        from pytest_openbanking.intercept import prepare
        prepare()
        import vcr
        from tests.intercept.callers import CALLERS
        from tests.intercept.provider import HOST, Provider
        with Provider().opened() as provider:
            for _ in range(2):
                with vcr.use_cassette({str(tmp_path / "cassette.yaml")!r}):
                    assert CALLERS[{name!r}]("GET", HOST).body == b'{{"ok": true}}'
            assert len(provider.interactions) == 1
    """
    run(code)


def test_the_original_keeps_its_name() -> None:
    """A hooked method looks like the one it stands for."""
    install()
    assert httpx.HTTPTransport.handle_request.__qualname__ == "HTTPTransport.handle_request"


def test_default_clients_share_a_trust_store() -> None:
    """While an exchange is open a default client costs no trust store; with `verify=` it has its own."""
    with (
        Provider().opened(),
        httpx.Client() as one,
        httpx.Client() as two,
        httpx.Client(verify=False) as three,
    ):
        contexts = [client._transport._pool._ssl_context for client in (one, two, three)]  # type: ignore[attr-defined]
    assert contexts[0] is contexts[1]
    assert contexts[0] is not contexts[2]
    assert contexts[0].check_hostname
    with httpx.Client() as outside:
        assert outside._transport._pool._ssl_context is not contexts[0]  # type: ignore[attr-defined]


LOCAL = [
    "http://localhost/x",
    "http://LOCALHOST:8000/",
    "http://api.localhost/",
    "http://127.0.0.1:1/",
    "http://127.8.9.10/",
    "http://[::1]:8000/",
    "http://0.0.0.0/",
]


@pytest.mark.parametrize("url", LOCAL)
def test_this_machine_is_local(url: str) -> None:
    """Localhost under all its names passes through."""
    assert gate.is_local(url)


@pytest.mark.parametrize("url", ["https://localhost.example/", "https://127.example/", "https://10.0.0.1/", HOST])
def test_other_machines_are_not_local(url: str) -> None:
    """A name that only begins like localhost's is another machine's."""
    assert not gate.is_local(url)


def test_nothing_is_routed_before_the_first_exchange(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the hooks off, no scope is looked for."""
    monkeypatch.setattr(gate, "watching", False)
    monkeypatch.setattr(gate, "find_scope", None)
    assert gate.route("GET", HOST) is None
