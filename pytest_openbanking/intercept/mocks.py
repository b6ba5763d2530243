"""Which other mock sits in front of our hooks."""

from __future__ import annotations

import sys
from typing import NamedTuple

__all__ = ["home", "who_answered"]

OURS = "pytest_openbanking"


class Spot(NamedTuple):
    """An attribute that mocks are known to replace, and the packages whose own code sits there."""

    module: str
    path: str
    owners: tuple[str, ...]


SPOTS = (
    Spot("httpx", "Client._transport_for_url", ("httpx",)),
    Spot("httpx", "AsyncClient._transport_for_url", ("httpx",)),
    Spot("httpx", "Client.send", ("httpx",)),
    Spot("httpx", "AsyncClient.send", ("httpx",)),
    Spot("httpx", "HTTPTransport.handle_request", ("httpx",)),
    Spot("httpx", "AsyncHTTPTransport.handle_async_request", ("httpx",)),
    Spot("requests", "Session.get_adapter", ("requests",)),
    Spot("requests", "Session.send", ("requests",)),
    Spot("requests", "adapters.HTTPAdapter.send", ("requests",)),
    Spot("urllib3", "connectionpool.HTTPConnectionPool.urlopen", ("urllib3",)),
    Spot("urllib3", "connectionpool.HTTPConnectionPool._make_request", ("urllib3",)),
    Spot("urllib3", "connectionpool.HTTPSConnectionPool.ConnectionCls", ("urllib3",)),
    Spot("aiohttp", "ClientSession._request", ("aiohttp",)),
    Spot("aiohttp", "TCPConnector._create_connection", ("aiohttp",)),
    Spot("http.client", "HTTPSConnection", ("http",)),
)

LAYERS = frozenset({"opentelemetry", "ddtrace", "sentry_sdk", "newrelic", "elasticapm", "logfire", "requests_cache"})
"""Packages that wrap a library for good without answering in its stead."""


MOCKS = frozenset(
    {
        "aioresponses",
        "pytest_httpx",
        "requests_mock",
        "respx",
        "responses",
        "unittest",
        "vcr",
        "pook",
        "httpretty",
    }
)
"""Packages that replace an attribute for the time of a test."""


def home(thing: object) -> str:
    """Return the module whose code a function or class is, seen through `functools.wraps`."""
    names = getattr(thing, "__globals__", None)
    module = names.get("__name__") if names is not None else getattr(thing, "__module__", None)
    return module if isinstance(module, str) else "unittest.mock"


def is_mock(thing: object) -> bool:
    """Tell whether a mock that comes and goes put this here."""
    return home(thing).partition(".")[0] in MOCKS


def sits_at(module: str, path: str, package: str) -> bool:
    """Tell whether a package's code sits at an attribute right now."""
    loaded = sys.modules.get(module)
    return loaded is not None and home(_look_up(loaded, path)).partition(".")[0] == package


def who_answered() -> str | None:
    """Name the mock that answers in front of our hooks right now, or return None."""
    for spot in SPOTS:
        module = sys.modules.get(spot.module)
        package = module and _stranger(_look_up(module, spot.path), spot.owners)
        if package:
            return package
    return None


def _stranger(thing: object, owners: tuple[str, ...]) -> str | None:
    if thing is None:
        return None
    module = home(thing)
    package = module.partition(".")[0]
    if package in owners or package == OURS or package in LAYERS:
        return None
    return NAMES.get(package, module if package in ("unittest", "tests", "conftest") else package)


NAMES = {"vcr": "vcrpy", "pytest_httpx": "pytest-httpx", "requests_mock": "requests-mock"}


def _look_up(module: object, path: str) -> object:
    found: object | None = module
    for name in path.split("."):
        found = getattr(found, name, None)
    return found
