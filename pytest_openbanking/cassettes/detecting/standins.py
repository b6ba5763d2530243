"""What stands in a scrubbed cassette in place of a secret, and is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.base64_text import decoded, json_object

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.detecting.span import Span

__all__ = ["blanked", "is_stand_in"]

# Letters and at most one digit a word, so that nothing random hides in the kind.
SCRUBBED = re.compile(r"scrubbed(?<![A-Za-z0-9].{8})(?:[-_][a-z]{1,20}\d?){1,6}-\d{5}(?![A-Za-z0-9])", re.DOTALL)
NUMBERED = re.compile(r"scrubbed-\d{5}")
LOGIN = re.compile(r"scrubbed:scrubbed-\d{5}")
FORMS = {
    "IBAN": re.compile(r"[A-Z]{2}\d\d[0X]*\d{5}"),
    "card number": re.compile(r"\d\d0{4,}\d{5}\d"),
    "Indian PAN": re.compile(r"ZZZ[A-Z]Z\d{4}[A-Z]"),
    "Aadhaar": re.compile(r"200000\d{5}\d"),
    "account number": re.compile(r"0{2,}\d{5}|10+\d{5}|10+|[0X]+|(?=\d*X)[0X]*(?:\dX*){5}"),
    "UPI address": re.compile(r"person-\d{5}@upi"),
    "phone number": re.compile(r"\+\d{3}0{2,}\d{5}|\+\d{3}0+|00\d{3}0{2,}\d{5}|\d0{2,}\d{5}|\d0+"),
}
# These have a check digit or a form of their own.
EXACT = frozenset(FORMS) - {"account number", "phone number", "card number"}
# What is known by its name alone may hold the stand-in of anything.
ANYTHING = (
    *(form for kind, form in FORMS.items() if kind not in ("account number", "phone number")),
    FORMS["account number"],
    re.compile(r"10+\d{5}|10+"),  # numbers of JSON, PINs
    FORMS["phone number"],
    re.compile(r"000\d{6}"),  # routing numbers of the United States
    re.compile(r"person-\d{5}@example\.com|(?:scrubbed:)?scrubbed-\d{5}"),
)
# A PIN of six digits is no account that was scrubbed: of those, one in ten would pass for one.
SHORT = re.compile(r"\d{1,6}")
ZEROS = re.compile(r"0+|10*|10+\d{1,4}")
SEPARATORS = re.compile(r"[ ().\-/+\u00a0\u202f]")


def blanked(text: str) -> str:
    """Return the text, as long as before, without its stand-ins of the form scrubbed-token-00001."""
    if "scrubbed" not in text:
        return text
    return SCRUBBED.sub(lambda match: "\x00" * len(match[0]), text)


def is_stand_in(span: Span) -> bool:
    """Tell whether what was found was put there in place of a secret."""
    if span.kind == "JWT":
        return of_jwt(span.value)
    if span.kind == "PEM block":
        return of_pem(span.value)
    if span.kind == "Basic credentials":
        return bool(LOGIN.fullmatch(decoded(span.value) or ""))
    form = FORMS.get(span.kind)
    compact = "+" * span.value.startswith("+") + SEPARATORS.sub("", span.value)
    if form and form.fullmatch(compact if compact.strip("+X").isdigit() else span.value):
        return True
    return span.kind not in EXACT and (of_anything(span.value) or of_anything(compact))


def of_anything(value: str) -> bool:
    """Tell whether a value stands in for a secret of whichever kind."""
    if SHORT.fullmatch(value):
        return bool(ZEROS.fullmatch(value))
    return any(form.fullmatch(value) for form in ANYTHING)


def of_jwt(token: str) -> bool:
    payload = json_object(token.split(".")[1]) or {}
    return bool(NUMBERED.fullmatch(str(payload.get("jti"))))


def of_pem(block: str) -> bool:
    body = "".join(re.sub(r"-----[^-]{1,60}-----", "", block).split())
    return bool(body) and not blanked(decoded(body) or body).strip("\x00\r\n\t ")
