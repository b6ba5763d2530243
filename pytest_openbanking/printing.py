"""Text of others on a line of a terminal or a log: nothing in it acts."""

from __future__ import annotations

__all__ = ["printable"]


def printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else escaped(sign) for sign in text)


def escaped(sign: str) -> str:
    return " " if sign in "\n\t" else sign.encode("unicode_escape", "backslashreplace").decode("ascii")
