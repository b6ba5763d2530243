"""Answers that are JSON, or nearly, and that say what no answer should: at no particular member."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pytest_openbanking.malformed.damage.bodies import framed, has_body
from pytest_openbanking.malformed.damage.damage import Damage, rebuilt
from pytest_openbanking.malformed.damage.documents import (
    Pairs,
    differences,
    encode,
    kind,
    spliced,
    steps_of,
    value_at,
)
from pytest_openbanking.malformed.damage.values import EXAMPLES, values_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.exchange import Response
    from pytest_openbanking.malformed.damage.sound import Sound

__all__ = ["TEXTS", "root_damages"]

BOM = b"\xef\xbb\xbf"
DIGITS = 5000  # Python reads 4300 of them, and no more
LEVELS = (100, 200)  # which every reader of JSON still bears


def body_of(sound: Sound, response: Response) -> Any:
    """Return what the body says; None where the answer is framed wrongly."""
    return json.loads(response.body.decode()) if framed(sound, response) else None


def read_something(sound: Sound) -> bool:
    return has_body(sound) and bool(sound.read)


def instead(texts: SearchStrategy[str]) -> Callable[[Sound], SearchStrategy[Response]]:
    """Write a text in the place of one of the values that clients read."""

    def spoil(sound: Sound) -> SearchStrategy[Response]:
        return st.builds(
            lambda pointer, text: rebuilt(sound.response, spliced(sound.document, pointer, text)),
            st.sampled_from(sound.read),
            texts,
        )

    return spoil


def only(sound: Sound, document: object, odd: Callable[[Any], bool]) -> bool:
    """Tell that a document differs at one of the values that clients read, and that this one is odd."""
    found = differences(sound.document, document)
    return len(found) == 1 and found[0] in sound.read and odd(value_at(document, found[0]))


def shows_odd(odd: Callable[[Any], bool]) -> Callable[[Sound, Response], bool]:
    return lambda sound, response: framed(sound, response) and only(sound, body_of(sound, response), odd)


def shows_big_number(sound: Sound, response: Response) -> bool:
    def read(digits: str) -> object:
        return digits.encode() if len(digits) >= DIGITS else int(digits)

    document = json.loads(response.body, parse_int=read)
    return framed(sound, response) and only(sound, document, lambda value: isinstance(value, bytes))


def is_lone(value: object) -> bool:
    return isinstance(value, str) and any("\ud800" <= letter <= "\udfff" for letter in value)


def depth(value: object) -> int:
    levels = 0
    while isinstance(value, dict | list) and value:
        value, levels = (value[0] if isinstance(value, list) else next(iter(value.values()))), levels + 1
    return levels


def nests(levels: int, open: str, close: str) -> str:
    return open * levels + "0" + close * levels


def surrogate(sound: Sound) -> SearchStrategy[Response]:
    def spoil(pointer: str, code: int) -> Response:
        text = f'"{encode(value_at(sound.document, pointer)).decode()[1:-1]}\\u{code:04x}"'
        return rebuilt(sound.response, spliced(sound.document, pointer, text))

    return st.builds(spoil, st.sampled_from(strings(sound)), st.integers(0xD800, 0xDFFF))


def strings(sound: Sound) -> list[str]:
    return [pointer for pointer in sound.read if isinstance(value_at(sound.document, pointer), str)]


def members(sound: Sound) -> list[str]:
    above = {pointer: pointer.rpartition("/")[0] for pointer in sound.read}
    return [pointer for pointer in sound.read if isinstance(value_at(sound.document, above[pointer]), dict)]


def duplicate(sound: Sound) -> SearchStrategy[Response]:
    """Give a member twice, the second time with another value; or the first time."""

    def spoil(pointer: str, other: object, first: bool) -> Response:
        key, value = encode(steps_of(pointer)[-1]).decode(), encode(value_at(sound.document, pointer)).decode()
        one, two = (encode(other).decode(), value) if first else (value, encode(other).decode())
        return rebuilt(sound.response, spliced(sound.document, pointer, f"{one},{key}:{two}"))

    return st.builds(spoil, st.sampled_from(members(sound)), values_of(EXAMPLES), st.booleans())


def shows_duplicate(sound: Sound, response: Response) -> bool:
    written = json.loads(response.body, object_pairs_hook=Pairs)
    readings = [single(written, last) for last in (False, True)]
    return framed(sound, response) and repeated(written) == 1 and sound.document in readings


def repeated(written: object) -> int:
    if isinstance(written, Pairs):
        own = len(written) - len({key for key, _ in written})
        return own + sum(repeated(value) for _, value in written)
    return sum(map(repeated, written)) if isinstance(written, list) else 0


def single(written: object, last: bool) -> object:
    if isinstance(written, Pairs):
        ordered = written if last else reversed(written)
        return {key: single(value, last) for key, value in ordered}
    return [single(value, last) for value in written] if isinstance(written, list) else written


def nested(sound: Sound) -> SearchStrategy[Response]:
    names = st.sampled_from(("result", "response", "payload", "body"))
    wrapped = st.one_of(names.map(lambda name: {name: sound.document}), st.just([sound.document]))
    return wrapped.map(lambda document: rebuilt(sound.response, encode(document)))


def shows_nested(sound: Sound, response: Response) -> bool:
    document = body_of(sound, response)
    inner = list(document.values()) if isinstance(document, dict) else document
    return inner == [sound.document]


def root_damages(sound: Sound) -> Iterator[Damage]:
    """Yield what stands for the whole body: no object where one is documented; a list is a thing of its own."""
    documented = kind(sound.document)
    if sound.bodiless or documented not in ("object", "array"):
        return
    yield root_damage(f"no-{documented}", [each for each in EXAMPLES if each not in ("object", "array")])
    if documented == "object":
        yield root_damage("list", ["array"])


def root_damage(keyword: str, kinds: list[str]) -> Damage:
    return Damage(
        keyword,
        lambda sound: values_of(kinds).map(lambda value: rebuilt(sound.response, encode(value))),
        lambda sound, response: framed(sound, response) and kind(json.loads(response.body)) in kinds,
        has_body,
    )


TEXTS = (
    Damage(
        "bom",
        lambda sound: st.just(rebuilt(sound.response, BOM + sound.response.body)),
        lambda sound, response: framed(sound, response) and response.body == BOM + sound.response.body,
        has_body,
    ),
    Damage("duplicate-key", duplicate, shows_duplicate, lambda sound: has_body(sound) and bool(members(sound))),
    Damage(
        "nan",
        instead(st.sampled_from(("NaN", "Infinity", "-Infinity"))),
        shows_odd(lambda value: isinstance(value, float) and not math.isfinite(value)),
        read_something,
    ),
    Damage(
        "big-number",
        instead(st.sampled_from("123456789").map(lambda digit: digit * DIGITS)),
        shows_big_number,
        read_something,
    ),
    Damage("surrogate", surrogate, shows_odd(is_lone), lambda sound: has_body(sound) and bool(strings(sound))),
    Damage(
        "deep",
        instead(
            st.builds(
                lambda levels, pair: nests(levels, *pair),
                st.integers(*LEVELS),
                st.sampled_from((("[", "]"), ('{"a":', "}"))),
            )
        ),
        shows_odd(lambda value: depth(value) >= LEVELS[0]),
        read_something,
    ),
    Damage("nested", nested, shows_nested, has_body),
)
