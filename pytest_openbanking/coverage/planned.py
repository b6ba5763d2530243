"""The case that a test is to check: known before it runs, also of one that is skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_openbanking.marks import marked_provider, registry_for
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import pytest

    from pytest_openbanking.catalogue.model import DocumentedError

__all__ = ["Planned", "planned_of"]


class Planned(NamedTuple):
    """`part` and `site` are those of a malformed case."""

    error: DocumentedError
    persistence: str
    part: str = ""
    site: str | None = None


def planned_of(item: pytest.Item) -> Planned | None:
    """Return a test's case by its parameters."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    if "openbanking_error" in parameters:
        error, lasts = parameters["openbanking_error"]
        return Planned(error, lasts.value)
    if "openbanking_malformed" in parameters:
        return malformed(item, parameters["openbanking_malformed"])
    return None


def malformed(item: pytest.Item, choice: Any) -> Planned | None:
    from pytest_openbanking.malformed.case import malformed_error
    from pytest_openbanking.malformed.expected import validation_error

    try:
        registry = registry_for(item)
        provider = registry.provider(marked_provider(item, registry)[0])
        of_request = choice.part == "request"
        error = (
            validation_error(provider, choice.operation)
            if of_request
            else malformed_error(provider.name, choice.operation)
        )
    except UsageError:
        return None
    return Planned(error, "always", choice.part, choice.site.id)
