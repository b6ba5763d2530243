"""Reading TOML tables strictly: each key once, of its type, and no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import NoReturn, TypeVar

__all__ = ["Entry", "ProviderError", "nearest"]

Word = TypeVar("Word", bound=StrEnum)
Kind = TypeVar("Kind")

KINDS = {str: "a string", int: "a whole number", bool: "true or false", dict: "a table", list: "a list"}


class ProviderError(ValueError):
    """A provider's data is wrong: one line with the file, the entry, what is wrong and what is allowed."""


def nearest(word: str, allowed: Iterable[str], *, most: int = 3) -> list[str]:
    """Return the allowed words nearest to a mistyped one, the best first."""
    lowered = {candidate.lower(): candidate for candidate in allowed}
    return [lowered[match] for match in get_close_matches(word.lower(), lowered, n=most, cutoff=0.5)]


class Entry:
    """One TOML table, read key by key; `close` refuses what was not asked for."""

    def __init__(self, table: object, where: str) -> None:
        self.where = where
        if not isinstance(table, dict):
            self.wrong(f"must be a table, not {table!r}")
        self.table: dict[str, object] = table
        self.asked: set[str] = set()

    def wrong(self, what: str) -> NoReturn:
        raise ProviderError(f"{self.where}: {what}")

    def take(self, key: str, kind: type[Kind]) -> Kind | None:
        """Return the key's value, or None where it is left out."""
        self.asked.add(key)
        if key not in self.table:
            return None
        value = self.table[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.wrong(f"{key} must be {KINDS[kind]}, not {value!r}")
        return value

    def need(self, key: str, kind: type[Kind]) -> Kind:
        value = self.take(key, kind)
        if value is None:
            self.wrong(f"the key {key!r} is missing")
        return value

    def text(self, key: str) -> str:
        value = self.need(key, str)
        return value if value.strip() else self.wrong(f"{key} is empty")

    def word(self, key: str, words: type[Word]) -> Word:
        return self.choose(key, self.text(key), words)

    def choose(self, key: str, value: str, words: type[Word]) -> Word:
        try:
            return words(value)
        except ValueError:
            self.wrong(f"unknown {key} {value!r}; allowed: {', '.join(words)}")

    def one_of(self, key: str, allowed: tuple[str, ...]) -> str | None:
        value = self.take(key, str)
        if value is not None and value not in allowed:
            self.wrong(f"{key} {value!r} is unknown; allowed: {', '.join(allowed)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        values = self.take(key, list) or []
        for value in values:
            if not isinstance(value, str):
                self.wrong(f"{key} must hold strings, not {value!r}")
        return tuple(values)

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        table = self.take(key, dict) or {}
        for name, value in table.items():
            if not isinstance(value, str):
                self.wrong(f"{key}.{name} must be a string, not {value!r}")
        return tuple(table.items())

    def entry(self, key: str) -> Entry | None:
        table = self.take(key, dict)
        return None if table is None else Entry(table, f"{self.where} {key}")

    def entries(self, key: str, *, named: str | None = None) -> list[Entry]:
        """Return a list of tables, each called by its number and the value of its key `named`."""
        found = []
        for number, table in enumerate(self.take(key, list) or [], start=1):
            name = table.get(named) if named and isinstance(table, Mapping) else None
            found.append(Entry(table, f"{self.where}: {key}[{number}]" + (f" {name}" if name else "")))
        return found

    def close(self) -> None:
        """Refuse the keys that nobody asked for."""
        unknown = sorted(set(self.table) - self.asked)
        if unknown:
            close = nearest(unknown[0], self.asked, most=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            self.wrong(f"unknown key {unknown[0]!r}{hint}; allowed: {', '.join(sorted(self.asked))}")
