"""Running a careful client over every documented error, and collecting what is found."""

from __future__ import annotations

import asyncio
import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from pytest_openbanking import ErrorCase, sandbox
from tests.careful.errors import BankError
from tests.careful.knowledge import Access, access_to, call_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PROVIDERS = ("paysera", "aelix", "aarthik", "aerosync")


@dataclass(frozen=True)
class Careful:
    """A careful client: `make(access)` builds it, its `perform(call)` does a call and returns its value."""

    name: str
    make: Callable[[Access], Any]
    raises: Any = BankError
    returns: Any = None
    ignore: tuple[str, ...] = ()
    faults: bool = False
    shared: bool = False  # one client for all cases, as a session-wide fixture would hold it


@dataclass
class Findings:
    """What was found in how many cases; false where nothing was."""

    cases: int = 0
    found: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.found)

    def __repr__(self) -> str:
        return f"{len(self.found)} of {self.cases} cases:\n\n" + "\n\n".join(self.found)

    def add(self, case: ErrorCase, mishandled: AssertionError | None) -> None:
        self.cases += 1
        if mishandled is not None:
            self.found.append(f"{case.id}\n{mishandled}")


def over_all(clients: Iterable[Careful]) -> pytest.MarkDecorator:
    """Parametrise a test with each client and each provider."""
    rows = [(client, provider) for client in clients for provider in PROVIDERS]
    return pytest.mark.parametrize(("client", "provider"), rows, ids=[f"{c.name}-{p}" for c, p in rows])


def findings_of(client: Careful, provider: str) -> Findings:
    """Run a client over every case of a provider."""
    with sandbox(provider, raises=client.raises, ignore=client.ignore) as opened:
        access, findings = access_to(opened), Findings()
        cases = list(opened.cases(faults=client.faults))
        if is_async(client):
            asyncio.run(run_async(client, access, cases, findings))
        else:
            run(client, access, cases, findings)
    return findings


def is_async(client: Careful) -> bool:
    perform = getattr(client.make, "perform", None)
    return inspect.iscoroutinefunction(perform or getattr(client.make, "asynchronous", None))


def run(client: Careful, access: Access, cases: list[ErrorCase], findings: Findings) -> None:
    bank = None
    for case in cases:
        bank = bank if client.shared and bank else client.make(access)
        call = call_of(case.operation, access)
        try:
            with case.handled(returns=client.returns):
                case.result = bank.perform(call)
        except AssertionError as mishandled:
            findings.add(case, mishandled)
        else:
            findings.add(case, None)


async def run_async(client: Careful, access: Access, cases: list[ErrorCase], findings: Findings) -> None:
    bank = None
    for case in cases:
        bank = bank if client.shared and bank else client.make(access)
        call = call_of(case.operation, access)
        try:
            with case.handled(returns=client.returns):
                case.result = await bank.perform(call)
        except AssertionError as mishandled:
            findings.add(case, mishandled)
        else:
            findings.add(case, None)
        if not client.shared or case is cases[-1]:
            await bank.close()
