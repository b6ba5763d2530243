"""urllib3, and what is built on it (requests, botocore): the answer is handed to its own response."""

from __future__ import annotations

import errno
import io
import logging
import socket
import threading
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_openbanking.intercept import gate, urllib3_future
from pytest_openbanking.intercept.attach import attach
from pytest_openbanking.intercept.delivery import Trouble, Wire, deliver
from pytest_openbanking.intercept.framing import Framed, chunks, frame, reason
from pytest_openbanking.intercept.http_client import hook_connect
from pytest_openbanking.intercept.urllib3_writing import written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from http.client import HTTPResponse
    from types import ModuleType

    from urllib3 import BaseHTTPResponse, HTTPConnectionPool
    from urllib3.connection import HTTPConnection

    from pytest_openbanking.exchange import Interaction, Response
    from pytest_openbanking.scope import Scope

__all__ = ["RAW", "begun", "install", "reply"]


def install(library: ModuleType) -> None:
    """Hook the pools' requests, and connections that are opened beforehand."""
    if hasattr(library, "AsyncPoolManager"):
        urllib3_future.install()
        return
    import urllib3.connection
    import urllib3.connectionpool

    pools = urllib3.connectionpool
    if not library.__version__.startswith("1."):  # that one is served through its connections
        attach(pools.HTTPConnectionPool, "_make_request", _request_hook)
    attach(pools.HTTPSConnectionPool, "_prepare_proxy", _proxy_hook)
    hook_connect(urllib3.connection.HTTPConnection)
    hook_connect(urllib3.connection.HTTPSConnection)


def _request_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def _make_request(
        pool: HTTPConnectionPool, conn: HTTPConnection, method: str, url: str, **options: Any
    ) -> BaseHTTPResponse:
        if not gate.watching or getattr(conn, "cassette", None) is not None:
            return original(pool, conn, method, url, **options)  # type: ignore[no-any-return]
        target = address(pool, url)
        try:
            scope = gate.route(method, target)
        except gate.Refusal as refusal:
            _raise_native(Trouble(Wire.REFUSED, str(refusal)), pool, conn, url, None)
        if scope is None:
            return original(pool, conn, method, url, **options)  # type: ignore[no-any-return]
        return _serve(scope, pool, conn, (method, url, target), **options)  # type: ignore[no-any-return]

    return _make_request


def _serve(
    scope: Scope,
    pool: HTTPConnectionPool,
    conn: HTTPConnection,
    what: tuple[str, str, str],
    *,
    timeout: Any = None,
    retries: Any = None,
    response_conn: Any = None,
    **options: Any,
) -> Any:
    method, url, target = what
    pool.num_requests += 1
    times = pool._get_timeout(timeout)
    times.start_connect()
    conn.timeout = connect = _seconds(times.connect_timeout)
    interaction = begun.take()
    if interaction is None:
        sent = written(conn, method, url, options)
        interaction = scope.begin(method, target, sent.headers, sent.body)
    read = _seconds(times.read_timeout)
    try:
        answer = deliver(scope, interaction, connect, read)
    except Trouble as trouble:
        _raise_native(trouble, pool, conn, url, read)
    made = reply(pool, method, url, answer, options)
    made.retries, made._pool = retries, pool
    if response_conn is not None:  # the answer is complete, and needs no connection
        pool._put_conn(conn)
    return made


class Begun(threading.local):
    """An interaction that a layer above has begun in this thread, and that is to reach its client from here."""

    interaction: Interaction | None = None

    def take(self) -> Interaction | None:
        taken, self.interaction = self.interaction, None
        return taken


begun = Begun()
RAW = {"preload_content": False, "decode_content": False}


def _seconds(timeout: Any) -> float | None:
    # urllib3 has a marker of its own for the default time-out of sockets
    if timeout is None or timeout.__class__ is float or timeout.__class__ is int:
        return timeout
    return socket.getdefaulttimeout()


