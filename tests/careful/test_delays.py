"""Clients that raise at once with the delay, in whatever form, are clean; so is any long enough wait."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.careful.errors import BankError, DataError, SlottedError
from tests.careful.harness import Careful, findings_of
from tests.careful.knowledge import (
    BACKOFF,
    REFRESH,
    WAIT,
    Access,
    Call,
    Problem,
    problem_in,
    token_call,
    token_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HTTP = httpx.Client(verify=httpx.create_ssl_context())


class DelayedError(Exception):
    """Code in the text, the delay in an attribute."""

    def __init__(self, code: str, delay: object, fields: object = ()) -> None:
        super().__init__(f"refused: {code}")
        self.delay = delay
        self.fields = fields


def delayed(delay: Callable[[float], object]) -> Callable[[Problem, httpx.Response], Exception]:
    """Return what makes an exception whose delay has another form."""

    def make(problem: Problem, response: httpx.Response) -> Exception:
        seconds = problem.retry_after
        return DelayedError(problem.code, None if seconds is None else delay(seconds), problem.fields)

    return make


def on_response(problem: Problem, response: httpx.Response) -> Exception:
    error = DelayedError("", None)
    error.response = response
    return error


def by_cause(problem: Problem, response: httpx.Response) -> Exception:
    error = DelayedError("", None)
    error.__cause__ = httpx.HTTPStatusError("refused", request=response.request, response=response)
    return error


def by_args(problem: Problem, response: httpx.Response) -> Exception:
    return RefusedError(problem.code, problem.retry_after, list(problem.fields))


class RefusedError(Exception):
    """Nothing but args."""


def by_message(form: Callable[[float], str]) -> Callable[[Problem, httpx.Response], Exception]:
    def make(problem: Problem, response: httpx.Response) -> Exception:
        later = "" if problem.retry_after is None else f"; try again {form(problem.retry_after)}"
        return RefusedError(f"{problem.code} {problem.message} {' '.join(problem.fields)}{later}")

    return make


def zone(hours: float) -> timezone:
    return timezone(timedelta(hours=hours))


def local_in(seconds: float) -> datetime:
    return datetime.now() + timedelta(seconds=seconds)


def in_slots(problem: Problem, response: httpx.Response) -> Exception:
    return SlottedError(problem)


def in_data(problem: Problem, response: httpx.Response) -> Exception:
    until = problem.retry_after and datetime.now(UTC) + timedelta(seconds=problem.retry_after)
    return DataError(Problem(problem.status, problem.code, problem.message, problem.fields), until)


FORMS: dict[str, Callable[[Problem, httpx.Response], Exception]] = {
    "int": delayed(int),
    "float": delayed(float),
    "decimal": delayed(Decimal),
    "rounded-up-and-one": delayed(lambda s: int(s) + 2),
    "with-a-margin": delayed(lambda s: s + 5),
    "milliseconds": delayed(lambda s: int(s * 1000)),
    "timedelta": delayed(lambda s: timedelta(seconds=s)),
    "aware-datetime": delayed(lambda s: datetime.now(UTC) + timedelta(seconds=s)),
    "datetime-in-a-zone": delayed(lambda s: datetime.now(zone(5.5)) + timedelta(seconds=s)),
    "naive-local": delayed(lambda s: datetime.now() + timedelta(seconds=s)),
    "naive-utc": delayed(lambda s: datetime.now(UTC).replace(tzinfo=None) + timedelta(seconds=s)),
    "unix-time": delayed(lambda s: time.time() + s),
    "unix-nanoseconds-no-int": delayed(lambda s: int(time.time() + s)),
    "monotonic": delayed(lambda s: time.monotonic() + s),
    "list": delayed(lambda s: {"wait": [s]}),
    "iso-text": delayed(lambda s: (datetime.now(UTC) + timedelta(seconds=s)).isoformat()),
    "http-date": delayed(lambda s: format_datetime(datetime.now(UTC) + timedelta(seconds=s), usegmt=True)),
    "response": on_response,
    "cause": by_cause,
    "args": by_args,
    "slots": in_slots,
    "dataclass": in_data,
    "message-seconds": by_message(lambda s: f"in {s:.0f} seconds"),
    "message-timedelta": by_message(lambda s: f"in {timedelta(seconds=round(s))}"),
    "message-largest-unit": by_message(lambda s: f"in {s / 3600:g} hours" if s >= 3600 else f"in {s / 60:g} minutes"),
    "message-rounded-up": by_message(lambda s: f"in {-int(-s // 60)} min"),
    "message-clock": by_message(lambda s: f"in {int(s) // 3600:02}:{int(s) // 60 % 60:02}:{int(s) % 60:02}"),
    "message-time-of-day": by_message(lambda s: f"after {local_in(s):%-d.%-m.%y %H:%M}"),
    "message-local-moment": by_message(lambda s: f"after {local_in(s)}"),
    "message-moment": by_message(lambda s: f"at {datetime.now(UTC) + timedelta(seconds=s):%Y-%m-%dT%H:%M:%SZ}"),
    "message-moment-with-space": by_message(lambda s: f"after {datetime.now(UTC) + timedelta(seconds=s)}"),
}


class RaisesAtOnce:
    """Never waits for the bank: raises with the delay; backs off from the rest; refreshes."""

    def __init__(self, access: Access, form: Callable[[Problem, httpx.Response], Exception]) -> None:
        self.access, self.token, self.form = access, access.access_token, form

    def send(self, call: Call) -> httpx.Response:
        headers = self.access.key_or(self.token, call)
        return HTTP.request(call.method, call.url, headers=headers, content=call.body)

    def perform(self, call: Call) -> object:
        refreshed, pause = False, 1.0
        while (response := self.send(call)).is_error:
            problem = problem_in(response.status_code, response.headers, response.content)
            remedy = self.access.remedy(problem.code)
            if remedy == REFRESH and not refreshed:
                refreshed, self.token = True, token_in(self.send(token_call(self.access)).content)
            elif remedy == BACKOFF and call.harmless and pause < 10:
                time.sleep(pause)
                pause *= 3
            else:
                raise self.form(problem, response)
        return response.json()


@pytest.mark.parametrize("provider", ["paysera", "aelix"])  # the two that send a Retry-After
@pytest.mark.parametrize("form", FORMS)
def test_a_delay_may_be_handed_on_in_any_form(form: str, provider: str) -> None:
    """No form of the delay is missed, on any documented error."""
    raises = (DelayedError, RefusedError, SlottedError, DataError)
    client = Careful(form, lambda access: RaisesAtOnce(access, FORMS[form]), raises=raises)
    assert not findings_of(client, provider)


def at_once_after(seconds: float) -> None:
    time.sleep(seconds)


def in_slices(seconds: float) -> None:
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 7))


def on_an_event(seconds: float) -> None:
    threading.Event().wait(seconds)


def on_a_condition(seconds: float) -> None:
    condition = threading.Condition()
    with condition:
        condition.wait_for(lambda: False, timeout=seconds)


def whole_seconds(seconds: float) -> None:
    for _ in range(int(seconds)):
        time.sleep(1)


WAITS: dict[str, Callable[[float], Any]] = {
    "sleep": at_once_after,
    "slices": in_slices,
    "event": on_an_event,
    "condition": on_a_condition,
    "rounded-down": whole_seconds,
    "twice-as-long": lambda s: time.sleep(2 * s),
    "plus-jitter": lambda s: time.sleep(s * 1.1 + 0.3),
}


class Waits(RaisesAtOnce):
    """Waits as the bank says, in one way or another, four times at most."""

    wait: Callable[[float], None]

    def perform(self, call: Call) -> object:
        for _ in range(4):
            try:
                return super().perform(call)
            except BankError as error:
                if self.access.remedy(error.code) != WAIT or error.retry_after > 3000:
                    raise
                self.wait(error.retry_after)
        return super().perform(call)


@pytest.mark.parametrize("provider", ["paysera", "aelix"])
@pytest.mark.parametrize("wait", WAITS)
def test_a_wait_may_be_spent_in_any_way(wait: str, provider: str) -> None:
    """No way of waiting is taken for another; both forms of Retry-After are honoured."""

    def make(access: Access) -> Waits:
        client = Waits(access, lambda problem, response: BankError.of(problem))
        client.wait = WAITS[wait]
        return client

    assert not findings_of(Careful(wait, make), provider)
