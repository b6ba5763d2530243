"""The clock of a sandbox, as a test sees it."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_openbanking import clock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.scope import Scope

__all__ = ["Clock"]


class Clock:
    """Virtual time while an exchange runs, real time otherwise. Seconds are floats."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._running = False

    def start(self) -> bool:
        """Start virtual time; return False, doing nothing, where it runs already."""
        if self._running:
            return False
        clock.enter(self._scope)
        self._running = True
        return True

    def stop(self) -> None:
        self._running = False
        clock.leave(self._scope)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the block in virtual time."""
        started = self.start()
        try:
            yield
        finally:
            if started:
                self.stop()

    def monotonic(self) -> float:
        return clock.now()

    def wall(self) -> float:
        """Return the Unix time."""
        return clock.wall()

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.fromtimestamp(clock.wall(), UTC)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        clock.advance(seconds)
