"""URLs: userinfo, path, query and fragment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, merge, shifted
from pytest_openbanking.cassettes.scrubbing.forms import form_edits
from pytest_openbanking.cassettes.scrubbing.listing import listed
from pytest_openbanking.cassettes.scrubbing.names import NUMBERS
from pytest_openbanking.cassettes.scrubbing.opaque import is_random
from pytest_openbanking.cassettes.scrubbing.stand_ins import is_stand_in
from pytest_openbanking.cassettes.scrubbing.views import percent_view

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["url_edits", "url_edits_in"]

FOUND = re.compile(r"://[^\s\"'<>`\\]++")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,30}$")
AUTHORITY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*+:)?//([^/?#]*+)")
REST = re.compile(r"([^?#]*+)(?:\?([^#]*+))?(?:#(.*))?", re.DOTALL)
SEGMENT = re.compile(r"[^/;]+")
# What links in a mail or to a bank's own page are called; what comes behind is good for one person and one use.
LINKS = listed(
    "reset activate activation magic invite invitation confirm verify unsubscribe sca login authorize authorise"
)
MATRIX = re.compile(r";([^/]*+)")


def url_edits_in(text: str, search: Search, deep: int) -> list[Edit]:
    """Return the edits of the URLs that stand in a text."""
    if "://" not in text:
        return []
    edits: list[Edit] = []
    for match in FOUND.finditer(text):
        scheme = SCHEME.search(text[max(0, match.start() - 32) : match.start()])
        start = match.start() - len(scheme[0]) if scheme else match.start() + 1
        edits += shifted(url_edits(text[start : match.end()], search, deep), start)
    return edits


def url_edits(url: str, search: Search, deep: int) -> list[Edit]:
    """Return the edits of a whole URL, absolute or relative."""
    authority = AUTHORITY.match(url)
    edits = userinfo(authority[1], authority.start(1), search) if authority else []
    rest = REST.match(url, authority.end() if authority else 0)
    if rest is None:
        return edits
    edits += path(rest[1], rest.start(1), search, deep)
    for part in (2, 3):
        if rest[part]:
            edits += shifted(parameters(rest[part], search, deep), rest.start(part))
    return merge(edits, [])


def userinfo(authority: str, start: int, search: Search) -> list[Edit]:
    said, at, _ = authority.rpartition("@")
    if not at or not said:
        return []
    user, _, password = said.partition(":")
    edits = [part(user, start, "password" if not password and not user else "secret", search)] if user else []
    return edits + ([part(password, start + len(user) + 1, "password", search)] if password else [])


def part(raw: str, start: int, kind: str, search: Search) -> Edit:
    view = percent_view(raw, start, plus=False)
    new = view.text if is_stand_in(view.text) else search.secret(kind, view.text)
    return Edit(start, start + len(raw), view.encode(new))


def path(text: str, start: int, search: Search, deep: int) -> list[Edit]:
    edits: list[Edit] = []
    kind = None
    for segment in SEGMENT.finditer(text):
        view = percent_view(segment[0], start + segment.start(), plus=False)
        is_named = kind is not None and (kind in NUMBERS or is_random(view.text))
        inner = search.named(kind or "", view.text, deep + 1) if is_named else search.string(view.text, deep + 1)
        edits += view.outer(inner)
        kind = handed(view.text, search)
    strong = [
        edit
        for match in MATRIX.finditer(text)
        for edit in shifted(form_edits(match[1], search, deep), start + match.start(1))
    ]
    return merge(strong, edits)


def handed(segment: str, search: Search) -> str | None:
    """Return what the segment behind this one may be: /accounts/38291745, /reset-password/<token>."""
    return search.names.kind(segment) or ("token" if segment.lower() in LINKS else None)


def parameters(text: str, search: Search, deep: int) -> list[Edit]:
    """Return the edits of a query or fragment; a fragment may have a path before its parameters."""
    if "=" in text:
        mark = text.find("?") + 1
        return merge(shifted(form_edits(text[mark:], search, deep), mark), search.plain(text[:mark], deep + 1))
    view = percent_view(text, plus=False)
    return view.outer(search.string(view.text, deep + 1))
