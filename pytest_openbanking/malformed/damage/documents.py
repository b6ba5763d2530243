"""JSON documents: walking them by pointer, changing them at one place, and telling where two differ."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Pairs", "changed", "differences", "encode", "kind", "leaves", "places", "spliced", "value_at", "without"]

NAMES = {dict: "object", list: "array", str: "string", bool: "boolean", int: "number", float: "number"}
SPLICE = "\ue000splice\ue000"


class Pairs(list[tuple[str, object]]):
    """An object as it is written: its members in order, a key as often as it is there."""


def kind(value: object) -> str:
    """Return the name of a value's JSON type."""
    return NAMES.get(type(value), "null")


def encode(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def places(document: object, pointer: str = "") -> Iterator[tuple[str, object]]:
    """Yield the pointer and the value of everything below the top; of a list, the first item stands for all."""
    steps: list[tuple[str, object]] = []
    if isinstance(document, dict):
        steps = [(str(name).replace("~", "~0").replace("/", "~1"), value) for name, value in document.items()]
    elif isinstance(document, list) and document:
        steps = [("0", document[0])]
    for step, value in steps:
        yield f"{pointer}/{step}", value
        yield from places(value, f"{pointer}/{step}")


def leaves(document: object) -> list[str]:
    """Return the pointers of what holds nothing further."""
    return [pointer for pointer, value in places(document) if not isinstance(value, dict | list)]


def steps_of(pointer: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def value_at(document: Any, pointer: str) -> Any:
    """Return the value that a pointer leads to; raises LookupError where it leads nowhere."""
    for step in steps_of(pointer):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def _edited(document: object, pointer: str, edit: Callable[[Any, Any], None]) -> Any:
    copy = deepcopy(document)
    above, _, _ = pointer.rpartition("/")
    parent, last = value_at(copy, above), steps_of(pointer)[-1]
    edit(parent, int(last) if isinstance(parent, list) else last)
    return copy


def changed(document: object, pointer: str, value: object) -> object:
    """Return the document with another value at one place."""
    return _edited(document, pointer, lambda parent, key: parent.__setitem__(key, value)) if pointer else value


def without(document: object, pointer: str) -> object:
    """Return the document without one member."""
    return _edited(document, pointer, lambda parent, key: parent.__delitem__(key))


def spliced(document: object, pointer: str, text: str) -> bytes:
    """Return the document as text, in which `text` is written in the place of one value."""
    return encode(changed(document, pointer, SPLICE)).replace(encode(SPLICE), text.encode())


def differences(one: Any, other: Any, pointer: str = "") -> list[str]:
    """Return the pointers at which two documents differ, the shortest that tell; `1` is not `true`, nor `1.0`."""
    if type(one) is not type(other) or not isinstance(one, dict | list):
        return [] if type(one) is type(other) and one == other else [pointer]
    if isinstance(one, list):
        if len(one) != len(other):
            return [pointer]
        pairs = [(str(index), *both) for index, both in enumerate(zip(one, other, strict=True))]
    else:
        keys = [*one, *(key for key in other if key not in one)]
        pairs = [
            (str(key).replace("~", "~0").replace("/", "~1"), one.get(key, ...), other.get(key, ...)) for key in keys
        ]
    return [found for step, left, right in pairs for found in differences(left, right, f"{pointer}/{step}")]
