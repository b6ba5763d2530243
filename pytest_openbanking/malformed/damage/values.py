"""Small JSON values of each type, for what an answer says in place of what it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hypothesis.strategies import SearchStrategy

__all__ = ["EXAMPLES", "texts", "values_of"]

texts = st.text(st.characters(codec="utf-8"), max_size=8)
_numbers = st.one_of(st.integers(-999, 999), st.floats(allow_nan=False, allow_infinity=False, width=16))
_scalars = st.one_of(st.none(), st.booleans(), _numbers, texts)
_VALUES: dict[str, SearchStrategy[object]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "number": _numbers,
    "string": texts,
    "array": st.lists(_scalars, max_size=2),
    "object": st.dictionaries(st.text("abc", min_size=1, max_size=3), _scalars, max_size=2),
}
EXAMPLES: dict[str, object] = {"null": None, "boolean": True, "number": 7, "string": "?", "array": [], "object": {}}


def values_of(kinds: Iterable[str]) -> SearchStrategy[object]:
    """Draw a value of one of some JSON types."""
    return st.one_of([_VALUES[kind] for kind in kinds])
