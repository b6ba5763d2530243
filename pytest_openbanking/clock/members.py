"""Who takes part in virtual time, and what they wait for."""

from __future__ import annotations

from _thread import allocate_lock
from enum import Enum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Member", "State", "Wait"]


class State(Enum):
    """How far a wait has got."""

    NEW = "not yet blocked"
    BLOCKED = "blocked"
    WOKEN = "released by somebody"
    DUE = "its deadline came"
    REAL = "left over from an exchange that ended: it goes on in real time"


class Member:
    """A thread that takes part; `depth` counts the exchanges it entered itself."""

    __slots__ = ("daemon", "depth", "ident", "reads", "since", "wait")

    def __init__(self, ident: int, *, daemon: bool = False) -> None:
        self.ident = ident
        self.daemon = daemon
        self.depth = 0
        self.wait: Wait | None = None
        self.reads = 0  # of the clock, since the last wait
        self.since = 0.0  # when, in real time, those reads began


class Wait:
    """One wait of one member; `release` has the signature that `Condition.notify` expects of a lock."""

    releaser: ClassVar[Callable[[Wait], None]] = staticmethod(lambda wait: None)  # the time line's
    __slots__ = ("bell", "brief", "deadline", "error", "gate", "left", "member", "rest", "state")

    def __init__(self, member: Member, deadline: float | None = None, *, brief: bool = False) -> None:
        self.member = member
        self.deadline = deadline
        self.brief = brief  # returns at once, rather than going on in real time, when the exchange ends
        self.state = State.NEW
        self.error: BaseException | None = None
        self.left: float | None = None
        # A loop that watches real file descriptors rests in its selector; the bell wakes it there.
        self.rest: Callable[[], object] | None = None
        self.bell: Callable[[], object] | None = None
        self.gate = allocate_lock()
        self.gate.acquire()

    def release(self) -> None:
        Wait.releaser(self)
