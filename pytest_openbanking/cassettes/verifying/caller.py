"""Calling a provider over real HTTP, once for each request: no retries, no redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.environment import without_secrets
from pytest_openbanking.exchange import Headers, Request, Response
from pytest_openbanking.network import client_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    import httpx

__all__ = ["Caller", "NoAnswerError"]

MOST_BYTES = 32 * 1024 * 1024


class NoAnswerError(Exception):
    """A request was not answered; `connected` tells whether there was anything at the address."""

    def __init__(self, what: str, *, connected: bool) -> None:
        super().__init__(what)
        self.connected = connected


class Caller:
    """An open HTTP client."""

    def __init__(self, base_url: str, provider: str | None = None, secrets: Sequence[str] = ()) -> None:
        self._client = client_for(base_url, provider)
        self._secrets = secrets

    def __enter__(self) -> Caller:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def call(self, request: Request) -> Response:
        """Send a request; raises NoAnswerError, one line."""
        import httpx

        self._client.cookies.clear()
        try:
            with self._client.stream(
                request.method, request.url, headers=encoded(request.headers), content=request.body or None
            ) as answer:
                return Response(answer.status_code, headers_of(answer), body_of(answer))
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NoAnswerError(self._said(error), connected=False) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            raise NoAnswerError(self._said(error), connected=True) from None

    def _said(self, error: Exception) -> str:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return without_secrets(text, self._secrets)


def encoded(headers: Headers) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers.pairs]


def headers_of(answer: httpx.Response) -> Headers:
    """Return the headers; the body is read decompressed, so what says that it is compressed is left out."""
    return Headers([pair for pair in answer.headers.multi_items() if pair[0].lower() != "content-encoding"])


def body_of(answer: httpx.Response) -> bytes:
    pieces, size = [], 0
    for piece in answer.iter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise NoAnswerError(f"the answer is larger than {MOST_BYTES:,} bytes", connected=True)
    return b"".join(pieces)
