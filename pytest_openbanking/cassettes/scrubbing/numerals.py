"""Numbers in a text that are payment cards or Aadhaar numbers: found by length, first digits and check digit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.checksums import luhn_valid, verhoeff_valid
from pytest_openbanking.cassettes.scrubbing.edits import Edit
from pytest_openbanking.cassettes.scrubbing.issuers import is_card

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.scrubbing.stand_ins import StandIns

__all__ = ["numerals"]

GATE = re.compile(r"[0-9](?:[ \xa0\u2009\u202f-]?[0-9]){11}")
RUN = re.compile(r"[0-9]++(?:[ \xa0\u2009\u202f-][0-9]++)*+")
GROUP = re.compile(r"[0-9]+")
GROUPINGS = {(4, 4, 4, 4), (4, 4, 4, 4, 3), (4, 6, 5), (4, 6, 4), (4, 4, 4), (6, 13), (8, 8), (6, 10), (5, 5, 5, 1)}
UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def numerals(text: str, stand_ins: StandIns) -> list[Edit]:
    if not GATE.search(text):
        return []
    text = UUID.sub("x" * 36, text) if "-" in text else text
    return [edit for run in RUN.finditer(text) for edit in in_run(text, run, stand_ins)]


def in_run(text: str, run: re.Match[str], stand_ins: StandIns) -> Iterator[Edit]:
    if run.end() - run.start() < 12:
        return
    done = 0
    for start, end in windows(text, run):
        new = replaced(text[start:end], stand_ins) if start >= done else None
        if new is not None:
            yield Edit(start, end, new)
            done = end


def windows(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """Return the groups of digits that may be one number, the longest first at each place."""
    groups = [match.span() for match in GROUP.finditer(text, run.start(), run.end())]
    free = range(1 if glued_before(text, run.start()) else 0, len(groups) - (1 if glued_after(text, run.end()) else 0))
    for first in free:
        if first == 1 and free.start == 1 and text[groups[0][1]] == "-":
            continue
        for last in reversed(range(first, min(first + 7, free.stop))):
            sizes = tuple(end - start for start, end in groups[first : last + 1])
            if len(sizes) == 1 or sizes in GROUPINGS or (first, last) == (0, len(groups) - 1):
                yield groups[first][0], groups[last][1]


def glued_before(text: str, start: int) -> bool:
    """Tell whether digits are the end of a word, of an international phone number or of a decimal fraction."""
    before = text[max(0, start - 2) : start]
    return before[-1:].isalnum() or before[-1:] == "+" or (before[-1:] in (".", ",") and before[:-1].isdigit())


def glued_after(text: str, end: int) -> bool:
    """Tell whether digits are the beginning of a word or of a decimal number."""
    after = text[end : end + 2]
    return after[:1].isalnum() or (after[:1] == "." and after[1:].isdigit())


def replaced(number: str, stand_ins: StandIns) -> str | None:
    digits = "".join(GROUP.findall(number))
    if is_card(digits) and luhn_valid(digits):
        return stand_ins.card(number)
    if len(digits) == 12 and digits[0] in "23456789" and verhoeff_valid(digits):
        return stand_ins.aadhaar(number)
    return None
