"""Arrays with too few, too many, or the wrong items."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hypothesis import strategies as st

from pytest_openbanking.malformed.breaking.target import Draw, Target
from pytest_openbanking.malformed.named import simplest
from pytest_openbanking.malformed.valid import values

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DRAWN", "ODD", "SEARCHED"]

MOST_DRAWN = 20  # items; longer arrays are only repeated


def too_few(target: Target) -> Iterator[object]:
    for count in range(min(cast("int", target.rule.limit), 50)):
        yield target.items[:count]


def too_many(target: Target) -> Iterator[object]:
    limit, items = cast("int", target.rule.limit), target.items
    counts = (limit + 1, limit + 2, limit * 2 + 2)
    more = [target.item(index) for index in range(len(items), min(limit + 1, MOST_DRAWN))]
    for item in (*items[:1], *more[-1:], None, 0, "a", {}):
        yield from ([*items, *more, *[item] * count][: max(count, len(items) + len(more))] for count in counts)
        yield from ([*items, *[item] * count][:count] for count in counts)
    yield [*items, *range(limit + 1)][: limit + 1]
    yield [*items, *(f"a{number}" for number in range(limit + 1))][: limit + 1]


def different(target: Target) -> Iterator[object]:
    """Yield too many different items, which Hypothesis has looked for."""
    limit, place = cast("int", target.rule.limit), target.rule.place
    if place.limits("uniqueItems") and limit < MOST_DRAWN:
        items = st.lists(values(target.contract, place.item(0)), min_size=limit + 1, max_size=limit + 1, unique_by=repr)
        yield from simplest(items)


def twice(target: Target) -> Iterator[object]:
    items = target.items or [target.item(0)]
    for item in items[:5]:
        yield from ([*items, item], [item, item], [item, *items])
    pairs: tuple[tuple[object, object], ...] = (
        (0, 0),
        (0, -0.0),
        (1, 1.0),
        ("", ""),
        (None, None),
        ({}, {}),
        ([], []),
        (False, False),
    )
    yield from (list(pair) for pair in pairs)


def unlike(target: Target) -> Iterator[object]:
    """Yield arrays around what they may contain: none of it, too little of it, too much of it."""
    items = target.items
    yield from (items[:count] for count in range(len(items)))
    yield from (items * count for count in (2, 3, 5, 10, 50))
    for item in (target.item(0), None, 0, "", "a", {}, [], False):
        yield from ([item], [item] * max(1, len(items)), [*items, item], [*items[:-1], item])


def beyond(target: Target) -> Iterator[object]:
    """Yield the array with items where none may be."""
    first = max((len(cast("list[object]", items)) for items in target.rule.place.limits("prefixItems")), default=0)
    full = target.items
    others: tuple[object, ...] = (None, 0, "a", {}, [])
    for item in others:
        yield from ([*full, item], [*full, *[item] * (first - len(full) + 1)])


def repeated(target: Target) -> list[Draw]:
    item = values(target.contract, target.rule.place.item(len(target.items)))
    return [Draw(item, lambda drawn: [*target.items, drawn, drawn])]


def longer(target: Target) -> list[Draw]:
    """Draw one to four items too many; distinct ones where they have to be."""
    limit, place = cast("int", target.rule.limit), target.rule.place
    item = values(target.contract, place.item(0))
    if limit > MOST_DRAWN:
        return [Draw(st.tuples(item, st.integers(1, 9)), lambda drawn: [drawn[0]] * (limit + drawn[1]))]
    if place.limits("uniqueItems"):
        return [Draw(st.lists(item, min_size=limit + 1, max_size=limit + 4, unique_by=repr))]
    some = st.tuples(st.lists(item, min_size=1, max_size=3), st.integers(1, 4))
    return [Draw(some, lambda drawn: (drawn[0] * (limit + drawn[1]))[: limit + drawn[1]])]


ODD = {
    "minItems": too_few,
    "maxItems": too_many,
    "uniqueItems": twice,
    **dict.fromkeys(("contains", "minContains", "maxContains"), unlike),
    **dict.fromkeys(("items", "unevaluatedItems"), beyond),
}
SEARCHED = {"maxItems": different}
DRAWN = {"maxItems": longer, "uniqueItems": repeated}
