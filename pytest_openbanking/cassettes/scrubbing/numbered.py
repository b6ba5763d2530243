"""Numbers whose names tell what they are: phones, accounts, cards, Aadhaar, IBANs; and secrets that are numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.stand_ins import alphanumeric
from pytest_openbanking.cassettes.scrubbing.values import whole

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.search import Search
    from pytest_openbanking.cassettes.scrubbing.stand_ins import StandIns

__all__ = ["numbered", "whole_number"]

DIGITS = re.compile(r"[0-9]")
PHONE = re.compile(r"(?:tel:)?\+?[0-9 \xa0().\-/]{7,30}")
ACCOUNT = re.compile(r"[A-Za-z0-9 \xa0./-]{6,60}")
NUMBER = re.compile(r"[0-9][0-9 -]{6,22}[0-9]")
ROUTING = re.compile(r"[0-9]{9}")
CARD = re.compile(r"[0-9](?:[ \xa0.-]{0,2}[0-9]){11,18}")
AADHAAR = re.compile(r"[0-9](?:[ \xa0-]?[0-9]){11}")
IBAN = re.compile(r"[A-Za-z]{2}[0-9]{2}(?:[ \xa0-]?[A-Za-z0-9]){11,30}")
SECRET_NUMBERS = frozenset({"pin", "code", "password", "secret"})  # `"max_session": 900` is none
SHORTEST_SECRET = 3  # a CVV; `"token": 0` is none
UPI = re.compile(r"[\w.-]{2,64}@[A-Za-z][A-Za-z0-9]{1,30}")
PAN = re.compile(r"[A-Z]{5}[ -]?[0-9]{4}[ -]?[A-Z]", re.IGNORECASE)


def numbered(kind: str, value: str, search: Search) -> str | None:
    """Return the stand-in for a value of this kind, or None where the value has not its form."""
    look = whole(value, search.stand_ins)
    if look is not None:
        return look  # wherever else it stands, it is known by its look, too
    new = formed(kind, value, search.stand_ins)
    kind = "account" if kind in ("digits", "routing") else kind
    return None if new is None else search.learnt(kind, value, new)


def formed(kind: str, value: str, stand_ins: StandIns) -> str | None:
    digits = len(DIGITS.findall(value))
    if kind == "phone" and PHONE.fullmatch(value) and 7 <= digits <= 15:
        return "tel:" + stand_ins.phone(value[4:]) if value.startswith("tel:") else stand_ins.phone(value)
    if kind == "iban" and IBAN.fullmatch(value):
        return stand_ins.iban(value)
    if kind == "iban" and NUMBER.fullmatch(value):
        return stand_ins.account(value)
    if kind == "routing" and ROUTING.fullmatch(value):
        return stand_ins.routing(value)
    if kind in ("account", "routing") and ACCOUNT.fullmatch(value) and digits >= 5 and len(alphanumeric(value)) >= 6:
        return stand_ins.account(value)
    if kind == "digits" and NUMBER.fullmatch(value) and digits >= 8:
        return stand_ins.account(value)
    if kind == "upi" and UPI.fullmatch(value):
        return stand_ins.upi(value)
    if kind == "card" and CARD.fullmatch(value):
        return stand_ins.card(value)
    if kind == "card" and PAN.fullmatch(value):
        return stand_ins.pan(value)
    if kind == "aadhaar" and AADHAAR.fullmatch(value):
        return stand_ins.aadhaar(value)
    return None


def whole_number(kind: str | None, digits: str, search: Search) -> str | None:
    """Return the stand-in for a number in JSON, which is a number, too; None where it is no secret."""
    kind = search.known.kinds.get(digits, kind)
    if kind == "digits":
        kind = "account" if len(digits) >= 8 else None
    if kind is None:
        return whole(digits, search.stand_ins) if len(digits) > 11 else None
    kind = "account" if kind == "routing" else kind
    text = numbered(kind, digits, search)
    if kind in ("phone", "card", "aadhaar") or (kind == "account" and text is None):
        return text
    if kind in ("iban", "upi"):
        return None
    if kind != "account" and (kind not in SECRET_NUMBERS or len(digits) < SHORTEST_SECRET):
        return None
    if kind != "account":
        search.learnt(kind, digits, search.stand_ins.opaque(kind, digits))
    return search.stand_ins.digits(kind, digits)
