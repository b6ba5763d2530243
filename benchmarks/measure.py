"""Measuring side by side: the two in turn, CPU time, the median of the rounds and of their ratios."""

from __future__ import annotations

import gc
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Pair:
    """CPU microseconds of two functions, and the ratio of the first to the second, round by round."""

    ours: float
    theirs: float
    ratio: float
    low: float
    high: float

    def line(self, name: str, other: str) -> str:
        return (
            f"{name:<46} {self.ours:9.1f} us   {other:<24} {self.theirs:9.1f} us   "
            f"ratio {self.ratio:5.2f}  ({self.low:.2f} to {self.high:.2f})"
        )


def cpu(call: Callable[[], object], times: int) -> float:
    """Return the CPU microseconds of one call."""
    gc.collect()
    started = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - started) / times * 1e6


def side_by_side(
    ours: Callable[[], object], theirs: Callable[[], object], *, times: int = 400, rounds: int = 9
) -> Pair:
    """Run both in turn, after a warm-up."""
    cpu(ours, 50), cpu(theirs, 50)
    pairs = [(cpu(ours, times), cpu(theirs, times)) for _ in range(rounds)]
    ratios = [one / other for one, other in pairs]
    median = statistics.median
    return Pair(median(o for o, _ in pairs), median(t for _, t in pairs), median(ratios), min(ratios), max(ratios))
