"""The short numbers that stand for secret values."""

from __future__ import annotations

from collections import defaultdict
from hashlib import sha256

__all__ = ["Numbering"]

LIMIT = 100_000


class Numbering:
    """Five digits for each value, the same in every run, and no two values of a kind alike in one.

    Five digits are too few to find a value from. Where a hundred thousand values of one kind have been seen, numbers repeat.
    """

    def __init__(self) -> None:
        self.given: dict[tuple[str, str], str] = {}
        self.following: defaultdict[str, dict[int, int]] = defaultdict(dict)

    def number(self, kind: str, value: str) -> str:
        number = self.given.get((kind, value))
        if number is None:
            number = self.given[kind, value] = f"{self.claim(kind, wish(value)):05}"
        return number

    def claim(self, kind: str, number: int) -> int:
        """Return the first free number from this one on, over shortcuts past those that are taken."""
        following = self.following[kind]
        if len(following) == LIMIT:
            return number
        passed = []
        while number in following:
            passed.append(number)
            number = following[number]
        after = (number + 1) % LIMIT
        following.update(dict.fromkeys([number, *passed], after))
        return number


def wish(value: str) -> int:
    return int.from_bytes(sha256(value.encode("utf-8", "surrogatepass")).digest()) % LIMIT
