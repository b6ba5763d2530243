"""Bodies are compared by their members and types; what an empty list or null hides is not guessed."""

import pytest

from pytest_openbanking.cassettes.verifying.structure import gone, pointer, retyped, structure

# was, now, gone, new, retyped
TABLE = [
    ({"a": 1}, {"a": 2.5}, [], [], []),
    ({"a": 1}, {}, ["/a"], [], []),
    ({"a": {"b": 1}}, {}, ["/a"], [], []),
    ({"a": {"b": 1}}, {"a": {}}, ["/a/b"], [], []),
    ({}, {"a": {"b": 1}}, [], ["/a"], []),
    ({"a": "1"}, {"a": 1}, [], [], ["/a"]),
    ({"a": True}, {"a": 1}, [], [], ["/a"]),
    ({"a": {"b": 1}}, {"a": "x"}, [], [], ["/a"]),
    ({"a": {"b": 1}}, {"a": None}, [], [], []),
    ({"a": None}, {"a": {"b": 1}}, [], [], []),
    ({"a": [{"b": 1}]}, {"a": []}, [], [], []),
    ({"a": []}, {"a": [{"b": 1}]}, [], [], []),
    ({"a": [{"b": 1}, {"c": 1}]}, {"a": [{"b": 1}]}, ["/a/*/c"], [], []),
    ({"a": [{"b": 1}]}, {"a": [{"b": 1}, {"b": 2, "c": 1}]}, [], ["/a/*/c"], []),
    ({"a": [1]}, {"a": ["x"]}, [], [], ["/a/*"]),
    ({"a": [1, "x"]}, {"a": [1]}, [], [], []),
    ([1], {"a": 1}, [], [], ["the body"]),
    ({"a/b": {"~": 1}}, {"a/b": {}}, ["/a~1b/~0"], [], []),
]


@pytest.mark.parametrize(("was", "now", "lost", "new", "types"), TABLE)
def test_differences(was, now, lost, new, types):
    """Gone and new ones are the outermost; null and an empty list say nothing of what is in them."""
    before, after = structure(was), structure(now)
    assert [pointer(place) for place in gone(before, after)] == lost
    assert [pointer(place) for place in gone(after, before)] == new
    assert [pointer(place) for place, _, _ in retyped(before, after)] == types


def test_depth_is_no_limit():
    """A body nested deeper than Python's stack is compared all the same."""
    deep: object = 1
    for _ in range(3000):
        deep = [deep]
    assert list(retyped(structure(deep), structure(deep))) == []