def reply(pool: Any, method: str, url: str, answer: Response, options: Mapping[str, Any]) -> Any:
    """Return the answer as urllib3's own response."""
    http_response, http_header_dict, log = _classes()
    framed = frame(method, answer)
    # requests spends a tenth of its time on looking for cookies in an original response.
    special = not framed.whole or _sets_cookie(framed)
    original: Any = _original(method, answer.status, framed) if special else None
    made = http_response(
        body=io.BytesIO(framed.body) if original is None else original,
        headers=http_header_dict(framed.headers),
        status=answer.status,
        version=11,
        reason=reason(answer.status),
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        original_response=original,
        enforce_content_length=options.get("enforce_content_length", True),
        request_method=method,
        request_url=url,
    )
    made.version_string = "HTTP/1.1"
    if pool is not None and log.isEnabledFor(logging.DEBUG):
        place = (pool.scheme, pool.host, pool.port, method, url, "HTTP/1.1")
        log.debug('%s://%s:%s "%s %s %s" %s %s', *place, answer.status, made.length_remaining)
    return made


def _sets_cookie(framed: Framed) -> bool:
    for name, _ in framed.headers:  # noqa: SIM110 (twice as fast)
        if len(name) == 10 and name.lower() == "set-cookie":
            return True
    return False


@cache
def _classes() -> tuple[Any, Any, logging.Logger]:
    from urllib3._collections import HTTPHeaderDict
    from urllib3.response import HTTPResponse

    return HTTPResponse, HTTPHeaderDict, logging.getLogger("urllib3.connectionpool")


class _Source:
    """What http.client's response asks for its file."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def makefile(self, mode: str) -> io.BytesIO:
        return io.BytesIO(self.body)


def _original(method: str, status: int, framed: Framed) -> HTTPResponse:
    """Return http.client's response as it is after it has read the header fields."""
    from http.client import HTTPMessage, HTTPResponse

    source: Any = _Source(chunks(framed))
    original: Any = HTTPResponse(source, method=method)
    original.version, original.status, original.code = 11, status, status
    original.reason = reason(status)
    original.headers = original.msg = message = HTTPMessage()
    for name, value in framed.headers:
        message.set_raw(name, value)
    original.chunked, original.chunk_left, original.will_close = framed.chunked, None, False
    original.length = None if framed.chunked else framed.length
    if original.length == 0:
        original._close_conn()
    return original  # type: ignore[no-any-return]


def _raise_native(trouble: Trouble, pool: Any, conn: Any, url: str, read: float | None) -> NoReturn:
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

    if getattr(conn, "proxy", None):
        conn._has_connected_to_proxy = True  # else urlopen blames the proxy
    if trouble.wire is Wire.CONNECT_TIMEOUT:
        text = f"Connection to {conn.host} timed out. (connect timeout={conn.timeout})"
        raise ConnectTimeoutError(conn, text) from None
    if trouble.wire is Wire.READ_TIMEOUT:
        raise ReadTimeoutError(pool, url, f"Read timed out. (read timeout={read})") from None
    if trouble.wire is Wire.RESET:
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer") from None
    text = trouble.text or "[Errno 104] Connection reset by peer"
    raise NewConnectionError(conn, f"Failed to establish a new connection: {text}") from None


def _proxy_hook(original: Callable[..., None]) -> Callable[..., None]:
    def _prepare_proxy(pool: Any, conn: Any) -> None:
        if not gate.watching or not gate.knows_host(address(pool, "/")):
            original(pool, conn)
            return
        scheme = "https" if pool.proxy is not None and pool.proxy.scheme == "https" else "http"
        conn.set_tunnel(scheme=scheme, host=pool._tunnel_host, port=pool.port, headers=pool.proxy_headers)

    return _prepare_proxy


def address(pool: Any, url: str) -> str:
    """Return the absolute URL of a request made through a pool."""
    if not url.startswith("/") and "://" in url:
        return url
    port = pool.port
    host = f"[{pool.host.strip('[]')}]" if ":" in pool.host else pool.host
    default = _PORTS.get(pool.scheme)
    return f"{pool.scheme}://{host}{url}" if port in (None, default) else f"{pool.scheme}://{host}:{port}{url}"


_PORTS = {"http": 80, "https": 443}
