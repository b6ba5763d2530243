"""OBC5xx: how an answer differs from the recorded one."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.codings import media_type
from pytest_openbanking.cassettes.library import code_of
from pytest_openbanking.cassettes.verifying.finding import Breach
from pytest_openbanking.cassettes.verifying.structure import gone, pointer, retyped, structure
from pytest_openbanking.catalogue.pointers import values_at
from pytest_openbanking.catalogue.templates import PLACEHOLDER
from pytest_openbanking.exchange import Provenance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.verifying.subject import Call
    from pytest_openbanking.catalogue.model import DocumentedError, Provider
    from pytest_openbanking.exchange import Response

__all__ = ["drift"]

# Headers that a client acts on; others (dates, ids, lengths, caches, the server's name) come and go.
TELLING = frozenset(
    ["retry-after", "content-type", "www-authenticate", "location", "allow", "link", "deprecation", "sunset"]
)
TELLING_STARTS = ("x-ratelimit-", "x-rate-limit-", "ratelimit", "aspsp-")
MADE_UP = "(the cassette was generated, not recorded)"
OF_BODY = ("OBC504", "OBC505", "OBC506")
VARYING = re.compile(r"\S*\d\S*")


def drift(call: Call, now: Response, provider: Provider, *, served: bool = False) -> Iterator[Breach]:
    """Compare an answer with the recorded one: by status, headers, structure, code and message, not by values.

    `served`: by a sandbox of ours. A real provider's body is held against a generated one with that said, but for the
    message, whose words were made up.
    """
    made_up = not served and call.recorded.provenance is Provenance.GENERATED
    for breach in differing(call, now, provider):
        if not made_up or breach.code not in (*OF_BODY, "OBC507"):
            yield breach
        elif breach.code in OF_BODY:
            yield replace(breach, message=f"{breach.message} {MADE_UP}")


def differing(call: Call, now: Response, provider: Provider) -> Iterator[Breach]:
    was = call.recorded.response
    if now.status != was.status:
        code = code_of(now, provider)
        answer = f"{now.status} {code}" if code and now.status >= 400 else str(now.status)
        yield Breach("OBC501", f"{call}; now {answer}", call.spot("response", "status", "code"))
        return
    yield from headers_gone(call, now)
    before, after = media_type(was.headers), media_type(now.headers)
    if before and after and before != after:
        spot = call.spot("response", "headers", "Content-Type")
        yield Breach("OBC508", f"{call} with {before}; now {after}", spot)
    else:
        yield from body_drift(call, now, provider)


def headers_gone(call: Call, now: Response) -> Iterator[Breach]:
    for name in call.recorded.response.headers:
        if tells(name, call) and name not in now.headers:
            yield Breach("OBC503", f"{call}: the header {name} is gone", call.spot("response", "headers", name))


def tells(name: str, call: Call) -> bool:
    lowered = name.lower()
    if lowered in TELLING or lowered.startswith(TELLING_STARTS):
        return True
    assert call.operation is not None
    of_success = [pair for success in (call.operation.success, *call.operation.successes) for pair in success.headers]
    documented = call.error.headers if call.error else of_success
    return lowered in {documented_name.lower() for documented_name, _ in documented}


def body_drift(call: Call, now: Response, provider: Provider) -> Iterator[Breach]:
    spot = call.spot("response", "body", "string")
    was, is_json = parsed(call.recorded.response.body)
    if not is_json:
        return
    if not now.body:
        yield Breach("OBC504", f"{call}: the body is gone", spot)
        return
    current, is_json = parsed(now.body)
    if not is_json:
        yield Breach("OBC508", f"{call}: the body is no JSON any more", spot)
        return
    for code, message in differences(call, was, current, provider):
        yield Breach(code, f"{call}: {message}", spot)


def parsed(body: bytes) -> tuple[object, bool]:
    try:
        return json.loads(body), True
    except (ValueError, RecursionError):
        return None, False


def differences(call: Call, was: object, now: object, provider: Provider) -> Iterator[tuple[str, str]]:
    before, after = structure(was), structure(now)
    for place in gone(before, after):
        yield "OBC504", f"{pointer(place)} is gone"
    for place in gone(after, before):
        yield "OBC505", f"{pointer(place)} is new"
    for place, old, new in retyped(before, after):
        yield "OBC506", f"{pointer(place)} was {old}, and is {new}"
    if call.succeeded:
        return
    codes = [one_of(values_at(provider.envelope.code, body)) for body in (was, now)]
    messages = [one_of(values_at(provider.envelope.message, body)) for body in (was, now)]
    if None not in codes and codes[0] != codes[1]:
        yield "OBC502", f"the code is now {codes[1]}"
    elif None not in messages and not same(str(messages[0]), str(messages[1]), call.error):
        yield "OBC507", f"the message was {messages[0]!r}, and is {messages[1]!r}"


def one_of(values: list[object]) -> object | None:
    return values[0] if values else None


def same(was: str, now: str, error: DocumentedError | None) -> bool:
    """Compare messages by their words: words that hold digits, and what the documented message leaves open, may differ."""
    if VARYING.sub("#", was) == VARYING.sub("#", now):
        return True
    template = error.message if error and error.message and PLACEHOLDER.search(error.message) else None
    return template is not None and all(re.fullmatch(pattern_of(template), text, re.DOTALL) for text in (was, now))


def pattern_of(template: str) -> str:
    pieces = PLACEHOLDER.split(template)[:: PLACEHOLDER.groups + 1]
    return ".*".join(map(re.escape, pieces))
