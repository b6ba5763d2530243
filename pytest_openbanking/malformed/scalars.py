"""Simple values for a place: what its schema offers first, then what its keywords lead to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, cast

from pytest_openbanking.malformed.formats import SAMPLES
from pytest_openbanking.malformed.named import matching

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.malformed.places import Place

__all__ = ["bounds", "lengths", "scalars"]


def scalars(place: Place, kind: str) -> Iterator[object]:
    """Yield values of one JSON type for a place, each of which may still break one of its rules."""
    yield from offered(place)
    if kind == "null":
        yield None
    elif kind == "boolean":
        yield from (True, False)
    elif kind in ("integer", "number"):
        yield from numbers(place, kind)
    elif kind == "string":
        yield from texts(place)


def offered(place: Place) -> Iterator[object]:
    yield from place.limits("const")
    for values in (*place.limits("enum"), *place.limits("examples")):
        yield from cast("list[object]", values)
    yield from place.limits("default")
    yield from place.limits("example")


def bounds(place: Place) -> tuple[float, float]:
    """Return the least and the greatest number that is allowed; an exclusive bound is counted in."""
    low = [*place.limits("minimum"), *place.limits("exclusiveMinimum")]
    high = [*place.limits("maximum"), *place.limits("exclusiveMaximum")]
    return max(cast("list[float]", low), default=-math.inf), min(cast("list[float]", high), default=math.inf)


def lengths(place: Place) -> tuple[int, int | None]:
    """Return the least and the greatest length of a text; None: as long as you like."""
    least = max(cast("list[int]", place.limits("minLength")), default=0)
    return least, min(cast("list[int]", place.limits("maxLength")), default=None)


def numbers(place: Place, kind: str) -> Iterator[object]:
    low, high = bounds(place)
    steps = cast("list[float]", place.limits("multipleOf"))
    near = [bound for bound in (low, high) if math.isfinite(bound)]
    for number in (1, 0, *steps, *near):
        yield from (number, number + 1, number - 1)
        if kind == "number":
            yield from (number + 0.5, number - 0.5)
    if len(near) == 2:
        yield (low + high) // 2 if kind == "integer" else (low + high) / 2
    for step in steps:
        for bound in near:
            yield from (bound // step * step, (bound // step + 1) * step)


def texts(place: Place) -> Iterator[object]:
    for name in cast("list[str]", place.limits("format")):
        yield from SAMPLES.get(name, ())
    least, most = lengths(place)
    patterns = cast("list[str]", place.limits("pattern"))
    for length in dict.fromkeys((least, max(1, least))):
        yield "a" * length
        yield "1" * length
    for pattern in patterns:
        found = matching(pattern, least, most)
        yield from () if found is None else (found,)
