"""Headers: cookies, credentials, URLs and everything else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, apply, merge, shifted
from pytest_openbanking.cassettes.scrubbing.listing import listed
from pytest_openbanking.cassettes.scrubbing.urls import url_edits

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["cookie_edits", "header"]

URLS = frozenset(
    {"location", "content-location", "referer", "referrer", "origin", "x-original-url", "x-rewrite-url", "link"}
)
LINKED = re.compile(r"<([^<>]*+)>")
COOKIES = frozenset({"cookie", "set-cookie", "cookie2", "set-cookie2"})
# Some libraries join several Set-Cookie by commas; the comma in a date is followed by no name.
COOKIE = re.compile(r"(?:^|[;,])\s*+([^=;,]++)=([^;,]*+(?:,(?!\s*+[^=;,\s]++=)[^;,]*+)*+)")
UNNAMED = re.compile(r"(?:^|;)\s*+([^=;\s]++)\s*+(?=;|$)")
ATTRIBUTES = listed("expires max-age domain path secure httponly samesite partitioned priority version comment")


def header(name: str, value: str, search: Search) -> str:
    return apply(value, edits_of(name.lower(), value, search))


def edits_of(name: str, value: str, search: Search) -> list[Edit]:
    if name in COOKIES and not search.names.is_field(name):
        return merge(cookie_edits(value, name.startswith("set-"), search), search.string(value, 0))
    kind = search.names.header(name)
    if kind:
        return search.named(kind, value, 0)
    return merge(links(name, value, search), search.string(value, 0)) if name in URLS else search.string(value, 0)


def cookie_edits(value: str, is_set: bool, search: Search) -> list[Edit]:
    edits = [
        edit
        for match in COOKIE.finditer(value)
        if not (is_set and match[1].lower() in ATTRIBUTES)
        for edit in shifted(search.named("cookie", match[2], 0), match.start(2))
    ]
    bare = (
        [] if is_set else [Edit(*match.span(1), search.secret("cookie", match[1])) for match in UNNAMED.finditer(value)]
    )
    return merge(edits, bare)


def links(name: str, value: str, search: Search) -> list[Edit]:
    if name != "link":
        return url_edits(value, search, 0)
    return [
        edit for match in LINKED.finditer(value) for edit in shifted(url_edits(match[1], search, 0), match.start(1))
    ]
