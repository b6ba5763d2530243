"""Objects with a member too few or too many: required, dependentRequired, additionalProperties, min- and maxProperties."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hypothesis import strategies as st

from pytest_openbanking.malformed.breaking.target import Draw, Target

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DRAWN", "ODD"]

NAMES = ("x", "", "extra", "__proto__", "constructor", "id", "$ref", "x-unknown", "é", "\ud800")


def without(target: Target) -> Iterator[object]:
    name = target.rule.member
    yield {key: value for key, value in target.members.items() if key != name}


def one_more(target: Target) -> Iterator[object]:
    """Yield the object with one member that is not known, many of them nearly."""
    known = target.rule.place.names()
    like = [twist for name in known for twist in (name.upper(), name.lower(), name + " ", snake(name))]
    for name in (*NAMES, *like):
        if name not in known:
            yield from (
                {**target.members, name: value} for value in (None, "", target.members.get(known[0]) if known else 1)
            )


def snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)


def more(target: Target) -> list[Draw]:
    members = target.members
    value = st.one_of(st.none(), st.booleans(), st.integers())
    return [Draw(st.tuples(st.text(max_size=10), value), lambda drawn: {**members, drawn[0]: drawn[1]})]


def too_few(target: Target) -> Iterator[object]:
    """Yield the object with fewer members, those that it needs last to go."""
    needed = target.rule.place.required()
    names = sorted(target.members, key=lambda name: name not in needed)
    for count in range(min(cast("int", target.rule.limit), len(names))):
        yield {name: target.members[name] for name in names[:count]}


def too_many(target: Target) -> Iterator[object]:
    limit = cast("int", target.rule.limit)
    for count in (limit + 1, limit + 2, limit + 10):
        spare = [f"other{number}" for number in range(count)]
        for more in (spare, [*target.rule.place.names(), *spare]):
            names = list(dict.fromkeys((*target.members, *more)))[: max(count, len(target.members))]
            yield {name: target.members[name] if name in target.members else target.member(name) for name in names}


def forbidden(target: Target) -> Iterator[object]:
    """Yield the object with the member that it must not have."""
    values: tuple[object, ...] = (None, "", 0, False, {}, [])
    for value in values:
        yield {**target.members, target.rule.member: value}


CLOSED = ("additionalProperties", "unevaluatedProperties")
ODD = {
    "required": without,
    "dependentRequired": without,
    **dict.fromkeys(CLOSED, one_more),
    "forbidden": forbidden,
    "minProperties": too_few,
    "maxProperties": too_many,
}
DRAWN = dict.fromkeys(CLOSED, more)
