"""Whether the delay of a Retry-After is carried, in any of the forms in which clients hand it on."""

from __future__ import annotations

import re
from calendar import timegm
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from math import ceil
from time import mktime, struct_time
from typing import TYPE_CHECKING

from pytest_openbanking.rules.carried import carriers, everything
from pytest_openbanking.rules.evidence import attempts, retry_ends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.exchange import Exchange, Interaction, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["carries_delay", "possible_ends"]

TOLERANCE = 1.0  # seconds
MARGIN = 6.0  # seconds: five, and rounding
LONGER = re.compile(
    r"(?:(?<![a-z0-9.])|(?<=[pt]))(\d+(?:\.\d+)?) ?(m|h|d)(?:in|ins|inutes?|rs?|ours?|ays?)?(?![a-z0-9])"
)
CLOCK = re.compile(r"(?<![\d:])(?:(\d+):)?(\d\d?):(\d\d)(?![\d:])")
TIMES_OF_DAY = (
    (("%H:%M:%S", "%I:%M:%S"), r"(?<![\d:])\d\d?:\d\d:\d\d(?![\d:])"),
    (("%H:%M", "%I:%M"), r"(?<![\d:])\d\d?:\d\d(?![\d:])"),
)
SIGNED = re.compile(r"-?\d{1,15}(?:\.\d+)?")
UNITS = {"m": 60, "h": 3600, "d": 86400}
# A number with or without its unit, PT30S too; not the digits inside an id or a token.
NUMBER = re.compile(r"(?:(?<![A-Za-z0-9])|(?<=[PDT]T))(\d+(?:\.\d+)?)(?![0-9])(?=[A-Za-z]*(?![A-Za-z0-9]))")


def carries_delay(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> bool:
    """Tell whether the delay of a Retry-After can be reached: a number, text, timedelta, the moment it ends, or the response."""
    served = [(call, ends) for call in attempts(case, exchange) for ends in possible_ends(exchange, call)]
    if not served:
        return False
    values = everything(carriers(outcome))
    return any(tells(value, exchange, call, ends) for call, ends in served for value in values)


def possible_ends(exchange: Exchange, interaction: Interaction) -> list[float]:
    """Return the virtual seconds at which an answer's Retry-After may be read to end: also a fraction, or one of several."""
    strictly = retry_ends(exchange, interaction)
    if strictly is not None:
        return [strictly]
    if interaction.response is None or interaction.answered_at is None:
        return []
    text = interaction.response.headers.get("Retry-After", "")
    moments = [moment - exchange.epoch for moment in moments_in(text)]
    delays = [*map(float, SIGNED.findall(text)), *(seconds for seconds, _ in durations_in(text))]
    return moments or [interaction.answered_at + delay for delay in delays]


def tells(value: object, exchange: Exchange, interaction: Interaction, ends: float) -> bool:
    response = interaction.response
    assert response is not None
    assert interaction.answered_at is not None
    delay = ends - interaction.answered_at
    if isinstance(value, bool):
        return False
    if isinstance(value, struct_time):
        return any(near(moment, exchange.epoch + ends, delay) for moment in (timegm(value), mktime(value)))
    if isinstance(value, timedelta):
        return near(value.total_seconds(), delay, delay)
    if isinstance(value, datetime):
        return any(near(moment, exchange.epoch + ends, delay) for moment in (unix(value), unix_local(value)))
    if isinstance(value, int | float | Decimal):
        return is_delay(float(value), delay, exchange, ends)
    if isinstance(value, str | bytes | bytearray):
        text = value if isinstance(value, str) else value.decode("latin-1")
        return says(text, delay, response.headers["Retry-After"], exchange, ends)
    return False


def near(told: float, meant: float, delay: float) -> bool:
    """Tell whether a client means a delay, or the end of it: rounded, or with a margin of a few seconds or per cent on top."""
    return -TOLERANCE <= told - meant <= max(MARGIN, delay / 10)


def unix(value: datetime) -> float:
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


def unix_local(value: datetime) -> float:
    return value.timestamp()


def is_delay(number: float, delay: float, exchange: Exchange, ends: float) -> bool:
    """Tell whether a number is the delay or the moment at which it ends, on either clock, in seconds or milliseconds.

    A long delay may be told in whole minutes or hours; a short one would be taken for any small number.
    """
    moments = (exchange.epoch + ends, exchange.monotonic + ends)
    for told in (number, number / 1000):
        if near(told, delay, delay) or any(near(told, moment, delay) for moment in moments):
            return True
    return delay >= 3600 and number in (ceil(delay / 60), ceil(delay / 3600))


def says(text: str, delay: float, header: str, exchange: Exchange, ends: float) -> bool:
    if header in text and not header.isdigit():
        return True
    for number in NUMBER.findall(text):
        if len(number) < 20 and is_delay(float(number), delay, exchange, ends):
            return True
    for seconds, unit in durations_in(text):
        if near(seconds, delay, delay) or 0 <= seconds - delay < min(unit, max(60, delay)):
            return True
    if any(near(moment, exchange.epoch + ends, delay) for moment in moments_in(text)):
        return True
    return says_clock(text, delay) or says_time_of_day(text, exchange.epoch + ends)


def durations_in(text: str) -> Iterator[tuple[float, int]]:
    """Yield the seconds that a text names in larger units, like 24 hours, 1 min or 1d, and the unit, to which one rounds up."""
    for number, unit in LONGER.findall(text.lower()):
        yield float(number) * UNITS[unit], UNITS[unit]
    for hours, minutes, seconds in CLOCK.findall(text):
        yield int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds), 1


def moments_in(text: str) -> Iterator[float]:
    """Yield the moments that a text names, in ISO 8601 or as HTTP dates."""
    for found in re.findall(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?", text):
        with suppress(ValueError):
            moment = datetime.fromisoformat(found)
            yield from (unix(moment), unix_local(moment))
    for found in re.findall(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", text):
        with suppress(ValueError):
            yield parsedate_to_datetime(found).timestamp()


def says_time_of_day(text: str, at: float) -> bool:
    """Tell whether a text has the time of day, UTC or local, at which a delay ends, however it writes the date.

    To the second where it has seconds: the minute may be the one in which the text was written.
    """
    moments = [datetime.fromtimestamp(at + off, zone) for off in (-1, 0, 1) for zone in (UTC, None)]
    for forms, pattern in TIMES_OF_DAY:
        shown = {moment.strftime(form).lstrip("0") for moment in moments for form in forms}
        if not shown.isdisjoint(found.lstrip("0") for found in re.findall(pattern, text)):
            return True
    return False


def says_clock(text: str, delay: float) -> bool:
    """Tell whether a text has the delay as Python writes a timedelta, like 0:00:30 or 1 day, 0:00:00."""
    rounded = {str(timedelta(seconds=round(delay) + off)) for off in (-1, 0, 1)}
    return any(form in text for form in rounded)
