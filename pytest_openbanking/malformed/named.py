"""Texts that match a pattern: the simplest one, found by Hypothesis."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisException

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

__all__ = ["QUIET", "matching", "name_for", "prepare", "simplest"]

QUIET = settings(
    max_examples=200,
    database=None,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # the simplest is tried first; to shrink another takes a second
    suppress_health_check=list(HealthCheck),
)


@lru_cache(maxsize=1)
def prepare() -> None:
    """Let Hypothesis make its table of Unicode, which takes seconds in a new checkout: in a test it would call that slow."""
    find(st.text(min_size=1), lambda text: True, settings=QUIET)


@lru_cache(maxsize=1024)
def matching(pattern: str, least: int = 0, most: int | None = None) -> str | None:
    """Return a simple text that a (Python) pattern matches, so long at least and at most; None where none is found."""
    try:
        return find(
            st.from_regex(pattern),
            lambda text: least <= len(text) and (most is None or len(text) <= most),
            settings=QUIET,
        )
    except HypothesisException:
        return None


def simplest(strategy: SearchStrategy[object]) -> list[object]:
    """Return the simplest value of a strategy; nothing where it is hard to draw from."""
    try:
        return [find(strategy, lambda value: True, settings=QUIET)]
    except HypothesisException:
        return []


def name_for(pattern: str, taken: list[str]) -> str:
    """Return a name that matches a pattern and is not taken; the pattern's own text where none is found."""
    lengths = (0, 1, 2, 5, 10)
    return next(
        (name for name in (matching(pattern, least) for least in lengths) if name and name not in taken), pattern
    )
