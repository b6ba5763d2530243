"""What is written in the place of a secret: of the same form, made from a number of five digits, and known again."""

from __future__ import annotations

import base64
import binascii
import json
import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing import checksums
from pytest_openbanking.cassettes.scrubbing.numbering import Numbering

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.scrubbing.edits import Edit

__all__ = ["StandIns", "alphanumeric", "basic_text", "is_stand_in", "jwt_part", "refilled"]

OPAQUE = re.compile(r"scrubbed-[a-z]+-[0-9]{5}")
PERSON = re.compile(r"person-[0-9]{5}@example\.com")
PAYEE = re.compile(r"person-[0-9]{5}@upi")
PEM = re.compile(
    r"-----BEGIN ([A-Z0-9 ]+)-----(?:\s|\\[nr])*scrubbed-certificate-[0-9]{5}(?:\s|\\[nr])*-----END \1-----"
)
PAN = re.compile(r"ZZZ[A-Z]Z[0-9]{4}[A-Z]")
BASIC = re.compile(r"scrubbed:scrubbed-[0-9]{5}")
SIGNS = re.compile(r"[^A-Za-z0-9]+")
GAP = re.compile(r"\s|\\[nr]")
LEAST = 2  # with fewer zeros than these before its number, a stand-in could not be told from a real value
LEAST_SECRET = 4


class StandIns:
    """The stand-ins of one recording run. A stand-in stands for itself."""

    def __init__(self) -> None:
        self.numbering = Numbering()
        self.opaques: dict[str, str] = {}
        self.looked: dict[str, list[Edit]] = {}

    def opaque(self, kind: str, value: str) -> str:
        """Return the same stand-in for the same value, whatever it was called the first time."""
        if is_stand_in(value):
            return value
        if value not in self.opaques:
            self.opaques[value] = f"scrubbed-{kind}-{self.numbering.number(kind, value)}"
        return self.opaques[value]

    def basic(self, value: str) -> str:
        if is_stand_in(value):
            return value
        return encoded(f"scrubbed:scrubbed-{self.numbering.number('basic', value)}".encode())

    def jwt(self, value: str) -> str:
        claims = jwt_part(value, 1)
        if str(claims.get("jti")).startswith("scrubbed-") and jwt_part(value, 0) == {"alg": "none", "typ": "JWT"}:
            return value
        payload: dict[str, object] = {"jti": f"scrubbed-{self.numbering.number('jwt', value)}"}
        payload |= {name: claims[name] for name in ("iat", "nbf", "exp") if type(claims.get(name)) in (int, float)}
        return ".".join([url_part({"alg": "none", "typ": "JWT"}), url_part(payload), url_encoded(b"scrubbed")])

    def pem(self, label: str, value: str, gap: str) -> str:
        if PEM.fullmatch(value):
            return value
        number = self.numbering.number("certificate", GAP.sub("", value))
        return f"-----BEGIN {label}-----{gap}scrubbed-certificate-{number}{gap}-----END {label}-----"

    def iban(self, value: str) -> str:
        """Return zeros for digits, X for letters, and the number at the very end, whatever stood there."""
        plain = alphanumeric(value).upper()
        zeros = bare(plain[4:-5], "")
        if plain[4:-5] == zeros and plain[-5:].isdigit():
            return value
        bban = zeros + self.numbering.number("iban", plain)
        return refilled(value, value[:2] + checksums.iban_check(plain[:2].upper(), bban) + bban)

    def card(self, value: str) -> str:
        digits = alphanumeric(value)
        if not digits[2:-6].strip("0"):
            return value
        body = digits[:2] + self.numbering.number("card", digits).zfill(len(digits) - 3)
        return refilled(value, body + checksums.luhn_digit(body))

    def pan(self, value: str) -> str:
        plain = alphanumeric(value).upper()
        if PAN.fullmatch(plain):
            return value
        number = self.numbering.number("pan", plain)
        return refilled(value, f"ZZZ{plain[3]}Z{number[1:]}{'ABCDEFGHIJ'[int(number[0])]}")

    def aadhaar(self, value: str) -> str:
        digits = alphanumeric(value)
        if digits.startswith("200000"):
            return value
        body = "200000" + self.numbering.number("aadhaar", digits)
        return refilled(value, body + checksums.verhoeff_digit(body))

    def phone(self, value: str) -> str:
        digits = alphanumeric(value)
        kept = 3 if value.lstrip().startswith("+") else 5 if digits.startswith("00") and len(digits) > 11 else 1
        return self.zeros("phone", value, kept=digits[:kept])

    def account(self, value: str) -> str:
        plain = alphanumeric(value).upper()
        if plain.isdigit():
            return self.zeros("account", value, kept="")
        if bare(plain, last_digits(plain)) == plain:
            return value
        return refilled(value, bare(plain, self.numbering.number("account", plain)))

    def zeros(self, kind: str, value: str, *, kept: str, least: int = LEAST) -> str:
        """Return digits in the value's form: what is kept, zeros, and the number; in a short one but zeros."""
        digits = alphanumeric(value)
        zeros = len(digits) - len(kept) - 5
        if zeros < least:
            return refilled(value, kept.ljust(len(digits), "0"))
        if digits[:-5] == kept + "0" * zeros:
            return value
        return refilled(value, kept + "0" * zeros + self.numbering.number(kind, digits.lstrip("0")))

    def email(self, value: str) -> str:
        return (
            value if PERSON.fullmatch(value) else f"person-{self.numbering.number('email', value.lower())}@example.com"
        )

    def upi(self, value: str) -> str:
        return value if PAYEE.fullmatch(value) else f"person-{self.numbering.number('upi', value.lower())}@upi"

    def gstin(self, value: str) -> str:
        """Return the number that India's tax on goods makes from a PAN: its state stays, its check digit is right."""
        body = value[:2] + self.pan(value[2:12]) + value[12:14]
        return body + checksums.gstin_letter(body)

    def routing(self, value: str) -> str:
        """Return nine digits with the check digit of the American Bankers Association."""
        if value.startswith("000") and checksums.aba_valid(value):
            return value
        body = "000" + self.numbering.number("routing", value)
        return body + checksums.aba_digit(body)

    def digits(self, kind: str, value: str) -> str:
        """Return a whole number for a whole number; it cannot begin with a zero in JSON, so it begins with a one."""
        if len(value) < 6:
            return "1" + "0" * (len(value) - 1)
        least = LEAST if kind in ("phone", "account") else LEAST_SECRET
        return self.zeros(kind, value, kept="1", least=least - 1)


