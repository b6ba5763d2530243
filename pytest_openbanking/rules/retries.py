"""OB1xx: repeating, retrying, backing off and waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.model import Handling
from pytest_openbanking.rules.delays import carries_delay, possible_ends
from pytest_openbanking.rules.evidence import (
    REPEATABLE,
    Repeat,
    after,
    attempts,
    consent,
    credential,
    follows,
    idempotency_key,
    longest,
    read_between,
    refreshes,
    repeats,
    retry_ends,
    same_body,
    unrecovered,
)
from pytest_openbanking.rules.rule import Seen, rule
from pytest_openbanking.sandboxes.arming import TOLERANCE, Persistence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.exchange import Exchange, Interaction, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["RULES"]

SHORT = 4.0  # seconds: a constant delay below this is no backing off
INSTANT = 0.001  # seconds
EQUAL = 0.00001  # seconds: what random jitter practically never is


@rule(
    "OB101",
    "repeated a request after an error that no repeat can clear",
    fix="do not retry this code: raise it, or change the request first",
    speaks_when="same operation, path, query and body, started after the error arrived; no accepted handling allows a repeat",
)
def repeated(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if case.error.accepts & REPEATABLE and not unrefreshed_only(case):
        return
    wrong = [repeat for repeat in repeats(case, exchange) if is_blind(case, exchange, repeat)]
    if wrong:
        yield Seen(
            f"{case.met}; the client sent the same request again" + (f" {len(wrong)} times" if len(wrong) > 1 else ""),
            {repeat.later: "<- the same request again" for repeat in wrong},
        )


def unrefreshed_only(case: ErrorCase) -> bool:
    """Tell whether a new token is the one thing that allows a repeat, for an error that refuses no token."""
    return case.error.accepts & REPEATABLE == {Handling.REFRESH_TOKEN} and case.error.status not in (401, 403)


def is_blind(case: ErrorCase, exchange: Exchange, repeat: Repeat) -> bool:
    """Tell whether a repeat changed nothing that could matter, and no other rule says it better."""
    error, earlier, later = case.error, repeat.earlier, repeat.later
    if credential(earlier) != credential(later) and refreshes(case, exchange):
        return False  # OB202 where a refresh is not accepted
    if Handling.RENEW_CONSENT in error.accepts and (len(error.accepts) == 1 or renewed(repeat)):
        return False  # OB205
    if Handling.RELOAD_STATE in error.accepts:
        return not read_between(exchange, earlier, later) and idempotency_key(earlier) == idempotency_key(
            later
        )  # OB107
    return True


def renewed(repeat: Repeat) -> bool:
    return consent(repeat.earlier) != consent(repeat.later)


@rule(
    "OB102",
    "did not recover from an error that had cleared",
    fix="retry as documented, a bounded number of times (a client that fails fast by choice: ignore OB102)",
    speaks_when="the error clears once handled as documented, and the call is safe or carries an idempotency key; "
    "never for a raise that preserves the delay of a wait",
    yields_to=("OB101", "OB103", "OB105", "OB106", "OB201", "OB202", "OB206", "OB402", "OB405", "OB406"),
)
def gave_up(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    error = case.error
    if case.persistence is Persistence.ALWAYS or not error.accepts <= REPEATABLE or outcome.stopped or outcome.fallback:
        return
    failed = attempts(case, exchange)
    if not failed or (outcome.returned and not (outcome.accepted and unrecovered(case, exchange))):
        return
    if not (failed[-1].operation and (failed[-1].operation.safe or has_key(failed[-1]))):
        return
    if carries_delay(case, exchange, outcome) or (Handling.WAIT in error.accepts and repeats(case, exchange)):
        return
    if error.accepts == {Handling.REFRESH_TOKEN} and not (refreshes(case, exchange) and credential(failed[-1])):
        return  # OB206; OB203 where no token is sent at all
    what = "gave up although the retry succeeded" if not unrecovered(case, exchange) else "gave up"
    yield Seen(
        f"{case.met}, which clears once it is handled; "
        f"the client {what} after {len(failed)} call{'s' if len(failed) > 1 else ''}"
    )


def has_key(interaction: Interaction) -> bool:
    operation = interaction.operation
    return bool(operation and operation.idempotency_key and idempotency_key(interaction))


@rule(
    "OB103",
    "kept retrying",
    fix="bound the retries, as documented, then raise",
    speaks_when="more retries than documented, or the runaway limit: after 50 calls the sandbox stops the client",
)
def kept_retrying(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if outcome.stopped:
        yield Seen(f"the client called {len(exchange)} times and was stopped")
        return
    limit = case.error.max_retries
    last = longest(repeats(case, exchange))
    if limit is not None and last is not None and last.count > limit and case.error.accepts & REPEATABLE:
        yield Seen(
            f"{case.met} and was retried {last.count} times; documented: at most {limit}",
            {repeat.later: "<- one retry too many" for repeat in last.chain()[limit:]},
        )


@rule(
    "OB104",
    "retried without backing off",
    fix="wait longer before each retry: exponential backoff; jitter of any kind, and equal waits of 4 s or more, are accepted",
    speaks_when="at least two retries, all delays zero, or all equal and under 4 s",
)
def no_backoff(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if Handling.BACKOFF not in case.error.accepts:
        return
    last = longest(repeats(case, exchange))
    if last is None or last.count < 2:
        return
    chain = last.chain()
    if all(waited_out(exchange, repeat) for repeat in chain):
        return
    delays = [repeat.delay for repeat in chain]
    at_once = max(delays) <= INSTANT
    if at_once or (max(delays) - min(delays) <= EQUAL and max(delays) < SHORT - INSTANT):
        said = "at once each time" if at_once else f"always after {delays[0]:.3g} s"
        yield Seen(
            f"{case.met}; the client retried {len(chain)} times, {said}",
            {repeat.later: f"<- after {repeat.delay:.3g} s" for repeat in chain},
        )


def waited_out(exchange: Exchange, repeat: Repeat) -> bool:
    """Tell whether a retry waited as long as the answer's Retry-After can be read to say, on an error that need not carry one."""
    return any(repeat.later.at >= ends - TOLERANCE for ends in possible_ends(exchange, repeat.earlier))


