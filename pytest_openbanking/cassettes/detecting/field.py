"""A value that has a name."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Field"]


class Field(NamedTuple):
    """Where a value stands, and the names it is reached by: its own last, those of what holds it before.

    A `bare` value stands without quotes or tags in a text that may be prose or a program.
    """

    names: tuple[str, ...]
    start: int
    end: int
    bare: bool = False
