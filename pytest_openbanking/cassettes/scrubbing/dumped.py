"""Requests that a text repeats: lines of cookies, and logins on a command line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, shifted
from pytest_openbanking.cassettes.scrubbing.headers import cookie_edits

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["dumped_edits"]

COOKIES = re.compile(r"(?<![\w-])(set-)?cookie[\"']?\s{0,3}[:=]\s{0,3}[\"'\[]{0,2}([^\r\n\"'\[\]]++)", re.IGNORECASE)
LOGIN = re.compile(r"(?<!\S)(?:-u|--user|--proxy-user)[ =][\"']?[^\s:\"']{1,100}:([^\s\"']{3,200})")


def dumped_edits(text: str, search: Search) -> list[Edit]:
    edits: list[Edit] = []
    if "ookie" in text or "OOKIE" in text:
        for match in COOKIES.finditer(text):
            if "=" in match[2]:
                edits += shifted(cookie_edits(match[2], match[1] is not None, search), match.start(2))
    if "-u" in text or "--proxy-u" in text:
        edits += [Edit(*match.span(1), search.secret("password", match[1])) for match in LOGIN.finditer(text)]
    return edits
