"""Hypothesis strategies of requests and answers that break exactly one documented rule, and of valid requests.

For plain `@given`; the marker `openbanking_malformed` runs a test once for each site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from pytest_openbanking.catalogue.entry import nearest
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

    from pytest_openbanking.catalogue.model import Operation, Provider

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
    return payloads_at(found, None if sites is None else [site_of(found, site) for site in sites])


def malformed_responses(
    provider: str | Provider, operation: str | Operation, *, sites: Sequence[AnswerSite | str] | None = None
) -> SearchStrategy[MalformedAnswer]:
    """Return the strategy of an operation's answers, successes and errors, with exactly one thing wrong with them."""
    whose, found = operation_of(provider, operation)
    known = answer_sites(whose, found).sites
    chosen = known if sites is None else [named(found, known, site) for site in sites]
    return st.one_of([answers(whose, found, site) for site in chosen])


def valid_requests(provider: str | Provider, operation: str | Operation) -> SearchStrategy[object]:
    """Return the strategy of an operation's valid request bodies, as values."""
    return valid_payloads(operation_of(provider, operation)[1])


def operation_of(provider: str | Provider, operation: str | Operation) -> tuple[Provider, Operation]:
    whose = load_provider(provider) if isinstance(provider, str) else provider
    return whose, find_operation(whose, operation) if isinstance(operation, str) else operation


def site_of(operation: Operation, site: Site | str) -> Site:
    found: Site = named(operation, request_sites(operation).sites, site)
    return found


def named(operation: Operation, known: Sequence[Any], site: Any) -> Any:
    """Return the site that is meant, by itself or by its id."""
    for each in known:
        if site in (each, each.id):
            return each
    close = nearest(str(getattr(site, "id", site)), [each.id for each in known]) or [each.id for each in known]
    raise UsageError(f"{operation.id} has no site {getattr(site, 'id', site)!r}; nearest: {', '.join(close)}")