@rule(
    "OB105",
    "retried before Retry-After had passed",
    fix="wait as long as Retry-After says (seconds or an HTTP date), or raise at once and hand the delay on",
    speaks_when="a Retry-After was sent; the repeat came more than 1 s too early",
)
def too_early(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if Handling.WAIT not in case.error.accepts:
        return
    early: dict[Repeat, float] = {}
    for repeat in repeats(case, exchange):
        ends = retry_ends(exchange, repeat.earlier)
        if ends is not None and repeat.later.at < ends - TOLERANCE:
            early[repeat] = ends - repeat.later.at
    if early:
        first = next(iter(early))
        header = first.earlier.response.headers["Retry-After"] if first.earlier.response else ""
        yield Seen(
            f"{case.met} with Retry-After: {header}; the client called again after {first.delay:.1f} s",
            {repeat.later: f"<- too early by {by:.1f} s" for repeat, by in early.items()},
        )


@rule(
    "OB106",
    "slept longer than max-wait instead of raising",
    fix="raise, with the delay, when the wait is longer than a caller can stand (max-wait, 3600 s by default)",
    speaks_when="one wait of the client, after the error, exceeded max-wait",
)
def slept_too_long(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    failed = attempts(case, exchange)
    if not failed:
        return
    # Of equal waits the first, whatever the fractions of floating point are.
    longest_wait, until = max(waits(exchange, failed[0]), key=lambda wait: round(wait[0], 3), default=(0.0, None))
    if longest_wait > case.max_wait + TOLERANCE:
        yield Seen(
            f"the client waited {longest_wait:.0f} s in one go; max-wait is {case.max_wait} s",
            {until: f"<- after a wait of {longest_wait:.0f} s"} if until is not None else {},
        )


def waits(exchange: Exchange, failed: Interaction) -> Iterator[tuple[float, Interaction | None]]:
    """Yield each stretch of virtual time after an error in which no call was under way, with the call that ended it.

    What a client waits before its first call is none of the error's doing: a rate limiter that outlives a test does.
    """
    latest = failed.answered_at or failed.at
    for interaction in exchange[failed.index + 1 :]:
        yield interaction.at - latest, interaction
        latest = max(latest, interaction.answered_at or interaction.at)
    if exchange.ended_at is not None:
        yield exchange.ended_at - latest, None


@rule(
    "OB107",
    "after a conflict went on to write without any read",
    fix="read the state again before any further write; treat the first success as the one that stands",
    speaks_when="the same body under another key, or a write that the entry says it blocks",
)
def wrote_after_conflict(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if Handling.RELOAD_STATE not in case.error.accepts or case.error.accepts & REPEATABLE:
        return
    for failed in attempts(case, exchange):
        for later in after(exchange, failed):
            if (
                is_blocked(case, failed, later)
                and follows(exchange, later, failed)
                and not read_between(exchange, failed, later)
            ):
                yield Seen(
                    f"{case.met}; the client went on with {later.operation} without a read",
                    {later: "<- a write after the conflict"},
                )
                return


def is_blocked(case: ErrorCase, failed: Interaction, later: Interaction) -> bool:
    if later.operation is None or later.operation.reads:
        return False
    if later.operation is failed.operation and later.request.path == failed.request.path and same_body(failed, later):
        return idempotency_key(failed) != idempotency_key(later)
    return later.operation.id in case.error.blocks


RULES = (repeated, gave_up, kept_retrying, no_backoff, too_early, slept_too_long, wrote_after_conflict)
