"""E-mail addresses, and phone numbers: in international form, and as they are written at home."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit
from pytest_openbanking.cassettes.scrubbing.listing import listed

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.stand_ins import StandIns

__all__ = ["emails", "phones", "upis"]

# Every run of letters is consumed at once, with or without a domain, so that no text is looked at twice.
DIGIT = re.compile(r"[0-9]")
EMAIL = re.compile(r"([\w.+~^!#$*%'-]++)(?:@([\w-]++(?:\.[\w-]++)+))?")
FILES = listed("png jpg jpeg gif svg webp css js mjs ts html htm json")
PHONE = re.compile(r"\+(?<![\w+]\+) ?[1-9](?:[ \xa0().\-/]{0,3}[0-9]){7,14}(?![0-9])")
# An address of India's UPI: the handle is a bank's or an app's, and no domain.
UPI = re.compile(
    r"(?<![\w.@-])[\w.-]{2,64}+@(?:ok(?:axis|sbi|icici|hdfcbank)|ybl|ibl|axl|paytm|pt(?:yes|axis|hdfc|sbi)|upi|apl|yapl|rapl|ikwik"
    r"|freecharge|airtel|axisb?|axisbank|icici|hdfcbank|sbi|kotak|idfcbank|indus|yesbank|jupiteraxis|slice|waicici|waaxis|wahdfcbank"
    r"|wasbi|naviaxis|superyes|timecosmos|barodampay|pnb|cnrb|unionbank|federal|rbl|hsbc|fam|finvu|onemoney|anumati)(?![\w.@-])",
    re.IGNORECASE,
)
# Phone numbers as they are written at home: with a zero in front, or as in North America. What stands alone in a text of
# its own may be any number with two zeros in front.
NATIONAL = re.compile(
    r"(?<![\w.+/-])(?:\(0[1-9][0-9]{0,3}\) ?[0-9]{3,8}(?:[ -][0-9]{3,4})?"
    r"|0[1-9][0-9]{1,4}[ \xa0][0-9]{3,8}(?:[ \xa0-][0-9]{2,4}){0,2}"
    r"|0[1-9](?:(?P<gap>[ .-])[0-9]{2})(?:(?P=gap)[0-9]{2}){3}|\([2-9][0-9]{2}\) ?[0-9]{3}[ .-][0-9]{4}"
    r"|[2-9][0-9]{2}(?P<dash>[.-])[2-9][0-9]{2}(?P=dash)[0-9]{4})(?![\w/+]|[.,-][0-9])"
)
FOREIGN = re.compile(r"(?<=[A-Za-z:(] )00[1-9][0-9](?: ?[0-9]){8,12}(?![\w.-])|(?<=[:(])00[1-9][0-9]{9,13}(?![\w.-])")
LIKELY = re.compile(r"\(|0[1-9][0-9 .-]|[0-9][.-][0-9]|00[1-9]")
DECIMAL = re.compile(r"\+ ?[0-9]+\.[0-9]+")


def emails(text: str, stand_ins: StandIns) -> list[Edit]:
    if "@" not in text:
        return []
    found = (match for match in EMAIL.finditer(text) if match[2])
    return [
        email(match, stand_ins)
        for match in found
        if is_domain(match[2]) and match[1].strip("'.") and "**" not in match[1]
    ]


def email(match: re.Match[str], stand_ins: StandIns) -> Edit:
    start = match.start() + len(match[1]) - len(match[1].lstrip("'."))
    return Edit(start, match.end(), stand_ins.email(match.string[start : match.end()]))


def is_domain(domain: str) -> bool:
    last = domain.rpartition(".")[2].lower()
    return len(last) > 1 and (last.isalpha() or last.startswith("xn--")) and last not in FILES


def upis(text: str, stand_ins: StandIns) -> list[Edit]:
    if "@" not in text:
        return []
    return [Edit(*match.span(), stand_ins.upi(match[0])) for match in UPI.finditer(text)]


def phones(text: str, stand_ins: StandIns) -> list[Edit]:
    return international(text, stand_ins) + national(text, stand_ins)


def national(text: str, stand_ins: StandIns) -> list[Edit]:
    if not LIKELY.search(text):
        return []
    found = [*NATIONAL.finditer(text), *FOREIGN.finditer(text)]
    return [
        Edit(*match.span(), stand_ins.phone(match[0])) for match in found if 9 <= len(DIGIT.findall(match[0])) <= 15
    ]


def international(text: str, stand_ins: StandIns) -> list[Edit]:
    if "+" not in text:
        return []
    return [
        Edit(*match.span(), stand_ins.phone(match[0]))
        for match in PHONE.finditer(text)
        if not DECIMAL.fullmatch(match[0])
        and not (
            text[match.end() : match.end() + 1] in (".", ",", ":") and text[match.end() + 1 : match.end() + 2].isdigit()
        )
    ]
