"""The clock of a sandbox, as a test sees it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pytest_openbanking import clock
from pytest_openbanking.clock.original import real

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.scope import Scope

__all__ = ["Clock"]

REAL_WAIT = 0.5  # seconds: more than a busy machine takes between two calls


class Clock:
    """Virtual time while an exchange runs, real time otherwise. Seconds are floats."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._running = False
        self._seen = (0.0, 0.0)

    def start(self) -> bool:
        """Start virtual time; return False, doing nothing, where it runs already."""
        if self._running:
            return False
        clock.enter(self._scope)
        self._running = True
        self._seen = (real.monotonic(), clock.now())
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

    def tick(self) -> float:
        """Return monotonic(), after virtual time has passed where the client really waited: in a raw lock, or in select."""
        now, instant = clock.now(), real.monotonic()
        really, virtually = self._seen
        if self._running and instant - really - now + virtually > REAL_WAIT:
            clock.advance(instant - really - now + virtually)
            now = clock.now()
        self._seen = (instant, now)
        return now

    def monotonic(self) -> float:
        return clock.now()

    def wall(self) -> float:
        """Return the Unix time, as the client reads it: a test may have moved its clock."""
        return time.time()

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.fromtimestamp(self.wall(), UTC)

    def advance(self, seconds: float) -> None:
        """Let virtual time pass."""
        clock.advance(seconds)
