"""Which recorded requests can be sent again, and how they look then."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pytest_openbanking.asking import Credentials, ask, path_of
from pytest_openbanking.catalogue.provoking import CREDENTIALS
from pytest_openbanking.catalogue.templates import placeholders
from pytest_openbanking.exchange import Headers, Request
from pytest_openbanking.network import reached_at
from pytest_openbanking.serving.asking import HEADER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_openbanking.cassettes.verifying.subject import Call
    from pytest_openbanking.catalogue.model import Operation, Provider, Provoke

__all__ = ["IMPOSSIBLE", "Plan", "Skipped", "Target"]

IMPOSSIBLE = "cannot be brought about"
WRITES = "writes without --writes"
# What belongs to the recorded connection, and what the HTTP library sets itself.
OF_CONNECTION = frozenset(
    [
        "host",
        "connection",
        "keep-alive",
        "content-length",
        "transfer-encoding",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "accept-encoding",
        "content-encoding",
        "proxy-authorization",
        "proxy-connection",
    ]
)


class Skipped(NamedTuple):
    """Why a request is not sent."""

    reason: str


@dataclass(frozen=True)
class Target:
    """Where requests go: the provider's base URL is `base_url`; `network.reached_at` says where its other ones are."""

    provider: Provider
    base_url: str
    token_url: str | None = None

    def base_of(self, base: str) -> str:
        return self.reached[base]

    @cached_property
    def reached(self) -> dict[str, str]:
        return reached_at(self.provider, self.base_url, self.token_url)

    def asks_for_token(self, operation: Operation) -> bool:
        return operation.id == self.provider.auth.token_operation

    def sent_to(self, operation: Operation, request: Request) -> Request:
        """Return a request to where tokens are to be had, if it is for one."""
        return request._replace(url=self.token_url) if self.token_url and self.asks_for_token(operation) else request


@dataclass(frozen=True)
class Plan:
    """How to replay. `credentials` of the environment, `parameters` of --param; `served`: by a sandbox of ours."""

    target: Target
    served: bool
    credentials: Credentials = field(default_factory=Credentials)
    parameters: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False

    def request(self, call: Call) -> Request | Skipped:
        """Return the request that is to be answered as recorded, or why there is none."""
        operation = call.operation
        if operation is None or not (call.succeeded or call.error):
            return Skipped(IMPOSSIBLE)
        if operation.base not in self.target.reached:
            return Skipped("needs --token-url")
        if self.served:
            return self.ordered(call, operation)
        if call.error is not None and call.error.provoke is None:
            return Skipped(IMPOSSIBLE)
        if call.succeeded and not operation.safe and not self.writes:
            return Skipped(WRITES)
        provoke = call.error.provoke if call.error else None
        lacking = self.lacking(operation, provoke)
        if lacking:
            return Skipped(f"needs {' and '.join(lacking)}")
        if provoke is not None or self.target.asks_for_token(operation):
            return self.asked(call, operation, provoke)
        return self.again(call, operation)

    def ordered(self, call: Call, operation: Operation) -> Request:
        """Return the recorded request, with the header that orders the error of a served sandbox."""
        request = self.again(call, operation)
        if call.error is None:
            return request
        return request._replace(headers=Headers([*request.headers.pairs, (HEADER, str(call.error))]))

    def lacking(self, operation: Operation, provoke: Provoke | None) -> list[str]:
        """Return the variables of the environment that a request needs and that are not set."""
        if provoke is not None and provoke.credential is not None:
            return []
        needed = {"token": {"access_token"}, "key": {"api_key"}, None: set[str]()}[operation.authorization]
        auth = self.target.provider.auth
        if self.target.asks_for_token(operation):
            asked = [auth.token_body, *(value for _, value in auth.token_headers)]
            needed = {name for name, _ in placeholders(asked)} & set(CREDENTIALS)
        held = asdict(self.credentials)
        return [f"OPENBANKING_{name.upper()}" for name in CREDENTIALS if name in needed and not held[name]]

    def asked(self, call: Call, operation: Operation, provoke: Provoke | None) -> Request:
        request = ask(
            self.target.provider,
            operation,
            base_of=self.target.base_of,
            credentials=self.credentials,
            parameters={**call.route.parameters, **self.parameters},
            provoke=provoke,
        )
        return self.target.sent_to(operation, request)

    def again(self, call: Call, operation: Operation) -> Request:
        """Return the recorded request at its new address, with credentials and parameters put in."""
        recorded = call.recorded.request
        path = path_of(operation, {**call.route.parameters, **self.parameters}) if self.parameters else call.route.path
        query = f"?{recorded.query}" if recorded.query else ""
        url = self.target.base_of(operation.base) + path + query
        request = Request(recorded.method, url, Headers(self.headers(call, operation)), recorded.body)
        return self.target.sent_to(operation, request)

    def headers(self, call: Call, operation: Operation) -> list[tuple[str, str]]:
        fresh = {name.lower(): value for name, value in self.fresh(call, operation)}
        recorded = call.recorded.request.headers.pairs
        kept = [(name, fresh.pop(name.lower(), value)) for name, value in recorded if name.lower() not in OF_CONNECTION]
        return [*kept, *fresh.items(), ("Accept-Encoding", "identity")]

    def fresh(self, call: Call, operation: Operation) -> list[tuple[str, str]]:
        """Return the headers whose recorded values are of no use: scrubbed credentials, a spent idempotency key."""
        found = []
        wrong = call.error is not None and call.error.provoke is not None and call.error.provoke.credential is not None
        token = self.credentials.api_key if operation.authorization == "key" else self.credentials.access_token
        if operation.authorization and token and not wrong:
            found.append(("Authorization", f"Bearer {token}"))
        if operation.idempotency_key and operation.idempotency_key in call.recorded.request.headers:
            found.append((operation.idempotency_key, str(uuid.uuid4())))
        if operation.consent_header and operation.consent_header in self.parameters:
            found.append((operation.consent_header, self.parameters[operation.consent_header]))
        return found
