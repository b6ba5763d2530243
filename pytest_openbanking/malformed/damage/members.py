"""Answers in which one member is missing, null, of a wrong type, empty, or of an unknown value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pytest_openbanking.catalogue.schemas import validator
from pytest_openbanking.malformed.damage.damage import Damage, rebuilt
from pytest_openbanking.malformed.damage.documents import changed, differences, encode, kind, places, value_at, without
from pytest_openbanking.malformed.damage.texts import body_of
from pytest_openbanking.malformed.damage.values import EXAMPLES, texts, values_of
from pytest_openbanking.malformed.rules import Unbreakable

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.exchange import Response
    from pytest_openbanking.malformed.damage.sound import Sound

__all__ = ["error_members", "is_read", "success_members", "unknown_code", "ways"]

Breaks = Callable[[object], bool]


def missing(pointer: str) -> Damage:
    return Damage(
        "missing",
        lambda sound: st.just(rebuilt(sound.response, encode(without(sound.document, pointer)))),
        lambda sound, response: body_of(sound, response) == without(sound.document, pointer),
        pointer=pointer,
    )


def other(pointer: str, keyword: str, values: SearchStrategy[object], wrong: Breaks) -> Damage:
    """Put another value in a place."""

    def spoil(sound: Sound) -> SearchStrategy[Response]:
        return values.map(lambda value: rebuilt(sound.response, encode(changed(sound.document, pointer, value))))

    def shows(sound: Sound, response: Response) -> bool:
        document = body_of(sound, response)
        if not all(found.startswith(pointer) for found in differences(sound.document, document)):
            return False
        value = value_at(document, pointer)
        return changed(sound.document, pointer, value) == document and wrong(value)

    return Damage(keyword, spoil, shows, pointer=pointer)


def null(pointer: str) -> Damage:
    return other(pointer, "null", st.none(), lambda value: value is None)


def mistyped(pointer: str, kinds: list[str]) -> Damage:
    return other(pointer, "type", values_of(kinds), lambda value: kind(value) in kinds)


def empty(pointer: str, value: object) -> Damage:
    nothing: object = [] if isinstance(value, list) else ""
    return other(pointer, "empty", st.just(nothing), lambda found: found == nothing)


def success_members(sound: Sound) -> Iterator[Damage | Unbreakable]:
    """Yield the damages of each member of a success; what it documents is an example, so the types are the example's."""
    for pointer, value in places(sound.document):
        if is_member(sound.document, pointer):
            yield missing(pointer)
        if value is None:
            yield Unbreakable(pointer, "type", "the documented value is null, so its type is not known")
            continue
        yield null(pointer)
        yield mistyped(pointer, [each for each in EXAMPLES if each not in ("null", kind(value))])
        if pointer == sound.token:
            yield empty(pointer, value)


def error_members(sound: Sound) -> Iterator[Damage | Unbreakable]:
    """Yield the damages of an error's envelope: of code and message and the way there each, of the rest what breaks it."""
    for pointer, value in places(sound.document):
        breaks, needed = breaking(sound, pointer), is_read(sound, pointer)
        if is_member(sound.document, pointer):
            if needed or not accepted(sound, without(sound.document, pointer)):
                yield missing(pointer)
            else:
                yield Unbreakable(pointer, "missing", "the schema does not require it")
        kinds = [each for each, example in EXAMPLES.items() if each != kind(value) and breaks(example)]
        if needed or "null" in kinds:
            yield null(pointer)
        if set(kinds) - {"null"}:
            yield mistyped(pointer, [each for each in kinds if each != "null"])
        else:
            yield Unbreakable(pointer, "type", "the schema takes any")
        yield from further(sound, pointer, value, breaks)


def further(sound: Sound, pointer: str, value: object, breaks: Breaks) -> Iterator[Damage]:
    code = sound.provider.envelope.code
    if pointer == code or (isinstance(value, list) and breaks([])):
        yield empty(pointer, value)
    if isinstance(value, str) and pointer != code and breaks("?"):
        yield other(pointer, "unknown", texts.filter(breaks), breaks)


def is_read(sound: Sound, pointer: str) -> bool:
    """Tell whether a pointer is on the way to what a client reads."""
    return any(pointer in ways(read) for read in sound.read)


def breaking(sound: Sound, pointer: str) -> Breaks:
    return lambda value: not accepted(sound, changed(sound.document, pointer, value))


def accepted(sound: Sound, document: Any) -> bool:
    return validator(sound.provider.envelope.schema).is_valid(document)


def ways(pointer: str) -> list[str]:
    """Return a pointer and those above it, without the top's."""
    steps = pointer.split("/")
    return ["/".join(steps[:count]) for count in range(2, len(steps) + 1)]


def is_member(document: object, pointer: str) -> bool:
    return isinstance(value_at(document, pointer.rpartition("/")[0]), dict)


def unknown_code(pointer: str, known: frozenset[str]) -> Damage:
    """Put a code of the documented form that the provider does not document."""

    def spoil(sound: Sound) -> SearchStrategy[Response]:
        codes = st.from_regex(form_of(str(value_at(sound.document, pointer))), fullmatch=True)
        unknown = codes.filter(lambda code: code not in known)
        return unknown.map(lambda code: rebuilt(sound.response, encode(changed(sound.document, pointer, code))))

    def shows(sound: Sound, response: Response) -> bool:
        document = body_of(sound, response)
        if differences(sound.document, document) != [pointer]:
            return False
        value = value_at(document, pointer)
        return isinstance(value, str) and value not in known and len(value) == len(value_at(sound.document, pointer))

    return Damage("unknown-code", spoil, shows, lambda sound: pointer in sound.read)


def form_of(code: str) -> str:
    """Return the form of a code as a pattern: a letter for a letter, a digit for a digit."""
    forms = {(True, False): "[A-Z]", (False, True): "[0-9]"}
    return "".join(forms.get((letter.isalpha(), letter.isdigit()), re.escape(letter)) for letter in code)
