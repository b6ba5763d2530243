"""Which requests are served by a sandbox, which pass through to the network, and which are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_openbanking.hosts import is_local
from pytest_openbanking.intercept.mocks import who_answered
from pytest_openbanking.jobs import find_scope
from pytest_openbanking.scope import open_scopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_openbanking.scope import Scope

__all__ = ["Refusal", "is_local", "knows_host", "route", "watch", "watching", "who_answered"]

watching = False
"""Whether an exchange has been open; a job of an ended one may be alive. If not, hooks call their originals."""


class Refusal(Exception):  # noqa: N818 (a word of the design)
    """A request was refused; each hook turns this into its library's native connect error."""


def watch() -> None:
    """Switch the hooks on; `install` does so whenever a sandbox opens."""
    global watching
    watching = True


mounted: list[tuple[Scope, Callable[[], bool]]] = []
"""Scopes that a team's respx router serves, each with the test whether that router is in force."""


def is_mounted(scope: Scope) -> bool:
    """Tell whether a respx router answers for this scope, so that httpx requests are to reach it."""
    mounted[:] = [entry for entry in mounted if not entry[0].closed]
    return any(each is scope and in_force() for each, in_force in mounted)


def route(method: str, url: str, below: Callable[[], bool] | None = None) -> Scope | None:
    """Return the scope that serves a request, or None where the library's original code is to run.

    Raises `Refusal` for any other request. `below` tells whether a mock sits between the hook and the
    network, and answers what no provider does.
    """
    if not watching:
        return None
    scope = find_scope()
    if scope is None:
        return _homeless(method, url) if open_scopes else None
    if is_local(url):
        return None
    if scope.closed:
        raise Refusal(scope.refuse(method, url))
    server = server_of(scope, url)
    if server is not None:
        return server
    if scope.allows(url) or (below is not None and below()):
        return None
    raise Refusal(scope.refuse(method, url))


def server_of(scope: Scope | None, url: str) -> Scope | None:
    """Return the scope, or the nearest around it, whose provider the URL is one of."""
    while scope is not None and (scope.closed or not scope.serves(url)):
        scope = scope.outer
    return scope


def _homeless(method: str, url: str) -> Scope | None:
    if is_local(url) or all(_passes(scope, url) for scope in open_scopes):
        return None
    messages = [scope.refuse(method, url) for scope in tuple(open_scopes)]
    raise Refusal(
        f"{method} {url} was refused: {len(messages)} exchanges are open, and it comes from a thread or task "
        f"that belongs to none of them, so none can answer it. Start it inside the exchange it belongs to."
    )


def _passes(scope: Scope, url: str) -> bool:
    return server_of(scope, url) is None and scope.allows(url)


def knows_host(url: str) -> bool:
    """Tell whether a connection to this URL's host is not to be dialled, whatever is asked of it later."""
    if not watching or is_local(url):
        return False
    scope = find_scope()
    if scope is None:
        return bool(open_scopes) and not all(_passes(scope, url) for scope in open_scopes)
    return scope.closed or not _passes(scope, url)


def backstop(host: str, port: int | str | None, *, strict: bool) -> None:
    """Refuse a connection that went around the hooks to a provider's host; strict: to any not allowed."""
    scheme = "http" if port in (80, "80", "http") else "https"
    suffix = "" if port in (80, 443, "80", "443", "http", "https", None, 0) else f":{port}"
    url = f"{scheme}://{host}{suffix}/"
    if not watching or is_local(url):
        return
    scope = find_scope()
    scopes = tuple(open_scopes) if scope is None else (scope,)
    for each in scopes:
        if each.serves(url) or (strict and not each.allows(url) and not _is_proxy(host)):
            raise Refusal(each.refuse("CONNECT", url))


def _is_proxy(host: str) -> bool:
    from urllib.request import getproxies

    return any(urlsplit(proxy).hostname == host for proxy in getproxies().values())
