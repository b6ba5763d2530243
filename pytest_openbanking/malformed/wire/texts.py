"""What is no JSON, or JSON that readers stumble over."""

from __future__ import annotations

import json
import re

from hypothesis import strategies as st

from pytest_openbanking.malformed.breaking.target import Draw
from pytest_openbanking.malformed.wire.fault import EMPTY, Fault, always

__all__ = ["JSON"]

DIGITS = 5000
DEEP = 5000  # brackets; readers give up at 64 to 3,000
MARK = "8d2f51c6"  # stands for the value that is replaced by something that json cannot write


class DoubledError(ValueError):
    """A member that stands twice."""


def strict(body: bytes) -> object:
    """Read JSON as RFC 8259 means it, each member once, numbers of any length; raises ValueError."""
    return json.loads(body.decode("utf-8"), parse_constant=refuse, parse_int=str, object_pairs_hook=single)


def refuse(word: str) -> object:
    raise ValueError(word)


def single(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise DoubledError
    return found


def is_json(body: bytes) -> bool:
    try:
        strict(body)
    except (ValueError, RecursionError):
        return False
    return True


def no_json(payload: object, body: bytes) -> list[Draw]:
    text = body.decode("ascii")
    odd = [
        "x",
        "<html></html>",
        "<xml/>",
        "'" + text[1:-1] + "'",
        text.replace('"', "'"),
        text[:-1] + ",}",
        "\ufeff" + text,
    ]
    odd += [text + text, text + ";", "// x\n" + text, "key: value", "undefined", text.replace(":", "=", 1)]
    return [Draw(st.sampled_from(odd), str.encode), Draw(st.text("abc{}[],:\"' ", min_size=1, max_size=10), str.encode)]


def shows_no_json(body: bytes) -> bool:
    try:
        json.loads(body.decode("utf-8"), parse_constant=str)
    except ValueError:
        return bool(body)
    return False


def truncated(payload: object, body: bytes) -> list[Draw]:
    return [Draw(st.integers(1, len(body) - 1), lambda size: body[:size])]


def doubled(payload: object, body: bytes) -> list[Draw]:
    members = payload if isinstance(payload, dict) else {}
    odd = [(name, value) for name in members for value in (None, members[name], "", 0)]
    pairs = st.sampled_from([f"{json.dumps(name)}: {json.dumps(value)}".encode() for name, value in odd])
    first = Draw(pairs, lambda pair: b"{" + pair + b", " + body[1:])
    return [first, Draw(pairs, lambda pair: body[:-1] + b", " + pair + b"}")]


def shows_doubled(body: bytes) -> bool:
    try:
        strict(body)
    except DoubledError:
        return True
    except ValueError:
        return False
    return False


def replaced(payload: object, words: list[str]) -> list[Draw]:
    """Draw bodies in which a word of its own stands for one member's value."""
    members = payload if isinstance(payload, dict) else {}
    texts = [json.dumps({**members, name: MARK}) for name in members]
    return [Draw(st.sampled_from([(text, word) for word in words for text in texts]), with_word)]


def with_word(drawn: tuple[str, str]) -> bytes:
    return drawn[0].replace(f'"{MARK}"', drawn[1]).encode()


def not_a_number(payload: object, body: bytes) -> list[Draw]:
    return replaced(payload, ["NaN", "-Infinity", "Infinity"])


def shows_not_a_number(body: bytes) -> bool:
    return not is_json(body) and not shows_no_json(body) and not shows_doubled(body)


def charset(payload: object, body: bytes) -> list[Draw]:
    text = json.dumps(payload, ensure_ascii=False)
    latin = [re.sub(r'(": "[^"]*)', rf"\g<1>{sign}", text, count=1).encode("latin-1", "replace") for sign in "éüß"]
    wide = [b"\xff\xfe" + text.encode("utf-16-le"), b"\xfe\xff" + text.encode("utf-16-be")]
    torn = [body[:1] + b'"\xed\xa0\x80": 0, ' + body[1:], body[:1] + b'"\xc0\xaf": 0, ' + body[1:]]
    return [Draw(st.sampled_from([each for each in (*latin, *wide, *torn) if shows_charset(each)]))]


def shows_charset(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False


def digits(payload: object, body: bytes) -> list[Draw]:
    lengths = (DIGITS, DIGITS + 1, DIGITS * 2)
    return replaced(payload, [sign + digit * length for length in lengths for sign in ("", "-") for digit in "19"])


def shows_digits(body: bytes) -> bool:
    return is_json(body) and re.search(rb"[0-9]{%d}" % DIGITS, body) is not None


def nesting(payload: object, body: bytes) -> list[Draw]:
    depths = (DEEP, DEEP + 1, DEEP * 4)
    words = [word for deep in depths for word in ("[" * deep + "]" * deep, '{"a":' * deep + "0" + "}" * deep)]
    return replaced(payload, words)


def shows_nesting(body: bytes) -> bool:
    """Tell whether so many arrays, or so many objects, are open at once, and closed again."""
    deep = max(body.count(b"[" * DEEP), body.count(b'{"a":' * DEEP))
    return deep > 0 and body.count(b"[") == body.count(b"]") and body.count(b"{") == body.count(b"}")


JSON: dict[str, Fault] = {
    "not-json": Fault(no_json, shows_no_json, always),
    "truncated": Fault(truncated, shows_no_json, always),
    "duplicate-keys": Fault(doubled, shows_doubled),
    "nan": Fault(not_a_number, shows_not_a_number),
    "charset": Fault(charset, shows_charset),
    "digits": Fault(digits, shows_digits),
    "nesting": Fault(nesting, shows_nesting),
    "empty": EMPTY,
}
