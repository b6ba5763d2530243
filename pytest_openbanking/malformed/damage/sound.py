"""The answers that an operation documents, before they are damaged."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_openbanking.asking import path_of
from pytest_openbanking.catalogue.model import Handling
from pytest_openbanking.catalogue.routing import PARAMETER, Route
from pytest_openbanking.exchange import Request
from pytest_openbanking.malformed.damage.documents import leaves, places
from pytest_openbanking.sandboxes.answers import error_response, success_response
from pytest_openbanking.sandboxes.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider
    from pytest_openbanking.exchange import Response

__all__ = ["Sound", "representatives", "sound_error", "sound_success"]

# Errors that a client may end without raising, having done what is accepted instead, say nothing when it returns.
ENDING = {Handling.RENEW_CONSENT, Handling.RELOAD_STATE, Handling.RECONNECT}
NEW_TOKEN = "${new_token}"


@dataclass(frozen=True, eq=False)
class Sound:
    """An answer as the provider gives it. `read` are the pointers of what a client reads: leaves of the body."""

    provider: Provider = field(repr=False)
    operation: Operation = field(repr=False)
    response: Response
    document: object = field(repr=False)  # what the body says; None where there is none
    read: tuple[str, ...]
    error: DocumentedError | None = field(default=None, repr=False)
    token: str | None = None  # the pointer of the token that the body issues

    @property
    def bodiless(self) -> bool:
        return not self.response.body or self.operation.method == "HEAD"


def sound_success(provider: Provider, operation: Operation) -> Sound:
    """Return the documented success, as it is without a query."""
    now, route = time.time(), route_of(operation)
    request = Request(operation.method, operation.base + route.path)
    response, _ = success_response(provider, route, request, now, Tokens(provider.auth))
    document = json.loads(response.body) if response.body else None
    tokens = [pointer for pointer, value in places(operation.success.body) if value == NEW_TOKEN]
    token = tokens[0] if tokens and operation.issues_tokens else None
    return Sound(provider, operation, response, document, tuple(leaves(document)), token=token)


def sound_error(provider: Provider, error: DocumentedError) -> Sound:
    """Return the documented error, its Retry-After in seconds."""
    now, route = time.time(), route_of(error.operation)
    delay = None if error.retry_after is None else str(error.retry_after)
    at = now + (error.retry_after or 0)
    response = error_response(provider, error, route, now, Tokens(provider.auth), delay, at)
    document = json.loads(response.body) if response.body else None
    envelope = provider.envelope
    read = tuple(pointer for pointer in leaves(document) if pointer in (envelope.code, envelope.message))
    return Sound(provider, error.operation, response, document, read, error)


def route_of(operation: Operation) -> Route:
    names = [match[1] for match in PARAMETER.finditer(operation.path)]
    return Route(path_of(operation), operation, {name: "42" if name.lower().endswith("id") else name for name in names})


def representatives(errors: Iterable[DocumentedError]) -> list[DocumentedError]:
    """Choose documented errors that stand for all: a stale token, a wait, a failure of the provider, a refusal.

    None of them is one that a client may sensibly return from, as from a 404 that means "there is none".
    """
    open = [each for each in errors if each.status and each.status not in (404, 410) and not each.accepts & ENDING]
    chosen = (next(filter(wanted, sorted(open, key=rank)), None) for wanted, rank in WANTED)
    return list({id(each): each for each in chosen if each is not None}.values())


def is_refusal(error: DocumentedError) -> bool:
    return bool(error.accepts & {Handling.FAIL_FAST, Handling.FIX_REQUEST} - {Handling.REFRESH_TOKEN})


Rank = tuple["Callable[[DocumentedError], object]", "Callable[[DocumentedError], bool]"]
WANTED: tuple[Rank, ...] = (
    (lambda error: Handling.REFRESH_TOKEN in error.accepts, lambda error: len(error.accepts) > 1),
    (lambda error: error.retry_after is not None, lambda error: False),
    (lambda error: Handling.BACKOFF in error.accepts, lambda error: error.status != 500),
    (is_refusal, lambda error: not error.fields),
)
