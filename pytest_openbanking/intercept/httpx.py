"""httpx (and httpx2): its own transports hand the sandbox's answer over directly."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.attach import attach
from pytest_openbanking.intercept.delivery import Trouble, Wire, deliver, deliver_async
from pytest_openbanking.intercept.framing import Framed, frame, octets
from pytest_openbanking.scope import open_scopes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from types import ModuleType

    import httpx

    from pytest_openbanking.exchange import Response
    from pytest_openbanking.scope import Scope

__all__ = ["install", "raise_native", "reply"]


def install(library: ModuleType) -> None:
    """Hook the library's real transports, sync and async, and share its trust store."""
    attach(library.HTTPTransport, "handle_request", lambda original: _sync_hook(library, original))
    attach(library.AsyncHTTPTransport, "handle_async_request", lambda original: _async_hook(library, original))
    default = sys.modules.get(f"{library.__name__}._transports.default")
    if default is not None and hasattr(default, "create_ssl_context"):
        attach(default, "create_ssl_context", _share_contexts)


def _sync_hook(library: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
    def handle_request(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        if not gate.watching:
            return original(transport, request)  # type: ignore[no-any-return]
        url = address(request)
        scope = _scope(library, transport, request, url)
        if scope is None:
            return original(transport, request)  # type: ignore[no-any-return]
        for wait in _retries(transport):
            try:
                answer = _ask(scope, request, url)
            except Trouble as trouble:
                if wait is None or trouble.wire not in _CONNECTING:
                    raise_native(library, trouble, request)
                time.sleep(wait)
            else:
                return reply(library, request.method, answer)
        raise AssertionError("unreachable")

    return handle_request


def _ask(scope: Scope, request: httpx.Request, url: str) -> Response:
    body = b"".join(request.stream)  # type: ignore[arg-type]
    interaction = scope.begin(request.method, url, fields(request), body)
    times = request.extensions.get("timeout", _NO_TIMES)
    return deliver(scope, interaction, times.get("connect"), times.get("read"))


def _async_hook(library: ModuleType, original: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_async_request(transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        if not gate.watching:
            return await original(transport, request)  # type: ignore[no-any-return]
        url = address(request)
        scope = _scope(library, transport, request, url)
        if scope is None:
            return await original(transport, request)  # type: ignore[no-any-return]
        for wait in _retries(transport):
            try:
                answer = await _ask_async(scope, request, url)
            except Trouble as trouble:
                if wait is None or trouble.wire not in _CONNECTING:
                    raise_native(library, trouble, request)
                await sleep(wait)
            else:
                return reply(library, request.method, answer)
        raise AssertionError("unreachable")

    return handle_async_request


async def _ask_async(scope: Scope, request: httpx.Request, url: str) -> Response:
    body = b"".join([part async for part in request.stream])  # type: ignore[union-attr]
    interaction = scope.begin(request.method, url, fields(request), body)
    times = request.extensions.get("timeout", _NO_TIMES)
    return await deliver_async(scope, interaction, times.get("connect"), times.get("read"), sleep)


_NO_TIMES: dict[str, float | None] = {}
_CONNECTING = frozenset({Wire.CONNECT_TIMEOUT, Wire.CONNECT_RESET})


_ONE_TRY: tuple[float | None, ...] = (None,)


def _retries(transport: object) -> Sequence[float | None]:
    """Return the waits before each new attempt to connect, as httpcore makes them; None for the last one."""
    left = getattr(getattr(transport, "_pool", None), "_retries", 0)
    if not left:
        return _ONE_TRY
    return (*(0.5 * 2 ** (attempt - 1) if attempt else 0.0 for attempt in range(left)), None)


def _scope(library: ModuleType, transport: Any, request: httpx.Request, url: str) -> Scope | None:
    try:
        scope = gate.route(request.method, url, _answered_below)
    except gate.Refusal as refusal:
        raise_native(library, Trouble(Wire.REFUSED, str(refusal)), request)
    if scope is None or getattr(getattr(transport, "_pool", None), "_uds", None) is not None:
        return None
    return None if gate.mounted and gate.is_mounted(scope) else scope


def _answered_below() -> bool:
    from pytest_openbanking.intercept.mocks import sits_at

    return sits_at("httpcore", "ConnectionPool.handle_request", "respx")


def address(request: httpx.Request) -> str:
    """Return the URL as it is sent: no credentials, no fragment."""
    url = request.url
    return f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"


def fields(request: httpx.Request) -> list[tuple[str, str]]:
    """Return the header fields as they are sent."""
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]


async def sleep(seconds: float) -> None:
    """Sleep under asyncio, or under whatever loop anyio finds."""
    import asyncio

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        import anyio

        await anyio.sleep(seconds)
    else:
        await asyncio.sleep(seconds)


def reply(library: Any, method: str, response: Response) -> httpx.Response:
    """Return the answer as the library's own response, its body not yet read."""
    framed, headers = _framed(library, method, response)
    if framed.whole:
        stream = library.ByteStream(framed.body)
    else:
        stream = _broken_stream(library, framed.body, framed.chunked, framed.length)
    return library.Response(  # type: ignore[no-any-return]
        response.status,
        headers=headers,
        stream=stream,
        extensions={"http_version": b"HTTP/1.1"},
    )


# A sandbox gives the same answer, the very object, again and again while time stands still.
_known: dict[tuple[int, str, str], tuple[Response, Framed, Any]] = {}


def _framed(library: Any, method: str, response: Response) -> tuple[Framed, Any]:
    key = (id(response), method, library.__name__)
    known = _known.get(key)
    if known is None:
        if len(_known) >= 64:
            _known.clear()
        framed = frame(method, response)
        raw = [(octets(name), octets(value)) for name, value in framed.headers]
        known = _known[key] = (response, framed, library.Headers(raw))
    return known[1], known[2]


def _broken_stream(library: Any, body: bytes, chunked: bool, length: int) -> object:
    what = "incomplete chunked read" if chunked else f"received {len(body)} bytes, expected {length}"
    message = f"peer closed connection without sending complete message body ({what})"

    class BrokenStream(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc]
        def __iter__(self) -> Iterator[bytes]:
            yield body
            raise library.RemoteProtocolError(message)

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield body
            raise library.RemoteProtocolError(message)

    return BrokenStream()


def raise_native(library: Any, trouble: Trouble, request: httpx.Request) -> NoReturn:
    """Raise what the library raises where this goes wrong on a real wire."""
    name, text = _NATIVE[trouble.wire]
    raise getattr(library, name)(trouble.text or text, request=request) from None


_NATIVE = {
    Wire.REFUSED: ("ConnectError", "Connection refused"),
    Wire.CONNECT_TIMEOUT: ("ConnectTimeout", "timed out"),
    Wire.CONNECT_RESET: ("ConnectError", "[Errno 104] Connection reset by peer"),
    Wire.READ_TIMEOUT: ("ReadTimeout", "timed out"),
    Wire.RESET: ("ReadError", "[Errno 104] Connection reset by peer"),
}


def _share_contexts(original: Callable[..., Any]) -> Callable[..., Any]:
    shared: dict[object, Any] = {}

    def create_ssl_context(verify: Any = True, cert: Any = None, trust_env: bool = True) -> Any:
        if verify is not True or cert is not None or not open_scopes:
            return original(verify=verify, cert=cert, trust_env=trust_env)
        key = (trust_env, os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR"))
        if key not in shared:
            shared[key] = original(verify=True, cert=None, trust_env=trust_env)
        return shared[key]

    return create_ssl_context
