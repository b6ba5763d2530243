"""Values that are no secrets, though their names say so: error codes, messages, masks, nothing at all."""

from __future__ import annotations

import re

from pytest_openbanking.cassettes.scrubbing.listing import listed

__all__ = ["harmless"]

NOTHING = re.compile(r"true|false|null|none|nil|undefined|yes|no|[*\u2022\u25cf]+|<[\w-]+>|\[[\w-]+\]", re.IGNORECASE)
CODE = re.compile(r"[A-Z]{2,}(?:_[A-Z]+)+")
STATUS = listed(
    "invalid expired missing error required unauthorized unauthorised forbidden denied failed revoked blocked unknown wrong"
    " rejected malformed mismatch unsupported incorrect exceeded exists bad not no must cannot should inactive absent empty"
    " disabled locked used ok valid active short long weak format blank contain contains match matches least most please"
)
SHORTEST = 3  # digits: a CVV
SAID = re.compile(r"[A-Za-z]+")


def harmless(value: str, *, error: bool) -> bool:
    """Tell whether a value is certainly no secret; a sentence is none among error messages."""
    if len(value) < SHORTEST and value.isdecimal():
        return True
    if NOTHING.fullmatch(value) or value.lower() in STATUS:
        return True
    return (CODE.fullmatch(value) is not None or (error and " " in value)) and says_status(value)


def says_status(value: str) -> bool:
    return any(word.lower() in STATUS for word in SAID.findall(value))
