"""Letting a client run into a case, and reading the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from re import sub

from pytest_openbanking import ErrorCase, Mishandled, Operation, Sandbox, sandbox
from tests.careless.bank import Bank, BankError, Call, Site
from tests.careless.wires import Httpx, Wire

__all__ = ["PROVIDERS", "call_of", "codes", "opened", "verdict"]

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
        box.provider.name, box.base_url, box.token_url, box.access_token, box.refresh_token, box.api_key, box.api_secret
    )


def verdict(case: ErrorCase, client: Client, wire: Callable[[], Wire] = Httpx) -> Mishandled | None:
    """Deliver the case to a new client; return what handled() raised."""
    bank = client(site_of(case.sandbox), wire())
    try:
        with case.handled():
            case.result = bank.wire.run(bank.call(call_of(case.operation, case.sandbox)))
    except Mishandled as found:
        return found
    return None


def codes(case: ErrorCase, client: Client, wire: Callable[[], Wire] = Httpx) -> list[str]:
    """Return the codes of the findings, one for each finding."""
    found = verdict(case, client, wire)
    return [finding.code for finding in found.findings] if found else []
