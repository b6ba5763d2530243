"""Texts that break pattern, format, minLength or maxLength."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from hypothesis import strategies as st

from pytest_openbanking.malformed.breaking.target import Draw, Target
from pytest_openbanking.malformed.named import matching
from pytest_openbanking.malformed.scalars import lengths

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DRAWN", "ODD", "SEARCHED", "near"]

SURROGATE = "\ud800"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
WIDE = str.maketrans({chr(sign): chr(sign + 0xFEE0) for sign in range(0x21, 0x7F)})
LOOKALIKES = str.maketrans(  # Greek capitals, Cyrillic small letters
    "ABEHIKMNOPTXYZaeiopx",
    "\u0391\u0392\u0395\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a7"
    "\u03a5\u0396\u0430\u0435\u0456\u043e\u0440\u0445",
)
ODDITIES = (
    "",
    " ",
    "\n",
    "0",
    "a",
    "-",
    "-0",
    "1e400",
    "NaN",
    "null",
    "٣",
    "é",
    "😀",
    "\x00",
    SURROGATE,
    "\u202e",
    "%00",
    "'",
)
WRONG = (
    *(
        "2026-02-30",
        "2026-13-01",
        "2026-1-1",
        "26-01-01",
        "01/02/2026",
        "2025-02-29",
        "0000-00-00",
        "2026-01-31T10:30:00",
    ),
    *(
        "2026-01-31T24:00:00Z",
        "2026-01-31 10:30:00Z",
        "10:30",
        "EUX",
        "eur",
        "EU",
        "EURO",
        "978",
        "XX00123456789012345",
    ),
    *("a@", "@a", "a@b@c.example", "a..b@example.com", "+0", "+370 600 12345", "00370", "256.0.0.1", "1::2::3", "://"),
)


def near(text: str) -> Iterator[str]:
    """Yield what a text is easily mistaken for."""
    yield from (text + "\n", text + " ", " " + text, "\n" + text, text[:-1], text[1:], text + text[-1:], text * 2)
    yield from (text.lower(), text.upper(), text.swapcase(), text.title(), text.capitalize())
    yield from (text.translate(ARABIC), text.translate(WIDE), text.translate(LOOKALIKES))
    yield from (text + "\x00", text + SURROGATE, text[:-1] + "٣", text[:-1] + SURROGATE, "﻿" + text, text[:-1] + "O")
    yield from (
        text.replace(".", ","),
        text.replace("-", ""),
        text.replace("-", "/"),
        "-" + text,
        "+" + text,
        text[::-1],
    )
    yield from (changed_digit(text), "a" * 300, text + "0" * 40, " ".join([text] * 6), "a b c d e f")


def changed_digit(text: str) -> str:
    """Change the last digit, which is the check digit or one that it checks."""
    for index in range(len(text) - 1, -1, -1):
        if text[index] in "0123456789":
            return f"{text[:index]}{(int(text[index]) + 1) % 10}{text[index + 1 :]}"
    return text


def odd(target: Target) -> Iterator[object]:
    yield from ODDITIES
    yield from near(target.text)
    yield from WRONG
    yield from held_lengths(target)


def held_lengths(target: Target) -> Iterator[object]:
    """Yield strange texts of a length that is allowed."""
    least, most = lengths(target.rule.place)
    length = len(target.text)
    for sign in (*ODDITIES[1:6], "٣", "é", "😀", SURROGATE):
        yield from (sign * least, sign * (most or least or 1) if (most or 0) < 10_000 else sign)
        yield from (target.text[:index] + sign + target.text[index + 1 :] for index in {0, length // 2, length - 1})


def other_text(target: Target) -> list[Draw]:
    """Draw any text of an allowed length, or the valid one with one sign changed."""
    least, most = lengths(target.rule.place)
    text = target.text
    short = min(max(least, 12), most) if most is not None else max(least, 12)
    change = st.tuples(st.integers(0, len(text) - 1), st.text(max_size=1))
    return [
        Draw(st.text(min_size=least, max_size=short)),
        Draw(change, lambda drawn: text[: drawn[0]] + drawn[1] + text[drawn[0] + 1 :]),
    ]


def too_short(target: Target) -> Iterator[object]:
    length = cast("int", target.rule.limit)
    for size in dict.fromkeys((length - 1, 0, 1, length // 2)):
        if 0 <= size < length:
            yield from (target.text[:size], target.text[len(target.text) - size :])
            yield from (sign * size for sign in (*ODDITIES[1:6], "é", "😀", SURROGATE))
            yield from (resized(target.text, index, size) for index in range(min(len(target.text), 40)))


def too_long(target: Target) -> Iterator[object]:
    length = cast("int", target.rule.limit)
    for size in (length + 1, length + 2, length * 2 + 1, length + 1000):
        yield from (sign * size for sign in ("a", "0", " ", "é", "😀", SURROGATE))
        yield from (resized(target.text, index, size) for index in range(min(len(target.text), 40)))


def resized(text: str, index: int, size: int) -> str:
    """Repeat the sign at an index, or drop what follows it, until the text has a size."""
    grown = size - len(text)
    return (
        text[:index] + text[index] * (grown + 1) + text[index + 1 :]
        if grown >= 0
        else text[:index] + text[index - grown :]
    )


def shorter(target: Target) -> list[Draw]:
    length, text = cast("int", target.rule.limit), target.text
    cut = Draw(
        st.integers(0, length * len(text) - 1), lambda drawn: resized(text, drawn % len(text), drawn // len(text))
    )
    if target.rule.place.limits("pattern"):
        return [cut]
    return [Draw(st.text(max_size=min(length - 1, 40))), cut]


def longer(target: Target) -> list[Draw]:
    """Draw up to forty signs too many: one sign of the valid text again and again, or any few."""
    length, text = cast("int", target.rule.limit), target.text
    pumped = Draw(
        st.integers(0, 40 * len(text) - 1),
        lambda drawn: resized(text, drawn % len(text), length + 1 + drawn // len(text)),
    )
    if target.rule.place.limits("pattern"):
        return [pumped]
    few = st.tuples(st.text(min_size=1, max_size=3), st.integers(1, 40))
    return [Draw(few, lambda drawn: (drawn[0] * (length + drawn[1]))[: length + drawn[1]]), pumped]


def searched(target: Target) -> Iterator[object]:
    """Yield a text of a wrong length that still matches the pattern, which Hypothesis has looked for."""
    length = cast("int", target.rule.limit)
    for pattern in cast("list[str]", target.rule.place.limits("pattern")):
        short = target.rule.keyword == "minLength"
        found = matching(pattern, 0, length - 1) if short else matching(pattern, length + 1)
        yield from () if found is None else (found,)


SEARCHED = {"minLength": searched, "maxLength": searched}
ODD = {"pattern": odd, "format": odd, "minLength": too_short, "maxLength": too_long}
DRAWN = {"pattern": other_text, "format": other_text, "minLength": shorter, "maxLength": longer}
