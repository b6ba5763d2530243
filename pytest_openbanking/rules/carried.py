"""What an exception, or an error value, carries: everything that a caller can reach from it."""

from __future__ import annotations

import re
import warnings
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from time import struct_time
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    MethodType,
    ModuleType,
    TracebackType,
)
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.library import plain
from pytest_openbanking.exchange import Headers, Response

if TYPE_CHECKING:
    from pytest_openbanking.exchange import Outcome

__all__ = ["carriers", "carries_text", "chain", "everything", "normal", "reachable"]

MOST = 3000  # objects looked at
DEEPEST = 7
OPAQUE = (ModuleType, FunctionType, BuiltinFunctionType, MethodType, CodeType, FrameType, TracebackType)
PLAIN = (str, bytes, bytearray, int, float, Decimal, datetime, timedelta, date, struct_time)


def normal(text: str) -> str:
    """Return a text with its case and punctuation taken off."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def chain(exception: BaseException) -> Iterator[BaseException]:
    """Yield an exception and its causes, as Python's traceback shows them."""
    seen: set[int] = set()
    current: BaseException | None = exception
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)


def carriers(outcome: Outcome) -> list[object]:
    """Return what came out of the client: its exceptions, or its error value."""
    return list(outcome.exceptions) or ([outcome.result] if outcome.has_result else [])


def reachable(roots: Iterable[object]) -> Iterator[object]:
    """Yield every plain value, class name and text that can be reached from some objects."""
    waiting = deque((root, 0) for root in roots)
    kept: dict[int, object] = {}  # holds what was seen, so that no id is used twice
    while waiting and len(kept) < MOST:
        value, depth = waiting.popleft()
        if id(value) in kept or value is None or isinstance(value, OPAQUE):
            continue
        kept[id(value)] = value
        if isinstance(value, PLAIN):
            yield value
            if isinstance(value, Enum):
                yield value.name
            continue
        if isinstance(value, type):
            yield value.__name__
            continue
        if isinstance(value, BaseException):
            yield from texts(value)
        if isinstance(value, Enum):
            yield value.name
        if depth < DEEPEST:
            waiting += [(part, depth + 1) for part in parts(value)]


def texts(exception: BaseException) -> Iterator[str]:
    for kind in type(exception).__mro__:
        if kind.__module__ != "builtins":
            yield kind.__name__
    for write in (str, repr):
        with suppress(Exception):
            yield write(exception)


def parts(value: object) -> list[object]:
    """Return what an object holds: items, attributes, slots, properties, class attributes and causes."""
    found: list[object] = []
    if isinstance(value, Mapping):
        with suppress(Exception):
            for key, item in list(value.items()):
                found += [key, item]
    elif isinstance(value, list | tuple | set | frozenset | deque):
        found += list(value)[:200]
    elif hasattr(value, "items"):
        with suppress(Exception):
            for pair in list(value.items()):
                found += list(pair)
    if isinstance(value, BaseException):
        found += [*list(chain(value))[1:], *value.args]
    found += attributes(value)
    if type(value).__module__ != "builtins":
        found += unread_body(value)
    return found


def attributes(value: object) -> Iterator[object]:
    """Yield instance attributes first, then class attributes, slots and properties."""
    own = getattr(value, "__dict__", None)
    if isinstance(own, Mapping):
        yield from list(own.values())
    for kind in type(value).__mro__:
        if kind.__module__ == "builtins" or is_client(kind):
            continue
        for name, attribute in list(vars(kind).items()):
            if name.startswith("__"):
                continue
            if is_read(attribute):
                with suppress(Exception):
                    yield getattr(value, name)
            elif not isinstance(attribute, (*OPAQUE, classmethod, staticmethod)):
                yield attribute


def is_read(attribute: object) -> bool:
    """Tell whether an attribute of a class is looked up through it: a slot, a property, or the like."""
    return hasattr(type(attribute), "__get__") and not isinstance(
        attribute, (FunctionType, classmethod, staticmethod, BuiltinFunctionType)
    )


def is_client(kind: type) -> bool:
    """Tell whether a class is a library's client or request: what it holds is not what the exception says."""
    root = kind.__module__.partition(".")[0]
    return root in {"asyncio", "threading", "ssl", "socket", "logging", "concurrent"} or (
        root in {"httpx", "requests", "urllib3", "aiohttp"}
        and kind.__name__ in {"Client", "AsyncClient", "Session", "ClientSession"}
    )


def unread_body(value: object) -> list[object]:
    """Read the body of a standard-library HTTPError that its client has not read: a caller can, too."""
    from urllib.error import HTTPError

    if not isinstance(value, HTTPError) or value.fp is None:
        return []
    with suppress(Exception):
        headers, body = Headers(value.headers.items()), value.read()
        with suppress(ValueError):
            body = plain(Response(value.code, headers, body))
        return [body, *headers.values()]
    return []


def carries_text(roots: Iterable[object], wanted: str) -> bool:
    """Tell whether a text can be found in what can be reached, whatever its case and punctuation."""
    needle = normal(wanted)
    return any(needle in normal(text) for text in strings(everything(roots)))


def everything(roots: Iterable[object]) -> list[object]:
    """Return all that can be reached; a property that warns when it is read warns nobody."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(reachable(roots))


def strings(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, bytes | bytearray):
            yield value.decode("utf-8", "replace")
