"""Bodies with a fault, made from valid payloads."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeVar, cast

from hypothesis import find
from hypothesis import strategies as st

from pytest_openbanking.malformed.named import QUIET
from pytest_openbanking.malformed.plan import plan_of
from pytest_openbanking.malformed.wire.forms import FORM
from pytest_openbanking.malformed.wire.texts import JSON
from pytest_openbanking.malformed.writing import body_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.malformed.breaking.target import Draw
    from pytest_openbanking.malformed.contract import Contract
    from pytest_openbanking.malformed.wire.fault import Fault

__all__ = ["WIRE", "first_body", "is_faulty", "wire_bodies", "wires"]

Made = TypeVar("Made")
WIRE = "wire"


def faults(contract: Contract) -> dict[str, Fault]:
    return FORM if contract.form else JSON


def wires(contract: Contract) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the faults that a body can have, and for the others why it cannot."""
    lacking = [name for name, fault in faults(contract).items() if not base(contract, fault)]
    reasons = dict.fromkeys(lacking, "the body has no member to put it in")
    if not contract.required:
        reasons["empty"] = "the body is optional"
    if contract.form:
        reasons |= {name: "a form is no JSON" for name in JSON if name not in FORM}
    return tuple(name for name in faults(contract) if name not in reasons), reasons


def base(contract: Contract, fault: Fault) -> list[object]:
    return [payload for payload in plan_of(contract).sound if fault.needs(payload)]


def wire_bodies(contract: Contract, name: str, made: Callable[[object, bytes], Made]) -> SearchStrategy[Made]:
    """Return the strategy of what is made from a valid payload, and a body of it that has the fault."""
    fault = faults(contract)[name]
    return st.one_of(
        [
            spoilt(fault, draw, partial(made, payload))
            for payload in base(contract, fault)
            for draw in fault.spoil(payload, body_of(contract, payload))
        ]
    )


def spoilt(fault: Fault, draw: Draw, made: Callable[[bytes], Made]) -> SearchStrategy[Made]:
    faulty = draw.strategy.filter(lambda drawn: fault.shows(cast("bytes", draw.shape(drawn))))
    return faulty.map(lambda drawn: made(cast("bytes", draw.shape(drawn))))


@dataclass(frozen=True, repr=False)
class Spoilt:
    """A body with its payload; without a text of its own, as Hypothesis warns of long ones."""

    payload: object
    body: bytes


@lru_cache(maxsize=4096)
def first_body(contract: Contract, name: str) -> Spoilt:
    """Return a small one of them."""
    return find(wire_bodies(contract, name, Spoilt), lambda found: True, settings=QUIET)


def is_faulty(contract: Contract, name: str, body: bytes) -> bool:
    """Tell whether a body has the fault of that name."""
    return name in faults(contract) and faults(contract)[name].shows(body)
