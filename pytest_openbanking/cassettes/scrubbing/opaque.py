"""Texts that nobody would write by hand."""

from __future__ import annotations

import re

__all__ = ["CHANGE", "is_random"]

TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{16,}")
CHANGE = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[a-z])(?=[0-9A-Z])|(?<=[A-Z])(?=[0-9a-z])")
CHANGES = 5  # of letters to digits, of small letters to capitals
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def is_random(text: str) -> bool:
    """Tell whether a text is a token of some length; a UUID is an id."""
    return TOKEN.fullmatch(text) is not None and len(CHANGE.findall(text)) >= CHANGES and not UUID.fullmatch(text)
