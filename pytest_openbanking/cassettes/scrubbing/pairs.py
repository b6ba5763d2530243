"""Quoted pairs in a text, as scripts and logs have them: `"token": "..."`, `password='...'`, `('token', '...')`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.views import json_view

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.edits import Edit
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["pair_edits"]

PAIR = re.compile(
    r"(?<![A-Za-z0-9_-])([A-Za-z_][A-Za-z0-9_-]{0,80}+)(?:[\"']?\s{0,9}(?:[:=]|[=-]>)\s{0,9}|[\"'],\s{0,2})"
    r"(?:\"([^\"\\\r\n]*+(?:\\.[^\"\\\r\n]*+)*+)\"|'([^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+)')"
)


def pair_edits(text: str, search: Search, deep: int) -> list[Edit]:
    if '"' not in text and "'" not in text:
        return []
    edits: list[Edit] = []
    for pair in PAIR.finditer(text):
        group = 2 if pair[2] is not None else 3
        kind = search.names.kind(pair[1])
        if kind:
            view = json_view(pair[group], pair.start(group))
            edits += view.outer(search.named(kind, view.text, deep + 1))
    return edits
