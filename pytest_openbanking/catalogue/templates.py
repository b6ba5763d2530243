"""Filling templates: bodies and headers whose values are known only when they are served."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import formatdate
from functools import lru_cache

__all__ = ["FORMATS", "check", "fill", "fill_text", "holds_moment", "moment", "placeholders"]

PLACEHOLDER = re.compile(r"\$\{([^}|]+)(?:\|([^}]*))?\}")
OFFSET = re.compile(r"(now|retry_at)(?:([+-])(\d+)([smhd]))?")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


FORMATS: Mapping[str, Callable[[float], str]] = {
    "": iso,
    "date": lambda at: iso(at)[:10],
    "unix": lambda at: str(int(at)),
    "http": lambda at: formatdate(at, usegmt=True),
    "millis": lambda at: datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
}

Values = Mapping[str, object]


def moment(name: str, values: Values) -> float | None:
    """Return the Unix time of `now`, `now+90d` and the like; None where the name is no time."""
    match = OFFSET.fullmatch(name)
    if not match or match[1] not in values:
        return None
    base = float(str(values[match[1]]))
    shift = int(match[3]) * UNITS[match[4]] if match[2] else 0
    return base - shift if match[2] == "-" else base + shift


def value_of(name: str, format: str | None, values: Values) -> object:
    at = moment(name, values)
    if at is not None:
        return FORMATS[format or ""](at)
    value = values[name]
    return value() if callable(value) else value


def fill_text(template: str, values: Values) -> str:
    """Fill a text template; an unknown placeholder raises KeyError."""
    if "${" not in template:
        return template
    return PLACEHOLDER.sub(lambda match: str(value_of(match[1], match[2], values)), template)


def fill(template: object, values: Values) -> object:
    """Fill a JSON template."""
    if isinstance(template, str):
        return fill_string(template, values)
    if isinstance(template, dict):
        return {key: fill(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled for item in template for filled in fill_item(item, values)]
    return template


def fill_string(template: str, values: Values) -> object:
    whole = PLACEHOLDER.fullmatch(template) if template.startswith("${") else None
    if whole and (whole[2] == "unix" or whole[1] == "status"):
        return int(str(value_of(whole[1], whole[2], values)))
    return fill_text(template, values)


def fill_item(item: object, values: Values) -> Iterator[object]:
    """Fill one item of a list: once, or once for each field where it holds `${fields}`."""
    if "fields" not in placeholders_in(item):
        yield fill(item, values)
        return
    fields = values.get("fields")
    for field in fields if isinstance(fields, tuple) else ():
        yield fill(item, {**values, "fields": field})


def placeholders_in(template: object) -> set[str]:
    return {name for name, _ in placeholders(template)}


def placeholders(template: object) -> Iterator[tuple[str, str]]:
    """Yield each placeholder of a template with its format."""
    if isinstance(template, str):
        yield from scan(template)
    elif isinstance(template, dict):
        for value in template.values():
            yield from placeholders(value)
    elif isinstance(template, list):
        for item in template:
            yield from placeholders(item)


@lru_cache(maxsize=4096)
def scan(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((match[1], match[2] or "") for match in PLACEHOLDER.finditer(text)) if "${" in text else ()


def holds_moment(template: object) -> bool:
    """Tell whether a template holds a time, so that what it gives is right only when it is served."""
    return any(OFFSET.fullmatch(name) for name, _ in placeholders(template))


def check(template: object, known: set[str]) -> str | None:
    """Return what is wrong with a template, or None."""
    for name, format in placeholders(template):
        time = OFFSET.fullmatch(name)
        if time is None and name not in known:
            return f"unknown placeholder ${{{name}}}; allowed: {', '.join(sorted(known))}"
        if format and (time is None or format not in FORMATS):
            return f"unknown format {format!r} in ${{{name}|{format}}}; allowed for times: {', '.join(filter(None, FORMATS))}"
    return None
