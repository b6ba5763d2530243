"""The words of the catalogue: providers, operations, documented errors and their handlings."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_openbanking.catalogue.routing import Router
    from pytest_openbanking.exchange import Fault

__all__ = [
    "AcceptedHandling",
    "Auth",
    "Basis",
    "DocumentedError",
    "Envelope",
    "Handling",
    "Note",
    "Operation",
    "Provider",
    "Provoke",
    "Source",
    "Success",
]


class Handling(StrEnum):
    """A remedy for an error: what the client must do."""

    FIX_REQUEST = "fix_request"
    REFRESH_TOKEN = "refresh_token"
    FAIL_FAST = "fail_fast"
    RENEW_CONSENT = "renew_consent"
    RELOAD_STATE = "reload_state"
    WAIT = "wait"
    BACKOFF = "backoff"
    RECONNECT = "reconnect"


class Basis(StrEnum):
    """Why a handling is accepted."""

    DOCUMENTED = "documented"
    STANDARD = "standard"
    INFERRED = "inferred"


@dataclass(frozen=True)
class Source:
    """A page of the provider's documentation; `section` is the part of it that is meant."""

    key: str
    title: str
    url: str
    section: str = ""

    def __str__(self) -> str:
        return f'{self.title}, "{self.section}"' if self.section else self.title


@dataclass(frozen=True, eq=False)
class AcceptedHandling:
    """One remedy that is accepted for an error, and why. It equals its handling: `Handling.WAIT in error.handlings`."""

    handling: Handling
    basis: Basis
    text: str
    source: Source | None = None

    def __eq__(self, other: object) -> bool:
        if isinstance(other, AcceptedHandling):
            return (self.handling, self.basis, self.text) == (other.handling, other.basis, other.text)
        return self.handling == other

    def __hash__(self) -> int:
        return hash(self.handling)

    def __str__(self) -> str:
        return self.handling.value


@dataclass(frozen=True)
class Success:
    """A successful answer. `body` is a JSON template (None: no body); `query` is the query parameter it takes."""

    status: int
    body: object | None
    documented: bool
    headers: tuple[tuple[str, str], ...] = ()
    query: str | None = None


@dataclass(frozen=True)
class Operation:
    """A method and a path template of a provider.

    `base` is the URL prefix that it hangs below. `authorization` is "token", "key" or None.
    `acts` is what a successful call does: "money", "job", "consent", "state" or None for a read.
    """

    method: str
    path: str
    base: str
    purpose: str
    source: Source
    success: Success
    successes: tuple[Success, ...] = ()
    assumed: str | None = None
    authorization: str | None = None
    issues_tokens: bool = False
    acts: str | None = None
    idempotency_key: str | None = None
    consent_header: str | None = None
    content_type: str | None = None
    request_schema: Mapping[str, object] | None = None
    body_required: bool = False
    request_example: object | None = None
    fields: tuple[str, ...] = ()
    tags: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def safe(self) -> bool:
        return self.method in ("GET", "HEAD", "OPTIONS")

    @property
    def reads(self) -> bool:
        return self.safe or (self.acts is None and not self.issues_tokens)

    def __str__(self) -> str:
        return self.id


@dataclass(frozen=True)
class Provoke:
    """How an error is brought about on purpose: the one way in which a request differs from a sound one."""

    credential: str | None = None  # "wrong" or "none"
    path: tuple[tuple[str, str], ...] = ()
    query: tuple[tuple[str, str], ...] = ()
    body: str | None = None  # sent instead of the operation's
    set: tuple[tuple[str, object], ...] = ()  # members of the body, by JSON pointer
    without: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentedError:
    """An error that a provider documents for an operation.

    `status` is None for a fault, which has `fault` instead. `message` is None where the provider documents
    none; `retryable` likewise. `retry_after` is the delay served, in seconds; `fields` name what is invalid.
    `provoke` is None where the documentation gives no way in which one request brings the error about.
    `validation` tells that it answers a request whose body breaks the schema of the operation. `aliases` are other
    codes that are documented for it.
    """

    provider: str
    operation: Operation
    status: int | None
    code: str
    message: str | None
    cause: str
    handlings: tuple[AcceptedHandling, ...]
    retryable: bool | None
    source: Source
    body: object | None = None
    documented: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    retry_after: int | None = None
    retry_after_basis: Basis | None = None
    fields: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    max_retries: int | None = None
    fault: Fault | None = None
    provoke: Provoke | None = None
    validation: bool = False
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.operation.id} {self.status} {self.code}" if self.status else f"{self.operation.id} {self.code}"

    @property
    def accepts(self) -> frozenset[Handling]:
        return frozenset(accepted.handling for accepted in self.handlings)

    def __str__(self) -> str:
        return f"{self.status} {self.code}" if self.status else self.code


@dataclass(frozen=True)
class Envelope:
    """Where an error body holds its code, message and fields (RFC 6901 pointers, `*` for every item).

    An item of a list that has the members of `warning` names neither, where there is another item.
    """

    body: object
    schema: Mapping[str, object]
    code: str
    message: str
    fields: str | None = None
    warning: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Auth:
    """How a provider wants a token asked for, and the credentials that the sandbox hands out."""

    token_operation: str
    access_token: str
    refresh_token: str
    api_key: str
    api_secret: str
    token_headers: tuple[tuple[str, str], ...] = ()
    token_body: Mapping[str, object] = field(default_factory=dict)
    token_content_type: str = "application/json"
    token_form: str = "opaque"  # or "jwt"
    token_prefix: str = ""
    refresh_token_prefix: str = ""
    token_lifetime: int | None = None  # seconds; None: not documented


@dataclass(frozen=True)
class Note:
    """Something the documentation says that has no status or no code."""

    text: str
    source: Source


@dataclass(frozen=True)
class Provider:
    """The API being integrated with."""

    name: str
    title: str
    base_url: str
    variants: tuple[str, ...]
    environments: Mapping[str, str]
    auth: Auth
    envelope: Envelope
    operations: tuple[Operation, ...]
    errors: tuple[DocumentedError, ...]
    notes: tuple[Note, ...]
    sources: tuple[Source, ...]
    router: Router = field(repr=False, compare=False)

    def __str__(self) -> str:
        return self.name
