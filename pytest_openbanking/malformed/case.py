"""One malformed case: a site of an operation's schema, with the value that breaks its rule there, drawn anew for each example."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_openbanking.catalogue.model import DocumentedError
from pytest_openbanking.malformed.expected import expected_error, validation_error
from pytest_openbanking.malformed.shown import broken, shown, shown_body
from pytest_openbanking.malformed.wire.bodies import WIRE
from pytest_openbanking.sandboxes.arming import Persistence
from pytest_openbanking.sandboxes.cases import RUNAWAY, ErrorCase
from pytest_openbanking.sandboxes.faults import HANDLINGS, RFC
from pytest_openbanking.sandboxes.selection import find_operation
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.catalogue.model import Operation
    from pytest_openbanking.exchange import Exchange, Request, Response
    from pytest_openbanking.malformed.payloads import Malformed
    from pytest_openbanking.malformed.responses import AnswerSite, MalformedAnswer
    from pytest_openbanking.malformed.sites import Site
    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["MalformedCase", "MalformedRequest", "MalformedResponse", "case_of"]

POLLS = 1000  # calls after which a client that polls is stopped


class MalformedCase(ErrorCase):
    """A malformed request, or answer, and what a client does about it.

    `.pointer` (RFC 6901; for `required` it names the missing member) and `.keyword` say what is broken where;
    `.payload` and `.body` are the value of one example, as JSON and as bytes on the wire.
    """

    fixture = "openbanking_malformed"
    part = ""
    site: Site | AnswerSite

    def __init__(self, error: DocumentedError, site: Site | AnswerSite, sandbox: Sandbox) -> None:
        super().__init__(error, Persistence.ALWAYS, sandbox)
        self.site = site
        self.ends: set[str] = set()  # how the examples that passed have ended
        self._payload: object = None
        self._body: bytes | None = None
        self._shown: list[str] = []

    @property
    def expected_error(self) -> DocumentedError | None:
        """The provider's documented validation error for the field; None for an answer."""
        return None

    @property
    def pointer(self) -> str:
        return self.site.pointer

    @property
    def keyword(self) -> str:
        return self.site.keyword

    @property
    def payload(self) -> object:
        """The value, as JSON; what a client does to it is forgotten at the next example."""
        self._check_drawn()
        return self._payload

    @property
    def body(self) -> bytes:
        self._check_drawn()
        assert self._body is not None
        return self._body

    def _check_drawn(self) -> None:
        if self._body is None:
            raise UsageError("openbanking_malformed has a value only while the test function runs: use it there")

    @property
    def id(self) -> str:
        return f"{self.operation} [{self.site.id}]"

    def draw(self, drawn: Any) -> None:
        """Take the value of the next example."""
        raise NotImplementedError

    def called(self, exchange: Exchange) -> bool:
        """Tell whether the client called the operation under test."""
        return any(call.operation is self.operation for call in exchange)

    def end(self) -> None:
        """Note how an example has ended that passed."""
        if self.entered:
            self.ends.add("answered" if self.called(self.sandbox.exchange) else "refused")


class MalformedRequest(MalformedCase):
    """A request that breaks one documented rule; whatever the client sends is answered as the provider answers that."""

    site: Site

    part = "request"
    refusable = True

    def __init__(self, documented: DocumentedError, site: Site, sandbox: Sandbox) -> None:
        super().__init__(expected_error(documented, site.field), site, sandbox)

    @property
    def silent(self) -> tuple[str, ...]:
        return ("OB501",)

    @property
    def expected_error(self) -> DocumentedError:
        """The provider's documented validation error for the field."""
        return self.error

    def draw(self, malformed: Malformed) -> None:
        """Take the value of the next example."""
        from pytest_openbanking.malformed.proof import prove

        prove(self.operation, malformed)
        self._payload, self._body = malformed.payload, malformed.body
        own = self.keyword == WIRE
        self._shown = shown_body(malformed.body) if own else shown(malformed.payload, self.pointer)

    @property
    def names(self) -> tuple[str, ...]:
        """What a client may call what it refuses: the field, a word of its name, or any other member of the request.

        A client whose checks are stricter than the schema may well refuse another member first.
        """
        parts = [part for part in self.pointer.split("/")[1:] if not part.isdigit()]
        if not parts:
            return ()
        name = parts[-1].replace("~1", "/").replace("~0", "~")
        others = (*members([self.operation.request_example]), *members([self._payload]))
        return (name, *words(name), *others)

    def preface(self, exchange: Exchange) -> list[str]:
        """Say what was malformed, with the payload below."""
        what = broken(self.operation, self.site)
        if not self.called(exchange):
            said = f"the client was given {what}, for {self.operation}"
        elif any(self._sent(call.request.body) for call in exchange if call.operation is self.operation):
            said = f"{self.operation} was sent {what}"
        else:
            said = f"{self.operation} answered as to {what}; the client sent another one"
        return [said, *(f"  {line}" for line in self._shown)]

    def _sent(self, body: bytes) -> bool:
        """Tell whether a body is the one that was drawn, or, where the fault is not one of the body itself, the same JSON."""
        return body == self.body or (self.keyword != WIRE and same(body, self.body))


