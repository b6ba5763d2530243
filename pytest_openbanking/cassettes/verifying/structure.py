"""The structure of a JSON body: which members there are, and of which types; not their values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

__all__ = ["Structure", "gone", "pointer", "retyped", "structure"]

Step = tuple[str, ...]
Structure = Mapping[Step, frozenset[str]]
ITEM = "*"
NULL = "null"


def structure(document: object) -> Structure:
    """Return the types at each place of a document; the items of a list are all at one place."""
    found: dict[Step, set[str]] = {}
    left: list[tuple[Step, object]] = [((), document)]
    while left:
        place, value = left.pop()
        found.setdefault(place, set()).add(kind(value))
        if isinstance(value, dict):
            left += [((*place, name), each) for name, each in value.items()]
        elif isinstance(value, list):
            left += [((*place, ITEM), each) for each in value]
    return {place: frozenset(types) for place, types in found.items()}


def kind(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return NULL if value is None else "list" if isinstance(value, list) else "object"


def gone(was: Structure, now: Structure) -> Iterator[Step]:
    """Yield the members that are in no object any more that is still there: the outermost ones only."""
    for place in sorted(was):
        if place and place not in now and place[-1] != ITEM and "object" in now.get(place[:-1], ()):
            yield place


def retyped(was: Structure, now: Structure) -> Iterator[tuple[Step, str, str]]:
    """Yield the members that have a type which none had before; null, which says nothing, goes with every type."""
    for place in sorted(was.keys() & now.keys()):
        before, more = was[place] - {NULL}, now[place] - was[place] - {NULL}
        if before and more:
            yield place, " or ".join(sorted(before)), " or ".join(sorted(more))


def pointer(place: Step) -> str:
    """Write a place as a JSON pointer; `*` stands for the items of a list."""
    return "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in place) or "the body"
