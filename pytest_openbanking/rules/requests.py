"""OB5xx: the requests that the client sends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from pytest_openbanking.catalogue.model import Handling
from pytest_openbanking.catalogue.schemas import breaches
from pytest_openbanking.rules.rule import Seen, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.exchange import Exchange, Interaction, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["RULES"]


@rule(
    "OB501",
    "sent a request that breaks the documented schema",
    fix="build the body as the provider documents it",
    speaks_when="the body breaks a documented constraint, and the error under test is not about the request itself",
)
def breaks_schema(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    if Handling.FIX_REQUEST in case.error.accepts and case.error.status in (400, 422):
        return  # a test of a validation error may well send something invalid
    for call in exchange:
        operation = call.operation
        if operation is None or operation.request_schema is None:
            continue
        if (operation.issues_tokens and operation not in case.operations) or "Content-Encoding" in call.request.headers:
            continue
        problem = problem_of(call)
        if problem:
            yield Seen(
                f"{operation} was sent a body that is not as documented: {problem}", {call: "<- not as documented"}
            )
            return


def problem_of(call: Interaction) -> str | None:
    operation, body = call.operation, call.request.body
    assert operation is not None
    assert operation.request_schema is not None
    if not body:
        return "there is none" if operation.body_required else None
    if operation.content_type == "application/x-www-form-urlencoded":
        value: object = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    else:
        try:
            value = json.loads(body)
        except ValueError:
            return "it is not JSON"
    return next(iter(breaches(operation.request_schema, value)), None)


@rule(
    "OB502",
    "called an operation that is not documented",
    fix="check method and path against the provider's documentation",
    speaks_when="the host is the provider's, the method and path are none of its operations (the nearest are named)",
)
def undocumented(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen]:
    unknown = [call for call in exchange if call.refused]
    if unknown:
        yield Seen(unknown[0].refused or "", dict.fromkeys(unknown, "<- not documented"))


RULES = (breaks_schema, undocumented)
