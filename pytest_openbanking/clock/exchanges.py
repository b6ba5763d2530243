"""Entering and leaving virtual time; the last exchange to end gives real time back."""

from __future__ import annotations

import time
from _thread import get_ident
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_openbanking import jobs
from pytest_openbanking.clock import hang, loops, readings, threads
from pytest_openbanking.clock.original import real
from pytest_openbanking.clock.patrol import Patrol
from pytest_openbanking.clock.timeline import line
from pytest_openbanking.clock.wall import WallClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.clock.members import Member
    from pytest_openbanking.scope import Scope

__all__ = ["advance", "enter", "leave", "now", "virtual_time", "wall", "watch"]

_entered: dict[int, Member] = {}  # by the identity of the scope
_wall = WallClock()
_crew = threads.Crew()
_patrol = Patrol()
_switches: list[Any] = []
_NAMES = ("sleep", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns")


def enter(scope: Scope) -> None:
    """Start virtual time, or join it; the calling thread becomes a member."""
    loops.check_loop()
    if not _switches:
        _install()
    with line.mutex:
        if id(scope) in _entered:
            raise RuntimeError("this exchange has entered virtual time already")
        if not line.on:
            _start()
        member = line.join(get_ident())
        member.depth += 1
        _entered[id(scope)] = member
    hang.accept_signal()
    loops.note_task()
    _patrol.watch(id(scope), member)


def leave(scope: Scope) -> None:
    """Leave virtual time; real time is back when the last exchange has left. Leaving twice does nothing."""
    _patrol.unwatch(id(scope))
    with line.mutex:
        member = _entered.pop(id(scope), None)
        if member is None:
            return
        member.depth -= 1
        if not _entered:
            _stop()
        elif member.depth == 0:
            line.part(member.ident)


@contextmanager
def virtual_time(scope: Scope) -> Iterator[None]:
    """Run a block in virtual time."""
    enter(scope)
    try:
        yield
    finally:
        leave(scope)


def watch(scope: Scope, seconds: float) -> None:
    """Raise HungExchange in the thread that entered, once so many seconds of real time have passed."""
    _patrol.rewatch(id(scope), seconds)


def now() -> float:
    """Return virtual monotonic seconds; real ones outside an exchange. Raises UnsupportedLoop."""
    if not line.on:
        return real.monotonic()
    loops.check_loop()
    _settle()
    return line.now


def wall() -> float:
    """Return virtual Unix time; the real one outside an exchange."""
    return line.now + line.unix if line.on else real.time()


def advance(seconds: float) -> None:
    """Move virtual time by hand; whoever waits for a moment on the way is woken."""
    if not line.on:
        raise RuntimeError("time is virtual only inside an exchange")
    if seconds < 0:
        raise ValueError("time only moves forward")
    _settle()
    line.move(seconds)


def _settle() -> None:
    member = line.member()
    if member is not None:
        member.reads = 0  # whoever talks to the sandbox is not busy-waiting


def _install() -> None:
    from pytest_openbanking.clock.redirect import redirect, twin

    jobs.install()
    jobs.observe(_crew)
    loops.install()
    threads.install(_crew)
    line.alert = _patrol.ring
    switches = redirect({name: getattr(readings, name) for name in _NAMES})
    for name, switch in zip(_NAMES, switches, strict=True):
        setattr(real, name, switch.original)
    real.time, real.time_ns = twin(time.time), twin(time.time_ns)
    _switches.extend([_wall, *switches])


def _start() -> None:
    for switch in _switches:  # the wall clock first: it may refuse, under freezegun
        switch.on()
    line.start()


def _stop() -> None:
    try:
        for switch in reversed(_switches):
            switch.off()
    finally:
        offset = line.now - real.monotonic()
        line.stop()
        _crew.reset()
        loops.release_loops(offset)
