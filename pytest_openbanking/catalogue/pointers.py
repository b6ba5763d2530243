"""JSON pointers (RFC 6901) into bodies; `*` stands for every item of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["values_at"]


def values_at(pointer: str, document: object, *, passing_over: Mapping[str, object] | None = None) -> list[object]:
    """Return the values that a pointer leads to; none where it leads nowhere.

    Items of a list that have the members of `passing_over` are as if they were not there, where there are others.
    """
    found = [document]
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        found = [value for each in found for value in step(rest(each, passing_over or {}), key)]
    return found


def rest(value: object, passing_over: Mapping[str, object]) -> object:
    if not passing_over or not isinstance(value, list):
        return value
    others = [item for item in value if not (isinstance(item, dict) and passing_over.items() <= item.items())]
    return others or value


def step(value: object, part: str) -> Iterator[object]:
    if isinstance(value, dict) and part in value:
        yield value[part]
    elif isinstance(value, list) and part == "*":
        yield from value
    elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
        yield value[int(part)]