def is_stand_in(value: str) -> bool:
    """Tell whether a whole value is an opaque stand-in, or one for Basic."""
    return OPAQUE.fullmatch(value) is not None or BASIC.fullmatch(basic_text(value)) is not None


def basic_text(value: str) -> str:
    """Return what was base64-encoded, or nothing where that is no text."""
    try:
        return base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


def jwt_part(token: str, index: int) -> dict[str, object]:
    try:
        part = token.split(".")[index]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def url_part(claims: dict[str, object]) -> str:
    return url_encoded(json.dumps(claims, separators=(",", ":")).encode())


def url_encoded(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def encoded(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def alphanumeric(value: str) -> str:
    return SIGNS.sub("", value)


def refilled(form: str, letters: str) -> str:
    """Return the letters in another value's grouping and case."""
    following = iter(letters)
    return "".join(refill(letter, following) for letter in form)


def refill(letter: str, following: Iterator[str]) -> str:
    if not (letter.isascii() and letter.isalnum()):
        return letter
    new = next(following)
    return new.lower() if letter.islower() else new


def bare(plain: str, number: str) -> str:
    """Return zeros for digits and X for letters, but the number for the last five digits."""
    last = list(number)
    turned = [(last.pop() if last else "0") if letter.isdigit() else "X" for letter in reversed(plain)]
    return "".join(reversed(turned))


def last_digits(plain: str) -> str:
    return "".join(letter for letter in plain if letter.isdigit())[-5:]
