"""urllib3-future (niquests), which takes urllib3's place where it is installed: refused by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.attach import attach

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["install"]


def install() -> None:
    """Hook the pools, sync and async."""
    from urllib3.connectionpool import HTTPConnectionPool

    from pytest_openbanking.intercept.urllib3 import address

    def check(pool: Any, conn: Any, method: str, url: str) -> None:
        if not gate.watching:
            return
        target = address(pool, url)
        try:
            scope = gate.route(method, target)
        except gate.Refusal as refusal:
            raise refused(conn, str(refusal)) from None
        if scope is not None:
            raise refused(conn, f"{scope.refuse(method, target)}; {NOT_SERVED}")

    attach(HTTPConnectionPool, "_make_request", lambda original: _hook(original, check))
    try:
        from urllib3._async.connectionpool import (  # type: ignore[import-not-found, unused-ignore]
            AsyncHTTPConnectionPool,
        )
    except ImportError:
        return
    attach(AsyncHTTPConnectionPool, "_make_request", lambda original: _hook(original, check))


NOT_SERVED = "niquests and urllib3-future are not served, use another HTTP library"


def _hook(original: Callable[..., Any], check: Callable[..., None]) -> Callable[..., Any]:
    def _make_request(pool: Any, conn: Any, method: str, url: str, *args: Any, **options: Any) -> Any:
        check(pool, conn, method, url)
        return original(pool, conn, method, url, *args, **options)

    return _make_request


def refused(conn: Any, text: str) -> Exception:
    """Return urllib3-future's error of a connection that was refused."""
    from urllib3.exceptions import NewConnectionError

    return NewConnectionError(conn, f"Failed to establish a new connection: {text}")
