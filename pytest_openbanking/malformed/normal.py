"""A schema in its normal form: references put in place, OpenAPI's `nullable` and ECMA's patterns said plainly."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import cast
from urllib.parse import unquote

from pytest_openbanking.catalogue.ecma import Untranslatable, translated

__all__ = ["Refused", "normal"]

DRAFTS = ("https://json-schema.org/draft/2020-12/schema",)
TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")
ONE = (
    *("not", "if", "then", "else", "items", "contains", "propertyNames"),
    *("additionalProperties", "unevaluatedItems", "unevaluatedProperties"),
)
SEVERAL = ("allOf", "anyOf", "oneOf", "prefixItems")
NAMED = ("properties", "patternProperties", "dependentSchemas")
PLAIN = (
    *("enum", "const", "format", "default", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum"),
    *("exclusiveMaximum", "multipleOf", "minItems", "maxItems", "uniqueItems", "minContains", "maxContains"),
    *("required", "dependentRequired", "minProperties", "maxProperties", "example", "examples"),
)
ELSEWHERE = ("$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$anchor")
BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))
WHOLE = ("allOf", "anyOf", "oneOf", "not", "$ref", "if")
Schema = dict[str, object]


class Refused(ValueError):  # noqa: N818
    """A schema that cannot be worked with; the text names where and why."""


def normal(schema: object) -> Schema:
    """Return a schema's normal form; raises Refused."""
    return Normal(schema).whole


class Normal:
    """One schema on its way to the normal form. A reference is put in place once; a recursive one stays."""

    def __init__(self, source: object) -> None:
        self.source = source
        self.open: list[str] = []
        self.recursive: dict[str, str] = {}
        self.done: dict[str, Schema | bool] = {}

    @cached_property
    def whole(self) -> Schema:
        self.check_draft()
        found = self.put("#")
        found = {"not": {}} if found is False else {} if found is True else dict(found)
        definitions = {name: self.done[ref] for ref, name in self.recursive.items() if ref != "#"}
        return {**found, "$defs": definitions} if definitions else found

    def check_draft(self) -> None:
        draft = self.source.get("$schema", DRAFTS[0]) if isinstance(self.source, Mapping) else DRAFTS[0]
        if str(draft).rstrip("#") not in DRAFTS:
            raise Refused(f"is of an unknown draft: {draft}; known: {', '.join(DRAFTS)}")

    def put(self, ref: str) -> Schema | bool:
        """Return what a reference leads to; itself again, where it leads back to itself."""
        if ref in self.open:
            name = self.recursive.setdefault(ref, f"r{len(self.recursive)}")
            return {"$ref": "#" if ref == "#" else f"#/$defs/{name}"}
        if ref not in self.done:
            self.open.append(ref)
            self.done[ref] = self.schema(self.find(ref), ref)
            self.open.pop()
        if ref in self.recursive and ref != "#":
            return {"$ref": f"#/$defs/{self.recursive[ref]}"}
        return self.done[ref]

    def find(self, ref: str) -> object:
        if not ref.startswith("#"):
            raise Refused(f"has a $ref to elsewhere: {ref}")
        if ref[1:2] not in ("", "/"):
            raise Refused(f"has a $ref to a named anchor: {ref}")
        found = self.source
        for part in unquote(ref).split("/")[1:]:
            found = stepped(found, part.replace("~1", "/").replace("~0", "~"), ref)
        return found

    def schema(self, source: object, at: str) -> Schema | bool:
        """Return the normal form of one schema within the whole."""
        if isinstance(source, bool):
            return source
        if not isinstance(source, Mapping):
            raise Refused(f"is none at {at}: {source!r}")
        for word in ELSEWHERE:
            if word in source:
                raise Refused(f"has {word} at {at}, which is not supported")
        if "$id" in source and at != "#":
            raise Refused(f"has an $id of its own at {at}, which is not supported")
        found = {word: source[word] for word in PLAIN if word in source}
        self.add_type(found, source, at)
        self.add_pattern(found, source, at)
        self.add_schemas(found, source, at)
        self.add_ref(found, source)
        without_boolean_bounds(found)
        return nullable(found) if source.get("nullable") is True else found

    def add_type(self, found: Schema, source: Mapping[str, object], at: str) -> None:
        if "type" not in source:
            return
        kinds = source["type"] if isinstance(source["type"], list) else [source["type"]]
        unknown = [kind for kind in kinds if kind not in TYPES]
        if unknown:
            raise Refused(f"has an unknown type at {at}: {unknown[0]!r}; known: {', '.join(TYPES)}")
        found["type"] = source["type"]

    def add_pattern(self, found: Schema, source: Mapping[str, object], at: str) -> None:
        if "pattern" in source:
            found["pattern"] = self.pattern(str(source["pattern"]), at)

    def pattern(self, pattern: str, at: str) -> str:
        try:
            return translated(pattern)
        except Untranslatable as error:
            raise Refused(f"has a pattern at {at} that cannot be translated: {error}") from None

    def add_schemas(self, found: Schema, source: Mapping[str, object], at: str) -> None:
        if isinstance(source.get("items"), list):
            raise Refused(f"has a list as items at {at}, which is of an earlier draft; use prefixItems")
        for word in ONE:
            if word in source:
                found[word] = self.schema(source[word], f"{at}/{word}")
        for word in SEVERAL:
            if word in source:
                parts = cast("list[object]", source[word])
                found[word] = [closed(self.schema(part, f"{at}/{word}/{index}")) for index, part in enumerate(parts)]
        for word in NAMED:
            if word in source:
                named = cast("Mapping[str, object]", source[word])
                found[word] = {
                    self.pattern(name, at) if word == "patternProperties" else name: closed(
                        self.schema(part, f"{at}/{word}/{name}")
                    )
                    for name, part in named.items()
                }

    def add_ref(self, found: Schema, source: Mapping[str, object]) -> None:
        if "$ref" not in source:
            return
        target = self.put(str(source["$ref"]))
        if isinstance(target, dict) and set(target) == {"$ref"}:
            found["$ref"] = target["$ref"]
        elif not found and isinstance(target, dict):
            found.update(target)
        else:
            found["allOf"] = [*cast("list[object]", found.get("allOf", [])), closed(target)]


def stepped(found: object, part: str, ref: str) -> object:
    if isinstance(found, Mapping) and part in found:
        return found[part]
    if isinstance(found, list) and part.isdecimal() and int(part) < len(found):
        return found[int(part)]
    raise Refused(f"has a $ref that leads nowhere: {ref}")


def closed(schema: Schema | bool) -> Schema:
    """Say `false` as a rule that has a name."""
    return {"not": {}} if schema is False else {} if schema is True else schema


def without_boolean_bounds(schema: Schema) -> None:
    """Say OpenAPI 3.0's exclusive bounds as JSON Schema does."""
    for exclusive, bound in BOUNDS:
        if schema.get(exclusive) is True and bound in schema:
            schema[exclusive] = schema.pop(bound)
        elif isinstance(schema.get(exclusive), bool):
            del schema[exclusive]


def nullable(schema: Schema) -> Schema:
    """Allow null, too."""
    if any(word in schema for word in WHOLE) or "const" in schema:
        return {"anyOf": [{"type": "null"}, schema]}
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        schema["type"] = [*(kind for kind in kinds if kind != "null"), "null"]
    if "enum" in schema and None not in cast("list[object]", schema["enum"]):
        schema["enum"] = [*cast("list[object]", schema["enum"]), None]
    return schema
