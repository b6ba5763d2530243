"""Putting a hook on a library's attribute, once, and leaving it there."""

from __future__ import annotations

from functools import WRAPPER_ASSIGNMENTS
from typing import TYPE_CHECKING, Any

from pytest_openbanking.intercept.mocks import OURS, home, is_mock

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["attach"]


def attach(owner: Any, name: str, make: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    """Replace `owner.name` by `make(original)`, unless it is ours already or a mock sits there.

    A mock would take our hook away with itself when it stops; it is hooked at the next opening.
    """
    original = owner.__dict__.get(name)
    if original is None or is_mock(original) or home(original).partition(".")[0] == OURS:
        return
    hook = make(original)
    for attribute in WRAPPER_ASSIGNMENTS:
        if hasattr(original, attribute):
            setattr(hook, attribute, getattr(original, attribute))
    setattr(owner, name, hook)
