"""Numbers of accounts and cards, known by their lengths and check digits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.checksums import luhn, modulo_97
from pytest_openbanking.cassettes.detecting.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["cards", "ibans", "said_accounts"]

# Patterns begin with the first character itself, and look behind it: `re` skips ahead to a character, not to a look.
# The word IBAN and the tags of MT940's fields (?31) may touch it.
IBAN_START = re.compile(
    r"[A-Za-z](?:(?<![A-Za-z0-9].)|(?<=IBAN.)|(?<=[Ii]ban.)|(?<=\?[0-9]{2}.))[A-Za-z]\d\d(?=[ +.\-\u00a0\u202f]?[A-Za-z0-9])",
    re.DOTALL | re.ASCII,
)
# Berlin Group writes an account as its IBAN and, right behind it, a currency.
IBAN_END = re.compile(r"(?:[A-Z]{3})?(?![A-Za-z0-9])")
SEPARATORS = re.compile(r"[ +.\-\u00a0\u202f]")
CARD = re.compile(
    r"[2-9](?<![0-9A-Za-z].)(?<!\d[.].)(?=("
    r"\d{12,18}|\d{3}([ .+\-\u00a0\u202f])\d{4}\2\d{4}\2\d{4}(?:\2\d{1,3})?|\d{3}([ .+\-\u00a0\u202f])\d{6}\3\d{4,5}"
    r"|\d{7}[ \-\u00a0\u202f]\d{8}|\d{5}[ \-\u00a0\u202f]\d{10}(?:\d{3})?"
    r"))\1(?![0-9A-Za-z])(?!\.\d)",
    re.DOTALL | re.ASCII,
)
USUAL_GROUPS = re.compile(r"\d+|\d{4}\D\d{4}\D.+|\d{4}\D\d{6}\D.+", re.DOTALL)
# One number in ten has Luhn's digit: issuers that are not listed, and groups that are not usual, take a word more.
CARD_SAID = re.compile(
    r"card|karte|carte|kart|tarjeta|visa|maestro|mastercard|troy|rupay|primaryaccountnumber", re.IGNORECASE
)
NEAR = 40
# Account number 38291745123, A/C No. 668..., acct #...
SAID = re.compile(
    r"[AaKk](?<![A-Za-z].)(?:ccount|CCOUNT|cct|CCT|cc|CC|/[Cc]|onto|ontonummer)\b\.?"
    r"(?: ?(?:[Nn]umber|[Nn]um|[Nn]o|[Nn]r|NUMBER|NO)\b\.?)?(?: (?:is|was|ending in|of|with))?"
    r"[ :=#]{1,4}([A-Z]{0,4}\d(?:[ \-]?\d){7,19})(?![\w@]|[.,:]\d|[ -]\d)",
    re.DOTALL,
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
BODIES = {
    length: re.compile(f"[A-Za-z0-9](?:[ +.\\-\u00a0\u202f]?[A-Za-z0-9]){{{length - 1}}}") for length in COUNTRIES
}
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
        written = text[match.start() : end]
        value = SEPARATORS.sub("", written)
        if grouped(written) and (value.isupper() or value.islower()) and modulo_97(value):
            yield Span("IBAN", match.start(), end, value.upper())


def grouped(written: str) -> bool:
    """Tell whether there are four characters between dashes or dots, as nobody cuts a UUID."""
    sign = next((sign for sign in "-." if sign in written), "")
    return not sign or (
        all(len(group) == 4 for group in written.split(sign)[:-1]) and len(written.split(sign)[-1]) <= 4
    )


def iban_end(text: str, start: int, length: int) -> int | None:
    """Return where that many letters and digits have passed; None where a word goes on there."""
    body = BODIES[length].match(text, start)
    return body.end() if body and IBAN_END.match(text, body.end()) else None


def said_accounts(text: str) -> Iterator[Span]:
    """Find account numbers behind the words for them."""
    for match in SAID.finditer(text):
        yield Span("account number", *match.span(1), match[1])


def cards(text: str) -> Iterator[Span]:
    """Find payment cards, in one piece or in the groups printed on them."""
    for match in CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        usual = issued(digits) and USUAL_GROUPS.fullmatch(match[0])
        if (
            luhn(digits)
            and len(set(digits)) > 1
            and (usual or CARD_SAID.search(text, max(0, match.start() - NEAR), match.start()))
        ):
            yield Span("card number", match.start(), match.end(), digits)


def issued(digits: str) -> bool:
    return any(len(digits) in lengths and start.match(digits) for start, lengths in ISSUERS)
