"""An armed error: on which operations, and when it clears."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.model import DocumentedError, Handling, Operation
from pytest_openbanking.catalogue.templates import FORMATS
from pytest_openbanking.sandboxes.recordings import recorded_delay
from pytest_openbanking.sandboxes.tokens import Tokens, bearer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_openbanking.cassettes.cassette import Recorded
    from pytest_openbanking.exchange import Request, Response

__all__ = ["TOLERANCE", "Armed", "Persistence", "persistences"]

SHORT = 30  # seconds of Retry-After in a case that clears
TOLERANCE = 1.0  # seconds: clients round, and dates hold whole seconds


class Persistence(StrEnum):
    """How long an armed error lasts."""

    ONCE = "once"
    ONCE_DATE = "once-date"
    ALWAYS = "always"


def persistences(error: DocumentedError) -> tuple[Persistence, ...]:
    """Return the cases of an error: those that nothing the client does alone can clear run `always` only."""
    if error.fault or error.accepts & {Handling.REFRESH_TOKEN, Handling.BACKOFF}:
        return (Persistence.ONCE, Persistence.ALWAYS)
    if Handling.WAIT in error.accepts:
        return (Persistence.ONCE, Persistence.ONCE_DATE, Persistence.ALWAYS)
    return (Persistence.ALWAYS,)


@dataclass
class Armed:
    """An error waiting on its operations. Times are virtual seconds since the exchange began."""

    errors: Sequence[DocumentedError]
    persistence: Persistence
    epoch: float  # Unix time of virtual second 0
    recordings: Mapping[int, Recorded] = field(default_factory=dict)  # by the error's id()
    answer: Callable[[Request], Response | None] | None = None  # what is answered, where that is not made of the error
    deliveries: int = 0
    clears_at: float = math.inf
    issued_before: int = 0
    latest: DocumentedError | None = None
    by_operation: dict[int, DocumentedError] = field(init=False)
    delays: dict[int, int | None] = field(init=False)  # seconds of Retry-After, by the error's id()

    def __post_init__(self) -> None:
        self.by_operation = {id(error.operation): error for error in self.errors}
        self.delays = {id(error): self.delay_of(error) for error in self.errors}

    def error_for(self, operation: Operation, request: Request, now: float, tokens: Tokens) -> DocumentedError | None:
        """Return the error that answers a request, or None where there is none or it has cleared."""
        error = self.by_operation.get(id(operation))
        if error is None or (self.deliveries and self.cleared(error, request, now, tokens)):
            return None
        if not self.deliveries:
            self.clears_at = self.end_of_wait(error, now)
            self.issued_before = len(tokens.issued)
        self.deliveries += 1
        self.latest = error
        return error

    def cleared(self, error: DocumentedError, request: Request, now: float, tokens: Tokens) -> bool:
        if self.persistence is Persistence.ALWAYS:
            return False
        if error.fault or Handling.BACKOFF in error.accepts:
            return True
        if Handling.REFRESH_TOKEN in error.accepts and bearer(request.headers) in tokens.issued[self.issued_before :]:
            return True
        return Handling.WAIT in error.accepts and now >= self.clears_at - TOLERANCE

    def recording(self, error: DocumentedError) -> Recorded | None:
        return self.recordings.get(id(error))

    def delay(self, error: DocumentedError) -> int | None:
        """Return the seconds of Retry-After: the recorded or documented ones, or a short wait in a case that clears."""
        return self.delays[id(error)]

    def delay_of(self, error: DocumentedError) -> int | None:
        recorded = self.recording(error)
        delay = recorded_delay(recorded) if recorded is not None else None
        if delay is None:
            delay = error.retry_after
        return delay if delay is None or self.persistence is Persistence.ALWAYS else SHORT

    def end_of_wait(self, error: DocumentedError, now: float) -> float:
        """Return the virtual second at which Retry-After ends; as a date it rounds up to a whole second."""
        delay = self.delay(error)
        if delay is None:
            return math.inf
        if self.persistence is Persistence.ONCE_DATE:
            return math.ceil(self.epoch + now + delay) - self.epoch
        return now + delay

    def retry_at(self, error: DocumentedError, now: float) -> float:
        """Return the virtual second at which the wait ends that an answer tells: of one that does not clear, each its own."""
        ends = self.end_of_wait(error, now) if self.persistence is Persistence.ALWAYS else self.clears_at
        return ends if math.isfinite(ends) else now

    def retry_after(self, error: DocumentedError) -> str | None:
        """Return the header's value."""
        delay = self.delay(error)
        if delay is None:
            return None
        if self.persistence is Persistence.ONCE_DATE:
            return FORMATS["http"](round(self.epoch + self.clears_at))
        return str(delay)
