"""The rules of a schema, one by one, each at its place in the document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pytest_openbanking.malformed.formats import FORMATS
from pytest_openbanking.malformed.labels import SEVERAL, Label, nested
from pytest_openbanking.malformed.named import name_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.malformed.places import Branch, Node, Place, Tokens

__all__ = ["LOOSE", "Rule", "Unbreakable", "rules_at"]

SIMPLE = (
    *("type", "enum", "const", "pattern", "format", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum"),
    *("exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "not"),
    *("contains", "minContains", "maxContains", "minProperties", "maxProperties"),
)
CLOSED = ("additionalProperties", "unevaluatedProperties", "items", "unevaluatedItems")  # rules where they are false
LOOSE = {
    "if": "a condition is not taken apart",
    "dependentSchemas": "a condition is not taken apart",
    "propertyNames": "a rule about names is not taken apart",
}


@dataclass(frozen=True)
class Unbreakable:
    """A rule that no payload breaks alone, and why."""

    pointer: str
    keyword: str
    reason: str


@dataclass(frozen=True, eq=False)
class Rule:
    """One keyword at one place. `needs` are the members that a document has to have for it to be broken there."""

    label: Label
    keyword: str
    limit: object
    place: Place
    member: str = ""
    needs: tuple[Tokens, ...] = ()


def rules_at(place: Place, under: tuple[Branch, ...] = ()) -> Iterator[Rule | Unbreakable]:
    """Yield the rules at a place and below it; only those of one branch, where `under` names it."""
    if place.repeats:
        yield Unbreakable(
            place.pointer, "$ref", "the schema repeats itself from here on: its rules have sites further up"
        )
        return
    for node in place.nodes:
        if node.origin[: len(under)] == under:
            yield from rules_of(place, node)
    for below in places_below(place):
        if below.has(under):
            yield from rules_at(below, under)
    for union in place.unions:
        if union.origin[: len(under)] == under:
            for index in range(len(union.parts)):
                chosen = place.choose(union, index)
                yield from rules_at(chosen, (*union.origin, chosen.chosen[-1]))
            if union.keyword == "oneOf":
                label = nested(union.origin, Label(place.pointer, "oneOf", SEVERAL))
                yield Rule(label, "oneOf", union.parts, place)


def rules_of(place: Place, node: Node) -> Iterator[Rule | Unbreakable]:
    """Yield the rules that one schema object states itself."""
    for keyword, limit in node.schema.items():
        label = nested(node.origin, Label(place.pointer, keyword))
        if keyword == "format" and limit not in FORMATS:
            yield Unbreakable(label.pointer, "format", f"the format {limit!r} is an annotation: nothing checks it")
        elif keyword in LOOSE:
            yield Unbreakable(label.pointer, keyword, LOOSE[keyword])
        elif keyword in CLOSED and isinstance(limit, dict) and keyword.startswith("unevaluated"):
            yield Unbreakable(label.pointer, keyword, "a rule about what is left over is not taken apart")
        elif keyword in SIMPLE or (keyword in CLOSED and limit is False):
            yield Rule(label, keyword, limit, place)
        elif keyword == "properties":
            yield from forbidden(place, node, cast("dict[str, object]", limit))
        elif keyword == "required":
            yield from (missing(place, node, keyword, name, ()) for name in cast("list[str]", limit))
        elif keyword == "dependentRequired":
            for trigger, names in cast("dict[str, list[str]]", limit).items():
                needs = ((*place.tokens, trigger),)
                yield from (missing(place, node, keyword, name, needs) for name in names)


def forbidden(place: Place, node: Node, named: dict[str, object]) -> Iterator[Rule]:
    """Yield a rule for each member that must not be there."""
    for name in [name for name, schema in named.items() if schema == {"not": {}}]:
        label = nested(node.origin, Label(place.member(name).pointer, "not"))
        yield Rule(label, "forbidden", True, place, name)


def missing(place: Place, node: Node, keyword: str, name: str, needs: tuple[Tokens, ...]) -> Rule:
    label = nested(node.origin, Label(place.member(name).pointer, keyword))
    return Rule(label, keyword, name, place, name, needs)


def places_below(place: Place) -> Iterator[Place]:
    """Yield a place for each member and each item that the schema says something about."""
    names = place.names()
    yield from (place.member(name) for name in names)
    for patterns in place.limits("patternProperties"):
        yield from (place.member(name_for(pattern, names)) for pattern in cast("dict[str, object]", patterns))
    if any(isinstance(others, dict) and others for others in place.limits("additionalProperties")):
        yield place.member(other_name(place))
    first = max((len(cast("list[object]", items)) for items in place.limits("prefixItems")), default=0)
    yield from (place.item(index) for index in range(first))
    if any(isinstance(items, dict) and items for items in place.limits("items")):
        yield place.item(first)


def other_name(place: Place) -> str:
    """Return a name that the schema does not know."""
    known = {*place.names(), *place.required()}
    return next(name for name in ("other", *(f"other{number}" for number in range(99))) if name not in known)
