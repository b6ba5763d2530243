"""OBC2xx: requests and answers have the documented form."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.cassette import Metadata
from pytest_openbanking.cassettes.successes import unreadable
from pytest_openbanking.cassettes.verifying.content import MOST_BYTES, read_json
from pytest_openbanking.cassettes.verifying.finding import Breach
from pytest_openbanking.catalogue.schemas import breaches
from pytest_openbanking.exchange import Interaction
from pytest_openbanking.rules.requests import problem_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.verifying.documentation import Documentation
    from pytest_openbanking.cassettes.verifying.subject import Call, Subject
    from pytest_openbanking.catalogue.model import DocumentedError, Operation
    from pytest_openbanking.exchange import Headers

__all__ = ["check_conforming"]

ABOUT_THE_REQUEST = (400, 413, 415, 422)
SECONDS = re.compile(r"[0-9]{1,9}")
CODINGS = ("", "identity", "gzip", "x-gzip", "deflate")


def check_conforming(subject: Subject) -> Iterator[Breach]:
    """Find bodies, headers and requests that are not as documented."""
    for call in subject.calls:
        if call.operation is None or subject.known is None:
            continue
        if 200 <= call.recorded.response.status < 300:
            yield from success_breach(call, call.operation)
        if not call.succeeded:
            yield from body_breach(call, call.operation, subject.known)
            yield from delay_breach(call)
        if call.error is not None:
            yield from header_breach(call, call.error)
        yield from request_breach(call, call.operation, filtered=subject.cassette.metadata == Metadata())


def body_breach(call: Call, operation: Operation, known: Documentation) -> Iterator[Breach]:
    response = call.recorded.response
    if not known.on(operation) or unread(response.headers):
        return
    found = problems(known, response.body)
    if not found and call.code is None:
        found = [f"it has no code at {known.provider.envelope.code}"]
    if found:
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        spot = call.spot("response", "body", "string")
        yield Breach("OBC201", f"{call}: the body is not the documented error body: {found[0]}{more}", spot)


def success_breach(call: Call, operation: Operation) -> Iterator[Breach]:
    response = call.recorded.response
    if unread(response.headers) or len(response.body) >= MOST_BYTES:  # may have been cut off where it was decompressed
        return
    problem = unreadable(operation, response.headers, response.body)
    if problem is not None:
        spot = call.spot("response", "body", "string")
        yield Breach("OBC205", f"{call}: the success cannot be read: {problem}", spot)


def problems(known: Documentation, body: bytes) -> list[str]:
    value = read_json(body)
    if value is None:
        return ["it is not JSON" if body else "there is none"]
    try:
        return breaches(known.provider.envelope.schema, value)
    except RecursionError:
        return ["it is nested too deeply"]


def unread(headers: Headers) -> bool:
    """Tell whether a body is compressed in a way that is not undone here."""
    return headers.get("Content-Encoding", "").strip().lower() not in CODINGS


def header_breach(call: Call, error: DocumentedError) -> Iterator[Breach]:
    headers = call.recorded.response.headers
    names = [name for name, _ in error.headers] + ["Retry-After"] * (error.retry_after is not None)
    for name in names:
        if name not in headers:
            yield Breach("OBC202", f"{call}: the documented {name} is missing", call.spot("response", "headers"))


def delay_breach(call: Call) -> Iterator[Breach]:
    headers = call.recorded.response.headers
    value = headers.get("Retry-After", "0").strip()
    if SECONDS.fullmatch(value):
        return
    spot = call.spot("response", "headers", "Retry-After")
    if not is_date(value):
        yield Breach("OBC204", f"{call}: Retry-After {value!r} is neither seconds nor an HTTP date", spot)
    elif not is_date(headers.get("Date", "")):
        yield Breach("OBC204", f"{call}: Retry-After is a date, and no Date says how long that is", spot)


def is_date(value: str) -> bool:
    try:
        parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return False
    return True


def request_breach(call: Call, operation: Operation, *, filtered: bool) -> Iterator[Breach]:
    """Hold the request against its operation, but for what an error brings about that is about the request.

    A cassette that someone else recorded may have had its headers filtered.
    """
    if call.recorded.response.status in ABOUT_THE_REQUEST:
        return
    provoke = call.error.provoke if call.error else None
    if not (provoke and (provoke.set or provoke.without or provoke.body is not None or provoke.query)):
        problem = request_problem(call, operation)
        if problem:
            spot = call.spot("request", "body")
            yield Breach("OBC203", f"{operation} was sent a body that is not as documented: {problem}", spot)
    names = [operation.idempotency_key] if operation.idempotency_key else []
    if operation.authorization and not filtered and not (provoke and provoke.credential == "none"):
        names.append("Authorization")
    for name in names:
        if name not in call.recorded.request.headers:
            yield Breach(
                "OBC203", f"{operation} was sent without the documented {name}", call.spot("request", "headers")
            )


def request_problem(call: Call, operation: Operation) -> str | None:
    if operation.request_schema is None or unread(call.recorded.request.headers):
        return None
    try:
        return problem_of(Interaction(index=0, at=0.0, request=call.recorded.request, operation=operation))
    except RecursionError:
        return "it is nested too deeply"
