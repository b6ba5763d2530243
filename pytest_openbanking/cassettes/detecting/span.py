"""A stretch of text that holds something."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Span"]


class Span(NamedTuple):
    """What was found, between two offsets of the text it was found in."""

    kind: str
    start: int
    end: int
    value: str
