"""What there is to record of a provider, and how each is brought about: by its served sandbox, or by itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from pytest_openbanking.asking import Credentials, ask, missing
from pytest_openbanking.cassettes.places import place_of
from pytest_openbanking.sandboxes.selection import Status, find_operation, select_errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider
    from pytest_openbanking.exchange import Request
    from pytest_openbanking.serving.server import Server

__all__ = ["ProviderItself", "ServedSandbox", "Source", "Take", "takes"]


@dataclass(frozen=True)
class Take:
    """One cassette to record: an error on its operation, or (None) the operation's success."""

    provider: Provider
    operation: Operation
    error: DocumentedError | None = None

    @property
    def place(self) -> Path:
        return place_of(self.provider, self.operation, self.error)

    @property
    def wanted(self) -> str:
        return str(self.error) if self.error else "success"

    def __str__(self) -> str:
        return f"{self.operation} {self.wanted}"


def takes(
    provider: Provider,
    operations: Sequence[str] = (),
    *,
    status: Status = None,
    code: Sequence[str] | None = None,
) -> list[Take]:
    """Return what there is to record, by operation; a status or a code asks for errors only."""
    errors = select_errors(provider, operations, status=status or None, code=code or None)
    chosen = [find_operation(provider, text) for text in operations] or list(provider.operations)
    found = []
    for operation in chosen:
        if not status and not code:
            found.append(Take(provider, operation))
        found += [Take(provider, operation, error) for error in errors if error.operation is operation]
    return found


class Source(Protocol):
    """Where recordings come from. `origin` is where it is reached."""

    @property
    def origin(self) -> str: ...

    @property
    def secrets(self) -> Sequence[str]:
        """Return what no message may show."""

    def reached(self, base: str) -> str:
        """Return where an operation's base is reached."""

    def obstacle(self, take: Take) -> str | None:
        """Say why something cannot be brought about here; None where it can."""

    def request(self, take: Take) -> Request:
        """Return the request that brings it about, made ready."""


@dataclass(frozen=True)
class ServedSandbox:
    """The provider's sandbox, served over real HTTP: it answers with whatever is asked of it."""

    server: Server

    @property
    def origin(self) -> str:
        return self.server.origin

    @property
    def secrets(self) -> Sequence[str]:
        return ()

    def reached(self, base: str) -> str:
        return self.server.url(base)

    def obstacle(self, take: Take) -> str | None:
        return None

    def request(self, take: Take) -> Request:
        self.server.clear()
        if take.error is not None:
            self.server.fail_with(take.error.code, take.operation.id, status=take.error.status)
        return ask(take.provider, take.operation, base_of=self.reached)


@dataclass(frozen=True)
class ProviderItself:
    """The provider at its own address: only what its data says how to provoke, and what acts only where that is allowed."""

    bases: Mapping[str, str]
    credentials: Credentials
    parameters: Mapping[str, str]
    writes: bool = False

    @property
    def origin(self) -> str:
        return next(iter(self.bases.values()))

    @property
    def secrets(self) -> Sequence[str]:
        return tuple(asdict(self.credentials).values())

    def reached(self, base: str) -> str:
        return self.bases[base]

    def obstacle(self, take: Take) -> str | None:
        return next(self.obstacles(take), None)

    def obstacles(self, take: Take) -> Iterator[str]:
        provoke = take.error.provoke if take.error else None
        if take.operation.base not in self.bases:
            yield f"{take.operation.base} is another host; say with --token-url where it is"
        if take.error is not None and provoke is None:
            yield "it is not documented how one request brings it about"
        if take.error is None and take.operation.acts is not None and not self.writes:
            yield f"it really acts ({take.operation.acts}); allow that with --writes"
        if take.error is None and take.operation.issues_tokens and not self.writes:
            yield "it issues a token, for which a refresh token may be spent; allow that with --writes"
        lacking = missing(take.operation, self.parameters, provoke)
        if lacking:
            yield f"needs {' '.join(f'--param {name}=...' for name in lacking)}"
        if (
            take.operation.authorization
            and not (provoke and provoke.credential)
            and not self.credential(take.operation)
        ):
            yield f"needs OPENBANKING_{'API_KEY' if take.operation.authorization == 'key' else 'ACCESS_TOKEN'}"

    def credential(self, operation: Operation) -> str:
        return self.credentials.api_key if operation.authorization == "key" else self.credentials.access_token

    def request(self, take: Take) -> Request:
        provoke = take.error.provoke if take.error else None
        return ask(
            take.provider,
            take.operation,
            base_of=self.reached,
            credentials=self.credentials,
            parameters=self.parameters,
            provoke=provoke,
        )
