"""The header fields computed for urllib3 are those that it writes."""

from __future__ import annotations

from typing import Any

import pytest
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import SKIP_HEADER

from pytest_openbanking.intercept import urllib3_writing
from pytest_openbanking.intercept.urllib3_writing import written

PLAIN: list[tuple[str, dict[str, Any]]] = [
    ("GET", {"headers": {"Accept": "*/*"}}),
    ("GET", {"headers": {"accept-encoding": "gzip", "user-agent": "acme/1", "host": "other"}}),
    ("POST", {"headers": {"X": "1"}, "body": None}),
    ("POST", {"headers": {"X": "1"}, "body": b"abc"}),
    ("POST", {"headers": {"X": "1", "Content-Length": "3"}, "body": "abc"}),
    ("PUT", {"headers": {"X": " 1 \t"}, "body": "Zoë"}),
    ("DELETE", {"headers": {"X": ""}}),
]
ODD: list[tuple[str, dict[str, Any]]] = [
    ("GET", {"headers": {}}),
    ("GET", {"headers": {"User-Agent": SKIP_HEADER}}),
    ("GET", {"headers": {"X": "Zoë"}}),
    ("GET", {"headers": {"X": b"bytes"}}),
    ("POST", {"headers": {"X": "1"}, "body": [b"a", b"b"]}),
    ("POST", {"headers": {"X": "1"}, "body": b"ab", "chunked": True}),
    ("POST", {"headers": {"Transfer-Encoding": "chunked"}, "body": [b"abc"]}),
]


@pytest.fixture(params=[(HTTPConnection, 80), (HTTPConnection, 8080), (HTTPSConnection, 443), (HTTPSConnection, 8443)])
def connection(request: pytest.FixtureRequest) -> Any:
    kind, port = request.param
    return kind("api.bank.example", port)


@pytest.mark.parametrize(("method", "options"), PLAIN)
def test_computed_is_what_is_written(connection: Any, method: str, options: dict[str, Any]) -> None:
    """The short way and urllib3's own way give the same request."""
    assert urllib3_writing._is_plain(connection, method, "/v1?a=b", options["headers"])
    assert written(connection, method, "/v1?a=b", options) == urllib3_writing._write(
        connection, method, "/v1?a=b", options
    )


@pytest.mark.parametrize(("method", "options"), ODD)
def test_the_rest_is_written_by_urllib3(connection: Any, method: str, options: dict[str, Any]) -> None:
    """What is not plain is read from what urllib3 writes."""
    request = written(connection, method, "/v1", options)
    assert (request.method, request.target) == (method, "/v1")
    assert request.body in (b"", b"ab", b"abc")
    assert bool(request.body) == ("body" in options)


@pytest.mark.parametrize("headers", [{"X": "a\r\nY: b"}, {"X\n": "a"}, {"X:": "a"}])
def test_urllib3_refuses_what_it_refuses(connection: Any, headers: dict[str, str]) -> None:
    """An illegal field raises what it raises on a real connection."""
    with pytest.raises(ValueError, match="Invalid header"):
        written(connection, "GET", "/", {"headers": headers})
