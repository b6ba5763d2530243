"""Real things that a loop waits for: sockets, pipes and processes that are registered with its selector."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from pytest_openbanking.clock.original import real
from pytest_openbanking.clock.timeline import line

if TYPE_CHECKING:
    from selectors import BaseSelector

    from pytest_openbanking.clock.members import Wait

__all__ = ["Foreign"]

_GRACE = 0.02  # of real time before each jump, for what was open before, such as a pooled database connection
_REPLY = 0.25  # for a connection out of this process that was opened during the exchange
_CHILD = ("_UnixReadPipeTransport", "_UnixWritePipeTransport", "PidfdChildWatcher")


class Foreign:
    """The file descriptors of one loop that are not its own self-pipe."""

    def __init__(self, loop: Any, selector: BaseSelector) -> None:
        self._loop = loop
        self._selector = selector
        self._own = loop._ssock.fileno() if getattr(loop, "_ssock", None) is not None else -1
        self._before = set(selector.get_map())
        self._threads_before = _waitpid_threads()

    def present(self) -> bool:
        registered = self._selector.get_map()
        return len(registered) > (self._own in registered) or self._awaits_child_by_thread()

    def wait_really(self, wait: Wait) -> list[Any]:
        """Give the real world time to answer before a jump, if anything real is registered."""
        if not self.present():
            return []
        if self._awaits_child():
            return self._follow(wait)
        return self._selector.select(_REPLY if self._awaits_reply() else _GRACE)

    def watch_too(self, wait: Wait) -> None:
        """Make a wait rest in the selector, so that real events end it as well."""
        if self.present() and getattr(self._loop, "_csock", None) is not None:
            wait.rest = lambda: self._selector.select(None)
            wait.bell = lambda: self._loop._csock.send(b"\0")

    def _follow(self, wait: Wait) -> list[Any]:
        """A child process works in real time, so time goes by as it really does."""
        began = real.monotonic()
        left = None if wait.deadline is None else max(wait.deadline - line.now, 0.0)
        events = self._selector.select(left)
        line.move(min(real.monotonic() - began, left if left is not None else float("inf")))
        return events

    def _new(self) -> list[Any]:
        return [key for fd, key in self._selector.get_map().items() if fd not in self._before and fd != self._own]

    def _awaits_child(self) -> bool:
        return self._awaits_child_by_thread() or any(
            type(getattr(getattr(handle, "_callback", None), "__self__", None)).__name__ in _CHILD
            for key in self._new()
            for handle in (key.data or ())
            if handle is not None
        )

    def _awaits_child_by_thread(self) -> bool:
        return bool(_waitpid_threads() - self._threads_before)

    def _awaits_reply(self) -> bool:
        """Tell whether a connection opened during the exchange leads out of this process."""
        ends = [one for key in self._new() if (one := self._ends(key.fd)) is not None]
        here = {local for local, _ in ends}
        return any(peer is not None and peer not in here for _, peer in ends)

    def _ends(self, fd: int) -> tuple[Any, Any] | None:
        try:
            with socket.socket(fileno=fd) as one:
                try:
                    return one.getsockname(), _peer(one)
                finally:
                    one.detach()
        except OSError:
            return None


def _waitpid_threads() -> set[threading.Thread]:
    # ThreadedChildWatcher: asyncio's default for processes before 3.12.
    return {one for one in threading.enumerate() if one.name.startswith("asyncio-waitpid-")}


def _peer(one: socket.socket) -> Any:
    try:
        return one.getpeername() or None
    except OSError:  # it listens, or connects
        return None
