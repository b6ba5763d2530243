"""Serving an error as it was recorded: its bytes and headers, but for what must be of now."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.templates import FORMATS, holds_moment
from pytest_openbanking.exchange import Headers, Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_openbanking.cassettes.cassette import Recorded
    from pytest_openbanking.catalogue.model import DocumentedError
    from pytest_openbanking.exchange import Request

__all__ = ["acceptable", "as_recorded", "as_replayed", "recorded_delay"]

FRAMING = frozenset({"transfer-encoding", "connection", "keep-alive", "trailer", "upgrade"})
SECONDS = re.compile(r"[0-9]{1,9}")
RESET = re.compile(r"rate-?limit.*reset")
UNIX = re.compile(r"([0-9]{10})([0-9]{3})?")  # in seconds, or milliseconds
LONGEST = 999_999_999  # seconds: clocks end, too


def as_recorded(
    recorded: Recorded, error: DocumentedError, made: Response, *, now: float, retry_at: float, in_form: bool
) -> Response:
    """Return the recorded answer; Date, Retry-After and headers that hold a moment are those of the answer made now.

    `retry_at` is the Unix time at which the wait ends that `made` tells. With `in_form` a Retry-After keeps the form,
    seconds or a date, in which it was recorded.
    """
    fresh = {"date": made.headers.get("Date", ""), "content-length": str(len(recorded.response.body))}
    waits = "Retry-After" in made.headers
    fresh |= resets(recorded, now, retry_at if waits else None)
    fresh |= {name.lower(): made.headers[name] for name, value in error.headers if holds_moment(value)}
    if waits:
        is_date = in_form and recorded_as_date(recorded)
        fresh["retry-after"] = FORMATS["http"](math.ceil(retry_at)) if is_date else made.headers["Retry-After"]
    pairs = with_fresh(recorded, fresh)
    there = {name.lower() for name, _ in pairs}
    more = [
        (name, fresh[name.lower()])
        for name in ("Content-Length", "Retry-After")
        if name.lower() in fresh.keys() - there
    ]
    return replace(recorded.response, headers=Headers([*pairs, *more]))


def as_replayed(recorded: Recorded, wall: float) -> Response:
    """Return the recorded answer as it is; only Date, and headers that hold a moment, are moved to now."""
    fresh = {"date": FORMATS["http"](wall), "content-length": str(len(recorded.response.body))}
    fresh |= resets(recorded, wall, None)
    delay = recorded_delay(recorded)
    if delay is not None and recorded_as_date(recorded):
        fresh["retry-after"] = FORMATS["http"](math.ceil(wall + delay))
    pairs = with_fresh(recorded, fresh)
    if "Content-Length" not in Headers(pairs):
        pairs.append(("Content-Length", fresh["content-length"]))
    return replace(recorded.response, headers=Headers(pairs))


def resets(recorded: Recorded, now: float, ends: float | None) -> dict[str, str]:
    """Return the headers, in small letters, that say when a limit is reset: when Retry-After ends, or as far from now as then.

    Only moments are moved, in Unix time; seconds from then are seconds from now.
    """
    found = {}
    for name, unit, since in recorded_resets(recorded.response.headers.pairs):
        at = ends if ends is not None or since is None else now + since
        if at is not None:
            found[name] = str(math.ceil(at * unit))
    return found


@lru_cache(maxsize=512)
def recorded_resets(pairs: tuple[tuple[str, str], ...]) -> list[tuple[str, int, float | None]]:
    """Return the names, units of a second, and seconds since Date of the moments at which limits were reset."""
    found: list[tuple[str, int, float | None]] = []
    for name, value in pairs:
        match = UNIX.fullmatch(value.strip()) if RESET.search(name.lower()) else None
        if match:
            unit = 1000 if match[2] else 1
            found.append((name.lower(), unit, since_date(int(match[0]) / unit, Headers(pairs))))
    return found


def since_date(at: float, headers: Headers) -> float | None:
    try:
        return at - moment(headers.get("Date", "")).timestamp()
    except (ValueError, TypeError):
        return None


def acceptable(recorded: Recorded, request: Request) -> Recorded:
    """Return a recording without its compression where the client does not ask for it: no provider would send it that."""
    response = recorded.response
    encoding = response.headers.get("Content-Encoding")
    if not encoding or encoding.lower() in request.headers.get("Accept-Encoding", "").lower():
        return recorded
    from pytest_openbanking.cassettes.scrubbing.bodies import UnscrubbableError, decompressed

    try:
        body = decompressed(response.body, encoding)
    except UnscrubbableError:
        return recorded
    headers = Headers([pair for pair in response.headers.pairs if pair[0].lower() != "content-encoding"])
    return replace(recorded, response=replace(response, headers=headers, body=body))


def with_fresh(recorded: Recorded, fresh: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the recorded headers, less those of the connection, with some values anew, which are there once."""
    found: dict[str, tuple[str, str]] = {}
    for number, (name, value) in enumerate(recorded.response.headers.pairs):
        known = name.lower()
        if known in fresh:
            found.setdefault(known, (name, fresh[known]))
        elif known not in FRAMING:
            found[f"{number} {known}"] = (name, value)
    return list(found.values())


def recorded_as_date(recorded: Recorded) -> bool:
    said = recorded.response.headers.get("Retry-After", "").strip()
    return not SECONDS.fullmatch(said) and recorded_delay(recorded) is not None


def recorded_delay(recorded: Recorded) -> int | None:
    """Return the seconds of the Retry-After that was recorded; None where there is none that can be read."""
    headers = recorded.response.headers
    value = headers.get("Retry-After", "").strip()
    if SECONDS.fullmatch(value):
        return int(value)
    try:
        ends, sent = (moment(text) for text in (value, headers.get("Date", "")))
        return min(max(round((ends - sent).total_seconds()), 0), LONGEST)
    except (ValueError, TypeError):
        return None


def moment(text: str) -> datetime:
    """Read an HTTP date; in the form of C's asctime it names no zone, and is in UTC as well (RFC 9110, 5.6.7)."""
    found = parsedate_to_datetime(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None and not text.rstrip().endswith("-0000") else found
