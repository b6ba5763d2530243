"""OB2xx: tokens, keys and consents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.model import Handling
from pytest_openbanking.rules.evidence import (
    attempts,
    consent,
    credential,
    follows,
    refreshes,
    repeats,
    same_request,
    unrecovered,
)
from pytest_openbanking.rules.rule import Seen, rule
from pytest_openbanking.sandboxes.arming import Persistence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.exchange import Exchange, Interaction, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["RULES"]

TIDY = re.compile(r"\S+( \S.*\S| \S)?")
NOTHING = re.compile(r"\s*|Bearer( None| null| undefined)?\s*", re.IGNORECASE)


@rule(
    "OB201",
    "called again with the token that was refused",
    fix="obtain a new token first, and repeat the call with that",
    speaks_when="the repeat started after the refusal arrived, in the same task",
)
def same_token(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    error = case.error
    if Handling.REFRESH_TOKEN not in error.accepts or error.status not in (401, 403):
        return
    wrong = [
        repeat.later
        for repeat in repeats(case, exchange)
        if credential(repeat.later) is not None and credential(repeat.later) == credential(repeat.earlier)
    ]
    if wrong:
        yield Seen(
            f"{case.met}; the client called again with the same token",
            dict.fromkeys(wrong, "<- the refused token again"),
        )


@rule(
    "OB202",
    "refreshed more than once for one call, or where no refresh is a remedy",
    fix="refresh once, for the codes whose remedy it is, and give up if the new token is refused too",
    speaks_when="a token call after the first attempt; one block checks one call, and one refresh for each call refused"
    " at the same time is allowed",
)
def refreshed_too_often(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    error, calls = case.error, consequent(case, exchange)
    if not calls or case.error.operation.issues_tokens or error.fault is not None:
        return
    if Handling.REFRESH_TOKEN not in error.accepts:
        if fetches_for_each_try(case, exchange) or expired(case, exchange, calls[0]):
            return
        if Handling.RELOAD_STATE in error.accepts and not repeats(case, exchange):
            return  # where a session brings the state along, asking for one is a way to read it
        calls = [call for call in calls if not serves_another(case, exchange, call)]
        if calls:
            yield Seen(
                f"{case.met}, which no new token clears; the client asked for one",
                dict.fromkeys(calls, "<- a new token"),
            )
        return
    allowed = max(1, len(refused_calls(case, exchange)))
    if len(calls) > allowed:
        yield Seen(
            f"{case.met}; the client asked for a new token {len(calls)} times"
            + (f" for {allowed} calls" if allowed > 1 else ""),
            dict.fromkeys(calls[allowed:], "<- one refresh too many"),
        )


def refused_calls(case: ErrorCase, exchange: Exchange) -> list[Interaction]:
    """Return the refused calls that repeat none: each may be followed by a refresh of its own."""
    repeated = {repeat.later for repeat in repeats(case, exchange)}
    return [call for call in attempts(case, exchange) if call not in repeated]


def consequent(case: ErrorCase, exchange: Exchange) -> list[Interaction]:
    """Return the refreshes that followed an error; a task that renews tokens by the clock follows none."""
    failed = attempts(case, exchange)
    return [call for call in refreshes(case, exchange) if any(follows(exchange, call, earlier) for earlier in failed)]


def serves_another(case: ErrorCase, exchange: Exchange, refresh: Interaction) -> bool:
    """Tell whether a token was asked for to call something else with: a new consent, a read of the state."""
    after = exchange[refresh.index + 1 :]
    later = (call for call in after if call.followed(refresh) and call.operation is not refresh.operation)
    following = next(later, None)
    return following is not None and not any(same_request(following, failed) for failed in attempts(case, exchange))


def fetches_for_each_try(case: ErrorCase, exchange: Exchange) -> bool:
    """Tell whether the client asks for a token before every call, the first included: that is no refresh."""
    first = attempts(case, exchange)[0]
    before = any(call.operation and call.operation.issues_tokens for call in exchange[: first.index])
    return before and bool(case.error.accepts & {Handling.WAIT, Handling.BACKOFF})


def expired(case: ErrorCase, exchange: Exchange, refresh: Interaction) -> bool:
    """Tell whether the client's token may have run out by itself: it is as old as that, or so much time has passed here."""
    lifetime = case.sandbox.provider.auth.token_lifetime
    issued = [case.sandbox.tokens.issued_at.get(credential(call) or "") for call in attempts(case, exchange)]
    since = min((at - exchange.epoch for at in issued if at is not None), default=0.0)
    return refresh.at - min(since, 0.0) >= (lifetime - 300 if lifetime else 300)


@rule(
    "OB203",
    "Authorization missing, or with stray whitespace",
    fix="send `Authorization: Bearer <token>`, one space, nothing before or after",
    speaks_when="the operation documents a bearer token or key",
)
def untidy_authorization(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    for call in exchange:
        operation = call.operation
        if operation is None or not operation.authorization:
            continue
        if operation.issues_tokens and operation not in case.operations:
            continue
        value = call.request.headers.get("Authorization")
        if value is None or NOTHING.fullmatch(value):
            yield Seen(f"{operation} was called without Authorization", {call: "<- no Authorization"})
            return
        if not TIDY.fullmatch(value):
            yield Seen(f"{operation} was called with stray whitespace in Authorization", {call: "<- stray whitespace"})
            return


@rule(
    "OB205",
    "went on under an expired or invalid consent",
    fix="stop, and have the user authorise a new consent",
    speaks_when="a repeat under the same consent",
)
def same_consent(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    error = case.error
    if error.accepts != {Handling.RENEW_CONSENT}:
        return
    wrong = [
        repeat.later
        for repeat in repeats(case, exchange)
        if consent(repeat.later) == consent(repeat.earlier)
        and not consented(exchange, repeat.earlier, repeat.later)
        and (credential(repeat.later) == credential(repeat.earlier) or not refreshes(case, exchange))  # else OB202
    ]
    if wrong:
        yield Seen(
            f"{case.met}; the client called again under the same consent",
            dict.fromkeys(wrong, "<- the same consent"),
        )


def consented(exchange: Exchange, earlier: Interaction, later: Interaction) -> bool:
    """Tell whether a new consent was started between two calls that name none."""
    between = exchange[earlier.index + 1 : later.index]
    started = any(call.operation is not None and call.operation.acts == "consent" for call in between)
    return started and consent(later) is None


@rule(
    "OB206",
    "never refreshed, though a refresh is the documented remedy",
    fix="on this code obtain a new token, once, and repeat the call with it",
    speaks_when="the error clears with a new token, and the client raised",
    yields_to=("OB201", "OB402"),
)
def never_refreshed(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    error = case.error
    if case.persistence is Persistence.ALWAYS or error.accepts != {Handling.REFRESH_TOKEN}:
        return
    if outcome.stopped or outcome.fallback or (outcome.returned and not outcome.accepted):
        return
    if unrecovered(case, exchange) and not refreshes(case, exchange):
        yield Seen(f"{case.met}; the client asked for no new token and gave up")


RULES = (same_token, refreshed_too_often, untidy_authorization, same_consent, never_refreshed)
