"""What member threads get from `time.sleep`, `monotonic`, `perf_counter` and the wall clock."""

from __future__ import annotations

import operator
import sys
from _thread import get_ident
from typing import TYPE_CHECKING, SupportsIndex

from pytest_openbanking.clock.machinery import is_machinery
from pytest_openbanking.clock.original import real
from pytest_openbanking.clock.timeline import line

if TYPE_CHECKING:
    from types import FrameType

    from pytest_openbanking.clock.members import Member

__all__ = ["monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns", "sleep", "unix_ns"]

_members = line.members
_NANO = 1_000_000_000
_LONGEST = 9_000_000_000.0  # beyond it the real sleep raises OverflowError, as it should

# A client that busy-waits would hang under a clock that stands still. Many readings without a wait,
# going on for longer than this in real time, let time creep: by a step that doubles every 20 ms.
_FREE_READINGS = 200
_PATIENCE = 0.05
_LOOP_PATIENCE = 0.5  # an event loop reads the clock at every turn, also while it has real work to do
_FIRST_STEP = 1e-4
_DOUBLING = 0.02


def sleep(seconds: float | SupportsIndex, /) -> None:
    member = _members.get(get_ident())
    if member is None or is_machinery(sys._getframe(1)):
        return real.sleep(seconds)  # type: ignore[arg-type]
    length = _length(seconds)
    if not 0.0 < length < _LONGEST:  # nothing to wait for, or an error that the original words best
        _note_reading(member, sys._getframe(1))
        return real.sleep(seconds)  # type: ignore[arg-type]
    return line.sleep(member, length)


def monotonic() -> float:
    return line.now if _virtual(sys._getframe(1)) else real.monotonic()


def monotonic_ns() -> int:
    return int(line.now * _NANO) if _virtual(sys._getframe(1)) else real.monotonic_ns()


def perf_counter() -> float:
    return line.now + line.performance if _virtual(sys._getframe(1)) else real.perf_counter()


def perf_counter_ns() -> int:
    return int((line.now + line.performance) * _NANO) if _virtual(sys._getframe(1)) else real.perf_counter_ns()


def unix_ns() -> int:
    """Answer for time-machine, whose C functions ask this for datetime, gmtime, localtime and strftime."""
    return int((line.now + line.unix) * _NANO) if _virtual(_caller(sys._getframe(1))) else real.time_ns()


def _caller(frame: FrameType) -> FrameType:
    while frame.f_back is not None and frame.f_globals.get("__name__") == "time_machine":
        frame = frame.f_back
    return frame


def _virtual(frame: FrameType) -> bool:
    member = _members.get(get_ident())
    if member is None or is_machinery(frame):
        return False
    _note_reading(member, frame)
    return True


def _note_reading(member: Member, frame: FrameType) -> None:
    member.reads += 1
    if member.reads > _FREE_READINGS:
        _creep(member, frame)


def _creep(member: Member, frame: FrameType) -> None:
    module = frame.f_globals.get("__name__", "")
    if module == "logging":  # a batch of log records is work, not a busy wait
        member.reads = 0
        return
    instant = real.monotonic()
    if member.reads == _FREE_READINGS + 1:
        member.since = instant
    patience = _LOOP_PATIENCE if str(module).startswith("asyncio.") else _PATIENCE
    beyond = instant - member.since - patience
    if beyond > 0:
        line.creep(min(_FIRST_STEP * 2 ** (beyond / _DOUBLING), 3600.0))


def _length(seconds: float | SupportsIndex) -> float:
    if isinstance(seconds, float):
        return float(seconds)
    try:
        return float(operator.index(seconds))
    except TypeError:
        return -1.0
