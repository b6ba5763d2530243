"""One malformed case: a site of an operation's schema, with the value that breaks its rule there, drawn anew for each example."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_openbanking.catalogue.model import DocumentedError
from pytest_openbanking.catalogue.pointers import values_at
from pytest_openbanking.malformed.expected import expected_error
from pytest_openbanking.malformed.shown import breaks, shown, shown_body
from pytest_openbanking.malformed.sites import limit_of
from pytest_openbanking.sandboxes.arming import Persistence
from pytest_openbanking.sandboxes.cases import ErrorCase
from pytest_openbanking.sandboxes.faults import HANDLINGS, RFC
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.catalogue.model import Operation
    from pytest_openbanking.exchange import Exchange, Request, Response
    from pytest_openbanking.malformed.payloads import Malformed
    from pytest_openbanking.malformed.responses import AnswerSite, MalformedAnswer
    from pytest_openbanking.malformed.sites import Site
    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["MalformedCase", "MalformedRequest", "MalformedResponse"]


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
        return f"{self.operation}-{self.site.id}"

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
    silent = ("OB501",)
    refusable = True

    def __init__(self, documented: DocumentedError, site: Site, sandbox: Sandbox) -> None:
        super().__init__(expected_error(documented, site.field), site, sandbox)

    @property
    def expected_error(self) -> DocumentedError:
        """The provider's documented validation error for the field."""
        return self.error

    def draw(self, malformed: Malformed) -> None:
        """Take the value of the next example."""
        from pytest_openbanking.malformed.proof import prove
        from pytest_openbanking.malformed.wire.bodies import WIRE

        prove(self.operation, malformed)
        self._payload, self._body = malformed.payload, malformed.body
        own = self.keyword == WIRE
        self._shown = shown_body(malformed.body) if own else shown(malformed.payload, self.pointer)

    @property
    def names(self) -> tuple[str, ...]:
        """What a client may call the field that it refuses: its name, or, where it holds members, one of theirs."""
        parts = [part for part in self.pointer.split("/")[1:] if not part.isdigit()]
        if not parts:
            return ()
        inside = values_at(self.pointer, self.operation.request_example)
        return (parts[-1].replace("~1", "/").replace("~0", "~"), *members(inside))

    def preface(self, exchange: Exchange) -> list[str]:
        """Say what was malformed, with the payload below."""
        payload = f"a payload that {breaks(self.site, limit_of(self.operation, self.site))}"
        if not self.called(exchange):
            said = f"the client was given {payload}, for {self.operation}"
        elif any(same(call.request.body, self.body) for call in exchange if call.operation is self.operation):
            said = f"{self.operation} was sent {payload}"
        else:
            said = f"{self.operation} answered as to {payload}; the client sent another one"
        return [said, *(f"  {line}" for line in self._shown)]


def members(values: Sequence[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from value
            yield from members(list(value.values()))
        elif isinstance(value, list):
            yield from members(value)


def same(one: bytes, other: bytes) -> bool:
    """Tell whether two bodies are the same, or the same JSON."""
    try:
        return one == other or as_sorted(one) == as_sorted(other)
    except ValueError:
        return False


def as_sorted(body: bytes) -> str:
    return json.dumps(json.loads(body), sort_keys=True)


class MalformedResponse(MalformedCase):
    """An answer that is not as documented. What must come out of the client is its promised exception."""

    part = "response"
    # Nothing can be expected of what such an answer says: a code, fields, a delay, a token that is refused.
    silent = (
        "OB102",
        "OB104",
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

    @property
    def met(self) -> str:
        return f"{self.operation} answered {self.error.status} with something that is not as documented"

    @property
    def must_raise(self) -> bool:
        return self.site.must_raise

    def draw(self, drawn: MalformedAnswer) -> None:
        """Take the answer of the next example."""
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
        type = response.headers.get("Content-Type", "no content type")
        cut = ", cut off" if response.truncated else ""
        said = f"{self.operation} answered {response.status} ({type}{cut}), which is not as documented: {self.site.id}"
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
