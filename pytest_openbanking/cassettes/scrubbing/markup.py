"""XML and HTML: elements and attributes by name, everything else by look."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, merge, shifted
from pytest_openbanking.cassettes.scrubbing.json_text import is_json, json_edits
from pytest_openbanking.cassettes.scrubbing.names import LABELLED, LABELS, THROUGH
from pytest_openbanking.cassettes.scrubbing.urls import url_edits
from pytest_openbanking.cassettes.scrubbing.views import View, markup_view, plain_view

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["is_markup", "markup_edits"]

OPENING = re.compile(r"[\s\ufeff]*+<[A-Za-z!?]")
PIECE = re.compile(
    r"<!\[CDATA\[(?P<data>[^\]]*+(?:\](?!\]>)[^\]]*+)*+)"
    r"|<(?P<end>/?)(?P<tag>[A-Za-z_][\w:.-]*+)(?P<attributes>[^<>]*+)"
    r"|>(?P<text>[^<]++)"
)
ATTRIBUTE = re.compile(r"(?<![\w:.-])([\w:.-]++)\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)')")
NAMED = re.compile(r"(?<![\w:.-])name\s*+=\s*+[\"']?([\w:.-]++)", re.IGNORECASE)
FIELDS, HEADINGS = frozenset({"textarea", "output"}), frozenset({"th", "dt", "name", "key"})
CELLS = frozenset({"td", "dd", "value", "string"})
DEEPEST = 32  # elements that are remembered
LINKS = frozenset({"href", "src", "action", "formaction", "data-url"})
# HTML's own elements: <code> and <data> say nothing of what is in them.
LABELS_HERE = LABELS | {"itemprop"}


def is_markup(text: str) -> bool:
    return OPENING.match(text) is not None


def markup_edits(text: str, search: Search, deep: int) -> list[Edit]:
    strong: list[Edit] = []
    place = Place(search)
    for piece in PIECE.finditer(text):
        if piece["tag"]:
            place.tag(piece)
            strong += attribute_edits(piece["attributes"], piece.start("attributes"), search, deep)
        elif piece["data"]:
            strong += content(plain_view(piece["data"], piece.start("data")), place, search, deep)
        elif piece["text"] and not piece["text"].isspace():
            strong += content(markup_view(piece["text"], piece.start("text")), place, search, deep)
    view = markup_view(text)
    loose = [] if "&" not in text else search.prose(text, deep + 1)
    return merge(strong, merge(view.outer(search.prose(view.text, deep + 1)), loose))


def local(name: str) -> str:
    return name.rpartition(":")[2]


class Place:
    """Where in a document a text stands: its element, those around it, and the heading of its cell."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.open: list[str] = []
        self.element = ""
        self.field = ""
        self.heading = ""

    def tag(self, piece: re.Match[str]) -> None:
        name = local(piece["tag"])
        self.element = self.field = ""
        if piece["end"]:
            while self.open and name in self.open and self.open.pop() != name:
                pass
        elif not piece["attributes"].endswith("/"):
            self.open = [*self.open[-DEEPEST:], name]
            self.element = name
            named = NAMED.search(piece["attributes"])
            self.field = named[1] if named and (name.lower() in FIELDS or self.search.names.kind(named[1])) else ""

    def kind(self, text: str) -> str | None:
        """Return what kind of secret a text holds here; a heading is remembered for the cell after it."""
        element = self.element.lower()
        heading, self.heading = self.heading, text if element in HEADINGS else ""
        if self.field:
            return self.search.names.parameter(self.field, text)
        if element in CELLS:
            return self.search.names.kind(heading)
        around = next((name for name in reversed(self.open[:-1]) if name.lower() not in THROUGH), "")
        return self.search.names.kind(self.element, around) if element else None


def content(view: View, place: Place, search: Search, deep: int) -> list[Edit]:
    kind = place.kind(view.text)
    if kind:
        return view.outer(search.named(kind, view.text, deep + 1))
    return view.outer(json_edits(view.text, search, deep + 1)) if is_json(view.text) else []


def attribute_edits(text: str, start: int, search: Search, deep: int) -> list[Edit]:
    if "=" not in text:
        return []
    found = [(local(match[1]), seen(match)) for match in ATTRIBUTE.finditer(text)]
    labels = [view.text for name, view in found if name.lower() in LABELS_HERE]
    label = next(filter(search.names.parameter, labels), "")
    edits: list[Edit] = []
    for name, view in found:
        kind = search.names.kind(name) or (
            search.names.parameter(label) if label and name.lower() in LABELLED else None
        )
        if kind:
            edits += view.outer(search.named(kind, view.text, deep + 1))
        elif name.lower() in LINKS:
            edits += view.outer(url_edits(view.text, search, deep + 1))
    return shifted(edits, start)


def seen(match: re.Match[str]) -> View:
    group = 2 if match[2] is not None else 3
    return markup_view(match[group], match.start(group))
