"""Regular expressions as JSON Schema means them (ECMA-262, `u`), said in Python's dialect."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache

__all__ = ["Untranslatable", "translated"]

SPACES = r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
OTHERS = (
    r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff"
    r"\u3001-\ufefe\uff00-\U0010ffff"
)
SETS = {
    "d": "0-9",
    "D": r"\x00-/:-\U0010ffff",
    "w": "0-9A-Z_a-z",
    "W": r"\x00-/:-@\[-\^`{-\U0010ffff",
    "s": SPACES,
    "S": OTHERS,
}
LETTERS = {"t": r"\t", "n": r"\n", "v": r"\v", "f": r"\f", "r": r"\r", "0": r"\x00"}
TOKEN = re.compile(
    r"""(?x)
    (?P<pair>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})
    | (?P<point>\\u\{[0-9a-fA-F]+\})
    | (?P<code>\\u[0-9a-fA-F]{4} | \\x[0-9a-fA-F]{2})
    | (?P<control>\\c[A-Za-z])
    | (?P<escape>\\[\s\S])
    | (?P<group>\((?:\?(?:<[=!]|<[A-Za-z_$][\w$]*>|[:=!]|[\s\S]?))?)
    | (?P<times>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)
    | (?P<other>[\s\S])
    """
)
GROUPS = ("(", "(?:", "(?=", "(?!", "(?<=", "(?<!")


class Untranslatable(ValueError):  # noqa: N818
    """Something in a pattern that Python cannot say."""


@lru_cache(maxsize=1024)
def translated(pattern: str) -> str:
    """Return the Python pattern that matches what the ECMA pattern does; raises Untranslatable, which names what."""
    parts: list[str] = []
    inside, place, last = False, 0, ""
    while place < len(pattern):
        if pattern.startswith(("[]", "[^]"), place) and not inside:
            empty = pattern.startswith("[]", place)
            parts.append("(?!)" if empty else r"[\x00-\U0010ffff]")
            place += 2 if empty else 3
            continue  # nothing, and everything: classes that Python has not
        token = TOKEN.match(pattern, place)
        assert token is not None
        text = pattern[place] if inside and token.lastgroup in ("group", "times") else token[0]
        parts.append(within(text, last, pattern, place) if inside else outside(text, parts, pattern))
        inside = text != "]" if inside else text == "["
        place, last = place + len(text), text
    return compilable(pattern, "".join(parts))


def compilable(pattern: str, found: str) -> str:
    found = f"(?a:{found})" if re.search(r"(?<!\\)(?:\\\\)*\\[bB]", found) else found
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            re.compile(found)
    except (re.error, Warning, OverflowError) as error:
        raise Untranslatable(f"{pattern!r}: {error}") from None
    return found


def outside(text: str, before: list[str], pattern: str) -> str:
    """Translate one token that stands in no class."""
    if text in ("$", "."):
        return r"\Z" if text == "$" else r"[^\n\r\u2028\u2029]"
    if text in ("{", "}", "]"):
        return "\\" + text
    if text[0] in "*+?{" and len(before) > 0 and text[0] == "+" and before[-1][-1:] in "*+?}" and quantified(before):
        raise Untranslatable(f"{pattern!r}: {before[-1]}{text} is no ECMA")
    if text[0] == "(":
        return opened(text, pattern)
    if text in (r"\b", r"\B"):
        return text
    return f"[{SETS[text[1]]}]" if text[0] == "\\" and text[1:] in SETS else character(text, pattern)


def quantified(before: list[str]) -> bool:
    return re.fullmatch(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??", before[-1]) is not None


def opened(text: str, pattern: str) -> str:
    if text in GROUPS:
        return text
    if text.startswith("(?<") and text.endswith(">"):
        return "(?P" + text[2:].replace("$", "_")
    raise Untranslatable(f"{pattern!r}: {text} is no ECMA")


def within(text: str, last: str, pattern: str, place: int) -> str:
    """Translate one token that stands in a class."""
    if text == r"\b":
        return r"\x08"
    if text == "-" and (last in SHORT or pattern[place + 1 : place + 3] in SHORT):
        return r"\-"
    if text in ("[", "&", "~", "|"):
        return "\\" + text
    return SETS[text[1]] if text[0] == "\\" and text[1:] in SETS else character(text, pattern)


SHORT = tuple("\\" + letter for letter in SETS)


def character(text: str, pattern: str) -> str:
    """Translate a character, escaped or plain; a quantifier or a part of a class stays what it is."""
    if text[0] != "\\":
        return text
    if text[1] == "u" and len(text) == 12:
        return chr(0x10000 + ((int(text[2:6], 16) - 0xD800) << 10) + int(text[8:], 16) - 0xDC00)
    if text[1:3] == "u{":
        return f"\\U{int(text[3:-1], 16):08x}"
    if text[1] == "c" and len(text) == 3:
        return f"\\x{ord(text[2]) % 32:02x}"
    if len(text) > 2 or text[1] in LETTERS:
        return LETTERS.get(text[1], text)
    if text[1].isalnum():
        raise Untranslatable(f"{pattern!r}: {text} is not supported")
    return re.escape(text[1])
