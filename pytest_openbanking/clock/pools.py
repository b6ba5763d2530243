"""Executors: a work item is busy from when it is queued for a free worker until its result is delivered."""

from __future__ import annotations

from _thread import get_ident
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from pytest_openbanking.clock.timeline import line

if TYPE_CHECKING:
    import threading

    from pytest_openbanking.jobs import Carried

__all__ = ["Pools"]


class _Pool:
    """What is known of one executor during an exchange."""

    __slots__ = ("capacity", "counted", "leaving", "queue", "working")

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.queue: set[Carried] = set()
        self.working: set[int] = set()  # idents of workers
        self.leaving: set[threading.Thread] = set()  # workers of a closed pool, until they have ended
        self.counted = 0

    def settle(self) -> None:
        """Count as busy what a free worker is about to take up, and idle workers that are about to end."""
        taken_up = min(len(self.queue), max(self.capacity - len(self.working), 0))
        ending = sum(thread.ident not in self.working for thread in self.leaving)
        busy = max(taken_up, ending)
        change, self.counted = busy - self.counted, busy
        if change:
            line.count(change)


class Pools:
    """The executors that members submit to."""

    def __init__(self) -> None:
        self._pools: WeakKeyDictionary[Any, _Pool] = WeakKeyDictionary()

    def queueing(self, executor: Any, carried: Carried) -> None:
        if get_ident() not in line.members:
            return
        with line.mutex:
            pool = self._pools.get(executor)
            if pool is None:
                pool = self._pools[executor] = _Pool(executor._max_workers)
            carried.pool = pool
            pool.queue.add(carried)
            pool.settle()

    def unqueued(self, carried: Carried) -> None:
        with line.mutex:
            pool: _Pool | None = carried.pool
            if pool is not None and carried in pool.queue:
                pool.queue.discard(carried)
                pool.settle()

    def working(self, carried: Carried) -> None:
        with line.mutex:
            pool: _Pool | None = carried.pool
            if pool is not None and carried in pool.queue:
                line.join(get_ident()).depth += 1
                pool.working.add(get_ident())
                pool.queue.discard(carried)
                pool.settle()

    def worked(self, carried: Carried) -> None:
        with line.mutex:
            pool: _Pool | None = carried.pool
            if pool is not None and get_ident() in pool.working:
                pool.working.discard(get_ident())
                pool.settle()
                line.part(get_ident())

    def close(self, executor: Any) -> list[threading.Thread]:
        """Return the workers that end now, each of which is busy ending once it is idle."""
        with line.mutex:
            pool = self._pools.get(executor)
            if pool is None:
                pool = self._pools[executor] = _Pool(executor._max_workers)
            pool.leaving = {thread for thread in executor._threads if thread.is_alive()}
            pool.settle()
            return list(pool.leaving)

    def worker_ended(self, thread: threading.Thread) -> None:
        for pool in list(self._pools.values()):
            if thread in pool.leaving:
                pool.leaving.discard(thread)
                pool.settle()

    def forget(self) -> None:
        for pool in self._pools.values():
            pool.queue.clear()
            pool.working.clear()
            pool.leaving.clear()
            pool.counted = 0
        self._pools.clear()
