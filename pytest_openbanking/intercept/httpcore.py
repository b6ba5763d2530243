"""httpcore, as a backstop: it connects to no provider's and to no refused host, however it was reached."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.attach import attach

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

__all__ = ["install"]


def install(library: ModuleType) -> None:
    """Hook what opens the library's TCP connections."""
    import httpcore._backends.anyio
    import httpcore._backends.auto
    import httpcore._backends.sync

    backends = httpcore._backends
    attach(backends.sync.SyncBackend, "connect_tcp", _sync_hook)
    attach(backends.auto.AutoBackend, "connect_tcp", _async_hook)
    attach(backends.anyio.AnyIOBackend, "connect_tcp", _async_hook)


def _sync_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def connect_tcp(backend: object, host: str, port: int, *args: Any, **options: Any) -> Any:
        if gate.watching:
            _refuse(host, port)
        return original(backend, host, port, *args, **options)

    return connect_tcp


def _async_hook(original: Callable[..., Any]) -> Callable[..., Any]:
    async def connect_tcp(backend: object, host: str, port: int, *args: Any, **options: Any) -> Any:
        if gate.watching:
            _refuse(host, port)
        return await original(backend, host, port, *args, **options)

    return connect_tcp


def _refuse(host: str, port: int) -> None:
    import httpcore

    try:
        gate.backstop(host, port, strict=True)
    except gate.Refusal as refusal:
        raise httpcore.ConnectError(str(refusal)) from None
