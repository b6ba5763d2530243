"""requests: an answer is handed to the adapter at once, past those parts of urllib3 that could not matter.

A default adapter retries nothing, so that between it and the answer urllib3 only keeps books. Whatever is
not ordinary (an adapter of a subclass, a Retry, a stream as a body, a time-out, a fault) goes its usual way.
"""

from __future__ import annotations

from os.path import exists
from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.attach import attach
from pytest_openbanking.intercept.urllib3 import RAW, begun, reply
from pytest_openbanking.intercept.urllib3_writing import computed, is_ordinary
from pytest_openbanking.jobs import find_scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from requests import PreparedRequest
    from requests.adapters import HTTPAdapter

__all__ = ["install"]


def install(library: ModuleType) -> None:
    """Hook the adapter that sends."""
    import requests.adapters
    import urllib3
    import urllib3.connection
    import urllib3.connectionpool

    pools = urllib3.connectionpool
    plain = (urllib3.connection.HTTPConnection, urllib3.connection.HTTPSConnection)

    def is_unmocked() -> bool:
        return (pools.HTTPConnectionPool.ConnectionCls, pools.HTTPSConnectionPool.ConnectionCls) == plain

    if not str(getattr(urllib3, "__version__", "1.")).startswith("1.") and is_unmocked():
        adapter = requests.adapters.HTTPAdapter
        attach(adapter, "send", lambda original: _send_hook(adapter, original, is_unmocked))


def _send_hook(
    adapter: type[HTTPAdapter], original: Callable[..., Any], is_unmocked: Callable[[], bool]
) -> Callable[..., Any]:
    def send(
        self: HTTPAdapter,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> Any:
        if gate.watching and type(self) is adapter and cert is None and _is_there(verify) and is_unmocked():
            served = _serve(self, request, timeout)
            if served is not None:
                return served
        return original(self, request, stream, timeout, verify, cert, proxies)

    return send


def _is_there(verify: Any) -> bool:
    """Tell whether what verifies is there: if not, requests raises, and without asking the provider."""
    return isinstance(verify, bool) or (isinstance(verify, str) and exists(verify))


def _serve(adapter: HTTPAdapter, request: PreparedRequest, timeout: Any) -> Any:
    """Return the response, or None where the request, or the interaction that has begun, is to go its usual way."""
    if not _retries_nothing(adapter) or not _is_simple(timeout):
        return None
    asked = _as_sent(request)
    scope = None if asked is None else find_scope()
    if asked is None or scope is None or scope.closed or not scope.serves(asked[1]):
        return None
    interaction = scope.begin(*asked)
    answer = interaction.response
    if answer is None or answer.delay or answer.truncated or interaction.refused is not None:
        begun.interaction = interaction
        return None
    scope.end(interaction)
    return adapter.build_response(request, reply(None, asked[0], request.path_url, answer, RAW))


def _retries_nothing(adapter: HTTPAdapter) -> bool:
    retries = adapter.max_retries
    return retries.total == 0 and not retries.status and not retries.other and not retries.status_forcelist


def _is_simple(timeout: Any) -> bool:
    if isinstance(timeout, tuple):
        return len(timeout) == 2 and all(map(_is_simple, timeout))
    return timeout is None or (isinstance(timeout, int | float) and timeout > 0)


def _as_sent(request: PreparedRequest) -> tuple[str, str, list[tuple[str, str]], bytes] | None:
    """Return method, URL, header fields and body as urllib3 would send them; None where it has to write them itself."""
    method, url, body = request.method, request.url, request.body
    if method is None or url is None or "@" in url or "#" in url or not isinstance(body, str | bytes | None):
        return None
    host = url.partition("//")[2].partition("/")[0].partition("?")[0]
    if ":" in host or not is_ordinary(method, host, request.headers):
        return None
    sent = computed(method, host, request.path_url, request.headers, body)
    return method, url, sent.headers, sent.body
