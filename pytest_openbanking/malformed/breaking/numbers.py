"""Numbers that break minimum, maximum, their exclusive forms, or multipleOf."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from hypothesis import strategies as st

from pytest_openbanking.malformed.breaking.target import Draw, Target
from pytest_openbanking.malformed.scalars import bounds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["DRAWN", "ODD"]

HUGE = 10**400  # 401 digits: more than a double holds
FAR = (2**31, 2**32, 2**53 + 1, 2**63, 2**64, 10**18, HUGE, 1e308, math.inf)


def odd(target: Target) -> Iterator[object]:
    """Yield numbers at the bound, just beyond it, and far away; infinity is written as 1e400."""
    limit = cast("float", target.rule.limit)
    yield from (0, -0.0, 1, -1, limit, limit - 1, limit + 1, limit - 0.5, limit + 0.5, -limit)
    for digits in (0.01, 1e-9):
        yield from (limit - digits, limit + digits)
    if math.isfinite(float(limit)):
        yield from (math.nextafter(limit, -math.inf), math.nextafter(limit, math.inf))
    if isinstance(target.value, (int, float)):
        yield from (-target.value, target.value * 10, target.value * 100)
    for far in FAR:
        yield from (far, -far)
    yield from multiples(target)


def multiples(target: Target) -> Iterator[object]:
    """Yield numbers that are whole steps away from the valid one, beyond the bound."""
    limit = cast("float", target.rule.limit)
    for step in cast("list[float]", target.rule.place.limits("multipleOf")):
        yield from ((limit // step + count) * step for count in (-1, 0, 1, 2))


def off_the_steps(target: Target) -> Iterator[object]:
    step = cast("float", target.rule.limit)
    value = target.value if isinstance(target.value, (int, float)) else 0
    yield from (value + step / 2, value + step / 10, value + step / 1000, step / 2, step / 3, 0.1, 1e-9, value + 0.001)
    yield from (value + part for part in range(1, min(10, int(step) + 1)))
    yield from (value - part for part in range(1, min(10, int(step) + 1)))


def below(target: Target) -> list[Draw]:
    limit = cast("float", target.rule.limit)
    decimals = st.floats(max_value=limit, allow_infinity=False)
    return [Draw(numbers, stepped(target)) for numbers in (st.integers(max_value=math.ceil(limit)), decimals)]


def above(target: Target) -> list[Draw]:
    limit = cast("float", target.rule.limit)
    decimals = st.floats(min_value=limit, allow_infinity=False)
    return [Draw(numbers, stepped(target)) for numbers in (st.integers(min_value=math.floor(limit)), decimals)]


def stepped(target: Target) -> Callable[[float], float]:
    """Keep to whole steps where only those are left, to whole numbers where only those are allowed."""
    steps = cast("list[float]", target.rule.place.limits("multipleOf"))
    if steps:
        return lambda number: number // steps[0] * steps[0]
    return int if "number" not in target.rule.place.kinds() else lambda number: number


def between_steps(target: Target) -> list[Draw]:
    low, high = bounds(target.rule.place)
    least, most = (bound if math.isfinite(bound) else None for bound in (low, high))
    if "number" in target.rule.place.kinds():
        return [Draw(st.floats(least, most, allow_nan=False, allow_infinity=False))]
    ends = (None if least is None else math.ceil(least), None if most is None else math.floor(most))
    return [Draw(st.integers(*ends))]


BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
ODD = {**dict.fromkeys(BOUNDS, odd), "multipleOf": off_the_steps}
DRAWN = {
    **dict.fromkeys(("minimum", "exclusiveMinimum"), below),
    **dict.fromkeys(("maximum", "exclusiveMaximum"), above),
    "multipleOf": between_steps,
}
