"""One daemon thread that looks, in real time, at exchanges in which nothing moves.

It finds members that hold the clock although they are blocked in something the time line does not know
(a raw lock; for a daemon thread: anything), and jumps past them; and it ends exchanges that hang.
"""

from __future__ import annotations

import os
import sys
import threading
from _thread import allocate_lock
from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_openbanking.clock import frames
from pytest_openbanking.clock.hang import Watch, hang, nobody_else_could_wake
from pytest_openbanking.clock.original import real
from pytest_openbanking.clock.timeline import line
from pytest_openbanking.jobs import start_unseen

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from pytest_openbanking.clock.frames import Sample
    from pytest_openbanking.clock.members import Member

__all__ = ["Patrol"]

_TICK = 0.002  # while several threads take part
_ROUND = 0.25  # while one does
_STALLED = 0.02  # how long nothing at all must move before a deadlock is certain
_DAEMONS_TURN = 1.0  # how long a daemon thread may compute before it is no longer waited for
_LINGER = 2.0  # after the last exchange, before the thread sleeps for good: waking it costs a few us


class Patrol:
    """Watches the time line while an exchange is open."""

    def __init__(self) -> None:
        self._watches: dict[int, Watch] = {}
        self._thread: threading.Thread | None = None
        self._bell = allocate_lock()
        self._asleep = False
        self._samples: dict[int, Sample] = {}
        self._sampled = 0.0
        self._progress = -1
        self._still_since = 0.0

    def watch(self, key: int, member: Member, seconds: float | None = None) -> None:
        """Watch an exchange until `unwatch`."""
        limit = _limit() if seconds is None else seconds
        self._watches[key] = Watch(member, real.monotonic() + limit, limit)
        if self._thread is None or not self._thread.is_alive():
            self._start()
        elif self._asleep:
            self.ring()

    def unwatch(self, key: int) -> None:
        self._watches.pop(key, None)

    def rewatch(self, key: int, seconds: float) -> None:
        """Give a watched exchange another limit, counted from now."""
        watch = self._watches[key]
        watch.seconds, watch.until = seconds, real.monotonic() + seconds
        self.ring()

    def ring(self) -> None:
        """Make it look at once."""
        with suppress(RuntimeError):  # it has been rung already
            self._bell.release()

    def _start(self) -> None:
        self._bell = allocate_lock()
        self._bell.acquire()
        self._thread = threading.Thread(target=self._walk, name="openbanking-clock", daemon=True)
        start_unseen(self._thread)

    def _walk(self) -> None:
        idle_since = real.monotonic()
        while True:
            if line.on:
                idle_since = real.monotonic()
                self._look()
            idle = real.monotonic() - idle_since > _LINGER
            self._asleep = idle
            if idle and line.on:  # entered just now
                self._asleep = idle = False
            self._bell.acquire(timeout=-1 if idle else self._pause())
            self._asleep = False
            if idle:
                idle_since = real.monotonic()

    def _pause(self) -> float:
        if not line.on:
            return _ROUND
        pause = _TICK if line.shared or line.busy <= 0 else _ROUND
        instant = real.monotonic()
        return min([pause, *(max(watch.until - instant, _TICK) for watch in list(self._watches.values()))])

    def _look(self) -> None:
        progress, instant = line.progress, real.monotonic()
        if progress != self._progress:
            self._progress, self._still_since = progress, instant
            self._samples = {}
        elif line.blocked():
            self._consider(progress, instant)
        for watch in list(self._watches.values()):
            if instant > watch.until:
                hang(watch, certain=False)

    def _consider(self, progress: int, instant: float) -> None:
        """Nothing has moved since the last look although somebody waits."""
        busy = [member for member in list(line.members.values()) if member.wait is None]
        if line.busy != len(busy):  # a thread or a work item is on its way
            return
        if busy and instant - self._still_since > _DAEMONS_TURN:
            busy = [member for member in busy if not member.daemon]
        locked = [member for member in busy if frame_of(member, frames.is_in_lock)]
        if not all(member.daemon or member in locked for member in busy):
            return
        if busy and not self._are_still(busy, instant):
            return
        if line.earliest() is not None:
            line.jump(progress)
        elif len(locked) == len(busy) and instant - self._still_since > _STALLED:
            self._end(progress)

    def _are_still(self, busy: list[Member], instant: float) -> bool:
        natives = frames.native_ids()
        current = sys._current_frames()
        samples = {
            one.ident: frames.sample(current[one.ident], natives.get(one.ident)) for one in busy if one.ident in current
        }
        if samples != self._samples:
            self._samples, self._sampled = samples, instant
            return False
        enough = 1.3 * sys.getswitchinterval()
        if any(one.switches is None for one in samples.values()):
            enough = max(4 * enough, 0.02)
        return all(one.asleep for one in samples.values()) and instant - self._sampled > enough

    def _end(self, progress: int) -> None:
        members = set(line.members) | {threading.get_ident()}
        if any(wait.rest is not None for wait in line.blocked()) or not nobody_else_could_wake(members):
            return
        if line.progress == progress:
            for watch in list(self._watches.values()):
                hang(watch, certain=True)


def frame_of(member: Member, judge: Callable[[FrameType], bool]) -> bool:
    frame = sys._current_frames().get(member.ident)
    return frame is not None and judge(frame)


def _limit() -> float:
    try:
        return float(os.environ.get("OPENBANKING_WATCHDOG", "30"))
    except ValueError:
        return 30.0
