"""What the formats of fields mean: checks that really check, and values that hold."""

from __future__ import annotations

import ipaddress
import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from jsonschema import FormatChecker

from pytest_openbanking.cassettes.detecting.checksums import luhn, modulo_97
from pytest_openbanking.malformed.registers import CURRENCIES, IBAN_LENGTHS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CHECKER", "FORMATS", "SAMPLES"]


def matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda text: compiled.fullmatch(text) is not None


def is_iban(text: str) -> bool:
    plain = re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]+", text) is not None
    return plain and len(text) == IBAN_LENGTHS.get(text[:2]) and modulo_97(text)


def is_date(text: str) -> bool:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        date.fromisoformat(text if text[:4] != "0000" else "0004" + text[4:])
    except ValueError:
        return False
    return True


def is_time(text: str) -> bool:
    """Tell whether a text is RFC 3339's full-time; the 60th second only where UTC can have one."""
    found = re.fullmatch(
        r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))",
        text,
    )
    if not found or found[3] != "60":
        return found is not None
    away = (int(found[5]) * 60 + int(found[6])) * (-1 if found[4] == "+" else 1) if found[4] else 0
    return (int(found[1]) * 60 + int(found[2]) + away) % 1440 == 1439


def is_date_time(text: str) -> bool:
    return text[10:11] in ("T", "t") and is_date(text[:10]) and is_time(text[11:])


def is_email(text: str) -> bool:
    local, _, domain = text.rpartition("@")
    atom = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
    label = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
    right = re.fullmatch(rf"{atom}(?:\.{atom})*", local) and re.fullmatch(rf"{label}(?:\.{label})*", domain)
    return bool(right) and len(local) <= 64 and len(domain) <= 253


def is_card(text: str) -> bool:
    return re.fullmatch(r"[0-9]{12,19}", text) is not None and luhn(text)


def is_address(version: type[ipaddress.IPv4Address] | type[ipaddress.IPv6Address]) -> Callable[[str], bool]:
    def check(text: str) -> bool:
        try:
            version(text)
        except ValueError:
            return False
        return text.isascii() and "%" not in text

    return check


def is_uri(text: str) -> bool:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*", text):
        return False
    try:
        urlsplit(text).port  # noqa: B018  (raises for a port that is none)
    except ValueError:
        return False
    return True


UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
HOST = (
    r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
CHECKS: dict[tuple[str, ...], tuple[Callable[[str], bool], tuple[str, ...]]] = {
    ("iban",): (is_iban, ("LT121000011101001000", "NO9386011117947", "DE89370400440532013000")),
    ("iso-4217", "iso4217", "currency", "currency-code"): (CURRENCIES.__contains__, ("EUR", "INR", "USD")),
    ("bic", "swift"): (matches(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"), ("CBVILT2X", "DEUTDEFF500")),
    ("date",): (is_date, ("2026-01-31", "2024-02-29")),
    ("time",): (is_time, ("10:30:00Z", "23:59:59.5+02:00")),
    ("date-time", "datetime"): (is_date_time, ("2026-01-31T10:30:00Z", "2024-02-29T23:59:59.5+02:00")),
    ("uuid",): (matches(UUID), ("7d0f6a52-3c1e-4b8d-9a47-5e2c81b0f369",)),
    ("email", "e-mail"): (is_email, ("a@example.com",)),
    ("pan",): (matches(r"[A-Z]{5}[0-9]{4}[A-Z]"), ("ABCDE1234F",)),
    ("card-number", "credit-card"): (is_card, ("4111111111111111", "5555555555554444")),
    ("phone", "e164", "e.164"): (matches(r"\+[1-9][0-9]{1,14}"), ("+37060012345",)),
    ("uri", "url"): (is_uri, ("https://example.com/a",)),
    ("hostname",): (matches(HOST), ("example.com",)),
    ("ipv4",): (is_address(ipaddress.IPv4Address), ("192.0.2.1",)),
    ("ipv6",): (is_address(ipaddress.IPv6Address), ("2001:db8::1",)),
}
FORMATS: dict[str, Callable[[str], bool]] = {name: check for names, (check, _) in CHECKS.items() for name in names}
SAMPLES: dict[str, tuple[str, ...]] = {name: samples for names, (_, samples) in CHECKS.items() for name in names}


def checker() -> FormatChecker:
    """Return the checker of these formats and no others: an unknown format is an annotation."""
    found = FormatChecker(formats=())
    for name, check in FORMATS.items():
        found.checkers[name] = (guarded(check), ())
    return found


def guarded(check: Callable[[str], bool]) -> Callable[[object], bool]:
    return lambda value: not isinstance(value, str) or check(value)


CHECKER = checker()
