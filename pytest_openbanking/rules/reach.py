"""OB0xx: the client and the operation under test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.rules.evidence import refused
from pytest_openbanking.rules.outcomes import short
from pytest_openbanking.rules.rule import Seen, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.exchange import Exchange, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["RULES"]


@rule(
    "OB001",
    "never called the operation under test",
    fix="call the operation inside `handled()`, through the client's own HTTP library, at openbanking.base_url",
    speaks_when="no interaction of the exchange is of that operation, and the client did not refuse a malformed payload by"
    " itself; a mock that answered first (respx, responses, vcrpy) is named",
    yields_to=("OB502",),
)
def never_called(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if any(interaction.operation in case.operations for interaction in exchange):
        return
    from pytest_openbanking.intercept.gate import who_answered

    mock = who_answered()
    if mock is None and refused(case, exchange, outcome):
        return
    called = ", ".join(dict.fromkeys(str(interaction.operation) for interaction in exchange if interaction.operation))
    yield Seen(
        f"{case.operation} was not called; "
        + (f"the client called {called}" if called else "the client called nothing of the provider's")
        + (f"; {mock} answered first" if mock else "")
        + (f"; it raised {short(outcome.exceptions[0])}" if outcome.exceptions else "")
    )


RULES = (never_called,)
