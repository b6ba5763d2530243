"""A test of Hypothesis' own @given that asks for our fixtures: each example starts from a fresh exchange."""

from __future__ import annotations

from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction, signature
from typing import TYPE_CHECKING, Any

from pytest_openbanking.findings import Mishandled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["freshly", "told", "unchecked"]

OURS = frozenset({"openbanking", "openbanking_error"})
BETWEEN = 90_000.0  # virtual seconds from one example to the next: more than a day
SETTINGS = "_hypothesis_internal_use_settings"  # where Hypothesis' own plugin reads a test's settings, and changes them


@contextmanager
def unchecked(item: pytest.Function) -> Iterator[None]:
    """Let our function-scoped fixtures pass Hypothesis' health check: `freshly` resets them; it still looks at all others."""
    from hypothesis import HealthCheck, settings

    function = getattr(item.obj, "__func__", item.obj)
    chosen: Any = getattr(function, SETTINGS, None) or settings.default
    if not (set(signature(item.obj).parameters) & OURS) or others(item):
        yield
        return
    passed = {*chosen.suppress_health_check, HealthCheck.function_scoped_fixture}
    setattr(function, SETTINGS, settings(chosen, suppress_health_check=passed))
    try:
        yield
    finally:
        setattr(function, SETTINGS, chosen)


def others(item: pytest.Function) -> bool:
    """Tell whether the test asks for function-scoped fixtures of somebody else's: it is not for us to let those pass."""
    asked = set(signature(item.obj).parameters) - OURS
    found = [definitions[-1] for name, definitions in item._fixtureinfo.name2fixturedefs.items() if name in asked]
    return any(definition.scope == "function" for definition in found)


@contextmanager
def freshly(item: pytest.Function, sandbox: Sandbox) -> Iterator[None]:
    """Start each example with nothing armed and an empty exchange."""
    handle = item.obj.hypothesis
    inner = handle.inner_test
    handle.inner_test = fresh(inner, sandbox)
    try:
        yield
    finally:
        handle.inner_test = inner


def fresh(test: Callable[..., Any], sandbox: Sandbox) -> Callable[..., Any]:
    if iscoroutinefunction(test):

        @wraps(test)
        async def asynchronous(*args: object, **values: object) -> object:
            refresh(sandbox)
            return await test(*args, **values)

        return asynchronous

    @wraps(test)
    def synchronous(*args: object, **values: object) -> object:
        refresh(sandbox)
        return test(*args, **values)

    return synchronous


def refresh(sandbox: Sandbox) -> None:
    """Begin an example: nothing is armed, the exchange is empty, and what the client kept of the last one is old.

    A client may cache an answer, hold its calls back, or refuse the same payment twice within a minute.
    """
    if sandbox.virtual:
        sandbox.clock.advance(BETWEEN)
    sandbox.disarm()
    sandbox.begin_exchange()


@contextmanager
def steadily() -> Iterator[None]:
    """Let a finding that Hypothesis could not repeat be shown as a finding."""
    from hypothesis.errors import FlakyFailure

    try:
        yield
    except FlakyFailure as flaky:
        found = next((each for each in flaky.exceptions if isinstance(each, Mishandled)), None)
        if found is None:
            raise
        found.args = (f"{found}\n  {UNSTEADY}",)
        raise found from None


UNSTEADY = "the same example ended otherwise when it was run again: does the client, or the test, keep something of the last one?"


@contextmanager
def told() -> Iterator[None]:
    """Let a finding say for which example it was made: Hypothesis notes that on the exception."""
    try:
        yield
    except Mishandled as found:
        found.args = ("\n".join([str(found), *getattr(found, "__notes__", ())]),)
        raise
