"""What urllib3 puts on the wire for a request: computed where it is plain, else written by urllib3."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept.framing import RawRequest
from pytest_openbanking.intercept.streams import RequestSocket

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["computed", "is_ordinary", "written"]

BODILESS = frozenset({"GET", "HEAD", "DELETE", "TRACE", "OPTIONS", "CONNECT"})
ORDINARY = re.compile(r"(?:[!-9;-~]+\n)+(?:[ -~\t]*\n)+")


def written(conn: Any, method: str, url: str, options: dict[str, Any]) -> RawRequest:
    """Return the request that urllib3 sends; raises what urllib3 raises instead of sending it."""
    if conn.sock is not None:
        conn.close()  # a real connection, made before the exchange
    headers = options.get("headers")
    body = options.get("body")
    if body.__class__ in _BODIES and not options.get("chunked") and _is_plain(conn, method, url, headers):
        host = conn.host if conn.port == conn.default_port else f"{conn.host}:{conn.port}"
        return computed(method, host, url, headers, body)
    return _write(conn, method, url, options)


_BODIES = frozenset({type(None), bytes, str})


def _is_plain(conn: Any, method: str, url: str, headers: Any) -> bool:
    if not headers or url[:1] != "/" or conn._tunnel_host or type(conn) not in _plain_classes() or conn.debuglevel:
        return False
    return is_ordinary(method, conn.host, headers)


def is_ordinary(method: str, host: str, headers: Any) -> bool:
    """Tell whether these can be sent as they are: nothing in them for urllib3 to encode or to refuse."""
    if not host.isascii() or ":" in host or not method.isalpha():
        return False
    try:
        lines = "\n".join([*headers, *headers.values(), ""])
    except TypeError:  # bytes
        return False
    if ORDINARY.fullmatch(lines) is None or "@@@SKIP_HEADER@@@" in lines:
        return False
    return lines.count("\n") == 2 * len(headers)


@cache
def _plain_classes() -> tuple[type, ...]:
    from urllib3.connection import HTTPConnection, HTTPSConnection

    return (HTTPConnection, HTTPSConnection)


def computed(method: str, host: str, url: str, headers: Any, body: bytes | str | None) -> RawRequest:
    """Do as `urllib3.connection.HTTPConnection.request` does."""
    names = {name.lower() for name in headers}
    pairs: list[tuple[str, str]] = []
    add = pairs.append
    if "host" not in names:
        add(("Host", host))
    if "accept-encoding" not in names:
        add(("Accept-Encoding", "identity"))
    content = body.encode() if isinstance(body, str) else body
    if content is None and method not in BODILESS:
        content = b""
    chunked = "transfer-encoding" in names and "content-length" not in names
    if content is not None and not chunked and "content-length" not in names:
        add(("Content-Length", str(len(content))))
    if "user-agent" not in names:
        add(("User-Agent", _user_agent()()))
    pairs += headers.items()
    return RawRequest(method, url, pairs, content or b"")


@cache
def _user_agent() -> Callable[[], str]:
    from urllib3.connection import _get_default_user_agent

    return _get_default_user_agent


def _write(conn: Any, method: str, url: str, options: dict[str, Any]) -> RawRequest:
    conn.sock = sock = RequestSocket()
    try:
        conn.request(method, url, **options)
    finally:
        conn.close()
    return sock.request()
