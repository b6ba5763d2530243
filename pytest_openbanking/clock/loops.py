"""asyncio: a loop that a member runs jumps where it would wait.

`_run_once` asks its selector for events, with the time to its next timer. For a member that selector is
replaced by one that blocks on the time line instead; other threads wake it through `_write_to_self`.
"""

from __future__ import annotations

import functools
import sys
from _thread import get_ident
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_openbanking.clock.foreign import Foreign
from pytest_openbanking.clock.hang import HungExchange
from pytest_openbanking.clock.members import Wait
from pytest_openbanking.clock.timeline import line

if TYPE_CHECKING:
    from asyncio import BaseEventLoop
    from collections.abc import Callable
    from selectors import BaseSelector

__all__ = ["UnsupportedLoop", "check_loop", "install", "loops_of", "note_task", "release_loops"]

_adopted: dict[Any, VirtualSelector] = {}
_entering: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()  # the task in which a loop's exchange was entered


class UnsupportedLoop(RuntimeError):  # noqa: N818  (a name, as in DESIGN)
    """An exchange would run under an event loop whose time cannot be made virtual."""


class VirtualSelector:
    """Stands in for a loop's selector while the loop takes part."""

    def __init__(self, loop: Any) -> None:
        self.loop = loop
        self.selector: BaseSelector = loop._selector
        self.wait: Wait | None = None
        self.foreign = Foreign(loop, self.selector)
        self.entered_by: Any = _entering.get(loop)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.selector, name)

    def select(self, timeout: float | None = None) -> list[Any]:
        member = line.members.get(get_ident())
        if member is None or (timeout is not None and timeout <= 0):
            return self.selector.select(timeout)
        wait = self.wait = Wait(member, self._deadline(timeout), brief=True)
        try:
            # What was handed over before `wait` could be seen is in the self-pipe, or ready, by now.
            events = self.selector.select(0)
            if events or self.loop._ready:
                return events
            events = self.foreign.wait_really(wait)
            if events or self.loop._ready:
                return events
            self.foreign.watch_too(wait)
            self._block(wait)
            return self.selector.select(0)
        finally:
            self.wait = None

    def _block(self, wait: Wait) -> None:
        try:
            line.block(wait)
        except HungExchange as error:
            # Where the exchange was entered in a task of this loop, that task is told.
            if not throw_into(self.entered_by, error):
                raise

    def _deadline(self, timeout: float | None) -> float | None:
        if timeout is None:
            return None
        timers = self.loop._scheduled
        # The timer's own time is exact; now + (when - now) may be short of it by a rounding error.
        return timers[0]._when if timers and timeout < 86400 else line.now + timeout


def install() -> None:
    """Patch asyncio's loop, once."""
    from asyncio.base_events import BaseEventLoop
    from asyncio.selector_events import BaseSelectorEventLoop

    BaseEventLoop._run_once = _run_once(BaseEventLoop._run_once)  # type: ignore[attr-defined]
    BaseSelectorEventLoop._write_to_self = _write_to_self(BaseSelectorEventLoop._write_to_self)  # type: ignore[attr-defined]


def note_task() -> None:
    """Remember the task that enters an exchange: it is the one to tell if the exchange hangs."""
    loop = _running()
    if loop is not None:
        task = sys.modules["asyncio"].current_task(loop)
        _entering[loop] = task
        if loop in _adopted:
            _adopted[loop].entered_by = task


def throw_into(task: Any, error: BaseException) -> bool:
    """Raise an error where a task waits; tells whether it waits for a future that takes one."""
    waited: Any = getattr(task, "_fut_waiter", None)
    while hasattr(waited, "_fut_waiter"):  # a task that waits for another
        waited = waited._fut_waiter
    if waited is None or waited.done():
        return False
    waited.set_exception(error)
    return True


def loops_of(ident: int) -> list[Any]:
    return [loop for loop in list(_adopted) if loop._thread_id == ident]


def release_loops(offset: float) -> None:
    """Give loops their selectors back, and take the virtual seconds off timers that are still pending."""
    while _adopted:
        loop, virtual = _adopted.popitem()
        if loop._selector is virtual:
            loop._selector = virtual.selector
        for timer in list(loop._scheduled):
            timer._when -= offset


def check_loop() -> None:
    """Raise UnsupportedLoop where the calling code runs under uvloop, trio or gevent."""
    for library, runs in _FOREIGN_LOOPS.items():
        if library in sys.modules and runs(sys.modules[library]):
            raise UnsupportedLoop(
                f"an exchange runs in virtual time, which {library} does not follow; "
                "run this test under asyncio's own event loop"
            )


def _run_once(original: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(original)
    def run_once(self: Any) -> None:
        if line.on and self not in _adopted and get_ident() in line.members:
            _adopt(self)
        original(self)

    return run_once


def _write_to_self(original: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(original)
    def write_to_self(self: Any) -> None:
        original(self)
        if not line.on:
            return
        virtual = _adopted.get(self)
        if virtual is None:
            _draw_in(self)
        elif (wait := virtual.wait) is not None:
            wait.release()

    return write_to_self


def _draw_in(loop: Any) -> None:
    """Let a loop that somebody started before take part once a member hands it work."""
    ident: int | None = loop._thread_id
    if ident is None or get_ident() not in line.members:
        return
    with line.mutex:
        if ident not in line.members and loop._selector is not None:
            line.join(ident, daemon=True)


def _adopt(loop: BaseEventLoop) -> None:
    selector = getattr(loop, "_selector", None)
    if selector is None:
        raise UnsupportedLoop(f"an exchange runs in virtual time, which {type(loop).__name__} does not follow")
    _adopted[loop] = VirtualSelector(loop)
    loop._selector = _adopted[loop]  # type: ignore[attr-defined]


def _running() -> Any:
    asyncio: Any = sys.modules.get("asyncio")
    return asyncio and asyncio._get_running_loop()


def _uvloop_runs(_: Any) -> bool:
    return type(_running()).__module__.partition(".")[0] == "uvloop"


def _trio_runs(trio: Any) -> bool:
    return bool(trio.lowlevel.in_trio_run())


def _gevent_runs(gevent: Any) -> bool:
    monkey = sys.modules.get("gevent.monkey")
    return bool(monkey and monkey.is_module_patched("time")) or bool(
        getattr(gevent.getcurrent(), "parent", None) is not None
    )


_FOREIGN_LOOPS: dict[str, Callable[[Any], bool]] = {
    "uvloop": _uvloop_runs,
    "trio": _trio_runs,
    "gevent": _gevent_runs,
}
