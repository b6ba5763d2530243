"""Secrets and numbers without a form of their own, known by their names: passwords, PINs, tokens, accounts, phones."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting import naming
from pytest_openbanking.cassettes.detecting.assignments import assignments, forms, paths
from pytest_openbanking.cassettes.detecting.base64_text import decoded
from pytest_openbanking.cassettes.detecting.cookies import cookies
from pytest_openbanking.cassettes.detecting.field import Field
from pytest_openbanking.cassettes.detecting.placeholders import SIGN, is_placeholder
from pytest_openbanking.cassettes.detecting.span import Span
from pytest_openbanking.cassettes.detecting.tables import columns
from pytest_openbanking.cassettes.detecting.trees import elements, members

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["named"]

GAP = r"[ ().\-/+\u00a0\u202f]"
PHONE = re.compile(rf"\s?(?:tel:)?(\+?\(?\d(?:{GAP}{{0,3}}\d){{6,14}})(?![\w@]|{GAP}?\d)", re.ASCII)
ACCOUNT = re.compile(r"\s?#?([A-Z]{0,8}\d(?:[ \-\u00a0\u202f]?\d){5,22})(?![\w@]|[.,]\d)", re.ASCII)
# What looks like a number, and is a day, an address of the Internet or an amount.
NO_NUMBER = re.compile(r"\d{4}-\d\d-\d\d\b|\d{1,3}(?:\.\d{1,3}){3}(?![\d.])|\d+\.\d{1,2}(?![\d.])")
DIGIT = re.compile(r"\d")
ADDRESS = re.compile(r"addr|district|locality|landmark|street", re.IGNORECASE)
ADDRESS_REACH = 200
COMPACT = re.compile(r"[ -]")
# de-DE, eu-west-1, v2, GA1.2.123; not a7f9, nor abcdefgh1234. And a moment in seconds or milliseconds.
WORDS = re.compile(r"[A-Za-z]{0,24}(?:[._-][A-Za-z]{1,24}|[._-]\d{1,3}|\d{1,2}(?!\d))*|1[4-9]\d{8}(?:\d{3})?")
IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
SCHEME = re.compile(r"(?:[A-Za-z][\w-]{1,30}[ +]{1,3})?([^\s,=]{6,}={0,2})\s*")
# An OAuth code is told from an error's by what stands beside it.
OAUTH = ("authorization_code", "state=")
CODE = re.compile(r"[?&]?(?<![\w.-])code=([^&\s\"'<>,;()]{6,400})")
# Your OTP is 482913. Six digits behind the word PIN may be India's postal index number.
SAID = re.compile(
    r"[OoPpTmCVvSsLlA](?<![A-Za-z].)(?:TP|tp|asscode|AN|TAN|VV|(?:MS|erification|ecurity|ogin|ne-time|ctivation) code"
    r"|IN(?! \d{6}))(?:(?: is| was)?:? | of )(\d{4,8})(?!\w|[.,:/-]\w)",
    re.DOTALL | re.ASCII,
)
LEAST = {naming.PASSWORD: 3, naming.ANSWER: 2, naming.COOKIE: 7, naming.AUTHORIZATION: 6, "session id": 6}


def named(text: str, name: str) -> Iterator[Span]:
    """Find what is a secret or personal by its names, first of all that of the whole text."""
    for field in chain([Field((name,), 0, len(text))], cookies(text, name), fields(text)):
        kind = naming.kind_of(field.names)
        span = kind and READERS.get(kind, secret)(text, field, kind)
        if span:
            yield span
    yield from codes(text)


def fields(text: str) -> Iterator[Field]:
    """Find values with names, each way of writing them where its sign occurs."""
    if "{" in text:
        yield from members(text)
    if "<" in text:
        yield from elements(text)
    if "\n" in text:
        yield from columns(text)
        yield from forms(text)
    if "/" in text:
        yield from paths(text)
    yield from assignments(text)


def phone(text: str, field: Field, kind: str) -> Span | None:
    return number(PHONE, text, field, kind)


def account(text: str, field: Field, kind: str) -> Span | None:
    found = number(ACCOUNT, text, field, kind)
    short = field.names[-1].lower() in ("account", "accounts", "acc", "acct")
    return None if found and short and sum(map(str.isdigit, found.value)) < 8 else found


def number(form: re.Pattern[str], text: str, field: Field, kind: str) -> Span | None:
    match = form.match(text, field.start, field.end)
    if not match or NO_NUMBER.match(text, match.start(1)):
        return None
    return Span(kind, *match.span(1), match[1])


READERS: dict[str, Callable[[str, Field, str], Span | None]] = {"phone number": phone, "account number": account}


def secret(text: str, field: Field, kind: str) -> Span | None:
    """Return a secret's place, if the value is one rather than a word about it."""
    start, end = trimmed(text, field.start, field.end)
    value = text[start:end]
    if "\x00" in value or is_opened(value) or (field.bare and is_variable(value)):
        return None
    if is_placeholder(value, field.names, spoken=kind == naming.ANSWER) or not secretive(value, kind):
        return None
    if field.names[0] == "/" and (WORDS.fullmatch(value) and not value.isdigit()):
        return None
    return None if is_postal(text, field, value) else Span(kind, start, end, value)


def is_variable(value: str) -> bool:
    """Tell whether what stands without quotes is part of a program or a word, rather than a value."""
    return "[" in value or (
        bool(IDENTIFIER.fullmatch(value)) and ("." in value or len(value) < 6 or not DIGIT.search(value))
    )


def is_postal(text: str, field: Field, value: str) -> bool:
    """Tell whether a PIN is India's postal index number."""
    near = text[max(0, field.start - ADDRESS_REACH) : field.end + ADDRESS_REACH]
    return field.names[-1].lower() == "pin" and len(value) == 6 and bool(ADDRESS.search(near))


def is_opened(value: str) -> bool:
    """Tell whether base64 hides a stand-in or a PEM block, which are looked at where it is opened."""
    text = decoded(value) if len(value) >= 16 else None
    return bool(text) and ("scrubbed-" in str(text) or "-----BEGIN " in str(text))


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    value = text[start:end]
    left = len(value) - len(value.lstrip(" \t\r\n\"'`"))
    return min(end, start + left), max(start + left, start + len(value.rstrip(" \t\r\n\"'`,;")))


def secretive(value: str, kind: str) -> bool:
    """Tell whether a value may be a secret of its kind."""
    if len(value) < LEAST.get(kind, 4) and kind not in naming.CODES:
        return False
    if kind in naming.CODES:
        return is_code(value)
    if kind in naming.TOKENS and SIGN.fullmatch(value):
        return False
    if kind == naming.COOKIE:
        return not WORDS.fullmatch(value)
    if kind == naming.AUTHORIZATION:
        return bool(SCHEME.fullmatch(value)) and not value.isalpha()
    return kind not in naming.TOKENS or len(value.split(maxsplit=1)) == 1


def is_code(value: str) -> bool:
    compact = COMPACT.sub("", value)
    return 3 <= len(compact) <= 12 and compact.isalnum() and sum(map(str.isdigit, compact)) >= 2


def codes(text: str) -> Iterator[Span]:
    """Find the codes of OAuth's redirects, and those that a sentence tells."""
    if "code=" in text and any(sign in text for sign in OAUTH):
        for match in CODE.finditer(text):
            if not is_placeholder(match[1], ("code",)) and not match[1].isalpha() and "\x00" not in match[1]:
                yield Span("authorization code", *match.span(1), match[1])
    if " " in text:
        for match in SAID.finditer(text):
            yield Span("one-time code", *match.span(1), match[1])
