"""Sockets in memory, for libraries that are served by way of their own HTTP parser."""

from __future__ import annotations

import errno
import io
import os
import time
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pytest_openbanking.exchange import Fault
from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.delivery import PATIENCE, Trouble, Wire, deliver
from pytest_openbanking.intercept.framing import RawRequest, RequestReader, frame, serialise

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_openbanking.exchange import Interaction
    from pytest_openbanking.scope import Scope

__all__ = ["MemorySocket", "RequestSocket", "refused", "url_of"]


class QuietSocket:
    """The part of a socket's interface that clients use without sending or receiving."""

    timeout: float | None = None
    closed = False

    def settimeout(self, seconds: float | None) -> None:
        self.timeout = seconds

    def gettimeout(self) -> float | None:
        return self.timeout

    def setblocking(self, flag: bool) -> None:
        self.timeout = None if flag else 0.0

    def setsockopt(self, *args: object) -> None: ...

    def getsockopt(self, *args: object) -> int:
        return 0

    def shutdown(self, how: int) -> None: ...

    def getpeername(self) -> tuple[str, int]:
        return ("0.0.0.0", 0)

    def getsockname(self) -> tuple[str, int]:
        return ("0.0.0.0", 0)

    def getpeercert(self, binary_form: bool = False) -> Any:
        return b"" if binary_form else {}

    def version(self) -> str:
        return "TLSv1.3"

    def pending(self) -> int:
        return 0

    def close(self) -> None:
        self.closed = True

    def readable(self) -> bool:
        return False

    def fileno(self) -> int:
        """Return a descriptor for `select`: one that is ready to read, or one that never is."""
        return _descriptors()[0 if self.readable() else 1]

    def sendall(self, data: Any, flags: int = 0) -> None:
        raise NotImplementedError

    def send(self, data: Any, flags: int = 0) -> int:
        self.sendall(data)
        return len(data)


class RequestSocket(QuietSocket):
    """Takes in one request."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def sendall(self, data: Any, flags: int = 0) -> None:
        self.parts.append(bytes(data))

    def request(self) -> RawRequest:
        """Return what was sent."""
        return RequestReader().feed(b"".join(self.parts))[0]


class MemorySocket(QuietSocket):
    """A connection to the provider: answers each request that is sent through it, in order.

    `find` finds the scope of a request, or raises; `base` is the URL of the host that was connected to.
    """

    def __init__(self, find: Callable[[str, str], Scope], base: str, timeout: float | None) -> None:
        self.timeout = self.connect_timeout = timeout
        self._find = find
        self._base = base
        self._reader = RequestReader()
        self._waiting: deque[tuple[Scope, Interaction, str]] = deque()
        self._output = bytearray()
        self.ended = False

    def sendall(self, data: Any, flags: int = 0) -> None:
        if self.closed:
            raise OSError(errno.EBADF, "Bad file descriptor")
        if self.ended:
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")
        for request in self._reader.feed(bytes(memoryview(data))):
            self._take(request)
        if self._reader.expects:
            self._reader.expects = False
            self._output += b"HTTP/1.1 100 Continue\r\n\r\n"

    def _take(self, request: RawRequest) -> None:
        url = url_of(self._base, request.target)
        scope = self._find(request.method, url)
        interaction = scope.begin(request.method, url, request.headers, request.body)
        if interaction.refused is not None or interaction.fault is Fault.CONNECT_TIMEOUT:
            self._fail_to_connect(scope, interaction)
        self._waiting.append((scope, interaction, request.method))

    def _fail_to_connect(self, scope: Scope, interaction: Interaction) -> None:
        self.ended = True
        try:
            deliver(scope, interaction, self.connect_timeout, self.timeout)
        except Trouble as trouble:
            raise native(trouble) from None

    def readable(self) -> bool:
        return bool(self._output or self._waiting or self.ended)

    def receive(self, size: int) -> bytes:
        """Return up to `size` bytes of the answers, waiting as a real socket would."""
        if not self._output and not self.ended:
            self._answer()
        data = bytes(self._output[:size])
        del self._output[:size]
        return data

    def _answer(self) -> None:
        if not self._waiting:
            self._starve()
        scope, interaction, method = self._waiting.popleft()
        try:
            response = deliver(scope, interaction, self.connect_timeout, self.timeout)
        except Trouble as trouble:
            self.ended = True
            raise native(trouble) from None
        framed = frame(method, response)
        self._output += serialise(framed, response.status)
        self.ended = not framed.whole

    def _starve(self) -> None:
        """Wait for an answer to a request that was never sent in full."""
        time.sleep(PATIENCE if self.timeout is None else self.timeout)
        self.ended = True
        raise native(Trouble(Wire.RESET if self.timeout is None else Wire.READ_TIMEOUT))

    def recv(self, size: int, flags: int = 0) -> bytes:
        return self.receive(size)

    def recv_into(self, buffer: Any, size: int = 0, flags: int = 0) -> int:
        data = self.receive(size or len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def makefile(self, mode: str = "r", buffering: int | None = None, **options: Any) -> Any:
        if "w" in mode:
            return io.BufferedWriter(_Writer(self))
        reader = io.BufferedReader(_Reader(self))
        return reader if "b" in mode else io.TextIOWrapper(reader, **options)


class _Reader(io.RawIOBase):
    def __init__(self, source: MemorySocket) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._source.recv_into(buffer)


class _Writer(io.RawIOBase):
    def __init__(self, sink: MemorySocket) -> None:
        self._sink = sink

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._sink.sendall(data)
        return len(data)


def native(trouble: Trouble) -> OSError:
    """Return what the standard library raises where this goes wrong on a real wire."""
    if trouble.wire is Wire.REFUSED:
        return refused(trouble.text)
    if trouble.wire is Wire.CONNECT_TIMEOUT:
        return TimeoutError("timed out")
    if trouble.wire is Wire.READ_TIMEOUT:
        return TimeoutError("The read operation timed out")
    return ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")


def refused(text: str) -> OSError:
    """Return the error of a connection that was refused."""
    return ConnectionRefusedError(errno.ECONNREFUSED, text)


def url_of(base: str, target: str) -> str:
    """Return the absolute URL of a request target sent to `base` (or, in absolute form, to a proxy)."""
    if target.startswith("/"):
        return base + target
    return target if "://" in target and urlsplit(target).scheme in ("http", "https") else f"{base}/{target}"


def find_scope(method: str, url: str) -> Scope:
    """Return the scope that serves a request on a connection that is in memory already."""
    try:
        scope = gate.route(method, url)
    except gate.Refusal as refusal:
        raise refused(str(refusal)) from None
    if scope is None:  # the exchange has ended: the peer has gone away
        raise ConnectionResetError(errno.ECONNRESET, "Connection reset by peer")
    return scope


_pair: tuple[int, int] | None = None


def _descriptors() -> tuple[int, int]:
    global _pair
    if _pair is None:
        ready, end = os.pipe()
        os.close(end)  # end of file: ready to read
        _pair = (ready, os.pipe()[0])
    return _pair
