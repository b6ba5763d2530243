"""Base64 of a text: opened, scrubbed, and closed again as it was."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, apply

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["folded_edits"]

FOLDED = re.compile(r"(?<![A-Za-z0-9+/_.-])[A-Za-z0-9+/_-]{16,}+={0,2}(?![A-Za-z0-9.])")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
TO_URL_SAFE, TO_PLAIN = str.maketrans("+/", "-_"), str.maketrans("-_", "+/")


def folded_edits(text: str, search: Search, deep: int) -> list[Edit]:
    edits: list[Edit] = []
    for match in FOLDED.finditer(text):
        inner = unfolded(match[0])
        found = search.string(inner, deep + 1) if inner else []
        if inner and found and (new := apply(inner, found)) != inner:
            edits.append(Edit(*match.span(), folded(new, match[0])))
    return edits


def unfolded(token: str) -> str:
    """Return what was encoded, or nothing where that is no text."""
    bare = token.rstrip("=").translate(TO_PLAIN)
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""
    return "" if CONTROLS.search(text) else text


def folded(text: str, form: str) -> str:
    """Encode a text in the alphabet of what stood there, padded as that was."""
    token = base64.b64encode(text.encode()).decode()
    if "-" in form or "_" in form:
        token = token.translate(TO_URL_SAFE)
    return token if form.endswith("=") or len(form) % 4 == 0 else token.rstrip("=")
