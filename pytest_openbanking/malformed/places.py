"""A place in a document with every rule that holds there, whichever part of the schema it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from pytest_openbanking.malformed.normal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Branch", "Node", "Place", "Tokens", "Union", "pointer_of", "root"]

Tokens = tuple[str | int, ...]
Schema = dict[str, object]
UNFOLDED = 2  # how often a recursive schema is entered on the way to a place


def pointer_of(tokens: Tokens) -> str:
    """Write tokens as a JSON pointer (RFC 6901)."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in tokens)


@dataclass(frozen=True)
class Branch:
    """One alternative of an anyOf or oneOf; `union` tells two of them at one place apart."""

    pointer: str
    keyword: str
    index: int
    union: int


@dataclass(frozen=True, eq=False)
class Node:
    """One schema object's own keywords; `origin` are the branches that it holds in."""

    schema: Schema
    origin: tuple[Branch, ...]


@dataclass(frozen=True, eq=False)
class Union:
    """An anyOf or oneOf of which no branch has been chosen."""

    keyword: str
    parts: list[Schema]
    origin: tuple[Branch, ...]


@dataclass(frozen=True, eq=False)
class Place:
    """Where a value stands; `raws` are the schemas that it has to hold to, `trail` the recursive references on the way."""

    tokens: Tokens = ()
    raws: tuple[Schema, ...] = ()
    nodes: tuple[Node, ...] = ()
    unions: tuple[Union, ...] = ()
    chosen: tuple[Branch, ...] = ()
    trail: tuple[str, ...] = ()
    whole: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def pointer(self) -> str:
        return pointer_of(self.tokens)

    @property
    def repeats(self) -> bool:
        return any(self.trail.count(ref) > UNFOLDED for ref in self.trail)

    def has(self, under: tuple[Branch, ...]) -> bool:
        """Tell whether anything here comes from that branch."""
        origins = [*(node.origin for node in self.nodes), *(union.origin for union in self.unions)]
        return any(origin[: len(under)] == under for origin in origins)

    def limits(self, keyword: str) -> list[object]:
        """Return what each schema here says under a keyword."""
        return [node.schema[keyword] for node in self.nodes if keyword in node.schema]

    def kinds(self) -> tuple[str, ...]:
        """Return the JSON types that are allowed here, in the schema's order; `integer` where no other number is."""
        found = [[each] if isinstance(each, str) else list(cast("list[str]", each)) for each in self.limits("type")]
        if not found:
            return implied(self)
        kinds = found[0]
        for others in found[1:]:
            kinds = [narrowed(kind, others) for kind in kinds if narrowed(kind, others)]
        return tuple(kinds)

    def names(self) -> list[str]:
        """Return the names of the members that the schema knows, in its order."""
        found = [name for named in self.limits("properties") for name in cast("dict[str, object]", named)]
        return list(dict.fromkeys(found))

    def required(self) -> list[str]:
        return list(dict.fromkeys(name for names in self.limits("required") for name in cast("list[str]", names)))

    def choose(self, union: Union, index: int) -> Place:
        """Return the place with one branch of a union holding."""
        branch = Branch(self.pointer, union.keyword, index, id(union.parts))
        rest = replace(
            self, unions=tuple(each for each in self.unions if each is not union), chosen=(*self.chosen, branch)
        )
        return added(rest, union.parts[index], (*union.origin, branch))

    def member(self, name: str) -> Place:
        """Return the place of a member."""
        place = self.below(name)
        for node in self.nodes:
            for schema in of_member(node.schema, name):
                place = added(place, schema, node.origin, raw=True)
        return place

    def item(self, index: int) -> Place:
        """Return the place of an item."""
        place = self.below(index)
        for node in self.nodes:
            schema = of_item(node.schema, index)
            if schema is not None:
                place = added(place, schema, node.origin, raw=True)
        return place

    def below(self, token: str | int) -> Place:
        return Place((*self.tokens, token), chosen=self.chosen, trail=self.trail, whole=self.whole)


def root(whole: Mapping[str, object]) -> Place:
    """Return the place of the whole document."""
    return added(Place(whole=whole), cast("Schema", whole), (), raw=True)


def added(
    place: Place, schema: Schema, origin: tuple[Branch, ...], *, raw: bool = False, stack: tuple[str, ...] = ()
) -> Place:
    """Return the place with one more schema that holds there: itself, what it refers to, and all that it consists of."""
    place = replace(place, nodes=(*place.nodes, Node(schema, origin)))
    if raw:
        place = replace(place, raws=(*place.raws, schema))
    if "$ref" in schema:
        ref = str(schema["$ref"])
        if ref in stack:
            raise Refused(f"has a $ref cycle without an end at {place.pointer or 'its top'}")
        place = replace(place, trail=(*place.trail, ref))
        if not place.repeats:
            place = added(place, target(place.whole, ref), origin, stack=(*stack, ref))
    for part in cast("list[Schema]", schema.get("allOf", [])):
        place = added(place, part, origin, stack=stack)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            parts = cast("list[Schema]", schema[keyword])
            check_ends(place, parts, stack)
            place = replace(place, unions=(*place.unions, Union(keyword, parts, origin)))
    return place


def check_ends(place: Place, parts: list[Schema], stack: tuple[str, ...]) -> None:
    """Refuse a branch that leads back to the same value."""
    for part in parts:
        added(Place(place.tokens, whole=place.whole), part, (), stack=stack)


def target(whole: Mapping[str, object], ref: str) -> Schema:
    if ref == "#":
        return cast("Schema", whole)
    return cast("dict[str, Schema]", whole["$defs"])[ref.rpartition("/")[2]]


def of_member(schema: Schema, name: str) -> Iterator[Schema]:
    """Yield what a schema says about a member of that name."""
    named = cast("dict[str, Schema]", schema.get("properties", {}))
    patterns = cast("dict[str, Schema]", schema.get("patternProperties", {}))
    matching = [part for pattern, part in patterns.items() if re.search(pattern, name)]
    if name in named:
        yield named[name]
    yield from matching
    others = schema.get("additionalProperties")
    if name not in named and not matching and isinstance(others, dict):
        yield others


def of_item(schema: Schema, index: int) -> Schema | None:
    first = cast("list[Schema]", schema.get("prefixItems", []))
    if index < len(first):
        return first[index]
    items = schema.get("items")
    return items if isinstance(items, dict) else None


ARRAYS = ("items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains")
OBJECTS = ("properties", "required", "additionalProperties", "patternProperties", "minProperties", "propertyNames")
TEXTS = ("pattern", "format", "minLength", "maxLength")
NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def implied(place: Place) -> tuple[str, ...]:
    """Put first, where no type is given, what the other keywords are about."""
    about = (("object", OBJECTS), ("array", ARRAYS), ("string", TEXTS), ("number", NUMBERS))
    first = [kind for kind, words in about if any(place.limits(word) for word in words)]
    return tuple(dict.fromkeys((*first, "string", "number", "boolean", "object", "array", "null")))


def narrowed(kind: str, others: list[str]) -> str:
    if kind in others:
        return kind
    return "integer" if (kind == "number" and "integer" in others) or (kind == "integer" and "number" in others) else ""
