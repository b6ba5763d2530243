"""Phone numbers, as the world writes them and as each country does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.names import names_id, names_reference
from pytest_openbanking.cassettes.detecting.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DAY", "national_phones", "phones"]

GAP = r"[ ().\-/\u00a0\u202f]"
SEP = r"[ .\-/\u00a0\u202f]"
SPACE = r"[ \-\u00a0\u202f]"
END = rf"(?![\w@%]|{SEP}?\d|[.,:]\d)"
PHONE = re.compile(rf"\+(?<![\w+].)[1-9](?:{GAP}{{0,2}}\d){{7,14}}(?!\w)", re.DOTALL | re.ASCII)
# 0049 ...: two zeros and the code of a country.
DIALLED = re.compile(rf"0(?<![\w+/-].)(?<!\d[ .,/].)0[1-9](?:{GAP}{{0,2}}\d){{8,13}}{END}", re.DOTALL | re.ASCII)
# 07700 900235, (0)20 7946 0958, 0151 43681056, 06 12 34 12 96, 0412 345 678.
TRUNK = re.compile(
    r"0(?<![\w+-].)(?<!\d[ .,/].)[1-9](?:"
    rf"\d{{1,3}}[)]?[ \-/\u00a0\u202f]\d{{5,8}}|{SPACE}\d{{8}}|({SEP})\d\d(?:\1\d\d){{3}}"
    rf"|\d{{1,3}}[)]?{SPACE}\d{{3}}{SPACE}\d{{3,4}}|\d?[)]?{SPACE}\d{{4}}{SPACE}\d{{4}}"
    rf"){END}",
    re.DOTALL | re.ASCII,
)
# (415) 555-8811, 415-555-8811: three, three and four digits, none of the first ones 0 or 1.
AMERICAN = re.compile(
    rf"[2-9](?<![\w+-].)(?<!\d[ .,/].)\d\d(?:[)][ \u00a0]?|({SEP}))[2-9]\d\d[ .\-\u00a0\u202f]\d{{4}}{END}",
    re.DOTALL | re.ASCII,
)
# Behind a word that announces one, in any grouping.
SAID = re.compile(
    r"[pPmMtTcCwWfFhHsS](?<![A-Za-z].)(?:hone|obile|el|elephone|all|ell|hatsapp|hatsApp|ax|andy|sisdn|MS|ms|ent)\b[.:]?"
    r"(?: (?:number|no|nr|us|him|her|on|at|to|is|ending|your|the|registered|phone|mobile|ID)\b[.:]?){0,4}"
    rf"[ :#]{{0,2}}(\+?\(?\d(?:{GAP}{{0,2}}\d){{7,13}}){END}",
    re.DOTALL | re.ASCII,
)
COUNTRY = re.compile(
    r"00(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|2[1-689]\d|3[578]\d|42\d|5[09]\d|6[7-9]\d|8[58]\d|9[679]\d)"
)
# A day, and the time of day where there is one: 20240115, 202401151030.
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d)?")
# A day, and a moment in seconds or milliseconds.
TIME = re.compile(r"\d\d(\D)\d\d\1(?:19|20)\d\d(?!\d)|\(?(?:19|20)\d\d-\d\d-\d\d|1[4-9]\d{8}(?:\d{3})?$")
NUMBERED = re.compile(
    r"\b(?:invoice|order|ref(?:erence)?|id|ticket|case|contract|customer|iban|bic|version|account|code|isbn)"
    r"(?:[ .](?:number|no|nr|id|code))?[.:# ]{0,3}\(?$",
    re.IGNORECASE,
)


def phones(text: str) -> Iterator[Span]:
    """Find international phone numbers, which begin with a plus or two zeros."""
    for match in PHONE.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if not DAY.fullmatch(digits):
            yield Span("phone number", match.start(), match.end(), f"+{digits}")
    for match in DIALLED.finditer(text):
        if COUNTRY.match(text, match.start()) and not is_number(text, match.start()):
            yield Span("phone number", match.start(), match.end(), match[0])


def national_phones(text: str) -> Iterator[Span]:
    """Find phone numbers as they are written at home, by their groups or behind a word for phones."""
    for pattern in (TRUNK, AMERICAN):
        for match in pattern.finditer(text):
            digits = sum(map(str.isdigit, match[0]))
            if 9 <= digits <= 12 and not is_number(text, match.start()):
                yield Span("phone number", match.start(), match.end(), match[0])
    for match in SAID.finditer(text):
        if not TIME.match(match[1]):
            yield Span("phone number", *match.span(1), match[1])


def is_number(text: str, start: int) -> bool:
    """Tell whether the number there is called that of an invoice, an account and the like."""
    return (
        names_id(text, start) or names_reference(text, start) or bool(NUMBERED.search(text, max(0, start - 24), start))
    )
