"""The values of cookies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.field import Field

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cookies"]

HEADER = re.compile(r"(?:set-)?cookie2?", re.IGNORECASE)
LINE = re.compile(
    r"[Cc](?<![A-Za-z].)ookie[\"']?\s{0,3}[:=]\s{0,3}[\"']?([\w.-]{1,60}=[^\r\n\"'<>]{1,4000})", re.DOTALL
)
PAIR = re.compile(r"([^\s=;,\"]{1,80})=\"?([^;,\s\"]{1,4000})")
ATTRIBUTES = frozenset({"path", "domain", "expires", "max-age", "samesite", "priority", "version", "comment", "port"})


def cookies(text: str, name: str) -> Iterator[Field]:
    """Find the cookies of a header, or of a header's line in another text."""
    if HEADER.fullmatch(name):
        yield from pairs(text, 0, len(text))
    elif "ookie" in text:
        for line in LINE.finditer(text):
            yield from pairs(text, *line.span(1))


def pairs(text: str, start: int, end: int) -> Iterator[Field]:
    for pair in PAIR.finditer(text, start, end):
        if pair[1].lower() not in ATTRIBUTES:
            yield Field(("cookie", pair[1]), *pair.span(2))
