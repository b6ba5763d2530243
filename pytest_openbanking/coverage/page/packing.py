"""Values packed small: each distinct value is held once, and others point to it by number."""

from __future__ import annotations

import math
from dataclasses import MISSING, fields, is_dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.page.visible import visible

if TYPE_CHECKING:
    from collections.abc import Sequence
    from dataclasses import Field

    Scalar = str | int | float | bool | None

__all__ = ["Packing"]

PLACES = 3  # milliseconds


class Packing:
    """A table of values, in the order in which they first came.

    A scalar stands for itself. A list is `[0, number...]`, a dataclass `[shape, number...]`, its last members left out where
    they have their defaults. In a text, the characters from U+0001 stand for the `words` it was packed with: what is equal but
    for the error that it speaks of is then held once.
    """

    def __init__(self) -> None:
        self.table: list[object] = []
        self.shapes: list[list[str]] = [[]]
        self.numbers: dict[tuple[object, ...], int] = {}
        self.known: dict[type, tuple[int, tuple[Field[object], ...]]] = {}

    def number(self, value: object, words: Sequence[str] = ()) -> int:
        """Return the number of a value, which is added where it is new."""
        if isinstance(value, tuple | list):
            return self.row([0, *(self.number(item, words) for item in value)])
        if is_dataclass(value):
            return self.dataclass(value, words)
        return self.place((type(value), value), scalar(value, words))

    def dataclass(self, value: object, words: Sequence[str]) -> int:
        shape, members = self.shape(type(value))
        held = [getattr(value, member.name) for member in members]
        while held and held[-1] == members[len(held) - 1].default is not MISSING:
            held.pop()
        return self.row([shape, *(self.number(item, words) for item in held)])

    def shape(self, kind: type) -> tuple[int, tuple[Field[object], ...]]:
        if kind not in self.known:
            members = fields(kind)
            self.known[kind] = (len(self.shapes), members)
            self.shapes.append([member.name for member in members])
        return self.known[kind]

    def row(self, numbers: list[int]) -> int:
        return self.place(tuple(numbers), numbers)

    def place(self, key: tuple[object, ...], value: object) -> int:
        if isinstance(value, str):
            key = (str, value)
        number = self.numbers.setdefault(key, len(self.table))
        if number == len(self.table):
            self.table.append(value)
        return number


def scalar(value: object, words: Sequence[str]) -> Scalar:
    if isinstance(value, str):
        return shared(visible(value), words)
    if isinstance(value, float):
        return tidy(value)
    return value if isinstance(value, int) else None


def shared(text: str, words: Sequence[str]) -> str:
    for number, word in enumerate(words, 1):
        text = text.replace(word, chr(number))
    return text


def tidy(value: float) -> float | int | None:
    """Return a number that JSON has, to the millisecond."""
    if not math.isfinite(value):
        return None
    rounded = round(value, PLACES)
    return int(rounded) if rounded.is_integer() and abs(rounded) < 1e15 else rounded
