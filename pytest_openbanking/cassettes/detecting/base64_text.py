"""Text and JSON out of base64, either alphabet, with or without padding."""

from __future__ import annotations

import base64
import binascii
import json
import re

__all__ = ["decoded", "json_object"]

URL_SAFE = str.maketrans("-_", "+/")
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def decoded(token: str) -> str | None:
    """Return the text that a token encodes; None where it encodes no text."""
    bare = token.rstrip("=").translate(URL_SAFE)
    if len(bare) % 4 == 1:
        return None
    try:
        text = base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    return None if not text or CONTROLS.search(text) else text


def json_object(token: str) -> dict[str, object] | None:
    """Return the JSON object that a token encodes, if it encodes one."""
    text = decoded(token)
    if not text or not text.lstrip().startswith("{"):
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
