"""Letting a client run into a case, and reading the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from re import sub

from pytest_openbanking import ErrorCase, Mishandled, Operation, Sandbox, sandbox
from tests.careless.bank import Bank, BankError, Call, Site
from tests.careless.wires import Httpx, Wire

__all__ = ["PROVIDERS", "call_of", "case_of", "codes", "judged", "opened", "site_of", "verdict"]

PROVIDERS = ("aarthik", "aelix", "aerosync", "paysera")
Client = Callable[[Site, Wire], Bank]


@contextmanager
def opened(provider: str) -> Iterator[Sandbox]:
    """Open a sandbox for clients that promise BankError."""
    with sandbox(provider, raises=BankError) as box:
        yield box


def call_of(operation: Operation, box: Sandbox) -> Call:
    """Return the call of an operation, with the documented example as its body."""
    path = sub(r"\{[^}]+\}", "1234", operation.path)
    form = (operation.content_type or "").endswith("urlencoded")
    place = path if operation.base == box.base_url else operation.base + path
    return Call(operation.method, place, operation.request_example, operation.authorization, form)


def site_of(box: Sandbox) -> Site:
    return Site(
        box.provider.name,
        box.base_url,
        box.token_url,
        box.access_token,
        box.refresh_token,
        box.api_key,
        box.api_secret,
    )


def judged(case: ErrorCase, client: Callable[[], object]) -> Mishandled | None:
    """Deliver the case to whatever a function does; return what handled() raised."""
    try:
        with case.handled():
            case.result = client()
    except Mishandled as found:
        return found
    return None


def verdict(case: ErrorCase, client: Client, wire: Callable[[], Wire] = Httpx) -> Mishandled | None:
    """Deliver the case to a new client of a kind; return what handled() raised."""
    bank = client(site_of(case.sandbox), wire())
    return judged(case, lambda: bank.wire.run(bank.call(call_of(case.operation, case.sandbox))))


def case_of(box: Sandbox, operation: str, code: str, persistence: str = "once") -> ErrorCase:
    """Return the one case of an operation with a code, or with a fault."""
    found = (case for case in box.cases(operation, faults=True) if case.error.code == code)
    (case,) = (case for case in found if case.persistence == persistence)
    return case


def codes(case: ErrorCase, client: Client, wire: Callable[[], Wire] = Httpx) -> list[str]:
    """Return the codes of the findings, one for each finding."""
    found = verdict(case, client, wire)
    return [finding.code for finding in found.findings] if found else []
