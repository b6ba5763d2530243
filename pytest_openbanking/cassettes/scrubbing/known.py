"""Secrets known from elsewhere, found again in every encoding."""

from __future__ import annotations

import base64
import re
from bisect import insort
from operator import neg
from urllib.parse import quote, quote_plus, unquote

from pytest_openbanking.cassettes.scrubbing.edits import Edit
from pytest_openbanking.cassettes.scrubbing.views import json_encoded, percent_encoded

__all__ = ["Known"]

PREFIX = 8
FEW = 24
SHORTEST = 4
PLAIN = re.compile(r"[A-Za-z0-9_.~-]+")
RUN = re.compile(r"[A-Za-z0-9+/_=-]*")
BEFORE = re.compile(r"[A-Za-z0-9+/_-]*")
VOCABULARY = (
    "scrubbed-certificate- scrubbed-signature- scrubbed-password- scrubbed-token- scrubbed-secret- @example.com"
)


class Known:
    """The secrets of one cassette, and what stands in for each."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.kinds: dict[str, str] = {}
        self.variants: dict[str, str] = {}
        self.cores: set[str] = set()
        self.short: dict[str, list[int]] = {}
        self.lengths: dict[str, list[int]] = {}

    def __len__(self) -> int:
        return len(self.values)

    def learn(self, value: str, stand_in: str, kind: str) -> None:
        if value in self.values or value in VOCABULARY:
            return
        self.values[value] = stand_in
        self.kinds[value] = kind
        for variant, replacement in variants(value, stand_in).items():
            self.add(variant, replacement)
        for core in cores(value):
            if core not in self.variants:
                self.cores.add(core)
                self.add(core, stand_in)

    def add(self, variant: str, replacement: str) -> None:
        """Note a way to write a value: under its first letters, by its length, the longest first."""
        if variant in self.variants or len(variant) < SHORTEST:
            return
        self.variants[variant] = replacement
        lengths = (self.lengths if len(variant) >= PREFIX else self.short).setdefault(variant[:PREFIX], [])
        if len(variant) not in lengths:
            insort(lengths, len(variant), key=neg)

    def find(self, text: str) -> list[Edit]:
        edits: list[Edit] = []
        done = 0
        for start, lengths in self.places(text) if self.variants else ():
            found = self.at(text, start, lengths) if start >= done else None
            if found:
                edits.append(found._replace(start=max(done, found.start)))
                done = found.end
        return edits

    def places(self, text: str) -> list[tuple[int, list[int]]]:
        """Return where the beginning of a known value stands; one look at each place where there are many values."""
        few = dict(self.short)
        places: list[tuple[int, list[int]]] = []
        if len(self.lengths) <= FEW:
            few |= self.lengths
        else:
            get = self.lengths.get
            ends = range(PREFIX, len(text) + 1)
            places = [(end - PREFIX, found) for end in ends if (found := get(text[end - PREFIX : end]))]
        others = [(start, lengths) for part, lengths in few.items() for start in starts(text, part)]
        return sorted(places + others) if others else places

    def at(self, text: str, start: int, lengths: list[int]) -> Edit | None:
        for length in lengths:
            variant = text[start : start + length]
            if variant in self.variants and whole(text, start, start + length):
                return self.edit(text, start, start + length, variant)
        return None

    def edit(self, text: str, start: int, end: int, variant: str) -> Edit:
        if variant not in self.cores:
            return Edit(start, end, self.variants[variant])
        before = BEFORE.match(text[max(0, start - 400) : start][::-1])
        after = RUN.match(text, end)
        return Edit(start - before.end() if before else start, after.end() if after else end, self.variants[variant])


def starts(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def whole(text: str, start: int, end: int) -> bool:
    """Tell whether a short value, or one that is but digits, stands by itself."""
    value = text[start:end]
    if len(value) >= PREFIX and not value.isdigit():
        return True
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return not any(letter.isalnum() for letter in around)


def variants(value: str, stand_in: str) -> dict[str, str]:
    """Return the ways to write a value, each with its stand-in written so."""
    if PLAIN.fullmatch(value):
        return {value: stand_in}
    quoted = {quote(value, safe=""), quote(value), quote_plus(value)}
    lowered = {re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), text) for text in quoted}
    ways = {value: stand_in, json_encoded(value): json_encoded(stand_in), unquote(value): stand_in}
    ways |= {json.replace("/", r"\/"): stand_in for json in list(ways)}
    return dict.fromkeys(sorted(quoted | lowered), percent_encoded(stand_in)) | ways


def cores(value: str) -> set[str]:
    """Return what every base64 or hex text has in it that has the value in it, whatever is around it."""
    octets = value.encode("utf-8", "surrogatepass")
    if len(octets) < PREFIX:
        return set()
    found = {octets.hex(), octets.hex().upper()}
    for before in range(3):
        text = base64.b64encode(b"\0" * before + octets).decode().rstrip("=")
        core = text[-(-before * 8 // 6) : (before + len(octets)) * 8 // 6]
        found |= {core, core.replace("+", "-").replace("/", "_")}
    return found
