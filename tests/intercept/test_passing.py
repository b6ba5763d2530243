"""What is no provider's passes through to the network where it may, and nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.exchange import Fault
from tests.intercept.callers import CALLERS, Call
from tests.intercept.faulty import faulty

if TYPE_CHECKING:
    from tests.intercept.provider import Provider


def test_localhost_passes(provider: Provider, call: Call) -> None:
    """A real server on this machine is called, in an exchange as well."""
    with faulty(Fault.TRUNCATED) as url, pytest.raises(Exception, match=r"(?i)complete"):
        call("GET", url)
    assert provider.interactions == []
    assert provider.refusals == []


def test_an_allowed_host_passes(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that is allowed is really called, by way of a proxy too."""
    provider.allowed = ("https://allowed.example", "http://allowed.example")
    asked: list[object] = []

    def no_network(host: object, *args: object, **options: object) -> None:
        asked.append(host)
        raise OSError("no network here")

    monkeypatch.setattr("socket.getaddrinfo", no_network)
    for name in ("httpx", "requests", "urllib3", "http.client", "urllib.request"):
        for scheme in ("http", "https"):
            with pytest.raises(Exception, match="no network here"):
                CALLERS[name]("GET", f"{scheme}://allowed.example/")
    assert set(asked) <= {"allowed.example", b"allowed.example"}
    for variable in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(variable, "http://proxy.example:3128")
    asked.clear()
    for name in ("httpx", "requests", "urllib.request"):
        for scheme in ("http", "https"):
            with pytest.raises(Exception, match="no network here"):
                CALLERS[name]("GET", f"{scheme}://allowed.example/")
    assert set(asked) <= {"proxy.example", b"proxy.example"}
    assert provider.refusals == []


def test_a_providers_name_is_never_looked_up(provider: Provider) -> None:
    """Code that goes around the HTTP libraries does not find the provider's host either."""
    import socket

    with pytest.raises(socket.gaierror, match="openbanking refused CONNECT"):
        socket.create_connection(("api.bank.example", 443))
