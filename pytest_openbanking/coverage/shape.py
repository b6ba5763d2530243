"""Telling fast whether a document is as a JSON Schema says: jsonschema takes a minute for 10,000 errors.

It knows the keywords that report.schema.json uses, and only says yes or no; what is wrong, jsonschema tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

__all__ = ["compiled"]

Fits = Callable[[Any], bool]

TYPES: Mapping[str, Fits] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "integer": lambda value: type(value) is int or (type(value) is float and value.is_integer()),
    "number": lambda value: type(value) in (int, float),
}
SILENT = {"$schema", "$defs", "title", "description"}


def compiled(schema: Mapping[str, Any], whole: Mapping[str, Any] | None = None) -> Fits:
    """Return a function that tells whether a value fits; raises KeyError for a keyword that it does not know."""
    whole = schema if whole is None else whole
    checks = [KEYWORDS[word](value, whole) for word, value in schema.items() if word not in SILENT]
    return lambda value: all(check(value) for check in checks)


def of_type(names: str | list[str], _: object) -> Fits:
    found = [TYPES[name] for name in ([names] if isinstance(names, str) else names)]
    return found[0] if len(found) == 1 else lambda value: any(fits(value) for fits in found)


def with_members(schemas: Mapping[str, Any], whole: Mapping[str, Any]) -> Fits:
    found = [(name, compiled(schema, whole)) for name, schema in schemas.items()]
    return lambda value: not isinstance(value, dict) or all(fits(value[name]) for name, fits in found if name in value)


def with_items(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Fits:
    found = compiled(schema, whole)
    return lambda value: not isinstance(value, list) or all(map(found, value))


def any_of(schemas: list[Mapping[str, Any]], whole: Mapping[str, Any]) -> Fits:
    found = [compiled(schema, whole) for schema in schemas]
    return lambda value: any(fits(value) for fits in found)


def matching(pattern: str, _: object) -> Fits:
    found = re.compile(pattern)
    return lambda value: not isinstance(value, str) or found.search(value) is not None


def within(fits: Callable[[Any, Any], bool]) -> Callable[[Any, object], Fits]:
    return lambda bound, _: lambda value: type(value) not in (int, float) or fits(value, bound)


def equal_to(allowed: list[Any]) -> Fits:
    return lambda value: any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in allowed)


KEYWORDS: Mapping[str, Callable[[Any, Any], Fits]] = {
    "$ref": lambda ref, whole: compiled(whole["$defs"][ref.rpartition("/")[2]], whole),
    "type": of_type,
    "required": lambda names, _: lambda value: not isinstance(value, dict) or all(name in value for name in names),
    "properties": with_members,
    "items": with_items,
    "minItems": lambda least, _: lambda value: not isinstance(value, list) or len(value) >= least,
    "anyOf": any_of,
    "enum": lambda allowed, _: equal_to(allowed),
    "const": lambda allowed, _: equal_to([allowed]),
    "pattern": matching,
    "minimum": within(lambda value, bound: value >= bound),
    "maximum": within(lambda value, bound: value <= bound),
}
