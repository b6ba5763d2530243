"""Values of a wrong type, and values that are none of those allowed: type, enum, const, not, oneOf."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hypothesis import strategies as st

from pytest_openbanking.malformed.breaking.target import Draw, Target
from pytest_openbanking.malformed.breaking.texts import near
from pytest_openbanking.malformed.places import Place, added
from pytest_openbanking.malformed.valid import values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy


__all__ = ["DRAWN", "ODD"]

SCALARS: tuple[object, ...] = (None, False, True, 0, 1, -1, 0.5, 1.5, "", "0", "a", "null", "true")


OTHERS: dict[str, SearchStrategy[object]] = {
    "whole": st.integers(),
    "number": st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer()),
    "string": st.text(max_size=8),
    "boolean": st.booleans(),
    "array": st.lists(st.none(), max_size=2),
}


def of_all_types(target: Target) -> Iterator[object]:
    yield from SCALARS
    yield from ([], {}, [None], {"": None}, -0.0, 2**53 + 1, 1e308)
    value = target.value
    yield from ([value], {"value": value})
    if isinstance(value, str):
        yield from numbers_in(value)
    elif isinstance(value, bool):
        yield from (str(value), str(value).lower(), int(value))
    elif isinstance(value, (int, float)):
        yield from (str(value), f"{value} ", value + 0.5, f"{value}.0")
    elif isinstance(value, dict):
        yield from (list(value.values()), [value])
    elif isinstance(value, list) and value:
        yield from (value[0], {str(index): item for index, item in enumerate(value)})


def numbers_in(text: str) -> Iterator[object]:
    """Yield the number that a text looks like."""
    for read in (int, float):
        try:
            yield read(text)
        except (ValueError, OverflowError):
            continue


def any_type(target: Target) -> list[Draw]:
    return [Draw(st.one_of(*OTHERS.values()))]


def other_type(target: Target) -> list[Draw]:
    """Draw any type but those that are allowed; where whole numbers are, numbers that are not."""
    kinds = target.rule.place.kinds()
    numbers = {"number", "whole"} if "number" in kinds else {"whole"} if "integer" in kinds else set()
    return [Draw(st.one_of(*(other for kind, other in OTHERS.items() if kind not in {*kinds, *numbers})))]


def not_listed(target: Target) -> Iterator[object]:
    limit = target.rule.limit
    listed = cast("list[object]", limit) if target.rule.keyword == "enum" else [limit]
    for each in listed:
        if isinstance(each, str):
            yield from near(each)
        elif isinstance(each, (int, float)) and not isinstance(each, bool):
            yield from (each + 1, each - 1, -each, each + 0.5, 10**18)
        elif isinstance(each, list):
            yield from ([*each, None], each[:-1])
        elif isinstance(each, dict):
            yield from ({**each, "": None}, {})
    yield from of_all_types(target)


def other_scalar(target: Target) -> list[Draw]:
    return [Draw(st.one_of(st.text(max_size=20), st.integers(), st.floats(allow_nan=False, allow_infinity=False)))]


def of_each_branch(target: Target) -> Iterator[object]:
    """Yield a value of each branch, with more and with less of the others in it."""
    for part in cast("list[dict[str, object]]", target.rule.limit):
        yield from of_schema(target, part)
    yield from of_all_types(target)


def of_forbidden(target: Target) -> Iterator[object]:
    yield from of_schema(target, cast("dict[str, object]", target.rule.limit))
    yield from of_all_types(target)


def of_schema(target: Target, schema: dict[str, object]) -> Iterator[object]:
    place = added(bare(target.rule.place), schema, (), raw=True)
    for extent in ("needed", "all"):
        yield target.built(place, target.value, extent)
        yield target.built(place, extent=extent)


def bare(place: Place) -> Place:
    """Return the place with nothing that holds there."""
    return Place(place.tokens, chosen=place.chosen, trail=place.trail, whole=place.whole)


def forbidden(target: Target) -> list[Draw]:
    """Draw what `not` forbids."""
    schema = cast("dict[str, object]", target.rule.limit)
    return [Draw(values(target.contract, added(bare(target.rule.place), schema, (), raw=True))), *any_type(target)]


def of_branches(target: Target) -> list[Draw]:
    """Draw what one branch of a oneOf accepts; another one may, too."""
    place = target.rule.place
    union = next((each for each in place.unions if each.parts is target.rule.limit), None)
    if union is None:
        return any_type(target)
    return [Draw(values(target.contract, place.choose(union, index))) for index in range(len(union.parts))]


ODD = {"type": of_all_types, "enum": not_listed, "const": not_listed, "not": of_forbidden, "oneOf": of_each_branch}
DRAWN = {"type": other_type, "enum": other_scalar, "const": other_scalar, "not": forbidden, "oneOf": of_branches}
