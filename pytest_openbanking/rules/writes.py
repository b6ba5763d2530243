"""OB3xx: writes, idempotency keys, and acting twice."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.model import Handling
from pytest_openbanking.rules.evidence import (
    ambiguous,
    idempotency_key,
    read_between,
    repeats,
    retry_ends,
    same_body,
    same_request,
)
from pytest_openbanking.rules.rule import Seen, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.exchange import Exchange, Interaction, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["RULES"]


def keyed(exchange: Exchange) -> list[Interaction]:
    """Return the calls of operations whose Idempotency-Key is documented."""
    return [call for call in exchange if call.operation is not None and call.operation.idempotency_key]


def writes(case: ErrorCase, exchange: Exchange) -> list[Interaction]:
    """Return the keyed calls whose own handling is judged: token calls only where they are under test."""
    return [
        call
        for call in keyed(exchange)
        if call.operation is not None and (not call.operation.issues_tokens or call.operation in case.operations)
    ]


@rule(
    "OB301",
    "write without the documented Idempotency-Key",
    fix="send an Idempotency-Key (a UUID), one for each logical write, the same on every retry of it",
    speaks_when="the provider documents the key for the operation",
)
def no_key(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    without = [call for call in writes(case, exchange) if not idempotency_key(call)]
    if without:
        operation = without[0].operation
        assert operation is not None
        yield Seen(
            f"{operation} was called without {operation.idempotency_key}",
            dict.fromkeys(without, "<- no Idempotency-Key"),
        )


@rule(
    "OB302",
    "retried a write under another Idempotency-Key",
    fix="make the key once for each logical write, outside the retry loop",
    speaks_when="same body, after an ambiguous outcome (408, 5xx, lost answer)",
    yields_to=("OB301", "OB304"),
)
def another_key(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    wrong = [
        repeat
        for repeat in repeats(case, exchange)
        if repeat.later.operation is not None
        and repeat.later.operation.idempotency_key
        and ambiguous(repeat.earlier)
        and idempotency_key(repeat.earlier)
        and idempotency_key(repeat.later) != idempotency_key(repeat.earlier)
    ]
    if wrong:
        yield Seen(
            f"{case.met}, so it is unknown whether the write took effect; "
            "the client sent the same write under another key",
            {repeat.later: "<- another Idempotency-Key" for repeat in wrong},
        )


@rule(
    "OB303",
    "one Idempotency-Key for two different writes",
    fix="make a fresh key for each logical write",
    speaks_when="the same key on another path, or with another body",
)
def key_reused(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    for one, other in combinations(keyed(exchange), 2):
        key = idempotency_key(one)
        if key and key == idempotency_key(other) and not same_request(one, other):
            yield Seen(
                f"{one.operation} and a different write, {other.operation}, were sent under one Idempotency-Key",
                {other: "<- the same Idempotency-Key"},
            )
            return


@rule(
    "OB304",
    "the write took effect twice",
    fix="repeat a write whose answer was lost only under the same Idempotency-Key, or look first whether it took effect",
    speaks_when="the provider had acted although its answer was lost, and acted again on the repeat",
)
def acted_twice(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    for earlier, later in [
        *((repeat.earlier, repeat.later) for repeat in repeats(case, exchange)),
        *abandoned(exchange),
    ]:
        operation = later.operation
        if not (earlier.acted and later.acted and operation is not None and operation.acts in ("money", "job")):
            continue
        same = idempotency_key(earlier) == idempotency_key(later)
        if not (operation.idempotency_key and idempotency_key(later) and same):
            yield Seen(f"{operation} was carried out twice", {later: "<- carried out again"})
            return


def abandoned(exchange: Exchange) -> Iterator[tuple[Interaction, Interaction]]:
    """Yield each call whose answer the client stopped waiting for, with the same call by the same creator a while later."""
    for later in exchange:
        for earlier in exchange[: later.index]:
            pending = earlier.fault is not None and (earlier.answered is None or earlier.answered > later.known)
            if (
                pending
                and same_request(earlier, later)
                and later.parent == earlier.parent
                and later.at - earlier.at >= 1
            ):
                yield earlier, later


@rule(
    "OB305",
    "repeated a write blindly where no idempotency is documented",
    fix="do not retry: raise, or read first whether the write took effect",
    speaks_when="same body, after an ambiguous outcome, on an operation that moves money or starts a job",
    yields_to=("OB304", "OB101", "OB105"),
)
def blind_repeat(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    wrong = [
        repeat.later for repeat in repeats(case, exchange) if is_blind(case, exchange, repeat.earlier, repeat.later)
    ]
    if wrong:
        yield Seen(
            f"{case.met}, so it is unknown whether the write took effect; the client sent it again",
            dict.fromkeys(wrong, "<- the same write again"),
        )


def is_blind(case: ErrorCase, exchange: Exchange, earlier: Interaction, later: Interaction) -> bool:
    operation = later.operation
    if operation is None or operation.acts not in ("money", "job") or operation.idempotency_key:
        return False
    if Handling.WAIT in case.error.accepts and retry_ends(exchange, earlier) is not None:
        return False  # the provider asks for the retry; OB105 where it comes too early
    return ambiguous(earlier) and same_body(earlier, later) and not read_between(exchange, earlier, later)


RULES = (no_key, another_key, key_reused, acted_twice, blind_repeat)