def words(name: str) -> list[str]:
    """Return the longer words of a name: creditor and name of creditorName."""
    return [word for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name) if len(word) > 3]


def members(values: Sequence[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from value
            yield from members(list(value.values()))
        elif isinstance(value, list):
            yield from members(value)


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two bodies are the same JSON."""
    try:
        return as_sorted(one) == as_sorted(other)
    except (ValueError, RecursionError):
        return False


def as_sorted(body: bytes) -> str:
    return json.dumps(json.loads(body), sort_keys=True)


class MalformedResponse(MalformedCase):
    """An answer that is not as documented. What must come out of the client is its promised exception."""

    part = "response"
    advised = False
    # Nothing can be expected of what such an answer says: a code, fields, a delay, a token that is refused.
    quiet = (
        "OB102",
        "OB105",
        "OB106",
        "OB107",
        "OB201",
        "OB202",
        "OB205",
        "OB206",
        "OB403",
        "OB404",
        "OB406",
    )
    site: AnswerSite

    def __init__(self, operation: Operation, site: AnswerSite, sandbox: Sandbox) -> None:
        super().__init__(malformed_error(sandbox.provider.name, operation), site, sandbox)
        self._answer: MalformedAnswer | None = None
        self._reached = False  # whether an earlier example called the operation

    @property
    def met(self) -> str:
        return f"{self.operation} answered {self.error.status} with something that is not as documented"

    @property
    def silent(self) -> tuple[str, ...]:
        """Rules that can say nothing: most of a client that needs no answer, as it keeps what an earlier example told it."""
        if self._reached and not self.called(self.sandbox.exchange):
            return ("OB0", "OB1", "OB2", "OB3", "OB401", *self.quiet)
        return self.quiet if self.error.status and self.error.status >= 500 else (*self.quiet, "OB104")

    @property
    def most_calls(self) -> int:
        """A client may poll on where a success tells it nothing, until a limit of its own."""
        return POLLS if self.site.success else RUNAWAY

    @property
    def must_raise(self) -> bool:
        return self.site.must_raise

    def draw(self, drawn: MalformedAnswer) -> None:
        """Take the answer of the next example."""
        self._reached = self._reached or self.called(self.sandbox.exchange)
        response, documented = drawn.response, drawn.sound.error
        self._answer, self._body, self._payload = drawn, response.body, None
        with suppress(ValueError, RecursionError):
            self._payload = json.loads(response.body)
        accepted = (*(documented.handlings if documented else ()), *HANDLINGS)
        self._error = replace(self._error, status=response.status, handlings=accepted)
        self._errors = (self._error,)
        self._shown = shown_body(response.body)

    def arm(self) -> None:
        """Let the answer come from now on."""
        self.sandbox.arm(self._errors, self.persistence, answer=self.answer)

    def answer(self, request: Request) -> Response | None:
        """Return the answer to a request of the operation; None where the documented one is right: to another page."""
        assert self._answer is not None
        return self._answer.response if self._answer.answers(request) else None

    def preface(self, exchange: Exchange) -> list[str]:
        """Say what was malformed, with the body below."""
        assert self._answer is not None
        response = self._answer.response
        did = "answered" if self.called(exchange) else "would have answered"
        about = [response.headers.get("Content-Type", "no content type"), *self._answer.other_headers]
        about += ["cut off"] if response.truncated else []
        said = (
            f"{self.operation} {did} {response.status} ({', '.join(about)}), which is not as documented: {self.site.id}"
        )
        return [said, *(f"  {line}" for line in self._shown)]

    def end(self) -> None:
        """Note how an example has ended that passed."""
        if self.entered:
            self.ends.add("handled")


def malformed_error(provider: str, operation: Operation) -> DocumentedError:
    """Return a malformed answer as an error of its operation: handled as a broken body is."""
    return DocumentedError(
        provider=provider,
        operation=operation,
        status=operation.success.status,
        code="malformed",
        message=None,
        cause="the answer was not as documented",
        handlings=HANDLINGS,
        retryable=None,
        source=RFC,
    )


def case_of(sandbox: Sandbox, operation: str, drawn: object) -> MalformedCase:
    """Return the case of one drawn value; raises UsageError for any other."""
    from pytest_openbanking.malformed.payloads import Malformed
    from pytest_openbanking.malformed.responses import MalformedAnswer

    found = find_operation(sandbox.provider, operation)
    if isinstance(drawn, Malformed):
        request = MalformedRequest(validation_error(sandbox.provider, found), drawn.site, sandbox)
        request.draw(drawn)
        return request
    if isinstance(drawn, MalformedAnswer):
        response = MalformedResponse(found, drawn.site, sandbox)
        response.draw(drawn)
        return response
    raise UsageError(f"malformed() takes what malformed_requests or malformed_responses has drawn, not {drawn!r}")
