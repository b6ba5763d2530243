"""Which cassette an answer belongs into, and what that cassette says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.library import code_of, plain
from pytest_openbanking.cassettes.places import SUFFIX, name_of, place_of
from pytest_openbanking.cassettes.successes import unreadable
from pytest_openbanking.exchange import Headers, Response
from pytest_openbanking.printing import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_openbanking.cassettes.capture import Captured
    from pytest_openbanking.catalogue.model import Operation, Provider

__all__ = ["about", "answer_in", "code_in", "operation_of", "place_for", "problem_of_success", "with_suffix"]


def operation_of(captured: Captured, provider: Provider) -> Operation | None:
    """Return the operation that an interaction, at the provider's own address, called."""
    request = captured["request"]
    return provider.router.route(request["method"], request["uri"]).operation


def place_for(captured: Captured, provider: Provider) -> Path | None:
    """Return the path, below a folder of cassettes, of an answer's own cassette; None where nothing documented was called."""
    operation = operation_of(captured, provider)
    if operation is None:
        return None
    success = place_of(provider, operation)
    status = captured["response"]["status"]["code"]
    if status < 400:
        return success
    return success.with_name(name_of(status, code_in(captured, provider) or "without-code") + SUFFIX)


def with_suffix(named: str) -> Path:
    path = Path(named)
    return path if path.suffix == SUFFIX else path.with_name(path.name + SUFFIX)


def about(captured: Sequence[Captured], provider: Provider) -> dict[str, object]:
    """Return what a cassette says of itself; a flow of several calls has no one operation."""
    known: dict[str, object] = {"provider": provider.name}
    if len(captured) > 1:
        return known
    status = captured[0]["response"]["status"]["code"]
    code = code_in(captured[0], provider) if status >= 400 else None
    known |= {"operation": str(operation_of(captured[0], provider)), "status": status}
    return known | ({"code": code} if code else {})


def code_in(captured: Captured, provider: Provider) -> str | None:
    """Return the provider's code in an answer's body, if it has one."""
    return code_of(response_in(captured), provider)


def response_in(captured: Captured) -> Response:
    response = captured["response"]
    body = response["body"]["string"]
    headers = Headers([(name, value) for name, values in response["headers"].items() for value in values])
    return Response(response["status"]["code"], headers, body.encode() if isinstance(body, str) else body)


def answer_in(captured: Captured, provider: Provider) -> str:
    """Return what was answered in a few words: "404 RESOURCE_UNKNOWN", or "307 to" where a redirect leads."""
    response = response_in(captured)
    code = code_of(response, provider) if response.status >= 400 else None
    place = response.headers.get("Location", "").partition("?")[0] if 300 <= response.status < 400 else ""
    return " ".join(filter(None, [str(response.status), code, place and f"to {printable(place)}"]))


def problem_of_success(captured: Captured, operation: Operation, provider: Provider) -> str | None:
    """Say why an answer is not what the operation documents as its success."""
    response = response_in(captured)
    documented = [success.status for success in (operation.success, *operation.successes)]
    if not 200 <= response.status < 300 and response.status not in documented:
        return f"answered {answer_in(captured, provider)}"
    try:
        return unreadable(operation, response.headers, plain(response))
    except ValueError:  # cannot be decompressed: who scrubs it says so
        return None
