"""What a provider answers: the documented success, or an error in its envelope."""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from pytest_openbanking.catalogue.templates import FORMATS, fill, fill_text, placeholders
from pytest_openbanking.exchange import Headers, Provenance, Request, Response

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider, Success
    from pytest_openbanking.catalogue.routing import Route
    from pytest_openbanking.sandboxes.tokens import Tokens

__all__ = ["error_response", "phrase", "success_for", "success_response"]

Values = Mapping[str, object]
JSON = ("Content-Type", "application/json")
# Answers without placeholders, made once a second: virtual time mostly stands still.
_still: dict[int, tuple[Success, int, Response]] = {}


class Filled(defaultdict[str, object]):
    """Template values; a path parameter that the operation does not have reads as its own name."""

    def __missing__(self, name: str) -> object:
        return f"{{{name}}}"


def values_for(provider: Provider, route: Route, now: float, tokens: Tokens) -> Filled:
    auth = provider.auth
    values: dict[str, object | Callable[[], object]] = {
        "now": now,
        "path": route.path,
        "uuid": lambda: str(uuid.uuid4()),
        "hex": lambda: uuid.uuid4().hex,
        "new_token": lambda: tokens.issue(now),
        "new_refresh_token": tokens.issue_refresh,
        "access_token": auth.access_token,
        "refresh_token": auth.refresh_token,
        "api_key": auth.api_key,
        "api_secret": auth.api_secret,
    }
    return Filled(None, {**values, **route.parameters})


def success_for(operation: Operation, request: Request) -> Success:
    """Return the documented success; another one where the query has the parameter that it takes."""
    if operation.successes and request.query:
        query = parse_qs(request.query)
        for success in operation.successes:
            if success.query in query and query[success.query] != ["0"]:
                return success
    return operation.success


def success_response(
    provider: Provider, route: Route, request: Request, now: float, tokens: Tokens
) -> tuple[Response, Provenance]:
    """Answer with the success of the route's operation; `now` is Unix time."""
    assert route.operation is not None
    success = success_for(route.operation, request)
    provenance = Provenance.DOCUMENTED if success.documented else Provenance.GENERATED
    still = _still.get(id(success))
    if still is not None and still[1] == int(now):
        return still[2], provenance
    body = b"" if success.body is None else encode(fill(success.body, values_for(provider, route, now, tokens)))
    response = Response(success.status, headers(now, body, success.headers), body)
    if not any(placeholders(success.body)):
        _still[id(success)] = (success, int(now), response)
    return response, provenance


def encode(body: object) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def headers(now: float, body: bytes, more: tuple[tuple[str, str], ...], *, type: bool = True) -> Headers:
    content = (JSON,) if body and type else ()
    return Headers((*content, ("Content-Length", str(len(body))), ("Date", http_date(int(now))), *more))


def http_date(now: int) -> str:
    found = _dates.get(now)
    if found is None:
        _dates.clear()
        found = _dates[now] = FORMATS["http"](now)
    return found


_dates: dict[int, str] = {}


def phrase(status: int) -> str:
    """Make a message where none is documented: one that holds no word of a code, so that it cannot stand in for it."""
    return "The call was turned down." if status < 500 else "Something went wrong on our side."


def error_response(
    provider: Provider,
    error: DocumentedError,
    route: Route,
    now: float,
    tokens: Tokens,
    retry_after: str | None,
    retry_at: float,
) -> Response:
    """Answer with an error; `now` and `retry_at` are Unix times."""
    assert error.status is not None
    values = values_for(provider, route, now, tokens)
    values |= {"retry_at": retry_at, "status": error.status, "code": error.code, "fields": error.fields}
    values["field"] = error.fields[0] if error.fields else ""
    values["message"] = phrase(error.status) if error.message is None else fill_text(error.message, values)
    body = encode(fill(provider.envelope.body if error.body is None else error.body, values))
    more = tuple((name, fill_text(value, values)) for name, value in error.headers)
    if retry_after is not None:
        more = (*more, ("Retry-After", retry_after))
    return Response(error.status, headers(now, body, more), body)
