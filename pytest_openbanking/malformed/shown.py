"""A malformed value as a person would report it: one printable line, shortened where it is long."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.pointers import values_at
from pytest_openbanking.malformed.sites import limit_of
from pytest_openbanking.malformed.wire.bodies import WIRE

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import Operation
    from pytest_openbanking.malformed.sites import Site

__all__ = ["broken", "shown", "shown_body"]

LINE = 300  # signs
TEXT = 60
ITEMS = 6


BODIES = {
    "not-json": "a body that is no JSON",
    "truncated": "a body that is cut off",
    "duplicate-keys": "a body that has a member twice",
    "nan": "a body with NaN or Infinity, which are no JSON",
    "charset": "a body that is not UTF-8",
    "digits": "a body with a number of 5,000 digits, or more",
    "nesting": "a body that is nested 5,000 deep, or more",
    "empty": "an empty body",
}


def broken(operation: Operation, site: Site) -> str:
    """Say which rule is broken where, with what the schema says there if that is a number, or a format."""
    if site.keyword == WIRE:
        return BODIES[site.name]
    limit, named = limit_of(operation, site), f" ({site.name})" if site.name else ""
    plain = site.keyword == "format" or (isinstance(limit, int | float) and not isinstance(limit, bool))
    return f"a payload that breaks {site.keyword}{named}{f' {limit}' if plain else ''} at {site.pointer or 'the top'}"


def shown(payload: object, pointer: str) -> list[str]:
    """Return the payload; what a shortened line has lost at the pointer follows it."""
    line = as_text(payload)
    if len(line) <= LINE:
        return [line]
    found = values_at(pointer, payload) if pointer else []
    return [middle(line, LINE), *(f"{pointer} is {middle(as_text(value), LINE)}" for value in found)]


def shown_body(body: bytes) -> list[str]:
    """Return a body as it is on the wire, with whatever is no plain ASCII escaped."""
    return [middle(ascii(body)[2:-1], LINE) if body else "(nothing)"]


def as_text(value: object) -> str:
    """Write a value as JSON, with whatever is no plain ASCII escaped, and long texts and lists shortened."""
    return json.dumps(brief(value), default=str)


def brief(value: object) -> object:
    if isinstance(value, str):
        return middle(value, TEXT, f" ... {len(value):,} signs in all ... ")
    if isinstance(value, dict):
        return {middle(str(name), TEXT): brief(member) for name, member in value.items()}
    if isinstance(value, list):
        rest = [f"... {len(value):,} items in all"] if len(value) > ITEMS else []
        return [*map(brief, value[:ITEMS]), *rest]
    return value


def middle(text: str, most: int, gap: str = " ... ") -> str:
    """Leave the middle out of a text that is too long."""
    return text if len(text) <= most else text[: most // 2] + gap + text[-(most // 2) :]
