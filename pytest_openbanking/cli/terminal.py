"""Where text goes: its width, its colours and its encoding."""

from __future__ import annotations

import os
import re
import shutil
import textwrap
from contextlib import suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Terminal", "counted", "wrap"]

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
NARROWEST, WIDEST = 60, 160
ESCAPE = re.compile(r"\x1b\[\d+m")


class Terminal:
    """Standard output; colours only where it is a terminal and NO_COLOR is not set."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.coloured = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self.width = min(max(shutil.get_terminal_size((100, 24)).columns, NARROWEST), WIDEST)
        if isinstance(stream, TextIOWrapper):
            with suppress(ValueError):  # an ASCII locale: show what it cannot write as an escape
                stream.reconfigure(errors="backslashreplace")

    def line(self, text: str = "") -> None:
        """Write a line."""
        self.stream.write(text.rstrip() + "\n")

    def lines(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.line(text)

    def paragraph(self, text: str, *, first: str = "", rest: str | None = None) -> None:
        """Write a text wrapped to the width; `first` leads its first line, `rest` (spaces) the others."""
        hanging = " " * len(ESCAPE.sub("", first)) if rest is None else rest
        wrapped = wrap(text, self.width - len(hanging))
        self.lines((first if number == 0 else hanging) + part for number, part in enumerate(wrapped))

    def heading(self, text: str) -> None:
        self.line()
        self.line(self.paint(text, "bold"))

    def paint(self, text: str, style: str) -> str:
        """Colour a text; spaces around it stay as they are."""
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self.coloured and text.strip() else text


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines, inside a word only where that alone is too long."""
    return textwrap.wrap(text, max(width, 8), break_on_hyphens=False) or [""]


def counted(number: int, noun: str) -> str:
    """Return "1 error", "2 errors"."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
