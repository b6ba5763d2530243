"""One look through a cassette: every secret in a value, by its name, by its look, or because it is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.authorizations import SCHEMED, authorization
from pytest_openbanking.cassettes.scrubbing.cued import cued_edits
from pytest_openbanking.cassettes.scrubbing.dumped import dumped_edits
from pytest_openbanking.cassettes.scrubbing.edits import Edit, merge, shifted
from pytest_openbanking.cassettes.scrubbing.folded import folded_edits
from pytest_openbanking.cassettes.scrubbing.forms import form_edits, is_form, is_multipart, multipart_edits
from pytest_openbanking.cassettes.scrubbing.harmless import harmless
from pytest_openbanking.cassettes.scrubbing.json_text import is_json, json_edits
from pytest_openbanking.cassettes.scrubbing.markup import is_markup, markup_edits
from pytest_openbanking.cassettes.scrubbing.names import NUMBERS, Names
from pytest_openbanking.cassettes.scrubbing.numbered import numbered, whole_number
from pytest_openbanking.cassettes.scrubbing.pairs import pair_edits
from pytest_openbanking.cassettes.scrubbing.said import said_edits
from pytest_openbanking.cassettes.scrubbing.stand_ins import StandIns, is_stand_in
from pytest_openbanking.cassettes.scrubbing.tables import is_table, table_edits
from pytest_openbanking.cassettes.scrubbing.urls import url_edits_in
from pytest_openbanking.cassettes.scrubbing.values import SUSPECT, values, whole
from pytest_openbanking.cassettes.scrubbing.views import percent_view

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.known import Known

__all__ = ["Search", "UnscrubbableError"]

DEEPEST = 24
LONG = 8  # secrets shorter than this are not looked for elsewhere
LONG_PAGE = 16
POSTAL = re.compile(r"[1-9][0-9]{5}")  # India's; a shorter one is a PIN
SHORT_DIGITS = 6  # a one-time code, which stands by itself wherever it is repeated
ENCODED = re.compile("%[0-9a-fA-F]{2}")
NESTED = re.compile("%3[aAdD]|%7[bB]|%25")  # a URL, a form or JSON, percent-encoded once more


class UnscrubbableError(ValueError):
    """A message cannot be read, so nobody knows what secrets are in it: one line."""


class Search:
    def __init__(self, names: Names, stand_ins: StandIns, known: Known) -> None:
        self.names = names
        self.stand_ins = stand_ins
        self.known = known

    def document(self, text: str, content_type: str, deep: int) -> list[Edit]:
        """Return the edits of a body."""
        boundary = is_multipart(text, content_type)
        if boundary is not None:
            return merge(multipart_edits(text, boundary, self, deep), self.plain(text, deep))
        if "urlencoded" in content_type.lower() and not is_json(text):
            return merge(form_edits(text, self, deep), self.plain(text, deep))
        found = self.string(text, deep)
        return merge(table_edits(text, self, deep), found) if is_table(text, content_type) else found

    def string(self, text: str, deep: int, *, known: bool = True, form: bool = True) -> list[Edit]:
        """Return the edits of a value that nothing is known of.

        Known values are not looked for where they have been, nor is a form in what is a form's own value as it stands.
        """
        if text in self.known.values:
            return [Edit(0, len(text), self.known.values[text])]
        if not SUSPECT.search(text):
            return self.known.find(text) if known else []
        if deep > DEEPEST:
            raise UnscrubbableError(f"a value is encoded more than {DEEPEST} times over")
        if is_json(text):
            return json_edits(text, self, deep)
        if is_markup(text):
            return markup_edits(text, self, deep)
        return self.prose(text, deep, known=known, form=form)

    def prose(self, text: str, deep: int, *, known: bool = True, form: bool = True) -> list[Edit]:
        """Return the edits of a text of no known format: the URLs, quoted pairs and values in it."""
        strong = form_edits(text, self, deep) if form and is_form(text) else []
        strong += url_edits_in(text, self, deep)
        strong += pair_edits(text, self, deep)
        strong += dumped_edits(text, self)
        if "%" in text and NESTED.search(text):
            view = percent_view(text, plus=False)
            strong = merge(strong, view.outer(self.string(view.text, deep + 1)))
        firm = merge(strong, self.plain(text, deep, known=known))
        return merge(firm, merge(said_edits(text, self, deep + 1), cued_edits(text, self)))

    def plain(self, text: str, deep: int, *, known: bool = True) -> list[Edit]:
        """Return the edits of a text by what is known and by look alone, and of the same text percent-decoded."""
        if deep > DEEPEST:
            raise UnscrubbableError(f"a value is encoded more than {DEEPEST} times over")
        found = merge(values(text, self.stand_ins), folded_edits(text, self, deep))
        if known and self.known:
            found = merge([], found + self.known.find(text))
        if "%" in text and ENCODED.search(text):
            view = percent_view(text, plus=False)
            return merge(found, view.outer(self.plain(view.text, deep + 1)))
        return found

    def named(self, kind: str, text: str, deep: int, *, error: bool = False) -> list[Edit]:
        """Return the edits of a value whose name says that it is secret."""
        core = text.strip()
        start = text.find(core)
        if not core or harmless(core, error=error):
            return self.string(text, deep)
        if (kind == "page" and len(core) < LONG_PAGE) or (kind == "postal" and POSTAL.fullmatch(core)):
            return self.string(text, deep)
        if kind in NUMBERS:
            new = numbered(kind, core, self)
            return self.string(text, deep) if new is None else [Edit(start, start + len(core), new)]
        if kind == "authorization" or SCHEMED.match(core):
            return shifted(authorization(core, self), start)
        return [Edit(start, start + len(core), self.secret(kind, core))]

    def number(self, kind: str | None, text: str) -> str | None:
        """Return the stand-in for a whole number, or None where it is no secret."""
        return whole_number(kind, text, self)

    def secret(self, kind: str, value: str) -> str:
        """Return the stand-in for a secret value, which is known from now on; a PIN of digits stays one."""
        make = self.stand_ins.digits if value.isascii() and value.isdecimal() else self.stand_ins.opaque
        return self.learnt(kind, value, whole(value, self.stand_ins) or make(kind, value))

    def learnt(self, kind: str, value: str, stand_in: str) -> str:
        if value in self.known.values:
            return self.known.values[value]
        least = SHORT_DIGITS if value.isdecimal() and kind in ("pin", "code") else LONG
        if stand_in != value and len(value) >= least and not self.is_word(value) and not is_stand_in(value):
            self.known.learn(value, stand_in, kind)
        return stand_in

    def is_word(self, value: str) -> bool:
        """Tell whether a value is the name of a secret: `password` as a password is no reason to rename members."""
        return self.names.parameter(value) is not None and value.replace("_", "").isalpha()
