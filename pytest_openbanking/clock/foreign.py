"""Real things that a loop waits for: sockets, pipes and processes that are registered with its selector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_openbanking.clock.original import real
from pytest_openbanking.clock.timeline import Wait, line

if TYPE_CHECKING:
    from selectors import BaseSelector

__all__ = ["Foreign"]

_IDLE_GRACE = 0.02  # for what was open before the exchange, such as a pooled database connection


class Foreign:
    """The file descriptors of one loop that are not its own self-pipe."""

    def __init__(self, loop: Any, selector: BaseSelector) -> None:
        self._loop = loop
        self._selector = selector
        self._own = getattr(loop._ssock, "fileno", lambda: -1)()

    def wait_really(self, wait: Wait) -> list[Any]:
        """Wait for real for a short while, if there is anything real to wait for."""
        registered = self._selector.get_map()
        if len(registered) <= (self._own in registered):
            return []
        return self._selector.select(_IDLE_GRACE)


_ = (real, line)
