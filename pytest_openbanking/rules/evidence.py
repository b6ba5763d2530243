"""What an exchange shows: attempts, repeats, refreshes and waits. Plain functions; no rule decides here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from pytest_openbanking.catalogue.model import Handling
from pytest_openbanking.exchange import Exchange, Fault, Interaction, Request
from pytest_openbanking.sandboxes.tokens import bearer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_openbanking.exchange import Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = [
    "Repeat",
    "ambiguous",
    "attempts",
    "consent",
    "credential",
    "follows",
    "idempotency_key",
    "read_between",
    "refreshes",
    "refused",
    "repeats",
    "retry_ends",
    "same_body",
    "same_request",
    "unrecovered",
]

REPEATABLE = frozenset({Handling.REFRESH_TOKEN, Handling.WAIT, Handling.BACKOFF})
UNCLEAR = frozenset(Fault) - {Fault.CONNECT_TIMEOUT}
SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True)
class Repeat:
    """A call that was made again after its error had arrived; `count` is 1 for the first retry."""

    earlier: Interaction
    later: Interaction
    count: int
    previous: Repeat | None = None

    @property
    def delay(self) -> float:
        """Virtual seconds from the error to the next call."""
        return self.later.at - (self.earlier.answered_at or 0.0)

    def chain(self) -> list[Repeat]:
        """All retries of this call so far, the first first."""
        return [*(self.previous.chain() if self.previous else ()), self]


def attempts(case: ErrorCase, exchange: Exchange) -> list[Interaction]:
    """Return the interactions that were answered with the case's error."""
    return [interaction for interaction in exchange if interaction.error is not None]


def refused(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> bool:
    """Tell whether the client said no by itself to what it was given, before it called the operation under test."""
    if not case.refusable or any(call.operation in case.operations for call in exchange):
        return False
    return bool(outcome.exceptions) or outcome.accepted


@lru_cache(maxsize=512)
def content(body: bytes) -> object:
    """Return a body in a form in which equal JSON is equal, whatever its spaces and the order of its keys."""
    try:
        return json.dumps(json.loads(body), sort_keys=True)
    except ValueError:
        return body


def target(request: Request) -> tuple[object, ...]:
    return (request.method, request.path, sorted(parse_qsl(request.query, keep_blank_values=True)))


def same_body(one: Interaction, other: Interaction) -> bool:
    return one.request.body == other.request.body or content(one.request.body) == content(other.request.body)


def same_request(one: Interaction, other: Interaction) -> bool:
    """Tell whether two calls are the same: operation, path, query and body."""
    return (
        one.operation is other.operation
        and (one.request.url == other.request.url or target(one.request) == target(other.request))
        and one.request.method == other.request.method
        and same_body(one, other)
    )


def follows(exchange: Exchange, later: Interaction, earlier: Interaction) -> bool:
    """Tell whether a call began in consequence of an answer.

    In another job, it must have the same creator, as the tries of one call have, or be created by the job that had
    the answer. Where one creator let several jobs make that call at once, nothing tells whose try a new job is.
    """
    if not later.followed(earlier):
        return False
    if later.job == earlier.job:
        return True
    related = later.parent == earlier.parent or later.parent == getattr(earlier.job, "number", 0)
    return related and exchange.started_together(earlier, siblings=True) < 2


def repeats(case: ErrorCase, exchange: Exchange) -> list[Repeat]:
    """Return every call that repeats one whose error had arrived before, in the same job or a later one."""
    found: dict[Interaction, Repeat] = {}
    failed: list[Interaction] = []
    for later in exchange:
        earlier = next((a for a in reversed(failed) if same_request(a, later) and follows(exchange, later, a)), None)
        if earlier is not None:
            previous = found.get(earlier)
            found[later] = Repeat(earlier, later, previous.count + 1 if previous else 1, previous)
        if later.error is not None:
            failed.append(later)
        elif earlier is not None:  # the retry succeeded: what comes after it is another call
            failed = [a for a in failed if not (same_request(a, later) and follows(exchange, later, a))]
    return list(found.values())


def longest(repeated: Iterable[Repeat]) -> Repeat | None:
    """Return the retry that has the most retries before it."""
    return max(repeated, key=lambda repeat: repeat.count, default=None)


def credential(interaction: Interaction) -> str | None:
    """Return the token, or key, that a call was made with."""
    return bearer(interaction.request.headers)


def consent(interaction: Interaction) -> str | None:
    """Return the consent that a call was made under."""
    header = interaction.operation.consent_header if interaction.operation else None
    return interaction.request.headers.get(header) if header else None


def idempotency_key(interaction: Interaction) -> str | None:
    header = (interaction.operation.idempotency_key if interaction.operation else None) or "Idempotency-Key"
    return interaction.request.headers.get(header) or None


def ambiguous(interaction: Interaction) -> bool:
    """Tell whether it is unknown if the provider acted: 408, 5xx, or a lost answer."""
    if interaction.fault is not None:
        return interaction.fault in UNCLEAR
    status = interaction.response.status if interaction.response else 0
    return status == 408 or status >= 500


def succeeded(interaction: Interaction) -> bool:
    response = interaction.response
    return interaction.error is None and response is not None and response.status < 400


def after(exchange: Exchange, earlier: Interaction) -> Iterator[Interaction]:
    """Yield the calls that started after an answer had arrived, in any job."""
    for interaction in exchange[earlier.index + 1 :]:
        if earlier.answered is not None and interaction.known >= earlier.answered:
            yield interaction


def read_between(exchange: Exchange, earlier: Interaction, later: Interaction) -> bool:
    """Tell whether the client read anything between an answer and a later call."""
    return any(
        between.operation is not None and between.operation.safe and succeeded(between) and between.index < later.index
        for between in after(exchange, earlier)
    )


def refreshes(case: ErrorCase, exchange: Exchange) -> list[Interaction]:
    """Return the token calls made after the first error arrived; token calls before it are no refresh."""
    failed = attempts(case, exchange)
    if not failed:
        return []
    return [
        call
        for call in after(exchange, failed[0])
        if call.operation is not None and call.operation.issues_tokens and call.operation is not failed[0].operation
    ]


def unrecovered(case: ErrorCase, exchange: Exchange) -> list[Interaction]:
    """Return the failed calls after which no call of the same operation and path succeeded."""
    return [
        failed
        for failed in attempts(case, exchange)
        if not any(
            succeeded(later) and later.operation is failed.operation and later.request.path == failed.request.path
            for later in exchange[failed.index + 1 :]
        )
    ]


def retry_ends(exchange: Exchange, interaction: Interaction) -> float | None:
    """Return the virtual second at which an answer's Retry-After ends; None where it has none."""
    value = interaction.response.headers.get("Retry-After") if interaction.response else None
    if value is None or interaction.answered_at is None:
        return None
    if SECONDS.fullmatch(value.strip()):
        return interaction.answered_at + int(value)
    try:
        return parsedate_to_datetime(value).timestamp() - exchange.epoch
    except ValueError:  # as a provider really sent it, once
        return None
