"""Hypothesis strategies of requests and answers that break exactly one documented rule, and of valid requests.

For plain `@given`; the marker `openbanking_malformed` runs a test once for each site.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.catalogue.model import Operation, Provider
from pytest_openbanking.malformed.payloads import Malformed, payloads_at, valid_payloads
from pytest_openbanking.malformed.proof import WrongLabel, prove
from pytest_openbanking.malformed.responses import AnswerSite, MalformedAnswer, answer_sites, answers
from pytest_openbanking.malformed.sites import Site, Sites, Unbreakable, request_sites
from pytest_openbanking.registry import load_provider
from pytest_openbanking.sandboxes.selection import find_operation
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

__all__ = [
    "AnswerSite",
    "Malformed",
    "MalformedAnswer",
    "Site",
    "Sites",
    "Unbreakable",
    "WrongLabel",
    "answer_sites",
    "malformed_requests",
    "malformed_responses",
    "prove",
    "request_sites",
    "valid_requests",
]


def malformed_requests(
    provider: str | Provider, operation: str | Operation, *, sites: Sequence[Site | str] | None = None
) -> SearchStrategy[Malformed]:
    """Return the strategy of an operation's requests that break exactly one documented rule.

    `sites` narrows them, by site or by its id (`instructedAmount/currency-pattern`). Raises UsageError where no
    request schema is documented, or for a site that there is not.
    """
    _, found = operation_of(provider, operation)
    return payloads_at(found, None if sites is None else [site_of(found, site) for site in listed(found, sites)])


def malformed_responses(
    provider: str | Provider, operation: str | Operation, *, sites: Sequence[AnswerSite | str] | None = None
) -> SearchStrategy[MalformedAnswer]:
    """Return the strategy of an operation's answers, successes and errors, with exactly one thing wrong with them."""
    whose, found = operation_of(provider, operation)
    known = answer_sites(whose, found).sites
    chosen = known if sites is None else [named(found, known, site) for site in listed(found, sites)]
    return st.one_of([answers(whose, found, site) for site in chosen])


def valid_requests(provider: str | Provider, operation: str | Operation) -> SearchStrategy[object]:
    """Return the strategy of an operation's valid request bodies, as values."""
    return valid_payloads(operation_of(provider, operation)[1])


def operation_of(provider: str | Provider, operation: str | Operation) -> tuple[Provider, Operation]:
    whose = load_provider(provider) if isinstance(provider, str) else provider
    if not isinstance(whose, Provider) or not isinstance(operation, str | Operation):
        said = f"{provider!r}, {operation!r}"
        raise UsageError(f'a provider and an operation are wanted, like "paysera", "POST /v1/payments", not {said}')
    return whose, find_operation(whose, operation) if isinstance(operation, str) else operation


def listed(operation: Operation, sites: object) -> list[Any]:
    """Return the sites as a list; one of them alone, or none at all, is a mistake."""
    if isinstance(sites, str | Site | AnswerSite) or not isinstance(sites, Iterable):
        raise UsageError(f"{operation.id}: sites takes a list of sites, or of their ids, not {sites!r}")
    found = list(sites)
    if not found:
        raise UsageError(f"{operation.id}: no site was named")
    return found


def site_of(operation: Operation, site: Site | str) -> Site:
    found: Site = named(operation, request_sites(operation).sites, site)
    return found


def named(operation: Operation, known: Sequence[Any], site: Any) -> Any:
    """Return the site that is meant, by itself or by its id."""
    for each in known:
        if site in (each, each.id):
            return each
    ids = [each.id for each in known]
    close = nearest(str(getattr(site, "id", site)), ids) or [*ids[:8], *(["..."] if len(ids) > 8 else [])]
    raise UsageError(f"{operation.id} has no site {getattr(site, 'id', site)!r}; nearest: {', '.join(close)}")
