"""Form bodies: urlencoded and multipart. A query string is one, too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, merge, shifted
from pytest_openbanking.cassettes.scrubbing.views import percent_view

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["form_edits", "is_form", "is_multipart", "multipart_edits"]

FORM = re.compile(r"[^\s=&<>\"{}]{1,200}=(?!=?$)")  # base64 ends so, too
FIELD = re.compile(r"([^=&;\r\n]*+)=?([^&;\r\n]*+)")
BOUNDARY = re.compile(r"boundary=\"?([^\";,\s]{1,200})", re.IGNORECASE)
SNIFFED = re.compile(r"\s*+--([^\r\n]{1,200})\r?\nContent-", re.IGNORECASE)
NAME = re.compile(r"[;\s]name=(?:\"([^\"]*+)\"|([^;\s]++))", re.IGNORECASE)
BLANK = re.compile(r"\r?\n\r?\n")
TYPE = re.compile(r"^content-type:[ \t]*+([^\r\n]*+)", re.IGNORECASE | re.MULTILINE)
SPACE = re.compile(r"\s")


def is_form(text: str) -> bool:
    return "=" in text and FORM.match(text) is not None and not SPACE.search(text.strip())


def form_edits(text: str, search: Search, deep: int) -> list[Edit]:
    """Return the edits of `name=value&name=value`."""
    edits: list[Edit] = []
    for field in FIELD.finditer(text):
        if field[0]:
            edits += field_edits(field, search, deep)
    return edits


def field_edits(field: re.Match[str], search: Search, deep: int) -> list[Edit]:
    name = percent_view(field[1], field.start(1), plus=True)
    found = name.outer(search.string(name.text, deep + 1))
    value = percent_view(field[2], field.start(2), plus=True)
    kind = search.names.parameter(name.text.removeprefix("amp;").removesuffix("[]"), value.text) if field[2] else None
    literal = percent_view(field[2], field.start(2), plus=False)
    if kind:
        said = literal if kind == "phone" and field[2].startswith("+") else value  # +49: no space is meant
        return found + said.outer(search.named(kind, said.text, deep + 1))
    seen = value.outer(search.string(value.text, deep + 1, form=value.text != field[2]))
    return found + (merge(seen, literal.outer(search.plain(literal.text, deep + 1))) if "+" in field[2] else seen)


def is_multipart(text: str, content_type: str) -> str | None:
    """Return the boundary of a multipart body, or None."""
    declared = BOUNDARY.search(content_type) if "multipart" in content_type.lower() else None
    found = declared or SNIFFED.match(text)
    return found[1] if found else None


def multipart_edits(text: str, boundary: str, search: Search, deep: int) -> list[Edit]:
    marks = [match.span() for match in re.finditer(re.escape(f"--{boundary}"), text)]
    edits: list[Edit] = []
    for (_, start), (end, _) in zip(marks, [*marks[1:], (len(text), 0)], strict=True):
        edits += shifted(part_edits(text[start:end], search, deep + 1), start)
    return edits


def part_edits(part: str, search: Search, deep: int) -> list[Edit]:
    blank = BLANK.search(part)
    if blank is None:
        return search.string(part, deep)
    head, body = part[: blank.start()], part[blank.end() :].rstrip("\r\n")
    name, said = NAME.search(head), TYPE.search(head)
    kind = search.names.parameter(name[1] or name[2] or "") if name else None
    inner = search.named(kind, body, deep) if kind else search.document(body, said[1] if said else "", deep)
    return search.prose(head, deep) + shifted(inner, blank.end())
