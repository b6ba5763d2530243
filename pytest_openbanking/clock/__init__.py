"""Virtual time, shared by all open exchanges of the process."""

from pytest_openbanking.clock.exchanges import advance, enter, leave, now, virtual_time, wall, watch
from pytest_openbanking.clock.hang import HungExchange
from pytest_openbanking.clock.loops import UnsupportedLoop

__all__ = [
    "HungExchange",
    "UnsupportedLoop",
    "advance",
    "enter",
    "leave",
    "now",
    "virtual_time",
    "wall",
    "watch",
]
