"""What the marker `openbanking_malformed` chooses: the sites of one operation, each a test."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.malformed.expected import validation_error
from pytest_openbanking.sandboxes.selection import find_operation
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.catalogue.model import Operation, Provider
    from pytest_openbanking.malformed.case import MalformedCase
    from pytest_openbanking.malformed.payloads import Malformed
    from pytest_openbanking.malformed.responses import AnswerSite
    from pytest_openbanking.malformed.rules import Unbreakable
    from pytest_openbanking.malformed.sites import Site
    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["Choice", "choose", "found_in"]

PARTS = ("request", "response")


@dataclass(frozen=True)
class Choice:
    """One site of an operation, and how many examples there are to be of it (None: as the profile says)."""

    operation: Operation
    site: Site | AnswerSite
    part: str
    max_examples: int | None = None

    def case(self, sandbox: Sandbox) -> MalformedCase:
        from pytest_openbanking.malformed.case import MalformedRequest, MalformedResponse

        if self.part == "response":
            return MalformedResponse(self.operation, self.site, sandbox)  # type: ignore[arg-type]
        return MalformedRequest(validation_error(sandbox.provider, self.operation), self.site, sandbox)  # type: ignore[arg-type]

    def values(self, provider: Provider) -> SearchStrategy[object]:
        """Return what Hypothesis draws the examples from."""
        if self.part == "response":
            from pytest_openbanking.malformed.responses import answers

            return answers(provider, self.operation, self.site)  # type: ignore[arg-type]
        from pytest_openbanking.malformed.payloads import payloads

        return payloads(self.operation, self.site).filter(can_be_sent)  # type: ignore[arg-type]


def can_be_sent(malformed: Malformed) -> bool:
    """Tell whether a client that is handed the payload can write it as JSON in UTF-8: what cannot be is not its doing."""
    try:
        json.dumps(malformed.payload, ensure_ascii=False, allow_nan=False).encode()
    except ValueError:
        return False
    return True


def choose(
    provider: Provider, operation: object, *, part: object = "request", max_examples: object = None
) -> dict[str, Choice]:
    """Return the sites of an operation by their ids; raises UsageError where the marker is wrong."""
    if not isinstance(operation, str):
        raise UsageError(
            f'marker openbanking_malformed takes one operation, like "POST /v1/payments", not {operation!r}'
        )
    if part not in PARTS:
        close = nearest(str(part), PARTS, most=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise UsageError(f"marker openbanking_malformed: unknown part {part!r}{hint}; allowed: {', '.join(PARTS)}")
    if max_examples is not None and (type(max_examples) is not int or max_examples < 1):
        raise UsageError(
            f"marker openbanking_malformed: max_examples must be a number, 1 or more, not {max_examples!r}"
        )
    found = find_operation(provider, operation)
    chosen = {site.id: Choice(found, site, str(part), max_examples) for site in found_in(provider, found, str(part))[0]}
    if not chosen:
        raise UsageError(f"nothing in a {part} of {found.id} can be malformed: its schema has no rule")
    return chosen


def found_in(
    provider: Provider, operation: Operation, part: str
) -> tuple[Sequence[Site | AnswerSite], Sequence[Unbreakable]]:
    """Return what of an operation's requests, or answers, can be malformed alone, and what cannot."""
    if part == "response":
        from pytest_openbanking.malformed.responses import answer_sites

        answers = answer_sites(provider, operation)
        return answers.sites, answers.unbreakable
    from pytest_openbanking.malformed.sites import request_sites

    requests = request_sites(operation)
    validation_error(provider, operation)
    return requests.sites, requests.unbreakable
