"""JSON scrubbed in place: read token by token, however broken, deep or long, and never written anew."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit, merge
from pytest_openbanking.cassettes.scrubbing.names import EITHER, ERRORS, LABELLED, LABELS, NUMBERS, THROUGH, words
from pytest_openbanking.cassettes.scrubbing.opaque import is_random
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
# As Open Banking UK and others spell them.
SPELT = {
    form(name)
    for name in ("SchemeName", "SecondaryIdentification", "IdType", "IdentifierType", "RejectedValue")
    for form in (str, lambda name: name[0].lower() + name[1:])
} | {"id_type", "identifier_type", "scheme_name"}
LABELS_AND_LABELLED = SPELT | {
    form(name) for name in LABELS | LABELLED | EITHER for form in (str.lower, str.upper, str.capitalize)
}
OF_A_FIELD = frozenset({"name", "key", "field", "param", "parameter", "property", "header"})
OF_EITHER = {"id": NUMBERS, "code": frozenset({"pin"})}  # {"type": "SMS_OTP", "code": "487120"}
PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})  # of a JSON Web Key, which `kty` gives away
SEVERAL = frozenset({"secret", "token", "key", "password"})
WHOLE = re.compile(r"[0-9]+")
LITERALS = frozenset({"true", "false", "null"})
DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class Container:
    """An object or array that is open: what it is called, and what its members `name` and `value` hold."""

    __slots__ = ("error", "hidden", "is_array", "is_jwk", "is_scheme", "label", "name", "private", "valued")

    def __init__(self, name: str, is_array: bool, error: bool, *, hidden: bool = False) -> None:
        self.name = name
        self.hidden = hidden  # below a field of the team's own
        self.is_array = is_array
        self.error = error
        self.label = ""
        self.is_scheme = False
        self.valued: list[tuple[str, View]] = []
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
            name = within.name if self.name.lower() in THROUGH else self.name
            self.open.append(Container(name, bracket == "[", error, hidden=within.hidden or self.is_hidden()))
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

    def is_hidden(self) -> bool:
        return self.search.names.is_field(self.name)

    def kind(self) -> str | None:
        within = self.open[-1]
        if within.hidden:
            return "secret"
        return self.search.names.kind(self.name, "" if within.is_array else within.name) if self.name else None

    def string(self, raw: str, start: int) -> None:
        kind = self.kind()
        if kind is not None:
            view = json_view(raw, start)
            self.strong += view.outer(self.search.named(kind, view.text, self.deep + 1, error=self.open[-1].error))
        elif self.is_one_of_several(raw):
            self.strong.append(Edit(start, start + len(raw), self.search.secret("secret", raw)))
        elif SUSPECT.search(raw):
            self.look(raw, start)
        if self.name in PRIVATE:
            self.open[-1].private.append(json_view(raw, start))
        self.open[-1].is_jwk |= self.name == "kty"
        if self.name in LABELS_AND_LABELLED:
            self.labelled(json_view(raw, start))

    def is_one_of_several(self, raw: str) -> bool:
        """Tell whether a string is random, in an object of secrets: `{"secrets": {"sandbox": "..."}}`."""
        within = self.open[-1].name
        return bool(within) and is_random(raw) and self.search.names.kind(within) in SEVERAL

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
        within, name = self.open[-1], self.name.lower()
        if name in LABELLED or name in EITHER:
            within.valued.append((name, view))
        if name not in LABELLED and not self.search.names.kind(within.label):
            within.label, within.is_scheme = view.text, name not in OF_A_FIELD
        kind = self.search.names.kind(within.label) if within.label else None
        if kind is None:
            return
        for called, value in within.valued:
            is_it = within.is_scheme and value.text != within.label and kind in OF_EITHER.get(called, ())
            if called not in EITHER or is_it:
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
