"""OB4xx: what came out of the client."""

from __future__ import annotations

import re
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.model import Handling
from pytest_openbanking.exchange import Fault
from pytest_openbanking.rules.carried import carriers, carries_text, everything, normal, strings
from pytest_openbanking.rules.delays import carries_delay
from pytest_openbanking.rules.evidence import (
    after,
    attempts,
    credential,
    refused,
    repeats,
    retry_ends,
    succeeded,
    unrecovered,
)
from pytest_openbanking.rules.libraries import is_foreign
from pytest_openbanking.rules.named import named_codes, named_fields
from pytest_openbanking.rules.rule import Seen, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.exchange import Exchange, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["RULES"]

# Faults that leave the answer whole: a client that is patient, or not strict, has it.
READABLE = frozenset({Fault.SLOW, Fault.CONTENT_TYPE, Fault.CHARSET})
# Faults that leave the status right: enough for a client that wants no more of a write.
BODILY = frozenset({Fault.TRUNCATED, Fault.EMPTY})


def failed_out(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> bool:
    """Tell whether the client met the error and said so: raised, or returned an error value.

    A value of the error type is none where the client recovered: some have one type for both. Where the client did
    what is accepted in place of raising, what it says is about that.
    """
    if not attempts(case, exchange) or outcome.stopped or remedied(case, exchange):
        return False
    return bool(outcome.exceptions) or (outcome.accepted and bool(unrecovered(case, exchange)))


@rule(
    "OB401",
    "swallowed the error: returned as if all were well",
    fix="raise the client's own error; a client that returns error values, or a documented fallback: set case.result "
    "inside the block and pass returns= to handled(), a type of error value or a predicate that tells a fallback",
    speaks_when="the client returned, the error never cleared for it, and nothing in returns= accepts the result",
)
def swallowed(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if not outcome.returned or outcome.accepted or outcome.fallback or remedied(case, exchange):
        return
    if case.error.fault in READABLE or (case.error.fault in BODILY and not case.operation.safe):
        return
    if case.must_raise and unrecovered(case, exchange):
        result = f" {short(outcome.result)}" if outcome.has_result else ""
        yield Seen(f"{case.met}; the client returned{result} without an exception")


def short(value: object) -> str:
    """Return a value's repr as one printable line, whatever it holds."""
    with suppress(Exception):
        text = repr(value)
        text = text if len(text) <= 80 else text[:77] + "..."
        return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    return f"a {type(value).__name__}"


def remedied(case: ErrorCase, exchange: Exchange) -> bool:
    """Tell whether the client did what is accepted in place of raising: a new consent, a read, a new job."""
    accepts, failed = case.error.accepts, attempts(case, exchange)
    if not failed:
        return False
    later = [call.operation for call in after(exchange, failed[0]) if succeeded(call) and call.operation is not None]
    return (
        (Handling.RENEW_CONSENT in accepts and any(operation.acts == "consent" for operation in later))
        or (Handling.RELOAD_STATE in accepts and any(operation.safe for operation in later))
        or (Handling.RECONNECT in accepts and any(operation.acts == "job" for operation in later))
    )


@rule(
    "OB402",
    "leaked an exception that is not the promised type",
    fix="catch it in the client and raise the promised type from it",
    speaks_when="the type is none of `raises`; with none promised, only types of the standard library and of HTTP, JSON, "
    "retry and validation libraries",
    yields_to=("OB502",),
)
def leaked(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if not attempts(case, exchange) and not refused(case, exchange, outcome):
        return
    for exception in outcome.exceptions:
        wrong = not isinstance(exception, outcome.promised) if outcome.promised else is_foreign(exception)
        if wrong:
            promised = " or ".join(kind.__name__ for kind in outcome.promised) or "an exception of the client's own"
            yield Seen(
                f"{begin(case, exchange)}; {full_name(exception)} came out ({short(exception)}); promised: {promised}"
            )
            return


def begin(case: ErrorCase, exchange: Exchange) -> str:
    """Return how a finding begins: with what the client met, if it called at all."""
    return case.met if attempts(case, exchange) else f"{case.operation} was not called"


def full_name(exception: BaseException) -> str:
    kind = type(exception)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


@rule(
    "OB403",
    "lost the provider's code",
    fix="keep the provider's code on the exception, in its text, or in its class",
    speaks_when="nothing carries it: not the exception's text, class name, attributes, causes and their responses, nor the"
    " result",
    yields_to=("OB402", "OB102", "OB206"),
)
def lost_code(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if case.error.fault is not None or not failed_out(case, exchange, outcome):
        return
    codes = named_codes(case, exchange)
    if not any(carries_text(carriers(outcome), code) for code in codes):
        yield Seen(f"{case.met}; {came_out(outcome)} does not carry {' or '.join(codes)}")


def came_out(outcome: Outcome) -> str:
    return short(outcome.exceptions[0]) if outcome.exceptions else short(outcome.result)


@rule(
    "OB404",
    "lost the invalid fields",
    fix="hand on the fields that the provider names",
    speaks_when="the provider documents field names for the error, and one is not carried; or the client refused a malformed"
    " payload by itself, and does not say which member is wrong",
    yields_to=("OB402", "OB403"),
)
def lost_fields(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if refused(case, exchange, outcome):
        if case.names and not any(carries_field(outcome, name) for name in case.names):
            yield Seen(f"{case.operation} was not called; {came_out(outcome)} does not carry {case.names[0]}")
        return
    if not case.error.fields or not failed_out(case, exchange, outcome):
        return
    named = named_fields(case, exchange)
    lost = [field for field in named if not carries_field(outcome, field)]
    if lost:
        yield Seen(f"{case.met} for {', '.join(named)}; {came_out(outcome)} does not carry {', '.join(lost)}")


def carries_field(outcome: Outcome, field: str) -> bool:
    """Tell whether a field's path is carried: whole, in its parts as words, or its last part as a value of its own."""
    texts = list(strings(everything(carriers(outcome))))
    parts = [normal(part) for part in re.split(r"[./]", field) if part]
    words = {normal(word) for text in texts for word in re.findall(r"[A-Za-z0-9]+", text)}
    return (
        any(normal(field) in normal(text) for text in texts)
        or all(part in words for part in parts)
        or any(normal(text) == parts[-1] for text in texts)
    )


@rule(
    "OB405",
    "leaked a credential",
    fix="keep tokens, keys and secrets out of messages, reprs and log records",
    speaks_when="it is in the outgoing exception's message or repr, its traceback as Python prints it, or log records",
)
def leaked_credential(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    secrets = {*case.sandbox.tokens.secrets(), *filter(None, map(credential, exchange))}
    secrets = {secret for secret in secrets if len(secret) >= 8}
    for place, text in printed(outcome):
        if any(secret in text for secret in secrets):
            yield Seen(f"{begin(case, exchange)}; a credential is in {place}")
            return


def printed(outcome: Outcome) -> Iterator[tuple[str, str]]:
    for exception in outcome.exceptions:
        kind = type(exception).__name__
        with suppress(Exception):
            yield f"the message of {kind}", str(exception)
        if not is_foreign(exception):  # what a library's repr shows is not the client's doing
            with suppress(Exception):
                yield f"the repr of {kind}", repr(exception)
        with suppress(Exception):
            yield f"the traceback of {kind}", "".join(traceback.format_exception(exception))
    for record in outcome.logs:
        yield "a log record", record


@rule(
    "OB406",
    "lost the delay",
    fix="hand the delay on: on the exception as a number, a timedelta or a moment, or with the response",
    speaks_when="raised on an error with Retry-After without having waited, and nothing carries the delay",
    yields_to=("OB402", "OB105"),
)
def lost_delay(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if Handling.WAIT not in case.error.accepts or not failed_out(case, exchange, outcome):
        return
    failed = attempts(case, exchange)
    header = failed[0].response.headers.get("Retry-After") if failed[0].response else None
    if header is None or waited(case, exchange) or carries_delay(case, exchange, outcome):
        return
    yield Seen(f"{case.met} with Retry-After: {header}; {came_out(outcome)} does not carry it")


def waited(case: ErrorCase, exchange: Exchange) -> bool:
    """Tell whether the client waited for a Retry-After to end before it raised."""
    first = retry_ends(exchange, attempts(case, exchange)[0])
    ended = exchange.ended_at or 0.0
    return bool(repeats(case, exchange)) or (first is not None and ended >= first - 1)


RULES = (swallowed, leaked, lost_code, lost_fields, leaked_credential, lost_delay)
