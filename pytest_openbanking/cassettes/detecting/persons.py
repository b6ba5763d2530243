"""What names or reaches a person: tax and identity numbers, phones, mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.checksums import verhoeff
from pytest_openbanking.cassettes.detecting.names import names_reference
from pytest_openbanking.cassettes.detecting.phones import DAY
from pytest_openbanking.cassettes.detecting.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["aadhaars", "gstins", "mails", "pans", "payees"]

# In small letters it could be anything that the word PAN is not near.
SMALL_PAN = re.compile(
    r"[a-z](?<![A-Za-z0-9].)[a-z]{2}[abcfghjlpt][a-z]\d{4}[a-z](?![A-Za-z0-9])", re.DOTALL | re.ASCII
)
PAN_SAID = re.compile(r"(?<![a-z])pan(?![a-z]{3})|permanent.account", re.IGNORECASE)
NEAR = 32
PAN = re.compile(r"[A-Z](?<![A-Za-z0-9].)[A-Z]{2}[ABCFGHJLPT][A-Z]\d{4}[A-Z](?![A-Za-z0-9])", re.DOTALL | re.ASCII)
# The number of a taxed business: its state, its owner's PAN, a count, a Z, a check character.
GSTIN = re.compile(
    r"[0-3](?<![A-Za-z0-9].)\d([A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z])[1-9A-Z]Z[0-9A-Z](?![A-Za-z0-9])",
    re.DOTALL | re.ASCII,
)
# Addresses of India's UPI end in the handle of a bank or an app, which is no domain.
PAYEE = re.compile(
    r"@(?:ok(?:axis|sbi|icici|hdfcbank)|ybl|ibl|axl|paytm|upi|apl|yapl|rapl|ikwik|freecharge|airtel|axisbank|icici|hdfcbank|sbi"
    r"|kotak|idfcbank|indus|yesbank|barodampay|pnb|cnrb|unionbank|federal|rbl)(?![\w.@-])",
    re.IGNORECASE,
)
AADHAAR = re.compile(
    r"[2-9](?<![0-9A-Za-z+].)(?<!\d[.].)\d{3}([ +\-\u00a0\u202f]?)\d{4}\1\d{4}(?!\1?[0-9A-Za-z])(?!\.\d)",
    re.DOTALL | re.ASCII,
)
MAIL_HOST = re.compile(r"@((?:[\w-]{1,63}\.){1,8}([^\W\d_]{2,24}))(?![\w-])")
MAIL_LOCAL = re.compile(r"(?<![\w.+%'-])\W{0,4}(\w(?:[\w.+%'-]*[\w+-])?)$")
# RFC 2606: nobody's addresses. Files with an @ in their names (logo@2x.png) are no addresses either.
NOBODY = re.compile(r"(?:.+\.)?example\.(?:com|org|net)|.+\.(?:example|test|invalid)", re.IGNORECASE)
FILE_ENDINGS = frozenset({"png", "jpg", "jpeg", "gif", "svg", "webp", "js", "css", "map", "html", "json"})


def pans(text: str) -> Iterator[Span]:
    """Find Indian permanent account numbers."""
    for match in PAN.finditer(text):
        yield Span("Indian PAN", match.start(), match.end(), match[0])
    for match in SMALL_PAN.finditer(text):
        if PAN_SAID.search(text, max(0, match.start() - NEAR), match.start()):
            yield Span("Indian PAN", match.start(), match.end(), match[0].upper())


def gstins(text: str) -> Iterator[Span]:
    """Find India's tax numbers of businesses by the PAN in them."""
    for match in GSTIN.finditer(text):
        yield Span("Indian PAN", match.start(1), match.end(1), match[1])


def payees(text: str) -> Iterator[Span]:
    """Find addresses that money is sent to by India's UPI."""
    for match in PAYEE.finditer(text):
        local = MAIL_LOCAL.search(text[max(0, match.start() - 64) : match.start()])
        if local:
            yield Span("UPI address", match.start() - len(local[1]), match.end(), local[1] + match[0])


def aadhaars(text: str) -> Iterator[Span]:
    """Find Aadhaar numbers; one in twelve numbers of twelve digits passes for one, so references do not count."""
    for match in AADHAAR.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if not DAY.fullmatch(digits) and verhoeff(digits) and not names_reference(text, match.start()):
            yield Span("Aadhaar", match.start(), match.end(), digits)


def mails(text: str) -> Iterator[Span]:
    """Find e-mail addresses of somebody."""
    for match in MAIL_HOST.finditer(text):
        before = text[max(0, match.start() - 64) : match.start()]
        local = MAIL_LOCAL.search(before)
        if local and match[2].lower() not in FILE_ENDINGS and not NOBODY.fullmatch(match[1]):
            yield Span("e-mail address", match.start() - len(local[1]), match.end(), local[1] + match[0])
