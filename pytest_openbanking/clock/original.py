"""The real clock, whatever is redirected."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["real"]


class Real:
    """The built-in functions as they were found; `redirect` puts unredirected twins here."""

    def __init__(self) -> None:
        self.sleep: Callable[[float], None] = time.sleep
        self.time: Callable[[], float] = time.time
        self.time_ns: Callable[[], int] = time.time_ns
        self.monotonic: Callable[[], float] = time.monotonic
        self.monotonic_ns: Callable[[], int] = time.monotonic_ns
        self.perf_counter: Callable[[], float] = time.perf_counter
        self.perf_counter_ns: Callable[[], int] = time.perf_counter_ns


real = Real()
