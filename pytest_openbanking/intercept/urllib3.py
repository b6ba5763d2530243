"""urllib3, and what is built on it: requests, botocore. Its own code writes the request; the answer is handed over."""

from __future__ import annotations

import errno
import io
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.attach import attach
from pytest_openbanking.intercept.delivery import Trouble, Wire, deliver
from pytest_openbanking.intercept.framing import Framed, chunks, frame, reason
from pytest_openbanking.intercept.http_client import hook_connect
from pytest_openbanking.intercept.streams import RequestSocket

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse
    from types import ModuleType

    from urllib3 import BaseHTTPResponse, HTTPConnectionPool
    from urllib3.connection import HTTPConnection

    from pytest_openbanking.exchange import Response
    from pytest_openbanking.scope import Scope

__all__ = ["install"]


def install(library: ModuleType) -> None:
    """Hook the pools' requests, and the connections that are opened beforehand; urllib3-future is left alone."""
    if hasattr(library, "AsyncPoolManager"):
        return
    import urllib3.connection
    import urllib3.connectionpool

    pools = urllib3.connectionpool
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
        return _serve(scope, pool, conn, (method, url, target), **options)

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
) -> BaseHTTPResponse:
    method, url, target = what
    pool.num_requests += 1
    times = pool._get_timeout(timeout)
    times.start_connect()
    conn.timeout = connect = _seconds(times.connect_timeout)
    sent = _write(conn, method, url, options)
    interaction = scope.begin(method, target, sent.headers, sent.body)
    read = _seconds(times.read_timeout)
    try:
        answer = deliver(scope, interaction, connect, read)
    except Trouble as trouble:
        _raise_native(trouble, pool, conn, url, read)
    reply: Any = _reply(method, url, answer, options)
    reply.retries, reply._connection, reply._pool = retries, response_conn, pool
    return reply  # type: ignore[no-any-return]


def _seconds(timeout: Any) -> float | None:
    from urllib3.util import Timeout

    return Timeout.resolve_default_timeout(timeout)


def _write(conn: Any, method: str, url: str, options: dict[str, Any]) -> Any:
    """Let urllib3 write the request, and return what it wrote."""
    if conn.sock is not None:
        conn.close()
    conn.sock = sock = RequestSocket()
    try:
        conn.request(method, url, **options)
    finally:
        conn.close()
    return sock.request()


def _reply(method: str, url: str, answer: Response, options: dict[str, Any]) -> BaseHTTPResponse:
    from urllib3._collections import HTTPHeaderDict
    from urllib3.response import HTTPResponse

    framed = frame(method, answer)
    original: Any = _original(method, answer.status, framed)
    return HTTPResponse(
        body=original,
        headers=HTTPHeaderDict(framed.headers),
        status=answer.status,
        version=11,
        version_string="HTTP/1.1",
        reason=original.reason,
        preload_content=options.get("preload_content", True),
        decode_content=options.get("decode_content", True),
        original_response=original,
        enforce_content_length=options.get("enforce_content_length", True),
        request_method=method,
        request_url=url,
    )


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

    if conn.proxy:
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
    return (
        f"{pool.scheme}://{host}{url}" if port in (None, default) else f"{pool.scheme}://{host}:{port}{url}"
    )


_PORTS = {"http": 80, "https": 443}
