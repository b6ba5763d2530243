"""Secrets and personal data that a cassette still holds, known by what they are; by their names where that says nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from pytest_openbanking.cassettes.detecting import accounts, credentials, persons, phones
from pytest_openbanking.cassettes.detecting.identifiers import (
    is_identifier,
    names_public_key,
    stands_for_request,
    stands_for_resource,
)
from pytest_openbanking.cassettes.detecting.keys import prefixed_keys
from pytest_openbanking.cassettes.detecting.named import named
from pytest_openbanking.cassettes.detecting.names import behind_prefix, called, names_credential, names_id
from pytest_openbanking.cassettes.detecting.randomness import SHORTEST, TOKEN, is_key
from pytest_openbanking.cassettes.detecting.span import Span
from pytest_openbanking.cassettes.detecting.standins import blanked, is_stand_in
from pytest_openbanking.cassettes.detecting.views import Hidden, View, given, hidden_in, narrowed, unescaped, unfolded

__all__ = ["Suspect", "suspects"]

Detector = Callable[[str], Iterator[Span]]

# What is found first keeps its place: the more exact ones come first.
CREDENTIALS: tuple[Detector, ...] = (
    credentials.pems,
    credentials.jwts,
    prefixed_keys,
    credentials.basics,
    credentials.bearers,
    credentials.signatures,
    credentials.logins,
    credentials.ders,
)
NUMBERS: tuple[Detector, ...] = (
    accounts.ibans,
    phones.phones,
    accounts.cards,
    persons.aadhaars,
    persons.pans,
    persons.gstins,
    phones.national_phones,
    accounts.said_accounts,
)
ADDRESSES: tuple[Detector, ...] = (persons.mails, persons.payees)
DIGIT = re.compile("[0-9]")
PERSONAL_KINDS = frozenset({"account number", "phone number"})
PATH_PART = re.compile(r"[^/]+")
BASE64_LAYERS = 2
CALLED_SHORTEST = 16  # of what is called a key
# Who has spoken for a character of the text.
STAND_IN, FOUND = 1, 2
# UUIDs, and the ids of a W3C trace around them.
IDS = re.compile(
    r"[0-9A-Fa-f](?<![0-9A-Za-z].)(?:[0-9A-Fa-f]{7}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"
    r"|[0-9a-f]-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})(?![0-9A-Za-z])",
    re.DOTALL,
)
# Pictures and fonts in CSS and HTML, and the builds that a page's files are named after.
HARMLESS_BEFORE = re.compile(
    r"data:(?:image|font)/[\w.+-]{1,40};base64,$|sha-?\d{1,3}[=:]:?$|\bmd5[=:]$", re.IGNORECASE
)
FILE_AFTER = re.compile(r"\.(?:js|css|map|woff2?|ttf|png|svg|jpe?g|gif|ico|chunk)\b")


@dataclass(frozen=True)
class Suspect:
    """Something that ought to have been scrubbed: its kind, its first characters and length, where it begins."""

    kind: str
    shown: str
    start: int


class Search:
    """A view being searched: what is found, and what part of the text is spoken for."""

    def __init__(self, view: View, name: str) -> None:
        self.view = view
        self.name = name
        self.text = blanked(view.text)
        self.found: list[Span] = []
        self.hidden: list[Hidden] = []
        self.taken = bytearray(len(self.text))

    def run(self) -> None:
        """Fill `found`, and `hidden` with what is to be searched next."""
        self.take(CREDENTIALS)
        by_name = list(named(self.text, self.name))
        self.text = IDS.sub(lambda match: "\x00" * len(match[0]), self.text)
        if "@" in self.text:
            self.take(ADDRESSES)
        if DIGIT.search(self.text):  # few headers have one
            self.take(NUMBERS)
        self.take_spans(span for span in by_name if span.kind in PERSONAL_KINDS)
        for token in TOKEN.finditer(self.text):
            self.take_token(token)
        self.take_spans(by_name)

    def take(self, detectors: tuple[Detector, ...]) -> None:
        for detector in detectors:
            for span in detector(self.text):
                self.claim(span)

    def take_spans(self, spans: Iterable[Span]) -> None:
        for span in spans:
            self.claim(span)

    def claim(self, span: Span) -> None:
        if self.holds(FOUND, span.start, span.end) or self.holds(STAND_IN, span.start, span.end):
            return
        stand_in = is_stand_in(span)
        self.taken[span.start : span.end] = bytes([STAND_IN if stand_in else FOUND]) * (span.end - span.start)
        if not stand_in:
            self.found.append(span)

    def holds(self, what: int, start: int, end: int) -> bool:
        return self.taken.find(what, start, end) >= 0

    def take_token(self, token: re.Match[str]) -> None:
        """Open what is base64 of a text; judge what is not by its randomness."""
        if self.holds(FOUND, *token.span()):
            return
        hidden = hidden_in(token)
        self.hidden += hidden
        if not hidden and not self.holds(STAND_IN, *token.span()):
            self.judge(token)

    def judge(self, token: re.Match[str]) -> None:
        for start, end in words(token):
            word = self.text[start:end]
            shortest = CALLED_SHORTEST if names_credential(self.text, start, self.name) else SHORTEST
            if is_key(word, shortest=shortest) and not self.harmless(word, start, end):
                self.claim(Span("high-entropy text", start, end, word))

    def harmless(self, word: str, start: int, end: int) -> bool:
        return (
            word.startswith("--")  # what parts the bodies of a multipart one
            or behind_prefix(word)
            or is_identifier(word)
            or names_id(self.text, start, self.name)
            or names_public_key(self.text, start, called(self.text, start))
            or stands_for_request(self.text, start)
            or stands_for_resource(self.text, start)
            or bool(HARMLESS_BEFORE.search(self.text, max(0, start - 64), start))
            or bool(FILE_AFTER.match(self.text, end))
        )


def words(token: re.Match[str]) -> list[tuple[int, int]]:
    """Return where the parts of a path are, if one of them is a key by itself; else where the whole token is."""
    text, (start, end) = token.string, token.span()
    if "/" not in token[0] or not (text[start] == "/" or text[max(0, start - 1) : start] in (".", ":")):
        return [(start, end)]
    parts = [part.span() for part in PATH_PART.finditer(text, start, end)]
    return parts if any(is_key(text[first:last]) for first, last in parts) else [(start, end)]


def suspects(text: str, *, name: str = "") -> Iterator[Suspect]:
    """Yield what looks like a secret or personal data in a string out of a cassette, in the order of the text.

    A header's name, "uri" or "body" lowers false alarms: an ETag is no key.
    """
    found: dict[tuple[str, int], Suspect] = {}
    view = narrowed(given(text))
    for _ in range(1 + BASE64_LAYERS):
        view = unescaped(view)
        search = Search(view, name)
        search.run()
        for span in search.found:
            suspect = Suspect(span.kind, masked(span.value), view.origin(span.start))
            found.setdefault((suspect.kind, suspect.start), suspect)
        if not search.hidden:
            break
        view = unfolded(view, search.hidden)
    yield from sorted(found.values(), key=lambda suspect: suspect.start)


def masked(value: str) -> str:
    """Return the length behind the first four characters, or fewer: of a PIN, one."""
    return f"{value[: min(4, len(value) // 4)]}...{len(value)}"
