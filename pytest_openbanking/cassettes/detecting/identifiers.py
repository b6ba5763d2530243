"""Random strings that identify something in public: legal entities, requests, resources, keys' public parts."""

from __future__ import annotations

import re

from pytest_openbanking.cassettes.detecting.checksums import modulo_97

__all__ = ["is_identifier", "names_public_key", "stands_for_request", "stands_for_resource"]

LEI = re.compile(r"[0-9A-Z]{18}\d\d")
# India's companies: listed or not, industry, state, year, kind, number.
CIN = re.compile(r"[LU]\d{5}[A-Z]{2}(?:18|19|20)\d\d[A-Z]{3}\d{6}")
# Crockford's base32, of which the first ten characters count milliseconds: from 2016 to 2039 they begin with 01A to 01Z.
ULID = re.compile(r"01[A-HJKMNP-TV-Z][0-9A-HJKMNP-TV-Z]{23}|01[a-hjkmnp-tv-z][0-9a-hjkmnp-tv-z]{23}")
REQUEST = re.compile(
    r"\b(?:trace|request|req|correlation|span|incident|event|operation|error|log|ray|support|interaction|transaction"
    r"|reference|x-request|call|debug|ticket|user|account|customer|client|borrower|job|consent|payment|transfer|loan|offer"
    r"|journey|profile|mandate|institution|connection)(?:[ _-]?(?:id|identifier|number|no|code|ref|reference|uuid))?"
    r"[ \t]?(?:is|was|[:=#])?[ \t\"'(\[]{0,3}$",
    re.IGNORECASE,
)
RESOURCE = re.compile(
    r"/([A-Za-z][A-Za-z_-]{1,38}[A-RT-Za-rt-z]s|user|account|customer|job|consent|payment|transaction|loan|offer|journey|profile"
    r"|mandate|institution|connection|bank)/$"
)
# A part of a path behind these words lets somebody in.
ENTRANCE = re.compile(
    r"token|secret|pass|session|key|reset|credential|hook|invit|invite|verif|confirm|activat|magic|otp|code|login|share|access",
    re.IGNORECASE,
)
# Of a JSON Web Key; its private members are d, p, q, dp, dq, qi and k.
PUBLIC = frozenset({"x", "y", "n", "e", "kid", "x5t", "x5t#S256"})
REACH = 2048


def is_identifier(word: str) -> bool:
    """Tell whether a word is the number of a legal entity, or a ULID."""
    if LEI.fullmatch(word):
        return modulo_97(word[-4:] + word[:-4])  # which puts an IBAN's first four to its end
    return bool(CIN.fullmatch(word) or ULID.fullmatch(word))


def stands_for_request(text: str, start: int) -> bool:
    """Tell whether the words in front of a place announce an id: trace id 4bf92f35, User fdd3007a not found."""
    return bool(REQUEST.search(text, max(0, start - 48), start))


def stands_for_resource(text: str, start: int) -> bool:
    """Tell whether a place is that of an id in a path: behind a thing's name, one thing or several, but no key."""
    noun = RESOURCE.search(text, max(0, start - 44), start)
    return bool(noun) and not ENTRANCE.search(noun[1])  # type: ignore[index]


def names_public_key(text: str, start: int, member: str) -> bool:
    """Tell whether the value there is the public part of a JSON Web Key."""
    return member in PUBLIC and '"kty"' in text[max(0, start - REACH) : start + REACH]
