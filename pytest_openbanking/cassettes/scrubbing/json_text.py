"""JSON scrubbed in place: read token by token, however broken, deep or long, and never written anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, merge
from pytest_openbanking.cassettes.scrubbing.names import ERRORS, LABELLED, LABELS, words
from pytest_openbanking.cassettes.scrubbing.values import SUSPECT
from pytest_openbanking.cassettes.scrubbing.views import View, json_view

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["is_json", "json_edits"]

OPENING = re.compile(r"[\s\ufeff]*+(?:\)\]\}',?\s*+)?(?:[{\[]|\"(?=[^\"\\]*+\\))")
TOKEN = re.compile(
    r'[\s,:]*+(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"?+(\s*+:)?|([{}\[\]])|([^"{}\[\],:\s][^"{}\[\],:]*+)|\Z)', re.DOTALL
)
STRING, COLON, BRACKET, BARE = 1, 2, 3, 4
SPELT = {"SchemeName", "schemeName", "SecondaryIdentification", "secondaryIdentification"}  # as Open Banking UK does
LABELS_AND_LABELLED = SPELT | {
    form(name) for name in LABELS | LABELLED for form in (str.lower, str.upper, str.capitalize)
}
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})  # of a JSON Web Key, which `kty` gives away
WHOLE = re.compile(r"[0-9]+")
LITERALS = frozenset({"true", "false", "null"})
DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Container:
    """An object or array that is open: what it is called, and what its members `name` and `value` hold."""

    __slots__ = ("error", "is_array", "is_jwk", "label", "name", "private", "valued")

    def __init__(self, name: str, is_array: bool, error: bool) -> None:
        self.name = name
        self.is_array = is_array
        self.error = error
        self.label = ""
        self.valued: list[View] = []
        self.is_jwk = False
        self.private: list[View] = []


def is_json(text: str) -> bool:
    return OPENING.match(text) is not None


def json_edits(text: str, search: Search, deep: int) -> list[Edit]:
    reading = Reading(text, search, deep)
    reading.read()
    weak = reading.weak + search.known.find(text)
    if reading.broken:
        weak += search.prose(text, deep + 1, known=False)
    return merge(reading.strong, weak)


class Reading:
    """A walk over the tokens of one text."""

    def __init__(self, text: str, search: Search, deep: int) -> None:
        self.text = text
        self.search = search
        self.deep = deep
        self.strong: list[Edit] = []
        self.weak: list[Edit] = []
        self.broken = False
        self.open = [Container("", is_array=False, error=False)]
        self.name = ""

    def read(self) -> None:
        for token in TOKEN.finditer(self.text):
            if token[COLON] is not None:
                self.member(token)
            elif token[BRACKET] is not None:
                self.bracket(token[BRACKET])
            else:
                if token[STRING] is not None:
                    self.string(token[STRING], token.start(STRING))
                elif token[BARE]:
                    self.bare(token[BARE].rstrip(), token.start(BARE))
                self.name = self.open[-1].name if self.open[-1].is_array else ""

    def bracket(self, bracket: str) -> None:
        if bracket in "{[":
            within = self.open[-1]
            error = within.error or not ERRORS.isdisjoint(words(self.name))
            self.open.append(Container(self.name, bracket == "[", error))
        elif len(self.open) > 1:
            closed = self.open.pop()
            for view in closed.private if closed.is_jwk else ():
                self.strong += view.outer(self.search.named("key", view.text, self.deep + 1))
        self.name = self.open[-1].name if self.open[-1].is_array else ""

    def member(self, token: re.Match[str]) -> None:
        raw = token[STRING]
        self.name = json_view(raw).text if "\\" in raw else raw
        if SUSPECT.search(raw):
            self.look(raw, token.start(STRING))

    def kind(self) -> str | None:
        within = self.open[-1]
        return self.search.names.kind(self.name, "" if within.is_array else within.name) if self.name else None

    def string(self, raw: str, start: int) -> None:
        kind = self.kind()
        if kind is not None:
            view = json_view(raw, start)
            self.strong += view.outer(self.search.named(kind, view.text, self.deep + 1, error=self.open[-1].error))
        elif SUSPECT.search(raw):
            self.look(raw, start)
        if self.name in PRIVATE:
            self.open[-1].private.append(json_view(raw, start))
        self.open[-1].is_jwk |= self.name == "kty"
        if self.name in LABELS_AND_LABELLED:
            self.labelled(json_view(raw, start))

    def look(self, raw: str, start: int) -> None:
        """Look at a string without a telling name; what is known was looked for in the whole text, unescaped."""
        if "\\" in raw:
            view = json_view(raw, start)
            self.weak += view.outer(self.search.string(view.text, self.deep + 1))
            return
        found = self.search.string(raw, self.deep + 1, known=False)
        if found:
            self.weak += json_view(raw, start).outer(found)

    def labelled(self, view: View) -> None:
        """Note `{"name": "password", "value": "..."}`, in whichever order."""
        within = self.open[-1]
        if self.name.lower() in LABELLED:
            within.valued.append(view)
        else:
            within.label = within.label if self.search.names.kind(within.label) else view.text
        kind = self.search.names.kind(within.label) if within.label else None
        if kind is None:
            return
        for value in within.valued:
            self.strong += value.outer(self.search.named(kind, value.text, self.deep + 1, error=within.error))

    def bare(self, text: str, start: int) -> None:
        if text in LITERALS:
            return
        if not DECIMAL.fullmatch(text):
            self.broken = True
        elif WHOLE.fullmatch(text):
            kind = None if self.name.endswith("s") else self.kind()
            new = self.search.number(kind, text)
            if new is not None:
                self.strong.append(Edit(start, start + len(text), new))
