"""From what was seen in a check to plain values for the reports; equal runs give equal ones."""

from __future__ import annotations

import math
import re
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.checks import Found, Raised, Step
from pytest_openbanking.rules.evidence import SECONDS, credential, idempotency_key, refreshes, retry_ends
from pytest_openbanking.timeline import names_of, short_path

if TYPE_CHECKING:
    from pytest_openbanking.exchange import Exchange, Interaction
    from pytest_openbanking.judgements import Judgement

__all__ = ["Told", "cut", "neutral"]

LONGEST = 2000  # signs of one text
ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
SECONDS_SAID = re.compile(r"\b\d+\.\d s\b")
CLOSE = 0.00005  # seconds: more than the fractions of floating point, and the moments that calls take
MOST = 20  # calls whose moments are looked at


class Told:
    """What one block has shown, told in plain values.

    A Retry-After that is a date ends up to a second later than its delay says, by the fraction of a second at which the run
    happened to be: moments after it are told as if it had been a whole second.
    """

    def __init__(self, judgement: Judgement) -> None:
        self.judgement = judgement
        self.exchange = judgement.exchange
        self.dates = dates_of(self.exchange)
        tokens = judgement.case.sandbox.tokens
        self.issued = [*tokens.issued, *tokens.issued_refresh]  # numbered by the process

    @property
    def steps(self) -> tuple[Step, ...]:
        exchange, case = self.exchange, self.judgement.case
        names = names_of(exchange, credential, "token") | names_of(exchange, idempotency_key, "key")
        renewing = set(refreshes(case, exchange))
        return tuple(self._step(call, names, self._mark(call), call in renewing) for call in exchange)

    def _mark(self, call: Interaction) -> str | None:
        """Return what findings remark on a call."""
        marks = dict.fromkeys(found.marks[call] for found in self.judgement.findings if call in found.marks)
        return self._text("; ".join(mark.removeprefix("<- ") for mark in marks)) if marks else None

    def _step(self, call: Interaction, names: dict[str, str], mark: str | None, renews: bool) -> Step:
        response = call.response
        return Step(
            at=self._moment(call.at),
            answered_at=None if call.answered_at is None else self._moment(call.answered_at),
            method=call.request.method,
            path=neutral(short_path(call)),
            operation=call.operation.id if call.operation is not None else None,
            status=response.status if response is not None else None,
            error=str(call.error) if call.error is not None else None,
            provenance=call.provenance.value,
            retry_after=self._retry_after(call),
            wait_until=self._wait_until(call),
            refreshes=renews,
            token=names.get(credential(call) or ""),
            key=names.get(idempotency_key(call) or ""),
            refused=None if call.refused is None else self._text(call.refused),
            mark=mark,
        )

    def _retry_after(self, call: Interaction) -> str | None:
        value = call.response.headers.get("Retry-After") if call.response is not None else None
        return None if value is None else self._text(value)

    def _wait_until(self, call: Interaction) -> float | None:
        end = retry_ends(self.exchange, call)
        return None if end is None or end < call.at else self._moment(end)

    def _moment(self, at: float) -> float:
        """Return a moment in whole milliseconds, without the fraction by which a date was rounded up."""
        late = max((date.excess for date in self.dates if date.ends <= at + CLOSE), default=0.0)
        whole = abs(at - round(at)) < CLOSE  # the client's own whole seconds
        ends = any(abs(at - date.ends) < CLOSE for date in self.dates)
        return round(at if whole and not ends else at - late, 3)

    @property
    def ended_at(self) -> float | None:
        return None if self.exchange.ended_at is None else self._moment(self.exchange.ended_at)

    @property
    def findings(self) -> tuple[Found, ...]:
        return tuple(
            Found(found.code, self._text(found.message), self._text(found.seen), self._text(found.fix))
            for found in self.judgement.findings
        )

    @property
    def raised(self) -> tuple[Raised, ...]:
        outcome = self.judgement.outcome
        exceptions = outcome.exceptions if outcome is not None else ()
        return tuple(Raised(type_of(each), self._text(text_of(each))) for each in exceptions)

    def _text(self, text: str) -> str:
        for date in self.dates:
            text = text.replace(date.text, date.said)
        for token in self.issued:
            text = text.replace(token, "(an issued token)")
        if self.dates:
            text = SECONDS_SAID.sub(lambda found: self._spans.get(found[0], found[0]), text)
        return neutral(text)

    @cached_property
    def _spans(self) -> dict[str, str]:
        """Return how the time between two moments is said, by how findings have said it: they know of no fractions."""
        moments = [call.at for call in self.exchange[:MOST]] + [date.ends for date in self.dates]
        spans: dict[str, str] = {}
        for begin, end in permutations(dict.fromkeys(moments), 2):
            said, plain = f"{end - begin:.1f} s", f"{self._moment(end) - self._moment(begin):.1f} s"
            if end > begin and (said == plain or said not in spans):
                spans[said] = plain
        return spans


class Date:
    """A Retry-After that is a date."""

    def __init__(self, text: str, ends: float, answered_at: float) -> None:
        delay = math.floor(ends - answered_at + CLOSE)
        self.text, self.ends = text, ends
        self.excess = ends - answered_at - delay
        self.said = f"a date {delay} s later" if delay >= 0 else "a date in the past"


def dates_of(exchange: Exchange) -> list[Date]:
    found = []
    for call in exchange:
        text = call.response.headers.get("Retry-After") if call.response is not None else None
        if text is None or SECONDS.fullmatch(text.strip()):
            continue
        ends = retry_ends(exchange, call)
        if ends is not None:
            found.append(Date(text, ends, call.answered_at or 0.0))
    return found


def type_of(raised: BaseException) -> str:
    kind = type(raised)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def text_of(raised: BaseException) -> str:
    try:
        return str(raised)
    except Exception as error:  # a client's own __str__
        return f"(its text cannot be shown: {type(error).__name__})"


def neutral(text: str) -> str:
    """Return a text that UTF-8 can hold, without memory addresses, cut to a length that a report can hold."""
    whole = text.encode("utf-8", "backslashreplace").decode("utf-8")  # a lone surrogate reaches no other process
    return cut(ADDRESS.sub(" at 0x...", whole))


def cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 3] + "..."
