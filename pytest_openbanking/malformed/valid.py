"""Strategies of valid values, place by place."""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, cast

from hypothesis import strategies as st

from pytest_openbanking.malformed.documents import NOTHING, Builder, settled
from pytest_openbanking.malformed.formats import SAMPLES
from pytest_openbanking.malformed.places import root
from pytest_openbanking.malformed.scalars import bounds, lengths, offered

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.malformed.contract import Contract
    from pytest_openbanking.malformed.places import Place

__all__ = ["valid", "values"]

ANYTHING: SearchStrategy[object] = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20))
COMBINATIONS = 16
DEEPEST = 8


def valid(contract: Contract) -> SearchStrategy[object]:
    """Return the strategy of valid documents."""
    return values(contract, root(contract.schema)).filter(lambda value: not contract.errors(value))


def values(contract: Contract, place: Place) -> SearchStrategy[object]:
    """Return the strategy of what a place accepts; a value that is known to be is always in it."""
    if not place.raws:
        return ANYTHING
    ways = [of_kind(contract, each, kind) for each in islice(settled(place, {}), COMBINATIONS) for kind in each.kinds()]
    known = simplest(contract, place)
    found = st.one_of(ways).filter(lambda value: all(contract.accepts(raw, value) for raw in place.raws))
    return found if known is NOTHING or isinstance(known, (dict, list)) else st.just(known) | found


def ends(place: Place) -> bool:
    """Tell whether nothing more is drawn from here on."""
    return place.repeats or len(place.tokens) > DEEPEST


def simplest(contract: Contract, place: Place) -> object:
    return Builder(contract, (), {}, "needed").value(place, NOTHING)


def of_kind(contract: Contract, place: Place, kind: str) -> SearchStrategy[object]:
    chosen = list(offered(place)) if place.limits("enum") or place.limits("const") else []
    if chosen:
        return st.sampled_from(chosen)
    if kind == "object":
        return objects(contract, place)
    if kind == "array":
        return arrays(contract, place)
    return simple(place, kind)


def simple(place: Place, kind: str) -> SearchStrategy[object]:
    if kind == "null":
        return st.none()
    if kind == "boolean":
        return st.booleans()
    return texts(place) if kind == "string" else numbers(place, kind)


def numbers(place: Place, kind: str) -> SearchStrategy[object]:
    low, high = bounds(place)
    if low > high:
        return st.nothing()
    least, most = (math.ceil(low) if math.isfinite(low) else None, math.floor(high) if math.isfinite(high) else None)
    whole: SearchStrategy[object] = st.nothing()
    if least is None or most is None or least <= most:
        whole = st.integers(least, most)
    steps = cast("list[float]", place.limits("multipleOf"))
    if steps:
        return whole.map(lambda number: cast("int", number) // steps[0] * steps[0])
    ends = (low if math.isfinite(low) else None, high if math.isfinite(high) else None)
    return whole if kind == "integer" else whole | st.floats(*ends, allow_nan=False, allow_infinity=False)


def texts(place: Place) -> SearchStrategy[object]:
    for name in cast("list[str]", place.limits("format")):
        if name in SAMPLES:
            return of_format(name)
    patterns = cast("list[str]", place.limits("pattern"))
    if patterns:
        return st.from_regex(patterns[0])
    least, most = lengths(place)
    if most is not None and least > most:
        return st.nothing()
    return st.text(min_size=least, max_size=least + 20 if most is None else min(most, least + 20))


def of_format(name: str) -> SearchStrategy[object]:
    drawn: dict[str, SearchStrategy[object]] = {
        "date": st.dates().map(lambda day: day.isoformat()),
        "date-time": st.datetimes().map(lambda moment: moment.isoformat() + "Z"),
        "uuid": st.uuids().map(str),
    }
    return st.sampled_from(SAMPLES[name]) | drawn.get(name, st.nothing())


def objects(contract: Contract, place: Place) -> SearchStrategy[object]:
    needed = place.required()
    optional = [name for name in place.names() if name not in needed and not ends(place.member(name))]
    possible = [name for name in optional if simplest(contract, place.member(name)) is not NOTHING]
    return st.fixed_dictionaries(
        {name: values(contract, place.member(name)) for name in needed},
        optional={name: values(contract, place.member(name)) for name in possible},
    )


def arrays(contract: Contract, place: Place) -> SearchStrategy[object]:
    least = max(cast("list[int]", place.limits("minItems")), default=0)
    most = min(cast("list[int]", place.limits("maxItems")), default=least + 3)
    first = max((len(cast("list[object]", items)) for items in place.limits("prefixItems")), default=0)
    if first:
        return st.tuples(*(values(contract, place.item(index)) for index in range(first))).map(list)
    if least > most or ends(place.item(0)):
        return st.just([]) if least == 0 else st.nothing()
    unique = repr if place.limits("uniqueItems") else None
    items = values(contract, place.item(0))
    return st.lists(items, min_size=least, max_size=min(most, least + 3), unique_by=unique)
