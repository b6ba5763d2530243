"""HTTP/1.1 on the wire: an answer made into bytes, and a client's bytes made into requests."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_openbanking.exchange import Response

__all__ = ["Framed", "RawRequest", "RequestReader", "frame", "octets", "reason", "serialise"]

Pairs = list[tuple[str, str]]


class Framed(NamedTuple):
    """An answer's header fields with a truthful length, and the bytes of its body as they arrive."""

    headers: Pairs
    body: bytes
    chunked: bool
    whole: bool
    length: int  # as declared


def frame(method: str, response: Response) -> Framed:
    """Give an answer the length it needs, or leave it the chunks it has."""
    headers: Pairs = []
    place = declared = None
    chunked = False
    for pair in response.headers.pairs:
        name = pair[0].lower()
        if name == "content-length":
            if declared is not None:
                continue
            place, declared = len(headers), pair[1]
        elif name == "transfer-encoding":
            chunked = "chunked" in pair[1].lower()
        headers.append(pair)
    status = response.status
    if method == "HEAD" or status in (204, 304) or status < 200:
        return _bodiless(method, response, headers, declared)
    body = response.body
    length = len(body)
    if response.truncated:
        length, body = _cut(body, declared)
    if chunked:
        headers = [pair for pair in headers if pair[0].lower() != "content-length"]
    elif place is None:
        headers.append(("Content-Length", str(length)))
    else:
        headers[place] = (headers[place][0], str(length))
    return Framed(headers, body, chunked, not response.truncated, length)


def _bodiless(method: str, response: Response, headers: Pairs, declared: str | None) -> Framed:
    if method == "HEAD" and declared is None and response.status not in (204, 304):
        headers.append(("Content-Length", str(len(response.body))))
    return Framed(headers, b"", False, True, 0)


def _cut(body: bytes, declared: str | None) -> tuple[int, bytes]:
    if declared is not None and declared.isdigit() and int(declared) > len(body):
        return int(declared), body
    return max(len(body), 1), body[: len(body) // 2]


def chunks(framed: Framed) -> bytes:
    """Return the body as it travels: in one chunk where the headers say so, cut off where it is truncated."""
    if not framed.chunked:
        return framed.body
    if not framed.whole:
        return b"%x\r\n%b" % (framed.length, framed.body)
    head = b"%x\r\n%b\r\n" % (len(framed.body), framed.body) if framed.body else b""
    return head + b"0\r\n\r\n"


def reason(status: int) -> str:
    """Return the standard reason phrase."""
    return _REASONS.get(status, "")


_REASONS = {status.value: status.phrase for status in HTTPStatus}


def serialise(framed: Framed, status: int) -> bytes:
    """Return the whole answer as bytes."""
    lines = [f"HTTP/1.1 {status} {reason(status)}", *(f"{name}: {value}" for name, value in framed.headers)]
    return b"\r\n".join([*map(octets, lines), b"", b""]) + chunks(framed)


def octets(text: str) -> bytes:
    """Return a header as it was on the wire; libraries decode it as Latin-1, or as UTF-8 where it is that."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode(errors="replace")


class RawRequest(NamedTuple):
    """A request as it was on the wire."""

    method: str
    target: str
    headers: Pairs
    body: bytes


class RequestReader:
    """Collects the bytes that a client sends, and hands out each request when it is complete."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._head: tuple[str, str, Pairs] | None = None
        self._length: int | None = 0  # None: chunked
        self.expects = False  # the client waits for "100 Continue" before it sends the body

    def feed(self, data: bytes) -> list[RawRequest]:
        """Take bytes, and return the requests that they complete."""
        self._buffer += data
        done = []
        while (request := self._next()) is not None:
            done.append(request)
        return done

    def _next(self) -> RawRequest | None:
        if self._head is None and not self._read_head():
            return None
        body = self._read_body()
        if body is None or self._head is None:
            return None
        method, target, headers = self._head
        self._head, self.expects = None, False
        return RawRequest(method, target, headers, body)

    def _read_head(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        del self._buffer[: end + 4]
        method, _, rest = first.partition(" ")
        headers = parse_fields(lines)
        self._head = (method, rest.rpartition(" ")[0], headers)
        self._length, self.expects = _expected(headers)
        return True

    def _read_body(self) -> bytes | None:
        if self._length is None:
            return self._read_chunks()
        if len(self._buffer) < self._length:
            return None
        body = bytes(self._buffer[: self._length])
        del self._buffer[: self._length]
        return body

    def _read_chunks(self) -> bytes | None:
        if not self._buffer.endswith(b"\r\n\r\n"):
            return None
        parts, at = [], 0
        while True:
            end = self._buffer.find(b"\r\n", at)
            if end < 0:
                return None
            size = int(self._buffer[at:end].split(b";")[0], 16)
            if size == 0:
                break
            parts.append(bytes(self._buffer[end + 2 : end + 2 + size]))
            at = end + size + 4
        stop = self._buffer.find(b"\r\n\r\n", end)
        if stop < 0:
            return None
        del self._buffer[: stop + 4]
        return b"".join(parts)


def _expected(headers: Pairs) -> tuple[int | None, bool]:
    length: int | None = 0
    expects = False
    for name, value in headers:
        lowered = name.lower()
        if lowered == "transfer-encoding" and "chunked" in value.lower():
            length = None
        elif lowered == "content-length" and length is not None and value.strip().isdigit():
            length = int(value)
        elif lowered == "expect":
            expects = "100-continue" in value.lower()
    return length, expects


def parse_fields(lines: list[str]) -> Pairs:
    """Return header fields with their values untouched but for the one space that clients put before them."""
    headers: Pairs = []
    for line in lines:
        if line[:1] in (" ", "\t") and headers:
            name, value = headers[-1]
            headers[-1] = (name, f"{value}\r\n{line}")
            continue
        name, _, value = line.partition(":")
        headers.append((name, value[1:] if value[:1] == " " else value))
    return headers
