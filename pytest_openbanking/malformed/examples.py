"""Running one test for each value that Hypothesis draws: on the fixtures of the test, in a fresh exchange each time."""

from __future__ import annotations

from contextlib import contextmanager
from inspect import Parameter, Signature, iscoroutinefunction
from types import FunctionType, MethodType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pytest_openbanking.findings import Mishandled
from pytest_openbanking.given import refresh, steadily
from pytest_openbanking.malformed.ends import note_end
from pytest_openbanking.running import virtually

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from hypothesis import settings

    from pytest_openbanking.malformed.case import MalformedCase
    from pytest_openbanking.malformed.choosing import Choice

__all__ = ["Examples", "examples_key", "running", "undecorated"]

# What Hypothesis' decorators leave on a function that has no @given. There is no public way to read it; without it
# the profile's settings hold.
DECORATED = "_hypothesis_internal"
SETTINGS = "_hypothesis_internal_use_settings"


class Examples:
    """The examples of one test."""

    def __init__(self, case: MalformedCase, choice: Choice) -> None:
        self.case = case
        self.choice = choice
        self.shrinking = Shrinking()
        self.function: Callable[..., object] | None = None  # as the team decorated it

    def run(self, call: Callable[..., object], values: Mapping[str, object], nodeid: str) -> None:
        """Call the test function for each value."""
        from hypothesis import given

        __tracebackhide__ = True

        def example(*, drawn: Drawn) -> Any:
            __tracebackhide__ = True
            return self.one(call, drawn.value, values)

        function = self.function or call
        held = getattr(function, "__func__", function)
        decorated = {name: value for name, value in vars(held).items() if name.startswith(DECORATED)}
        chosen = settings_of(decorated, self.choice.max_examples)
        example.__dict__ |= {name: value for name, value in decorated.items() if "settings" not in name}
        example.__wrapped__ = function  # type: ignore[attr-defined]  # whose source is in the key of the database
        example.__signature__ = signature(nodeid)  # type: ignore[attr-defined]
        drawn = self.choice.values(self.case.sandbox.provider).map(Drawn)
        with steadily(), virtually(self.case.sandbox):
            chosen(given(drawn=drawn)(example))()

    def one(self, call: Callable[..., object], drawn: object, values: Mapping[str, object]) -> object:
        """Call the test function for one value."""
        __tracebackhide__ = True
        case = self.case
        case.draw(drawn)
        if self.shrinking.skips(case.body):
            return None
        try:
            result = self.call(call, values)
        except BaseException:
            self.shrinking.note(case.body, len(case.sandbox.exchange))
            raise
        case.end()
        return result

    def call(self, call: Callable[..., object], values: Mapping[str, object]) -> object:
        """Call the test function; a finding stands alone, and any other failure has a note of what was malformed."""
        __tracebackhide__ = True
        case, sandbox = self.case, self.case.sandbox
        case.reset()
        try:
            refresh(sandbox)
            return call(**values)
        except Mishandled as found:
            found.__context__ = None  # or Hypothesis takes a client's exception of another class for another failure
            raise
        except (Exception, pytest.fail.Exception) as error:
            for line in case.preface(sandbox.exchange):
                error.add_note(line)
            raise


class Shrinking:
    """Ends the search for a smaller example of a client that calls again and again: each try costs as many calls.

    Once so many calls were made in failing examples, whatever has not failed before passes without being run.
    """

    def __init__(self) -> None:
        self.failed: set[bytes] = set()
        self.calls = 0

    def note(self, body: bytes, calls: int) -> None:
        self.failed.add(body)
        self.calls += calls

    def skips(self, body: bytes) -> bool:
        return self.calls > ENOUGH and body not in self.failed


ENOUGH = 2000  # calls


examples_key: pytest.StashKey[Examples] = pytest.StashKey()


