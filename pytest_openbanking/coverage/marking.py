"""Texts of others in Markdown: shown as they are, and nothing in them is markup, a link or a mention."""

from __future__ import annotations

import html
import re

from pytest_openbanking.printing import printable

__all__ = ["code", "fenced", "prose", "raw"]

LONGEST = 2000
# A colon before a word and a dot after www would make links of what follows.
SPECIAL = re.compile(r"[&<>`*_~|\\\[\]!#@${}^=+]|:(?=\S)|(?i:(?<=www))\.")
NO_CODE = re.compile(r"[`|\\]")  # what a code span in a table cannot hold for every renderer


def code(text: str) -> str:
    """Return a text as code."""
    shown = one_line(text)
    if not shown:
        return ""
    return f"<code>{escaped(shown)}</code>" if NO_CODE.search(shown) else f"`{shown}`"


def prose(text: str) -> str:
    """Return a text as plain words."""
    return escaped(one_line(text))


def raw(text: str) -> str:
    """Return a text as HTML code, for within an HTML block, where Markdown has no meaning."""
    return f"<code>{html.escape(one_line(text))}</code>"


def fenced(lines: list[str]) -> str:
    """Return lines as a block of code; the fence is longer than any in it."""
    shown = [printable(line) for line in lines]
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([f"{fence}text", *shown, fence])


def escaped(text: str) -> str:
    """Return a text with every sign of Markdown and HTML as a reference, which none takes for markup.

    GitHub looks for @names, addresses and #numbers after that, in what is shown: an empty comment keeps them apart.
    """
    return SPECIAL.sub(lambda found: f"&#{ord(found[0])};" + ("<!-- -->" if found[0] in "@#" else ""), text)


def one_line(text: str) -> str:
    shown = " ".join(printable(text[:LONGEST]).split())
    return shown + ("..." if len(text) > LONGEST else "")
