"""http.client, and what is built on it (urllib.request, httplib2): its own parser on a socket in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.attach import attach
from pytest_openbanking.intercept.streams import MemorySocket, RequestSocket, find_scope, refused, url_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPConnection
    from types import ModuleType

__all__ = ["hook_connect", "install"]


_PASSES = "_openbanking_passes"


def install(library: ModuleType) -> None:
    """Hook each request of http.client's connections, and every connection that is opened beforehand."""
    if library.__name__ == "httplib2":
        hook_connect(library.HTTPConnectionWithTimeout)
        hook_connect(library.HTTPSConnectionWithTimeout)
        return
    attach(library.HTTPConnection, "putrequest", _putrequest_hook)
    hook_connect(library.HTTPConnection)
    hook_connect(library.HTTPSConnection)


def hook_connect(connection: type) -> None:
    """Give a connection class a `connect` that dials nobody for a provider's host, or a refused one."""
    attach(connection, "connect", _connect_hook)


def _putrequest_hook(original: Callable[..., None]) -> Callable[..., None]:
    def putrequest(connection: HTTPConnection, method: str, url: str, *args: Any, **options: Any) -> None:
        sock: Any = connection.sock
        if isinstance(sock, MemorySocket) or (gate.watching and not isinstance(sock, RequestSocket)):
            _choose(connection, method, url)
        original(connection, method, url, *args, **options)

    return putrequest


def _choose(connection: HTTPConnection, method: str, target: str) -> None:
    """Give a connection a socket in memory for this request, or take one away from it."""
    base = base_url(connection)
    try:
        scope = gate.route(method, url_of(base, target or "/"))
    except gate.Refusal as refusal:
        raise refused(str(refusal)) from None
    sock: Any = connection.sock
    in_memory = isinstance(sock, MemorySocket) and not sock.ended
    if sock is not None and (scope is not None) is not in_memory:
        sock.close()
        connection.sock = sock = None  # opened again, by `connect`
    if sock is None and scope is not None:
        connection.sock = _open(connection, base)
    elif sock is None:
        vars(connection)[_PASSES] = True


def _connect_hook(original: Callable[..., None]) -> Callable[..., None]:
    def connect(connection: HTTPConnection) -> None:
        passes = vars(connection).pop(_PASSES, False)  # a request is to go through, be it by a proxy
        if gate.watching and not passes and gate.knows_host((base := base_url(connection)) + "/"):
            connection.sock = _open(connection, base)
            return
        original(connection)

    return connect


def _open(connection: HTTPConnection, base: str) -> Any:
    import socket

    timeout: Any = connection.timeout
    return MemorySocket(find_scope, base, timeout if _is_seconds(timeout) else socket.getdefaulttimeout())


def _is_seconds(timeout: object) -> bool:
    return timeout is None or isinstance(timeout, int | float)


def base_url(connection: Any) -> str:
    """Return scheme and host of what the connection leads to, through a tunnel or not."""
    scheme = "https" if connection.default_port == 443 else "http"
    tunnel = connection._tunnel_host
    host, port = (tunnel, connection._tunnel_port) if tunnel else (connection.host, connection.port)
    if ":" in host and not host.startswith("["):
        host = f"[{host}]"
    return f"{scheme}://{host}" if port in (None, connection.default_port) else f"{scheme}://{host}:{port}"
