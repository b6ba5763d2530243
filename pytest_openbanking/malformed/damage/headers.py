"""Answers whose Retry-After nobody can read, or nobody can wait for."""

from __future__ import annotations

import math
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from pytest_openbanking.catalogue.templates import FORMATS
from pytest_openbanking.exchange import Headers
from pytest_openbanking.malformed.damage.damage import Damage

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.exchange import Response
    from pytest_openbanking.malformed.damage.sound import Sound

__all__ = ["RETRY_AFTER"]

NAME = "Retry-After"
PAST = 2**30  # Unix time: 2004
LONGEST = 2**63 // 10**9  # seconds: what time.sleep() takes at most


def documented(sound: Sound) -> bool:
    return NAME in sound.response.headers


def damage(keyword: str, values: SearchStrategy[str], wrong: Callable[[str], bool]) -> Damage:
    def spoil(sound: Sound) -> SearchStrategy[Response]:
        return values.map(lambda value: with_field(sound.response, value))

    def shows(sound: Sound, response: Response) -> bool:
        found = response.headers.all(NAME)
        return response == with_field(sound.response, *found) and len(found) == 1 and wrong(found[0])

    return Damage(f"retry-after-{keyword}", spoil, shows, documented)


def with_field(response: Response, *values: str) -> Response:
    pairs = [(name, value) for name, value in response.headers.pairs if name != NAME]
    return replace(response, headers=Headers([*pairs, *((NAME, value) for value in values)]))


def repeated(sound: Sound) -> SearchStrategy[Response]:
    given = sound.response.headers[NAME]
    seconds = st.integers(0, 600).map(str).filter(lambda value: value != given)
    return seconds.map(lambda value: with_field(sound.response, given, value))


def shows_repeated(sound: Sound, response: Response) -> bool:
    found = response.headers.all(NAME)
    return response == with_field(sound.response, *found) and len(set(found)) == 2


def is_date(value: str, before: float = math.inf) -> bool:
    try:
        return parsedate_to_datetime(value).timestamp() <= before
    except (TypeError, ValueError):
        return False


WORDS = st.sampled_from(
    ("soon", "later", "30s", "30 seconds", "PT30S", "1m", "0x1e", "in 30", "null", "30;", "2030-01-01T00:00:00Z")
)
# Either some centuries, which a clock can still tell, or more than a float can.
DIGITS = st.integers(10, 11) | st.integers(310, 400)
RETRY_AFTER = (
    damage("word", WORDS, lambda value: not value.isdigit() and not is_date(value)),
    damage("negative", st.integers(1, 86400).map(lambda value: f"-{value}"), lambda value: int(value) < 0),
    damage(
        "fraction",
        st.builds(lambda whole, tenth: f"{whole}.{tenth}", st.integers(0, 60), st.integers(0, 9)),
        lambda value: "." in value and float(value) >= 0,
    ),
    damage("past", st.integers(0, PAST).map(FORMATS["http"]), lambda value: is_date(value, before=PAST)),
    damage("blank", st.just(""), lambda value: not value),
    damage("huge", DIGITS.map(lambda digits: "9" * digits), lambda value: int(value) > LONGEST),
    Damage("retry-after-repeated", repeated, shows_repeated, documented),
)
