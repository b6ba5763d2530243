"""The wall clock: time-machine carries `datetime`, `gmtime`, `localtime` and `strftime`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.clock.readings import unix_ns

if TYPE_CHECKING:
    from time_machine import travel

__all__ = ["WallClock"]


class WallClock:
    """time-machine's traveller, asked for each reading, so that it is virtual for members alone."""

    def __init__(self) -> None:
        self._travel: travel | None = None

    def on(self) -> None:
        import time_machine

        travel = time_machine.travel(0.0, tick=False)
        traveller = travel.start()
        traveller.time_ns = unix_ns  # type: ignore[method-assign]
        self._travel = travel

    def off(self) -> None:
        travel, self._travel = self._travel, None
        if travel is not None:
            travel.stop()
