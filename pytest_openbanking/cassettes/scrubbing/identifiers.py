"""Bank and tax identifiers: IBANs and Indian PANs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.checksums import iban_valid
from pytest_openbanking.cassettes.scrubbing.edits import Edit
from pytest_openbanking.cassettes.scrubbing.issuers import IBAN_LENGTHS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.scrubbing.stand_ins import StandIns

__all__ = ["ibans", "pans"]

# Glued to nothing but the word itself, or a sub-field of SWIFT's MT940 (`?31`).
IBAN = re.compile(
    r"[A-Za-z]{2}(?:(?<![A-Za-z0-9]..)|(?<=[Ii][Bb][Aa][Nn]..)|(?<=\?[0-9][0-9]..))"
    r"[0-9]{2}(?=[ \xa0\u2009\u200b\u202f.-]?[A-Za-z0-9])",
    re.DOTALL,
)
AFTER = re.compile(r"(?:[A-Z]{3}|BIC)?(?![A-Za-z0-9])")  # a currency, as Berlin Group writes an account
LETTER = re.compile(r"[ \xa0\u2009\u200b\u202f.-]?([A-Za-z0-9])")
# What India's tax on goods makes from a PAN: the state, the PAN, the registration, a Z and a check digit.
GSTIN = re.compile(
    r"[0-3][0-9](?<![A-Za-z0-9]..)[A-Z]{3}[ABCFGHJLPT][A-Z][0-9]{4}[A-Z][1-9A-Z]Z[0-9A-Z](?![A-Za-z0-9])", re.DOTALL
)
PAN = re.compile(
    r"[A-Z]{3}(?:(?<![A-Za-z0-9]...)|(?<=(?<![A-Za-z0-9])PAN...))[ABCFGHJLPT][A-Z][0-9]{4}[A-Z](?![A-Za-z0-9])",
    re.DOTALL,
)
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def ibans(text: str, stand_ins: StandIns) -> Iterator[Edit]:
    done = 0
    text = UUID.sub(lambda found: "-" * len(found[0]), text) if "-" in text else text
    for match in IBAN.finditer(text):
        length = IBAN_LENGTHS.get(match[0][:2].upper())
        end = extent(text, match.start(), length) if length and match.start() >= done else None
        if end and iban_valid(plain(text[match.start() : end])):
            yield Edit(match.start(), end, stand_ins.iban(text[match.start() : end]))
            done = end


def extent(text: str, at: int, length: int) -> int | None:
    """Return where this many letters and digits end, single spaces and dashes between them, if no word goes on there."""
    for _ in range(length):
        letter = LETTER.match(text, at)
        if letter is None:
            return None
        at = letter.end()
    return at if AFTER.match(text, at) else None


def plain(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum()).upper()


def pans(text: str, stand_ins: StandIns) -> list[Edit]:
    found = [Edit(*match.span(), stand_ins.pan(match[0])) for match in PAN.finditer(text)]
    return found + [Edit(*match.span(), stand_ins.gstin(match[0])) for match in GSTIN.finditer(text)]
