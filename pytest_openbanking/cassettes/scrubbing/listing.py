"""Lists of words, written as texts."""

from __future__ import annotations

__all__ = ["listed"]


def listed(words: str) -> frozenset[str]:
    return frozenset(words.split())
