"""The time line: who takes part in it, who is blocked until when, and the jump to the earliest deadline.

Time stands still while any member is busy. A member that blocks says so; the last one to block moves
time to the earliest deadline and wakes whoever it belongs to. Whoever wakes another member marks it
busy *in the same step*, before its thread has run: so there is no moment at which a woken thread counts
as blocked, and no wrong hand-over, however the machine schedules the threads.
"""

from __future__ import annotations

import time
from _thread import get_ident
from heapq import heappop, heappush
from math import inf, nextafter
from threading import RLock
from typing import TYPE_CHECKING

from pytest_openbanking.clock.members import Member, State, Wait
from pytest_openbanking.clock.original import real

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Timeline", "line"]


class Timeline:
    """The one virtual time of this process, shared by all open exchanges."""

    def __init__(self) -> None:
        self.on = False
        self.now = 0.0
        self.unix = 0.0  # to add for Unix time
        self.performance = time.perf_counter() - time.monotonic()  # to add for perf_counter
        self.members: dict[int, Member] = {}
        self.busy = 0
        self.progress = 0  # grows with each block and wake
        self.shared = False  # whether anything but one thread has taken part
        self.mutex = RLock()  # a signal handler or finaliser may come back in
        self._heap: list[tuple[float, int, Wait]] = []
        self._blocked: dict[Wait, None] = {}
        self._order = 0
        self.alert: Callable[[], None] = lambda: None  # the patrol is needed

    def start(self) -> None:
        self.now = real.monotonic()
        self.unix = real.time() - self.now
        self.busy = 0
        self.shared = False
        self.on = True

    def stop(self) -> None:
        """Give real time back; waits of other members go on in it."""
        with self.mutex:
            self.on = False
            self.members.clear()
            self._heap.clear()
            for wait in list(self._blocked):
                self._leave_behind(wait)
            self._blocked.clear()

    def member(self) -> Member | None:
        return self.members.get(get_ident())

    def join(self, ident: int, *, daemon: bool = False, busy: bool = True) -> Member:
        """Make a thread a member; `busy` is false where somebody counted it as busy beforehand."""
        with self.mutex:
            member = self.members.get(ident)
            if member is None:
                member = self.members[ident] = Member(ident, daemon=daemon)
                self.busy += busy
                if len(self.members) > 1:
                    self._share()
            return member

    def part(self, ident: int) -> None:
        with self.mutex:
            if self.members.pop(ident, None) is not None:
                self.count(-1)

    def count(self, change: int) -> None:
        """Change the number of busy members, and jump if none is left."""
        with self.mutex:
            if not self.on:
                return
            self._share()
            self.busy += change
            self.progress += 1
            if self.busy <= 0:
                self._jump()

    def sleep(self, member: Member, seconds: float) -> None:
        """Let a member wait for so many virtual seconds."""
        member.reads = 0
        with self.mutex:
            deadline = self.now + seconds
            heap = self._heap
            if self.on and self.busy == 1 and not (heap and heap[0][0] <= deadline):
                self.now = nextafter(deadline, inf)
                return
        self.block(Wait(member, deadline))

    def block(self, wait: Wait) -> bool:
        """Block until released (true) or until the deadline has come (false)."""
        member = wait.member
        member.reads = 0
        try:
            if self._begin(wait):
                self._rest(wait)
        except BaseException:  # KeyboardInterrupt, or whatever a signal handler raises
            self._abandon(wait)
            raise
        if wait.error is not None:
            raise wait.error
        if wait.state is State.REAL:
            return _finish_really(wait)
        return wait.state is State.WOKEN

    def release(self, wait: Wait) -> None:
        """Wake a wait, or let it return at once if it has not blocked yet."""
        with self.mutex:
            if wait.state is State.BLOCKED:
                self._wake(wait, State.WOKEN)
            elif wait.state is State.NEW:
                wait.state = State.WOKEN
            elif wait.state is State.REAL:
                wait.state = State.WOKEN
                if wait.gate.locked():  # else its thread has yet to pass, and will see the state
                    wait.gate.release()

    def interrupt(self, wait: Wait, error: BaseException) -> bool:
        """Make a blocked wait raise; tells whether it was still blocked."""
        with self.mutex:
            if wait.state is not State.BLOCKED:
                return False
            wait.error = error
            self._wake(wait, State.WOKEN)
            return True

    def move(self, seconds: float) -> None:
        """Move time by hand: whatever falls due meanwhile is woken, in order."""
        with self.mutex:
            target = self.now + seconds
            while (deadline := self.earliest()) is not None and deadline <= target:
                self._jump()
            self.now = max(self.now, target)

    def creep(self, seconds: float) -> None:
        """Move time under a thread that busy-waits: no further than the next deadline."""
        with self.mutex:
            deadline = self.earliest()
            if deadline is not None and deadline <= self.now + seconds:
                self._jump()
            else:
                self.now += seconds

    def earliest(self) -> float | None:
        """Return the earliest deadline of a blocked member."""
        heap = self._heap
        while heap and heap[0][2].state is not State.BLOCKED:
            heappop(heap)
        return heap[0][0] if heap else None

    def jump(self, progress: int) -> bool:
        """Jump past members that are known to be blocked, unless anything moved since `progress`."""
        with self.mutex:
            return self.on and self.progress == progress and self._jump()

    def blocked(self) -> list[Wait]:
        with self.mutex:
            return list(self._blocked)

    def _share(self) -> None:
        if not self.shared:
            self.shared = True
            self.alert()

    def _rest(self, wait: Wait) -> None:
        if wait.rest is None:
            wait.gate.acquire()
        else:
            wait.rest()
            self._abandon(wait)  # something real happened, unless the bell rang

    def _begin(self, wait: Wait) -> bool:
        with self.mutex:
            if wait.state is not State.NEW:
                return False
            if not self.on:
                self._leave_behind(wait)
                return True
            wait.state = State.BLOCKED
            wait.member.wait = wait
            self._blocked[wait] = None
            self.busy -= 1
            self.progress += 1
            if wait.deadline is not None:
                self._order += 1
                heappush(self._heap, (wait.deadline, self._order, wait))
            if self.busy <= 0:
                self._jump()
            return True

    def _jump(self) -> bool:
        deadline = self.earliest()
        if deadline is None:
            self.alert()
            return False
        # Just past it, as a real clock would be: clients test `now > deadline` and `left < 0`.
        self.now = max(self.now, nextafter(deadline, inf))
        self._wake(heappop(self._heap)[2], State.DUE)
        return True

    def _wake(self, wait: Wait, state: State) -> None:
        wait.state = state
        wait.member.wait = None
        self._blocked.pop(wait, None)
        self.busy += 1
        self.progress += 1
        _let_pass(wait)

    def _abandon(self, wait: Wait) -> None:
        with self.mutex:
            if wait.state is State.BLOCKED:
                self._wake(wait, State.WOKEN)

    def _leave_behind(self, wait: Wait) -> None:
        if wait.deadline is not None:
            wait.left = max(wait.deadline - self.now, 0.0)
        if wait.brief:
            wait.left = 0.0
        wait.state = State.REAL
        wait.member.wait = None
        _let_pass(wait)


def _let_pass(wait: Wait) -> None:
    wait.gate.release()
    if wait.bell is not None:
        wait.bell()


def _finish_really(wait: Wait) -> bool:
    # `gate` has been passed once; whoever releases the wait from now on lets it pass again.
    return wait.gate.acquire(timeout=-1 if wait.left is None else wait.left)


line = Timeline()
Wait.releaser = staticmethod(line.release)
