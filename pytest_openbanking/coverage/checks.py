"""What one test has shown of one error: plain values, which travel between processes and into reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Check", "ErrorKey", "Found", "Kind", "Raised", "Result", "Step"]


class Kind(StrEnum):
    """What a client met. Only documented errors count."""

    ERROR = "error"
    FAULT = "fault"
    MALFORMED_REQUEST = "malformed request"
    MALFORMED_RESPONSE = "malformed response"


class Result(StrEnum):
    """What a test says of the error it delivered; of several, the worst counts, which is the first here."""

    MISHANDLED = "mishandled"  # a finding, or another failure of the test function
    HANDLED = "handled"  # judged, and nothing found
    UNJUDGED = "unjudged"  # skipped, or an error in set-up or teardown, or never delivered


@dataclass(frozen=True, order=True)
class ErrorKey:
    """Which error: as coverage counts them. `status` is None for a fault and for a malformed answer."""

    provider: str
    operation: str
    status: int | None
    code: str

    def __str__(self) -> str:
        return " ".join(
            str(part) for part in (self.provider, self.operation, self.status, self.code) if part is not None
        )


@dataclass(frozen=True)
class Found:
    """A finding. `seen` is what the rule saw, in a sentence."""

    code: str
    message: str
    seen: str
    fix: str


@dataclass(frozen=True)
class Step:
    """One interaction of an exchange; moments are virtual seconds since the check began.

    `error` is "429 ACCESS_EXCEEDED" or a fault's name where that was answered. `wait_until` is when its Retry-After ends.
    `token` and `key` are "token 1", "key 2" where an exchange has several. `mark` is a finding's remark on it.
    """

    at: float
    answered_at: float | None
    method: str
    path: str
    operation: str | None
    status: int | None
    error: str | None
    provenance: str
    retry_after: str | None = None
    wait_until: float | None = None
    refreshes: bool = False
    token: str | None = None
    key: str | None = None
    refused: str | None = None
    mark: str | None = None


@dataclass(frozen=True)
class Raised:
    """An exception that came out of the client; `type` is its dotted name."""

    type: str
    text: str


@dataclass(frozen=True)
class Check:
    """What one test has shown of one error.

    `test` is its node id; `file` and `line` (from 1) are where its function is. `site` names what was malformed.
    `failure` is one line, where the test failed for another reason than a finding. `tolerated` tells that a waiver or a baseline
    turned the findings into an expected failure. `ended_at` is in virtual seconds.
    """

    error: ErrorKey
    kind: Kind
    persistence: str
    test: str
    file: str
    line: int
    result: Result
    site: str | None = None
    findings: tuple[Found, ...] = ()
    failure: str | None = None
    tolerated: bool = False
    steps: tuple[Step, ...] = ()
    ended_at: float | None = None
    raised: tuple[Raised, ...] = ()
    returned: bool = False
