"""Threads: `Condition.wait` and `Thread.join` block on the time line, and who is started takes part."""

from __future__ import annotations

import functools
import sys
import threading
from _thread import get_ident
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, WeakSet

from pytest_openbanking.clock.machinery import is_machinery
from pytest_openbanking.clock.members import Wait
from pytest_openbanking.clock.pools import Pools
from pytest_openbanking.clock.timeline import line

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

__all__ = ["Crew", "install"]


_START = getattr(threading.Thread.start, "__wrapped__", threading.Thread.start).__code__


class Crew(Pools):
    """Makes members of the threads that members start, and of pool workers while they work for one.

    A daemon thread takes part too, but nothing waits for one that is blocked in anything at all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.alive: WeakSet[threading.Thread] = WeakSet()
        self.joiners: WeakKeyDictionary[threading.Thread, list[Wait]] = WeakKeyDictionary()
        self._coming: set[threading.Thread] = set()

    def starting(self, thread: threading.Thread) -> None:
        if get_ident() not in line.members or type(thread).__module__ == "concurrent.futures.process":
            return
        with line.mutex:
            self._coming.add(thread)
            self.alive.add(thread)
            line.count(+1)  # until it has begun, it is busy beginning

    def failed(self, thread: threading.Thread) -> None:
        with line.mutex:
            self.alive.discard(thread)
            if thread in self._coming:
                self._coming.discard(thread)
                line.count(-1)

    def began(self, thread: threading.Thread) -> None:
        if thread in self._coming:
            with line.mutex:
                self._coming.discard(thread)
                line.join(get_ident(), daemon=thread.daemon, busy=False).depth += 1

    def ended(self, thread: threading.Thread) -> None:
        with line.mutex:
            self.alive.discard(thread)
            for wait in self.joiners.pop(thread, ()):
                line.release(wait)
            self.worker_ended(thread)
            line.part(get_ident())

    def closing(self, executor: Any) -> None:
        if get_ident() in line.members:
            self.alive.update(self.close(executor))

    def reset(self) -> None:
        """Forget what belonged to an exchange that has ended."""
        self._coming.clear()
        self.forget()


def install(crew: Crew) -> None:
    """Patch the two places where Python threads wait for each other, once."""
    _patch(threading.Condition, "wait", _wait)
    _patch(threading.Thread, "join", functools.partial(_join, crew))


def _patch(owner: Any, name: str, wrap: Callable[[Any], Callable[..., Any]]) -> None:
    original = getattr(owner, name)
    setattr(owner, name, functools.wraps(original)(wrap(original)))


def _wait(original: Callable[..., bool]) -> Callable[..., bool]:
    def wait(self: Any, timeout: float | None = None) -> bool:
        member = line.members.get(get_ident())
        if member is None or (timeout is not None and timeout <= 0) or _is_real(sys._getframe(1)):
            return original(self, timeout)
        if not self._is_owned():
            raise RuntimeError("cannot wait on un-acquired lock")
        waiter = Wait(member, None if timeout is None else line.now + timeout)
        self._waiters.append(waiter)
        state = self._release_save()
        notified = False
        try:
            notified = line.block(waiter)
            return notified
        finally:
            self._acquire_restore(state)
            if not notified and waiter in self._waiters:
                self._waiters.remove(waiter)

    return wait


def _is_real(frame: FrameType) -> bool:
    # A starting thread is waited for at once and for real: it need not be a member, such as a pool's.
    starter = frame.f_back
    return (starter is not None and starter.f_code is _START) or is_machinery(frame)


def _join(crew: Crew, original: Callable[..., None]) -> Callable[..., None]:
    def join(self: threading.Thread, timeout: float | None = None) -> None:
        member = line.members.get(get_ident())
        waits = member is not None and (timeout is None or timeout > 0) and self.ident != get_ident()
        if member is None or not waits or self not in crew.alive or is_machinery(sys._getframe(1)):
            return original(self, timeout)
        wait = Wait(member, None if timeout is None else line.now + timeout)
        with line.mutex:
            if self in crew.alive:
                crew.joiners.setdefault(self, []).append(wait)
            else:
                wait.release()
        if not line.block(wait):
            return None
        return original(self)  # at its very end now

    return join
