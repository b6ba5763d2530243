"""aiohttp: its own protocol and parser, on a transport in memory that is closed after one request."""

from __future__ import annotations

import errno
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any

from pytest_openbanking.exchange import Fault
from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.attach import attach
from pytest_openbanking.intercept.delivery import PATIENCE, lose
from pytest_openbanking.intercept.framing import frame, serialise
from pytest_openbanking.intercept.streams import url_of
from pytest_openbanking.intercept.transport import MemoryTransport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from aiohttp import ClientRequest, ClientTimeout

    from pytest_openbanking.exchange import Interaction, Response
    from pytest_openbanking.intercept.framing import RawRequest
    from pytest_openbanking.scope import Scope

__all__ = ["install"]


def install(library: ModuleType) -> None:
    """Hook the TCP connector: the connections that it makes, and those that it would take from its pool."""
    protocol = _protocol_class()
    attach(library.TCPConnector, "_create_connection", lambda original: _create_hook(original, protocol))
    if iscoroutinefunction(library.BaseConnector._get):
        attach(library.BaseConnector, "_get", _pool_hook)


def _create_hook(original: Callable[..., Any], protocol: Callable[..., Any]) -> Callable[..., Any]:
    async def _create_connection(connector: Any, req: ClientRequest, traces: Any, timeout: ClientTimeout) -> object:
        if not gate.watching:
            return await original(connector, req, traces, timeout)
        try:
            scope = gate.route(req.method, str(req.url))
        except gate.Refusal as refusal:
            raise refused(req, str(refusal)) from None
        if scope is None:
            return await original(connector, req, traces, timeout)
        return protocol(connector._loop, Call(scope, req, timeout))

    return _create_connection


def _pool_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    """A connection that was made before the exchange is not for it, though it waits in the pool."""

    async def _get(connector: Any, key: Any, *args: Any) -> Any:
        if gate.watching and gate.knows_host(_base(key) + "/"):
            return None
        return await original(connector, key, *args)

    return _get


def _base(key: Any) -> str:
    scheme, default = ("https", 443) if key.is_ssl else ("http", 80)
    return f"{scheme}://{key.host}" if key.port in (None, default) else f"{scheme}://{key.host}:{key.port}"


def refused(req: ClientRequest, text: str) -> Exception:
    """Return aiohttp's error of a connection that was refused."""
    import aiohttp

    return aiohttp.ClientConnectorError(req.connection_key, ConnectionRefusedError(errno.ECONNREFUSED, text))


class Call:
    """One request to the provider, and the time-outs that hold for it."""

    def __init__(self, scope: Scope, req: ClientRequest, timeout: ClientTimeout) -> None:
        self.scope = scope
        self.req = req
        self.timeout = timeout
        self.interaction: Interaction | None = None

    def begin(self, request: RawRequest) -> Interaction:
        """Start the interaction; in the client's task, whichever task wrote the request."""
        url = url_of(str(self.req.url.origin()), request.target)
        if self.scope.closed:
            raise refused(self.req, self.scope.refuse(request.method, url))
        self.interaction = self.scope.begin(request.method, url, request.headers, request.body)
        return self.interaction

    def end(self) -> None:
        """Say that the answer or the fault reaches the client; only the first time counts."""
        interaction, self.interaction = self.interaction, None
        if interaction is not None:
            self.scope.end(interaction)

    def give_up(self) -> None:
        """End what the client did not wait for."""
        if self.interaction is not None:
            lose(self.interaction)
            self.end()

    @property
    def patient(self) -> bool:
        """Tell whether no time-out of the client's will fire while it reads."""
        return self.timeout.total is None and self.timeout.sock_read is None

    async def fail_to_connect(self, loop: Any) -> None:
        """Wait until the client's time-out for connecting, and raise what it then raises."""
        import aiohttp
        from aiohttp.helpers import ceil_timeout

        limits = [limit for limit in (self.timeout.connect, self.timeout.sock_connect) if limit is not None]
        if not limits and self.timeout.total is None:
            limits = [PATIENCE]
        try:
            async with ceil_timeout(min(limits, default=None), self.timeout.ceil_threshold):
                await loop.create_future()
        except TimeoutError:
            if self.timeout.connect is None and self.timeout.sock_connect is None:
                reset = ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
                raise aiohttp.ClientConnectorError(self.req.connection_key, reset) from None
            raise aiohttp.ConnectionTimeoutError(f"Connection timeout to host {self.req.url}") from None


def _protocol_class() -> Callable[..., Any]:
    from aiohttp.client_proto import ResponseHandler

    class ProviderProtocol(ResponseHandler):
        """aiohttp's protocol, which asks the sandbox when the client comes to read the answer."""

        def __init__(self, loop: Any, call: Call) -> None:
            super().__init__(loop)
            self._call = call
            self._line = MemoryTransport(loop, self)
            self.connection_made(self._line)  # type: ignore[arg-type]
            self.force_close()

        def set_exception(self, *args: Any) -> None:
            super().set_exception(*args)
            self._line.wake()

        async def read(self) -> Any:
            request = None if len(self) else await self._line.next_request()
            if request is None:  # "100 Continue", or an error while the body was sent
                return await super().read()
            try:
                return await self._answer(self._call.begin(request), request.method, super().read)
            finally:
                self._call.give_up()

        async def _answer(self, interaction: Interaction, method: str, read: Callable[[], Awaitable[Any]]) -> Any:
            if interaction.refused is not None:
                self._call.end()
                raise refused(self._call.req, interaction.refused)
            if interaction.response is not None:
                return await self._respond(interaction.response, method, read)
            if interaction.fault is Fault.CONNECT_TIMEOUT:
                await self._call.fail_to_connect(self._loop)
            if interaction.fault in (Fault.READ_TIMEOUT, Fault.ANSWER_LOST):
                return await self._hang(read)
            self._reset()
            return await read()

        async def _respond(self, response: Response, method: str, read: Callable[[], Awaitable[Any]]) -> Any:
            if not response.delay:
                self._deliver(method, response)
                return await read()
            late = self._loop.call_later(response.delay, self._deliver, method, response)
            try:
                return await read()
            finally:
                late.cancel()

        def _deliver(self, method: str, response: Response) -> None:
            self._call.end()
            framed = frame(method, response)
            self.data_received(serialise(framed, response.status))
            if not framed.whole:
                self._line.end()

        async def _hang(self, read: Callable[[], Awaitable[Any]]) -> Any:
            if not self._call.patient:
                return await read()
            reset = self._loop.call_later(PATIENCE, self._reset)
            try:
                return await read()
            finally:
                reset.cancel()

        def _reset(self) -> None:
            self._call.end()
            self._line.lose(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    return ProviderProtocol
