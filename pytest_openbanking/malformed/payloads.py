"""Payloads that break one rule, drawn by Hypothesis, and payloads that break none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from zlib import crc32

from hypothesis import strategies as st

from pytest_openbanking.malformed.contract import contract_of, exact
from pytest_openbanking.malformed.labels import Label
from pytest_openbanking.malformed.named import prepare
from pytest_openbanking.malformed.plan import DRAWN, ODD, broken, is_proven, plan_of
from pytest_openbanking.malformed.sites import Site, sites_of
from pytest_openbanking.malformed.valid import valid
from pytest_openbanking.malformed.wire.bodies import WIRE, first_body, wire_bodies
from pytest_openbanking.malformed.writing import body_of
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from hypothesis.strategies import SearchStrategy
    from hypothesis.vendor.pretty import RepresentationPrinter

    from pytest_openbanking.catalogue.model import Operation
    from pytest_openbanking.malformed.breaking.target import Draw, Target
    from pytest_openbanking.malformed.contract import Contract
    from pytest_openbanking.malformed.plan import Breaking

__all__ = ["Malformed", "payloads", "payloads_at", "valid_payloads"]

SHOWN = 500  # bytes of a body; Hypothesis warns of long texts
DRAWN_IN = 2  # documents in which values are drawn
IN_A_TOUR = 30  # sites; more than that are toured by a strategy of their own


@dataclass(frozen=True)
class Malformed:
    """A payload that breaks one rule; for a fault of the body itself, the valid payload that the body is made from."""

    site: Site
    payload: object
    body: bytes

    @property
    def pointer(self) -> str:
        """Where it is malformed (RFC 6901); for `required` the member that is missing."""
        return self.site.pointer

    @property
    def keyword(self) -> str:
        """The keyword of JSON Schema that it breaks; `wire` for a fault of the body itself."""
        return self.site.keyword

    def __repr__(self) -> str:
        more = f"... {len(self.body)} bytes" if len(self.body) > SHOWN else ""
        return f"Malformed({self.site.id}: {self.body[:SHOWN]!r}{more})"

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        """Print the same where Hypothesis shows a failing example (IPython's protocol)."""
        printer.text(repr(self))


def payloads(operation: Operation, site: Site) -> SearchStrategy[Malformed]:
    """Return the strategy of an operation's payloads that break one rule; raises UsageError for a site that it has not."""
    prepare()
    return at_site(contract_of(operation), site)


def valid_payloads(operation: Operation) -> SearchStrategy[object]:
    """Return the strategy of an operation's valid payloads, its documented example first."""
    prepare()
    contract = contract_of(operation)
    sound = st.sampled_from(plan_of(contract).sound).map(exact)
    return sound | valid(contract)


def payloads_at(operation: Operation, sites: Sequence[Site] | None = None) -> SearchStrategy[Malformed]:
    """Return the strategy of payloads at any of the sites (None: all), the smallest of each before any other.

    A branch that holds one payload for each site is exhausted first, as Hypothesis draws nothing twice: so up to
    forty sites are all reached within 100 examples.
    """
    prepare()
    contract = contract_of(operation)
    chosen = sites_of(contract).sites if sites is None else tuple(sites)
    if not chosen:
        raise UsageError(f"{operation.id}: no site was named")
    smallest = [first(contract, site) for site in chosen]
    parts = -(-len(smallest) // IN_A_TOUR)
    tours = [st.sampled_from(smallest[part::parts]).map(fresh) for part in range(parts)]
    ways = [*tours, st.one_of([at_site(contract, site) for site in chosen])]
    which: SearchStrategy[int] = st.booleans() if len(ways) == 2 else st.integers(0, len(tours))
    return which.flatmap(ways.__getitem__)


@lru_cache(maxsize=4096)
def at_site(contract: Contract, site: Site) -> SearchStrategy[Malformed]:
    check(contract, site)
    if site.keyword == WIRE:
        return wire_bodies(contract, site.name, lambda payload, body: Malformed(site, exact(payload), body))
    breaking = plan_of(contract).breakings[label_of(site)]
    odd = known(contract, breaking)
    draw = DRAWN.get(breaking.rule.keyword, nothing)
    drawn = [
        drawn_by(contract, breaking, site, partial(payload_of, breaking, document, each), odd, each.strategy)
        for document, target in breaking.targets(contract)[:DRAWN_IN]
        for each in draw(target)
    ]
    return st.one_of(st.sampled_from(odd).map(partial(finished, contract, site)), *drawn)


def check(contract: Contract, site: Site) -> None:
    known = sites_of(contract).sites
    if site not in known:
        raise UsageError(f"{contract.name} has no site {site.id!r}; known: {', '.join(each.id for each in known)}")


def label_of(site: Site) -> Label:
    return Label(site.pointer, site.keyword, site.name)


def finished(contract: Contract, site: Site, payload: object) -> Malformed:
    return Malformed(site, exact(payload), body_of(contract, payload))


def fresh(malformed: Malformed) -> Malformed:
    return Malformed(malformed.site, exact(malformed.payload), malformed.body)


def known(contract: Contract, breaking: Breaking) -> list[object]:
    """Return the proven payloads that need no drawing, the smallest and plainest first."""
    found = {body_of(contract, payload): payload for payload in (*tried(contract, breaking), breaking.first)}
    return [found[body] for body in sorted(found, key=lambda body: (len(body), body.count(b" "), body))]


def tried(contract: Contract, breaking: Breaking) -> Iterator[object]:
    for document, target in breaking.targets(contract):
        for value in ODD[breaking.rule.keyword](target):
            payload = broken(document, breaking.rule.place.tokens, value)
            if is_proven(contract, breaking.label, payload):
                yield payload


def payload_of(breaking: Breaking, document: object, draw: Draw, drawn: object) -> object:
    return broken(document, breaking.rule.place.tokens, draw.shape(drawn))


def drawn_by(
    contract: Contract,
    breaking: Breaking,
    site: Site,
    payload_of: Callable[[object], object],
    odd: list[object],
    strategy: SearchStrategy[object],
) -> SearchStrategy[Malformed]:
    """Return the strategy of payloads that are drawn; one that proves to break something else becomes a known one.

    To filter those out instead would fail Hypothesis' health check where few of the draws break one rule alone.
    """

    def proven(drawn: object) -> Malformed:
        payload = payload_of(drawn)
        if not is_proven(contract, breaking.label, payload):
            payload = odd[crc32(repr(drawn).encode("utf-8", "replace")) % len(odd)]
        return finished(contract, site, payload)

    return strategy.map(proven)


def nothing(target: Target) -> list[Draw]:
    """Draw nothing for a rule that there are only a few ways to break."""
    return []


def first(contract: Contract, site: Site) -> Malformed:
    """Return a payload of a site without drawing anything."""
    check(contract, site)
    if site.keyword == WIRE:
        found = first_body(contract, site.name)
        return Malformed(site, found.payload, found.body)
    return finished(contract, site, plan_of(contract).breakings[label_of(site)].first)
