"""An asyncio transport in memory."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept.framing import RequestReader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_openbanking.intercept.framing import RawRequest

__all__ = ["MemoryTransport"]


class MemoryTransport:
    """Collects what a protocol writes into requests; closes as a real transport does, once, and later."""

    def __init__(self, loop: Any, protocol: Any) -> None:
        self._loop = loop
        self._protocol = protocol
        self._reader = RequestReader()
        self._requests: deque[RawRequest] = deque()
        self._waiter: Any = None
        self._closing = False
        self._lost = False
        self._paused = False
        self._at_end = False

    async def next_request(self) -> RawRequest | None:
        """Return the next complete request; None if something else was to be read first."""
        if not self._requests and not self._protocol.at_eof():
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._requests.popleft() if self._requests else None

    def wake(self) -> None:
        """Let `next_request` return."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def write(self, data: Any) -> None:
        self._requests += self._reader.feed(bytes(data))
        if self._reader.expects:
            self._reader.expects = False
            self._loop.call_soon(self._continue)
        elif self._requests:
            self.wake()

    def _continue(self) -> None:
        if not self._closing:
            self._protocol.data_received(b"HTTP/1.1 100 Continue\r\n\r\n")
        self.wake()

    def writelines(self, parts: Iterable[Any]) -> None:
        self.write(b"".join(parts))

    def end(self) -> None:
        """Close from the provider's side, once everything has been read."""
        self._at_end = True
        if not self._paused:
            self._loop.call_soon(self.lose, None)

    def lose(self, error: BaseException | None) -> None:
        """Break the connection, now."""
        if not self._lost:
            self._lost = self._closing = True
            self._protocol.connection_lost(error)

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._loop.call_soon(self.lose, None)

    abort = close

    def is_closing(self) -> bool:
        return self._closing

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        if self._at_end:
            self._loop.call_soon(self.lose, None)

    def is_reading(self) -> bool:
        return not self._paused

    def write_eof(self) -> None: ...

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None: ...

    def get_extra_info(self, name: str, default: object = None) -> object:
        return ("0.0.0.0", 0) if name in ("peername", "sockname") else default

    def get_protocol(self) -> object:
        return self._protocol

    def set_protocol(self, protocol: object) -> None:
        self._protocol = protocol
