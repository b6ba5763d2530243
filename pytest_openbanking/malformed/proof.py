"""Holding a malformed payload against its label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.malformed.contract import contract_of
from pytest_openbanking.malformed.labels import Label, labels_of
from pytest_openbanking.malformed.plan import is_form
from pytest_openbanking.malformed.wire.bodies import WIRE, is_faulty
from pytest_openbanking.malformed.writing import body_of

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import Operation
    from pytest_openbanking.malformed.contract import Contract
    from pytest_openbanking.malformed.payloads import Malformed

__all__ = ["WrongLabel", "prove"]


class WrongLabel(AssertionError):  # noqa: N818
    """A payload that does not break what it is said to break, or more than that."""


def prove(operation: Operation, malformed: Malformed) -> None:
    """Raise WrongLabel, in one line, unless a payload breaks exactly the rule that it is labelled with."""
    contract = contract_of(operation)
    site = malformed.site
    problem = wire_problem(contract, malformed) if site.keyword == WIRE else rule_problem(contract, malformed)
    if problem:
        raise WrongLabel(f"{operation.id} {site.id}: {problem}")


def wire_problem(contract: Contract, malformed: Malformed) -> str | None:
    if is_faulty(contract, malformed.site.name, malformed.body):
        return None
    return f"the body is not {malformed.site.name}: {malformed.body[:60]!r}"


def rule_problem(contract: Contract, malformed: Malformed) -> str | None:
    site = malformed.site
    errors = contract.errors(malformed.payload)
    if len(errors) != 1:
        found = "; ".join(str(label) for error in errors for label in labels_of(error))
        return f"jsonschema finds {len(errors)} errors in it: {found}" if errors else "jsonschema finds no error in it"
    found_labels = list(labels_of(errors[0]))
    if Label(site.pointer, site.keyword, site.name) not in found_labels:
        return f"jsonschema finds instead: {', '.join(map(str, found_labels)) or errors[0].validator}"
    if contract.form and not is_form(malformed.payload):
        return "a form holds nothing but text"
    if malformed.body != body_of(contract, malformed.payload):
        return "the body is not the payload"
    return None
