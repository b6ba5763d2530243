"""socket, as a backstop: no name of a provider's host is ever looked up, by whatever code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.attach import attach

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

__all__ = ["install"]


def install(library: ModuleType) -> None:
    """Hook the function through which every name is looked up, asyncio's included."""
    attach(library, "getaddrinfo", _hook)


def _hook(original: Callable[..., Any]) -> Callable[..., Any]:
    def getaddrinfo(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if gate.watching and host:
            _refuse(host, port)
        return original(host, port, *args, **options)

    return getaddrinfo


def _refuse(host: str | bytes, port: int | str | None) -> None:
    import socket

    name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    try:
        gate.backstop(name, port, strict=False)
    except gate.Refusal as refusal:
        raise socket.gaierror(socket.EAI_FAIL, str(refusal)) from None
