"""Strings that nobody would write: keys and tokens without a prefix or a structure.

Measured over thousands of random strings of each alphabet and length: the limits let through less than one in a hundred
of the keys of 32 bytes in hex and base64; of shorter ones, and of those in one case with few digits, up to one in six.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import NamedTuple

__all__ = ["SHORTEST", "TOKEN", "is_key"]

# 16 for what base64 hides in a token, 20 (below) for the token itself.
TOKEN = re.compile(r"[A-Za-z0-9+/_-]{16,}+={0,2}", re.ASCII)
SHORTEST = 20
DIGIT = re.compile(r"[0-9]")
SEPARATOR = re.compile(r"[-_+/=]+")
HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
DIGEST = re.compile(r"(?:sha-?(?:1|256|384|512)|md5|nonce)[-_=]", re.IGNORECASE)
# From one class of characters (digits, small, capital letters) to another: words change class seldom, keys all the time.
CHANGE = re.compile(r"(?<=[0-9])(?=[A-Za-z])|(?<=[a-z])(?=[0-9A-Z])|(?<=[A-Z])(?=[0-9a-z])")


class Limit(NamedTuple):
    """What an alphabet's random strings have at least."""

    letters: int  # of the alphabet
    entropy: float  # as a part of the most that the length and the alphabet allow
    changes: float  # of class, for each character


HEX_LIMIT = Limit(16, 0.65, 0.1)
LONG_HEX_LIMIT = Limit(16, 0.75, 0.15)  # "long" is 32 and more
ONE_CASE_LIMIT = Limit(36, 0.72, 0.18)
LONG_ONE_CASE_LIMIT = Limit(36, 0.72, 0.12)
LETTERS_LIMIT = Limit(52, 0.78, 0.42)  # small and capital letters: CamelCase has about 0.25 changes
MIXED_LIMIT = Limit(62, 0.78, 0.3)
JOINED_LIMIT = Limit(64, 0.78, 0.35)  # base64 in pieces between its own - and _, + and /

STRONG_LABELS = frozenset(
    {"key", "apikey", "secret", "token", "password", "passwd", "credential", "credentials", "jwt"}
)
WEAK_LABELS = frozenset({"sandbox", "live", "prod", "production", "client", "auth", "bearer"})


def is_key(token: str, *, shortest: int = SHORTEST) -> bool:
    """Tell whether a token is random, in whole or in a part, or calls itself a key."""
    if len(token) < shortest or is_wording(token) or DIGEST.match(token):
        return False
    parts = [part for part in SEPARATOR.split(token) if part]
    return is_random(parts, shortest) or labelled(parts)


def is_wording(token: str) -> bool:
    """Tell at a glance what most tokens are: words."""
    found = len(CHANGE.findall(token))
    return found < 2 or (found < LETTERS_LIMIT.changes * len(token) * 0.5 and not DIGIT.search(token))


def is_random(parts: list[str], shortest: int) -> bool:
    return any(len(part) >= shortest and random_part(part) for part in parts) or random_pieces(parts)


def random_part(part: str) -> bool:
    limit = limit_of(part)
    return (
        limit is not None and changes(part) >= limit.changes and entropy(part) >= limit.entropy * ceiling(part, limit)
    )


def limit_of(part: str) -> Limit | None:
    """Return the limit for the alphabet that a part is written in; None for digits or letters of one case alone."""
    digits, lower, upper = classes(part)
    if not lower + upper or not (digits or (lower and upper)):
        return None
    long = len(part) >= 32
    if HEX.fullmatch(part):
        return LONG_HEX_LIMIT if long else HEX_LIMIT
    if not digits:
        return LETTERS_LIMIT
    if lower and upper:
        return MIXED_LIMIT
    return LONG_ONE_CASE_LIMIT if long else ONE_CASE_LIMIT


def random_pieces(parts: list[str]) -> bool:
    whole = "".join(parts)
    if len(parts) < 2 or len(whole) < 18 or not all(classes(whole)):
        return False
    longest = max(parts, key=len)
    return (
        len(longest) >= 8
        and changes(longest) >= MIXED_LIMIT.changes
        and changes(whole) >= JOINED_LIMIT.changes
        and entropy(whole) >= JOINED_LIMIT.entropy * ceiling(whole, JOINED_LIMIT)
    )


def labelled(parts: list[str]) -> bool:
    """Tell whether a token calls itself a key and ends in something random: acme-client-secret-5c0d7e3f9a."""
    words = {part.lower() for part in parts}
    if not words & (STRONG_LABELS | WEAK_LABELS):
        return False
    least = 10 if words & STRONG_LABELS else 16
    return any(len(part) >= least and coded(part) for part in parts)


def coded(part: str) -> bool:
    digits, lower, upper = classes(part)
    return digits >= 2 and lower + upper >= 2 and changes(part) >= 0.25


def classes(part: str) -> tuple[int, int, int]:
    """Count the digits, the small and the capital letters."""
    digits = sum(map(part.count, "0123456789"))
    upper = len(part) - len(part.translate(NO_CAPITALS))
    return digits, len(part) - digits - upper, upper


NO_CAPITALS = dict.fromkeys(range(ord("A"), ord("Z") + 1))


def changes(part: str) -> float:
    return len(CHANGE.findall(part)) / (len(part) - 1)


def entropy(part: str) -> float:
    """Return Shannon's entropy, in bits a character."""
    length = len(part)
    return -sum(count / length * math.log2(count / length) for count in Counter(part).values())


def ceiling(part: str, limit: Limit) -> float:
    return math.log2(min(len(part), limit.letters))
