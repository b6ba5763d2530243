"""OBC3xx: nothing that a cassette must not hold: secrets and personal data."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pytest_openbanking.cassettes.secrets import Suspect, suspects
from pytest_openbanking.cassettes.verifying.content import plain
from pytest_openbanking.cassettes.verifying.finding import Breach, Spot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.tree import Node
    from pytest_openbanking.cassettes.verifying.subject import Subject

__all__ = ["PERSONAL", "check_leaks", "masked"]

PERSONAL = frozenset(
    ["IBAN", "card number", "phone number", "Indian PAN", "Aadhaar", "e-mail address", "account number", "UPI address"]
)
PARTS = ("request", "response")
VALUE = re.compile(r"[^\s'\",;&?]+")
SHORT = 200  # header names and values, methods: the same few in every interaction


class Text(NamedTuple):
    """A string of a cassette, what it is called, and where it stands."""

    content: str
    name: str
    spot: Spot


def check_leaks(subject: Subject) -> Iterator[Breach]:
    """Search every string of a cassette."""
    for text in [*texts(subject.root, ()), *bodies(subject)]:
        look = seen if len(text.content) < SHORT else seen.__wrapped__
        for suspect in look(text.content, text.name):
            code = "OBC302" if suspect.kind in PERSONAL else "OBC301"
            yield Breach(code, f"{suspect.kind} {suspect.shown} in {where(text.spot)}", text.spot)


@lru_cache(maxsize=4096)
def seen(content: str, name: str) -> tuple[Suspect, ...]:
    return tuple(suspects(content, name=name))


def masked(text: str) -> str:
    """Return a text without what ought to be scrubbed: findings end up in logs."""
    for suspect in reversed(list(suspects(text))):
        text = text[: suspect.start] + suspect.shown + VALUE.sub("", text[suspect.start :], count=1)
    return text


def texts(node: Node, spot: Spot) -> Iterator[Text]:
    """Yield the names and values below a node; bodies are read elsewhere, decompressed."""
    value = node.value
    if isinstance(value, dict):
        for key, child in value.items():
            yield Text(key, "", (*spot, key))
            if not is_body((*spot, key), child):
                yield from texts(child, (*spot, key))
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from texts(child, (*spot, number))
    elif isinstance(value, bytes):
        yield Text(value.decode("utf-8", "replace"), name_of(spot), spot)
    elif value is not None and not isinstance(value, bool):
        yield Text(str(value), name_of(spot), spot)


def is_body(spot: Spot, node: Node) -> bool:
    """Tell whether a node is a body: the `body` of a request or response, or the `string` in it."""
    if len(spot) < 4 or spot[0] != "interactions" or spot[2] not in PARTS or spot[3] != "body":
        return False
    return spot[4:] == ("string",) or (len(spot) == 4 and not isinstance(node.value, dict))


def name_of(spot: Spot) -> str:
    return next((step for step in reversed(spot) if isinstance(step, str)), "")


def bodies(subject: Subject) -> Iterator[Text]:
    for number, recorded in enumerate(map(plain, subject.cassette.interactions)):
        for part, body in zip(PARTS, (recorded.request.body, recorded.response.body), strict=True):
            if body:
                yield Text(body.decode("utf-8", "replace"), "body", ("interactions", number, part, "body", "string"))


def where(spot: Spot) -> str:
    """Say in words where a string stands."""
    if spot[0] != "interactions" or len(spot) < 4:
        return ".".join(map(str, spot))
    part, rest = spot[2], [step for step in spot[3:] if isinstance(step, str)]
    if rest[:1] == ["headers"] and len(rest) > 1:
        return f"the {part}'s header {rest[1]}"
    return f"the {part}'s {rest[0]}" if rest else f"the {part}"
