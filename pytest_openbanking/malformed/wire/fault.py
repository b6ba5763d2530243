"""A fault of the body itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from pytest_openbanking.malformed.breaking.target import Draw

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["EMPTY", "Fault"]


def has_members(payload: object) -> bool:
    return isinstance(payload, dict) and bool(payload)


@dataclass(frozen=True)
class Fault:
    """`spoil` says how bodies are drawn from a valid payload and its body; `shows` tells whether a body has the fault."""

    spoil: Callable[[object, bytes], list[Draw]]
    shows: Callable[[bytes], bool]
    needs: Callable[[object], bool] = has_members


def empty(payload: object, body: bytes) -> list[Draw]:
    return [Draw(st.just(b""))]


def always(payload: object) -> bool:
    return True


EMPTY = Fault(empty, lambda body: not body, always)
