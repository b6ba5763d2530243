"""Secrets that a text names without quoting them: `api_key=...`, `password: ...`, "the token ... has expired"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import shifted
from pytest_openbanking.cassettes.scrubbing.listing import listed
from pytest_openbanking.cassettes.scrubbing.names import NUMBERS
from pytest_openbanking.cassettes.scrubbing.opaque import CHANGE

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.edits import Edit
    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["said_edits"]

VALUE = re.compile(r"(?<![A-Za-z0-9._~+/-])[A-Za-z0-9][A-Za-z0-9._~+/!$*#^-]{3,}+={0,2}")
NEAR = 64
# What stands before a value, read backwards: a quote, what joins it to its name, and the last two words of that.
BEFORE = re.compile(
    r"[\"'`(\[]?([ \t]{0,3}(?:[:=]|>[-=])[ \t]{0,3}| (?:si|saw) | )\]?"
    r"(\w[\w-]*(?<=[A-Za-z_])(?![A-Za-z0-9_-]))([ ./]\w{1,30}(?:/\w)?)?"
)
SECOND = listed("number no num nr key code")
QUOTES, QUOTED = "\"'`", "quoted"
FIELD = "a field of the team's own"
JOINTS = (":", "=", ">-", ">=", QUOTED)
DIGIT = re.compile(r"[0-9]")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
NUMBER = re.compile(r"[0-9-]{8,24}")
PIN = re.compile(r"[0-9]{4,8}")
LEAST = {"signature": 24, "certificate": 24}  # RS256 and X509v3 are none


def said_edits(text: str, search: Search, deep: int) -> list[Edit]:
    if len(text) < 8:
        return []
    edits: list[Edit] = []
    for match in VALUE.finditer(text):
        if match[0].endswith("=") and text[match.end() : match.end() + 1] in ('"', "'"):
            continue  # an attribute's name
        value = match[0].rstrip(".!")
        named = name_before(text, match.start(), search) if CHANGE.search(value) or value[:1].isdigit() else None
        if named and is_value(*named, value):
            edits += shifted(search.named(named[0], value, deep), match.start())
    return edits


def name_before(text: str, start: int, search: Search) -> tuple[str, str] | None:
    """Return the kind of secret that is said to follow, and what joins it to its name."""
    before = BEFORE.match(text[max(0, start - NEAR) : start][::-1])
    if before is None:
        return None
    last, further = before[2][::-1], (before[3] or "")[::-1]
    if search.names.is_field(last):
        return ("secret", FIELD)
    kind = search.names.kind(last) or (search.names.kind(further + last) if last.lower() in SECOND else None)
    is_quoted = before[0][0] in QUOTES  # password 'Herbst3873' is wrong
    return (kind, QUOTED if is_quoted else before[1].strip()) if kind else None


def is_value(kind: str, joint: str, value: str) -> bool:
    """Tell whether a value is no word of the sentence."""
    if joint == FIELD:
        return True
    if kind in NUMBERS:
        return NUMBER.fullmatch(value) is not None
    if kind in ("pin", "code") and value.isdigit():
        return joint != "" and PIN.fullmatch(value) is not None
    if DAY.match(value) or value.isdigit():
        return False
    changes = len(CHANGE.findall(value))
    joined = joint in JOINTS
    if joint not in JOINTS[:-1] and not DIGIT.search(value):
        return False  # the name of a member, a word
    least = LEAST.get(kind, 8 if joined else 12)
    return len(value) >= least and changes >= (1 if joined else 3)
