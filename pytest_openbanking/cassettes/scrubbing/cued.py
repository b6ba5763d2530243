"""Numbers that a text names in words: "Mobile: 07700 900123", "a/c no. 66801234", "Card 4475857674790 was declined"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.checksums import luhn_valid
from pytest_openbanking.cassettes.scrubbing.edits import Edit
from pytest_openbanking.cassettes.scrubbing.numbered import numbered
from pytest_openbanking.cassettes.scrubbing.stand_ins import alphanumeric

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["cued_edits"]

CUES = {
    "phone": r"mobile|phone|telephone|tel\.?|cell|fax|whatsapp|sms|gsm|msisdn|call(?:ed)?|dial(?:led)?|contact"
    r"|(?:sent|code|otp|sms|message|link) to",
    "account": r"a/c|acc|accts?|accounts?|konto",
    "aadhaar": r"a?adhaar|uidai|uid",
    "card": r"cards?|visa|mastercard|maestro|amex|rupay|troy",
}
# What stands between such a word and its number.
JOINT = r"(?:[ _-]?(?:numbers?|num|no|nr)\b\.?)?(?: ?#)?(?: (?:is|was|to|of|ending|ending in))?[ \t]{0,3}[:=]?[ \t]{0,3}[\"'(]?"
NUMBER = r"\+?\(?[0-9](?:[ \xa0().\-/]{0,2}[0-9]){6,18}(?![0-9A-Za-z]|[.,-][0-9])"
GATE = re.compile("|".join(CUES.values()), re.IGNORECASE)
CUED = re.compile(
    rf"(?<![A-Za-z0-9])(?:{'|'.join(f'(?P<{kind}>{cues})' for kind, cues in CUES.items())}){JOINT}(?P<number>{NUMBER})",
    re.IGNORECASE,
)
PAN = re.compile(
    r"(?<![A-Za-z0-9])pan(?: (?:card|number|no\.?|is)){0,2}[ \t:=\"'(]{0,4}"
    r"([a-z]{3}[abcfghjlpt][a-z][ -]?[0-9]{4}[ -]?[a-z])(?![a-z0-9])",
    re.IGNORECASE,
)
# A sort code before its account, and the field of SWIFT's MT940 that has the account.
PLACED = re.compile(
    r"(?<![0-9-])[0-9]{2}-[0-9]{2}-[0-9]{2}[ /]([0-9]{8})(?![0-9-])|^:25:(?:[0-9A-Z]{6,12}/)?([0-9]{8,})|\?31([0-9]{8,})",
    re.MULTILINE,
)
DAY = re.compile(r"(?:19|20)[0-9]{2}[-/. ]?[0-9]{2}[-/. ]?[0-9]{2}|[0-9]{2}[-/.][0-9]{2}[-/.](?:19|20)[0-9]{2}")
LEAST = {"phone": 8, "account": 8, "aadhaar": 12, "card": 12}  # digits
# "Your verification code is 508205", "508205 is your OTP"
CODE = re.compile(
    r"\b(?:code|otp|passcode|tan|pin)(?: is|:) {0,2}([0-9]{4,8})(?![0-9A-Za-z]|[.,-][0-9])"
    r"|(?<![0-9A-Za-z.,-])([0-9]{4,8}) is (?:your|the) (?:[a-z-]{1,15} ){0,3}(?:otp|code|passcode|tan|pin)\b"
    r"|\b(?:tan|otp|pin) ([0-9]{4,8}) is\b",
    re.IGNORECASE,
)


def cued_edits(text: str, search: Search) -> list[Edit]:
    found = [Edit(*match.span(1), search.stand_ins.pan(match[1])) for match in PAN.finditer(text)]
    for match in PLACED.finditer(text):
        new = numbered("account", match[match.lastindex or 1], search)
        found += [] if new is None else [Edit(*match.span(match.lastindex or 1), new)]
    for match in CODE.finditer(text):
        found.append(Edit(*match.span(match.lastindex or 1), search.secret("code", match[match.lastindex or 1])))
    if not GATE.search(text):
        return found
    return found + [edit for match in CUED.finditer(text) if (edit := edit_of(match, search))]


def edit_of(match: re.Match[str], search: Search) -> Edit | None:
    kind, number = next(kind for kind in CUES if match[kind]), match["number"]
    digits = alphanumeric(number)
    if len(digits) < LEAST[kind] or DAY.match(number) or (kind == "card" and not luhn_valid(digits)):
        return None
    new = numbered(kind, number, search)
    return None if new is None else Edit(*match.span("number"), new)
