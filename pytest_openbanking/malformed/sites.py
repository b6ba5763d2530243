"""Every place and keyword of a request's schema that can be broken alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_openbanking.malformed.contract import contract_of
from pytest_openbanking.malformed.labels import Label
from pytest_openbanking.malformed.plan import plan_of
from pytest_openbanking.malformed.rules import Unbreakable
from pytest_openbanking.malformed.wire.bodies import WIRE, wires

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import Operation
    from pytest_openbanking.malformed.contract import Contract

__all__ = ["Site", "Sites", "Unbreakable", "limit_of", "request_sites", "sites_of"]


@dataclass(frozen=True)
class Site:
    """One rule that a payload can break alone.

    `pointer` (RFC 6901) is where jsonschema reports it; for `required` and `dependentRequired` the member that is
    missing; for `additionalProperties` the object that holds one too many. Within anyOf or oneOf `pointer` and
    `keyword` are the outermost union's, and `name` is the branch with its own rule: `0/iban pattern`; `several` is
    a value that more than one branch of a oneOf accepts. Faults of the body itself have the keyword `wire`, and a name.
    """

    pointer: str
    keyword: str
    name: str = ""

    @property
    def id(self) -> str:
        """The site as pytest shows it: `instructedAmount/currency-pattern`."""
        return "-".join(part for part in (self.pointer[1:], self.keyword, self.name) if part)

    @property
    def field(self) -> str:
        """The member as providers name fields: `instructedAmount.currency`, `creditors[0].name`."""
        parts = [part.replace("~1", "/").replace("~0", "~") for part in self.pointer.split("/")[1:]]
        return "".join(f"[{part}]" if part.isdecimal() else f".{part}" for part in parts).removeprefix(".")


@dataclass(frozen=True)
class Sites:
    """What can be broken alone, and what cannot."""

    sites: tuple[Site, ...]
    unbreakable: tuple[Unbreakable, ...]


@lru_cache(maxsize=256)
def sites_of(contract: Contract) -> Sites:
    plan = plan_of(contract)
    rules = [Site(label.pointer, label.keyword, label.name) for label in plan.breakings]
    named, missing = wires(contract)
    reasons = tuple(Unbreakable("", WIRE, f"{name}: {reason}") for name, reason in missing.items())
    return Sites((*rules, *(Site("", WIRE, name) for name in named)), (*plan.unbreakable, *reasons))


def request_sites(operation: Operation) -> Sites:
    """Return the sites of an operation's request.

    Raises UsageError, in one line, where no request schema is documented, or for one that cannot be worked with.
    """
    return sites_of(contract_of(operation))


def limit_of(operation: Operation, site: Site) -> object:
    """Return what the schema says at a site; None for a fault of the body itself, and within a union."""
    breaking = plan_of(contract_of(operation)).breakings.get(Label(site.pointer, site.keyword, site.name))
    return None if breaking is None or site.name else breaking.rule.limit
