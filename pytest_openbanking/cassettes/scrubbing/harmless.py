"""Values that are no secrets, though their names say so: error codes, messages, masks, nothing at all."""

from __future__ import annotations

import re

from pytest_openbanking.cassettes.scrubbing.listing import listed

__all__ = ["harmless"]

NOTHING = re.compile(
    r"true|false|null|none|nil|n/?a|undefined|yes|no|[*\u2022\u25cf]+|<[\w-]+>|\[[\w-]+\]", re.IGNORECASE
)
CODE = re.compile(r"[A-Z]{2,}(?:_[A-Z]+)+|[a-z]{2,}(?:_[a-z]+)+")
SENTENCE = re.compile(r"[A-Za-z'-]++(?: [A-Za-z'-]++)++[.!]?")
STATUS = listed(
    "invalid expired missing error required unauthorized unauthorised forbidden denied failed revoked blocked unknown wrong"
    " rejected malformed mismatch unsupported incorrect exceeded exists bad not no must cannot should inactive absent empty"
    " disabled locked used ok valid active short long weak format blank contain contains match matches least most please set"
    " numeric"
)
SHORTEST = 3  # digits: a CVV
SAID = re.compile(r"[A-Za-z]+")


def harmless(value: str, *, error: bool) -> bool:
    """Tell whether a value is certainly no secret; a sentence is none among error messages, nor one of words alone."""
    if len(value) < SHORTEST and value.isdecimal():
        return True
    if NOTHING.fullmatch(value) or value.lower() in STATUS:
        return True
    is_said = CODE.fullmatch(value) or SENTENCE.fullmatch(value) or (error and " " in value)
    return bool(is_said) and says_status(value)


def says_status(value: str) -> bool:
    return any(word.lower() in STATUS for word in SAID.findall(value))
