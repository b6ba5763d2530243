"""respx: the provider on a team's own router, behind the routes that the team wrote."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept import gate
from pytest_openbanking.intercept.delivery import Trouble, deliver, deliver_async
from pytest_openbanking.intercept.httpx import address, fields, raise_native, reply, sleep

if TYPE_CHECKING:
    from collections.abc import Awaitable

    import httpx
    import respx

    from pytest_openbanking.exchange import Interaction
    from pytest_openbanking.scope import Scope

    Answer = httpx.Response | Awaitable[httpx.Response]

__all__ = ["mount"]


def mount(scope: Scope, router: respx.Router) -> None:
    """Answer every request of the provider's that no other route of the router matches, sync and async."""
    import httpx
    from respx.mocks import Mocker
    from respx.models import Route, SideEffectError
    from respx.patterns import Noop

    class ProviderRoute(Route):
        """Comes last, though routes are added after it, and need not be called."""

        @property
        def called(self) -> bool:
            return True

        def __eq__(self, other: object) -> bool:
            return self is other

        __hash__ = object.__hash__

        def match(self, request: httpx.Request) -> Any:
            if not scope.serves(address(request)) or _taken(router, self, request):
                return None
            awaited = _is_awaited()
            try:
                return _answer(scope, request, awaited)
            except httpx.HTTPError as error:
                raise SideEffectError(self, origin=error) from error

    router.routes.add(ProviderRoute(Noop()))
    mockers = Mocker.registry.values()
    gate.mounted.append((scope, lambda: any(router in mocker.routers for mocker in mockers)))


def _taken(router: respx.Router, own: object, request: httpx.Request) -> bool:
    return any(route is not own and route.pattern.match(request) for route in router.routes)


def _is_awaited() -> bool:
    """Tell whether respx is resolving for an async client; it says so nowhere but in who calls."""
    frame = sys._getframe(1)
    while frame.f_back is not None:
        frame = frame.f_back
        if frame.f_globals.get("__name__") == "respx.router":
            return frame.f_code.co_name == "aresolve"
    return False


def _answer(scope: Scope, request: httpx.Request, awaited: bool) -> httpx.Response | Awaitable[httpx.Response]:
    interaction = scope.begin(request.method, address(request), fields(request), request.content)
    times = request.extensions.get("timeout", {})
    limits = (times.get("connect"), times.get("read"))
    return _later(scope, request, interaction, limits) if awaited else _now(scope, request, interaction, limits)


Limits = tuple[float | None, float | None]


def _now(scope: Scope, request: httpx.Request, interaction: Interaction, limits: Limits) -> httpx.Response:
    import httpx

    try:
        return reply(httpx, request.method, deliver(scope, interaction, *limits))
    except Trouble as trouble:
        raise_native(httpx, trouble, request)


async def _later(scope: Scope, request: httpx.Request, interaction: Interaction, limits: Limits) -> httpx.Response:
    import httpx

    try:
        return reply(httpx, request.method, await deliver_async(scope, interaction, *limits, sleep))
    except Trouble as trouble:
        raise_native(httpx, trouble, request)
