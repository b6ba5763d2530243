"""Replacements in a text: what is not replaced stays as it is, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Edit", "apart", "apply", "merge", "shifted"]


class Edit(NamedTuple):
    start: int
    end: int
    text: str


def apply(text: str, edits: Iterable[Edit]) -> str:
    pieces, done = [], 0
    for edit in edits:
        pieces += [text[done : edit.start], edit.text]
        done = edit.end
    return "".join([*pieces, text[done:]])


def shifted(edits: Iterable[Edit], by: int) -> list[Edit]:
    return [Edit(edit.start + by, edit.end + by, edit.text) for edit in edits]


def merge(strong: list[Edit], weak: list[Edit]) -> list[Edit]:
    """Return edits in order that do not overlap: the strong before the weak, then the earlier, then the longer."""
    if not strong or not weak:
        return apart(strong or weak)
    firm = apart(strong)
    return sorted([*firm, *clear(apart(weak), firm)])


def apart(edits: list[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (edit.start, -edit.end)):
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept


def clear(edits: list[Edit], of: list[Edit]) -> list[Edit]:
    """Return the edits that touch none of the others; both are in order."""
    kept, at = [], 0
    for edit in edits:
        while at < len(of) and of[at].end <= edit.start:
            at += 1
        if at == len(of) or of[at].start >= edit.end:
            kept.append(edit)
    return kept
