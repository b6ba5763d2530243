"""Numbers of accounts and cards, known by their lengths and check digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.checksums import luhn, modulo_97
from pytest_openbanking.cassettes.detecting.names import called
from pytest_openbanking.cassettes.detecting.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cards", "ibans", "numbers"]

# Patterns begin with the first character itself, and look behind it: `re` skips ahead to a character, not to a look.
IBAN_START = re.compile(r"[A-Za-z](?<![A-Za-z0-9].)[A-Za-z]\d\d(?=[ +-]?[A-Za-z0-9])", re.DOTALL | re.ASCII)
# Berlin Group writes an account as its IBAN and, right behind it, a currency.
IBAN_END = re.compile(r"(?:[A-Z]{3})?(?![A-Za-z0-9])")
CARD = re.compile(
    r"[2-9](?<![0-9A-Za-z].)(?<!\d[.].)(?=("
    r"\d{12,18}|\d{3}([ .+-])\d{4}\2\d{4}\2\d{4}(?:\2\d{1,3})?|\d{3}([ .+-])\d{6}\3\d{4,5}"
    r"))\1(?![0-9A-Za-z])(?!\.\d)",
    re.DOTALL | re.ASCII,
)
# Numbers without a check digit are known by what they are called, and by nothing else.
NUMBER = re.compile(r"\d(?<![0-9A-Za-z.+-].)\d{7,17}(?![0-9A-Za-z]|[.-]\d)", re.DOTALL | re.ASCII)
NAMES = (
    (
        "account number",
        re.compile(r"(?:account|acct?|bank)[_-]?(?:number|num|no|nr)s?$|^(?:bban|nuban|clabe)$", re.IGNORECASE),
    ),
    ("phone number", re.compile(r"(?:phone|mobile|contact|msisdn)(?:[_-]?(?:number|no))?$", re.IGNORECASE)),
)
# Countries of the SWIFT registry, by the length of their IBANs.
COUNTRIES = {
    15: "NO",
    16: "BE",
    18: "DK FI FK FO GL NL SD",
    19: "MK SI",
    20: "AT BA EE KZ LT LU MN XK",
    21: "CH HR LI LV",
    22: "BG BH CR DE GB GE IE ME RS VA",
    23: "AE GI IL IQ OM SO TL",
    24: "AD CZ ES MD PK RO SA SE SK ST TN VG",
    25: "LY PT",
    26: "IS TR",
    27: "BI DJ FR GR IT MC MR SM",
    28: "AL AZ BY CY DO GT HN HU LB NI PL SV",
    29: "BR EG PS QA UA",
    30: "JO KW MU YE",
    31: "MT SC",
    32: "LC",
    33: "RU",
}
LENGTHS = {country: length for length, countries in COUNTRIES.items() for country in countries.split()}
BODIES = {length: re.compile(f"[A-Za-z0-9](?:[ +-]?[A-Za-z0-9]){{{length - 1}}}") for length in COUNTRIES}
# Issuers' first digits, with the lengths of their cards.
ISSUERS = tuple(
    (re.compile(prefix), frozenset(lengths))
    for prefix, lengths in (
        (r"4", (13, 16, 19)),  # Visa
        (r"5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720", (16,)),  # Mastercard
        (r"3[47]", (15,)),  # American Express
        (r"30[0-5]|3[689]", (14, 16)),  # Diners Club
        (r"35[2-8]", (16,)),  # JCB
        (r"6011|64[4-9]|65|62", (16, 17, 18, 19)),  # Discover, UnionPay
        (r"50|5[6-9]|6", (16, 17, 18, 19)),  # Maestro, RuPay
        (r"508|60|8[12]|220[0-4]", (16,)),  # RuPay, Mir
    )
)


def ibans(text: str) -> Iterator[Span]:
    """Find IBANs, in one piece or in groups."""
    for match in IBAN_START.finditer(text):
        length = LENGTHS.get(match[0][:2].upper())
        end = length and iban_end(text, match.start(), length)
        if not end:
            continue
        value = re.sub("[ +-]", "", text[match.start() : end])
        if (value.isupper() or value.islower()) and modulo_97(value):
            yield Span("IBAN", match.start(), end, value.upper())


def iban_end(text: str, start: int, length: int) -> int | None:
    """Return where that many letters and digits have passed; None where a word goes on there."""
    body = BODIES[length].match(text, start)
    return body.end() if body and IBAN_END.match(text, body.end()) else None


def numbers(text: str) -> Iterator[Span]:
    """Find account numbers and national phone numbers by the name of what holds them."""
    for match in NUMBER.finditer(text):
        name = called(text, match.start())
        kind = next((kind for kind, pattern in NAMES if pattern.search(name)), None) if name else None
        if kind:
            yield Span(kind, match.start(), match.end(), match[0])


def cards(text: str) -> Iterator[Span]:
    """Find payment cards, in one piece or in the groups printed on them."""
    for match in CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if issued(digits) and luhn(digits):
            yield Span("card number", match.start(), match.end(), digits)


def issued(digits: str) -> bool:
    return len(set(digits)) > 1 and any(len(digits) in lengths and start.match(digits) for start, lengths in ISSUERS)
