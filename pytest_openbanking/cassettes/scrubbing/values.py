"""Secrets and personal data that are known by their look, anywhere in a text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.contacts import emails, phones, upis
from pytest_openbanking.cassettes.scrubbing.edits import Edit, apart
from pytest_openbanking.cassettes.scrubbing.identifiers import ibans, pans
from pytest_openbanking.cassettes.scrubbing.numerals import numerals
from pytest_openbanking.cassettes.scrubbing.tokens import api_keys, bearers, jwts, pems

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.scrubbing.stand_ins import StandIns

__all__ = ["SUSPECT", "values", "whole"]

SHORT = 200
MOST = 200_000

# Without one of these there is nothing to find: no look, no structure, no escape.
SUSPECT = re.compile(r"[0-9@%+=\[{<&_.:\"'-]|A[KS]IA|AIza|[Bb]earer|[Bb]asic|EAA[AC]|ATATT|AQE|MII")


def values(text: str, stand_ins: StandIns) -> list[Edit]:
    """Return the edits of a text; short ones are seen again and again, and remembered."""
    if len(text) > SHORT:
        return looked_for(text, stand_ins)
    found = stand_ins.looked.get(text)
    if found is None:
        if len(stand_ins.looked) == MOST:
            stand_ins.looked.clear()
        found = stand_ins.looked[text] = looked_for(text, stand_ins)
    return found


def whole(text: str, stand_ins: StandIns) -> str | None:
    """Return the stand-in for a text that, from beginning to end, is one value known by its look."""
    found = values(text, stand_ins)
    return found[0].text if len(found) == 1 and found[0][:2] == (0, len(text)) else None


def looked_for(text: str, stand_ins: StandIns) -> list[Edit]:
    found = [
        *pems(text, stand_ins),
        *jwts(text, stand_ins),
        *api_keys(text, stand_ins),
        *bearers(text, stand_ins),
        *ibans(text, stand_ins),
        *emails(text, stand_ins),
        *upis(text, stand_ins),
        *phones(text, stand_ins),
        *numerals(text, stand_ins),
        *pans(text, stand_ins),
    ]
    return apart(found) if found else found
