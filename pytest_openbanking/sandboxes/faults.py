"""Faults: trouble below or around HTTP, on any operation."""

from __future__ import annotations

from dataclasses import replace

from pytest_openbanking.catalogue.model import (
    AcceptedHandling,
    Basis,
    DocumentedError,
    Handling,
    Operation,
    Provider,
    Source,
)
from pytest_openbanking.exchange import Fault, Headers, Response

__all__ = ["faults_of", "faulty_response", "is_wire"]

RFC = Source("rfc9110", "RFC 9110", "https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2", "Idempotent Methods")
HANDLINGS = (
    AcceptedHandling(Handling.BACKOFF, Basis.STANDARD, "retry a safe or idempotent request, backing off", RFC),
    AcceptedHandling(Handling.FAIL_FAST, Basis.STANDARD, "raise", RFC),
)
CAUSES = {
    Fault.CONNECT_TIMEOUT: "the connection could not be made in time",
    Fault.READ_TIMEOUT: "no answer came in time; the provider had not acted",
    Fault.ANSWER_LOST: "no answer came in time; the provider had acted",
    Fault.RESET: "the connection was reset",
    Fault.TRUNCATED: "the body broke off",
    Fault.EMPTY: "the body was empty",
    Fault.HTML_502: "a gateway answered with an HTML page",
    Fault.CONTENT_TYPE: "the content type was wrong",
    Fault.CHARSET: "the body was in a wrong charset",
    Fault.SLOW: "the answer was slow",
}
WIRE = frozenset({Fault.CONNECT_TIMEOUT, Fault.READ_TIMEOUT, Fault.ANSWER_LOST, Fault.RESET})
ACTED = frozenset({Fault.ANSWER_LOST, Fault.TRUNCATED, Fault.EMPTY, Fault.CONTENT_TYPE, Fault.CHARSET, Fault.SLOW})
SLOW_SECONDS = 20.0
PAGE = b"<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


def faults_of(provider: Provider, operation: Operation) -> list[DocumentedError]:
    """Return every fault as an error of an operation."""
    return [
        DocumentedError(
            provider=provider.name,
            operation=operation,
            status=None,
            code=fault.value,
            message=None,
            cause=CAUSES[fault],
            handlings=HANDLINGS,
            retryable=None,
            source=RFC,
            fault=fault,
        )
        for fault in Fault
    ]


def is_wire(fault: Fault) -> bool:
    """Tell whether the fault is the wire's: no response reaches the client."""
    return fault in WIRE


def faulty_response(fault: Fault, success: Response) -> Response:
    """Spoil a successful response."""
    if fault is Fault.TRUNCATED:
        return replace(success, truncated=True)
    if fault is Fault.SLOW:
        return replace(success, delay=SLOW_SECONDS)
    if fault is Fault.HTML_502:
        return Response(502, content(success, "text/html", PAGE), PAGE)
    if fault is Fault.CONTENT_TYPE:
        return replace(success, headers=content(success, "text/plain", success.body))
    if fault is Fault.CHARSET:
        body = success.body.decode().encode("utf-16")
        return replace(success, headers=content(success, "application/json; charset=utf-8", body), body=body)
    return replace(success, headers=content(success, "application/json", b""), body=b"")


def content(response: Response, type: str, body: bytes) -> Headers:
    kept = [(name, value) for name, value in response.headers.pairs if not name.lower().startswith("content-")]
    return Headers([("Content-Type", type), ("Content-Length", str(len(body))), *kept])
