"""A finding: one thing that is wrong with a cassette, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.printing import printable

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_openbanking.cassettes.tree import Node

__all__ = ["Breach", "Finding", "Spot", "child", "line_of", "one_line"]

Spot = tuple[str | int, ...]  # keys and indexes, from the document's top
LONGEST = 400


@dataclass(frozen=True)
class Breach:
    """What a check found, and at which spot of the document."""

    code: str
    message: str
    spot: Spot = ()


@dataclass(frozen=True)
class Finding:
    """What is reported: one line."""

    path: Path
    line: int
    code: str
    message: str

    @property
    def order(self) -> tuple[str, int, str]:
        return str(self.path), self.line, self.code


def line_of(root: Node, spot: Spot) -> int:
    """Return the line of a spot, or of the nearest that is there around it."""
    node = root
    for step in spot:
        found = child(node, step)
        if found is None:
            break
        node = found
    return node.line


def child(node: Node | None, step: str | int) -> Node | None:
    """Return what is one step below a node; a key is found in any case."""
    value = None if node is None else node.value
    if isinstance(value, list):
        return value[step] if isinstance(step, int) and step < len(value) else None
    if not isinstance(value, dict) or not isinstance(step, str):
        return None
    return value.get(step) or next((value[key] for key in value if key.lower() == step.lower()), None)


def one_line(text: str) -> str:
    """Return a text as one line of printable characters: what a cassette holds may be anything."""
    shown = printable(text[: LONGEST + 1])
    return shown if len(text) <= LONGEST else shown[: LONGEST - 3] + "..."
