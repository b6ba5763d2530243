"""JSON pointers (RFC 6901) into bodies; `*` stands for every item of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["values_at"]


def values_at(pointer: str, document: object) -> list[object]:
    """Return the values that a pointer leads to; none where it leads nowhere."""
    found = [document]
    for part in pointer.split("/")[1:]:
        found = [value for each in found for value in step(each, part.replace("~1", "/").replace("~0", "~"))]
    return found


def step(value: object, part: str) -> Iterator[object]:
    if isinstance(value, dict) and part in value:
        yield value[part]
    elif isinstance(value, list) and part == "*":
        yield from value
    elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
        yield value[int(part)]