class Drawn:
    """A value in a wrapper whose repr is short: Hypothesis makes one now and then, and a finding shows the value better."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return "..."


def signature(nodeid: str) -> Signature:
    """Return a signature that tells one test, and one site, from another: Hypothesis keeps its examples by it."""
    return Signature([Parameter("drawn", Parameter.KEYWORD_ONLY, annotation=nodeid)])


def settings_of(decorated: Mapping[str, object], max_examples: int | None) -> settings:
    """Return the team's settings, the decorator's or the profile's, with what a finding needs to read as ours do."""
    from hypothesis import HealthCheck, Phase, Verbosity, settings

    chosen: Any = decorated.get(SETTINGS) or settings.default
    changed: dict[str, Any] = {
        "report_multiple_bugs": False,
        # Function-scoped fixtures are safe here: each example has its own exchange.
        "suppress_health_check": {*chosen.suppress_health_check, HealthCheck.function_scoped_fixture},
    }
    if max_examples is not None:
        changed["max_examples"] = max_examples
    if chosen.deadline == settings.get_profile("default").deadline:
        changed["deadline"] = None  # nobody asked for one: a first call may well import half an HTTP library
    # What Hypothesis explains is which lines were run: ours.
    changed["phases"] = tuple(phase for phase in chosen.phases if phase is not Phase.explain)
    if chosen.verbosity is Verbosity.normal:
        changed["verbosity"] = Verbosity.quiet  # "Falsifying example" says what the finding says better
    return settings(chosen, **changed)


@contextmanager
def undecorated(item: pytest.Function) -> Iterator[None]:
    """Hide from Hypothesis' own plugin that a test without @given has @settings or @seed: it takes that for a mistake."""
    function = item.obj
    item.stash[examples_key].function = function
    item.obj = bare(function)
    try:
        yield
    finally:
        item.obj = function


def bare(function: Any) -> Any:
    """Return a function without what Hypothesis' decorators left on it."""
    held = getattr(function, "__func__", function)
    if not isinstance(held, FunctionType) or not any(name.startswith(DECORATED) for name in vars(held)):
        return function
    copy = FunctionType(held.__code__, held.__globals__, held.__name__, held.__defaults__, held.__closure__)
    copy.__kwdefaults__, copy.__qualname__ = held.__kwdefaults__, held.__qualname__
    copy.__dict__ |= {name: value for name, value in vars(held).items() if not name.startswith(DECORATED)}
    return copy if held is function else MethodType(copy, function.__self__)


@contextmanager
def running(item: pytest.Function) -> Iterator[None]:
    """Let whatever calls the test function, now, call it for each example.

    pytest-asyncio has made a plain function of a coroutine function by now. anyio does so here, as it does for
    @given: it replaces `hypothesis.inner_test`.
    """
    function, examples = item.obj, item.stash[examples_key]
    if iscoroutinefunction(function) and "anyio_backend" not in item.funcargs:
        yield  # nobody runs it: pytest says so
        return

    def test(**values: object) -> None:
        __tracebackhide__ = True
        with statistics(item):
            examples.run(test.hypothesis.inner_test, values, item.nodeid)  # type: ignore[attr-defined]

    test.hypothesis = SimpleNamespace(inner_test=function)  # type: ignore[attr-defined]
    item.obj = test
    passed = False
    try:
        yield
        passed = True
    finally:
        item.obj = function
        note_end(item, examples.case, passed=passed)


@contextmanager
def statistics(item: pytest.Function) -> Iterator[None]:
    """Hand on what --hypothesis-show-statistics shows."""
    if not item.config.getoption("--hypothesis-show-statistics", False):
        yield
        return
    from hypothesis.statistics import collector, describe_statistics

    def note(found: Any) -> None:
        item.hypothesis_statistics = describe_statistics(found | {"nodeid": item.nodeid})  # type: ignore[attr-defined]

    with collector.with_value(note):  # type: ignore[arg-type]
        yield
