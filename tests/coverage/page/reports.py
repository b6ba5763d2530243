"""A report to draw: what a run of a team's tests might have shown, made of the real catalogue."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest_openbanking
from pytest_openbanking.coverage.checks import Check, ErrorKey, Found, Kind, Raised, Result, Step
from pytest_openbanking.coverage.report import Entry, Remedy, Report, Run, Source, Waiver
from pytest_openbanking.coverage.statuses import report_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking import DocumentedError

RUN = Run("2026-11-20T17:10:00Z", "0.1.0")
DAY = "2026-11-20"
PROMISED = (Raised("acme.bank.BankError", "the bank refused the call"),)


def entry(error: DocumentedError) -> Entry:
    key = ErrorKey(error.provider, error.operation.id, error.status, error.code)
    waits = "wait" in [handling.handling.value for handling in error.handlings]
    return Entry(
        key,
        error.message,
        error.cause,
        tuple(Remedy(h.handling.value, h.basis.value, h.text) for h in error.handlings),
        Source(error.source.title, error.source.url, error.source.section),
        ("once", "once-date", "always") if waits else ("once", "always") if error.status == 401 else ("always",),
        error.operation.assumed is not None,
        f'@pytest.mark.openbanking_errors("{key.operation}", code="{key.code}")',
    )


def check(key: ErrorKey, persistence: str = "always", **members: object) -> Check:
    test = f"tests/test_bank.py::test_errors[{key.operation}-{key.status}-{key.code}-{persistence}]"
    made = Check(
        key, Kind.ERROR, persistence, test, "tests/test_bank.py", 12, Result.HANDLED, raised=PROMISED, ended_at=0.0
    )
    if "steps" not in members:
        members["steps"] = (call(key, 0.0),)
    return replace(made, **members)


def call(of: ErrorKey, at: float, /, **members: object) -> Step:
    """Return a call that was answered with the error."""
    method, path = of.operation.split(" ", 1)
    error = f"{of.status} {of.code}" if of.status else of.code
    step = Step(at, at, method, path, of.operation, of.status, error, "documented")
    return replace(step, **members)


def fine(key: ErrorKey, at: float, /, **members: object) -> Step:
    return call(key, at, **{"status": 200, "error": None, **members})


def refresh(at: float) -> Step:
    return Step(at, at, "POST", "/oauth/token", "POST /oauth/token", 200, None, "documented", refreshes=True)


def early(key: ErrorKey) -> Check:
    """Return a check in which the client came back long before Retry-After had passed."""
    seen = f"{key.operation} answered 429 ACCESS_EXCEEDED with Retry-After: 30; the client called again after 1.0 s"
    fix = "wait as long as Retry-After says (seconds or an HTTP date), or raise at once and hand the delay on"
    steps = (
        call(key, 0.0, retry_after="30", wait_until=30.0),
        call(key, 1.0, retry_after="30", wait_until=31.0, mark="too early by 29.0 s"),
        fine(key, 31.5, answered_at=31.75),
    )
    found = Found("OB105", "retried before Retry-After had passed", seen, fix)
    return check(
        key, "once", result=Result.MISHANDLED, findings=(found,), steps=steps, ended_at=31.75, raised=(), returned=True
    )


def slept(key: ErrorKey) -> Check:
    """Return a check in which the client slept for a day."""
    steps = (
        call(key, 0.0, answered_at=0.25, retry_after="86400", wait_until=86400.25),
        call(key, 0.5, answered_at=0.501, retry_after="86400", wait_until=86400.501, mark="too early by 23 h 59 min"),
        call(key, 86400.25, retry_after="86400", wait_until=172800.25, mark="slept 86400 s"),
    )
    found = Found(
        "OB106", "slept longer than max-wait", "the client slept for 86400 s in one go", "raise, with the delay"
    )
    return check(key, "always", result=Result.MISHANDLED, findings=(found,), steps=steps, ended_at=86400.25)


def refreshed(key: ErrorKey) -> Check:
    """Return a check in which the client refreshed its token and was answered."""
    steps = (call(key, 0.0, token="token 1"), refresh(0.05), fine(key, 0.1, token="token 2"))
    return check(key, "once", steps=steps, ended_at=0.1, raised=(), returned=True)


def leaked(key: ErrorKey) -> Check:
    """Return a check with two findings, of a client that backs off and then lets an error of its library through."""
    steps = tuple(call(key, at, answered_at=at + 0.03, key=f"key {n}") for n, at in enumerate((0.0, 1.0, 3.0, 7.0), 1))
    steps = (*steps[:-1], replace(steps[-1], mark="another Idempotency-Key for the same write"))
    found = (
        Found(
            "OB302",
            "retried a write under another Idempotency-Key",
            "the same body went out under key 1 and key 4",
            "keep the key",
        ),
        Found(
            "OB402",
            "leaked an exception that is not the promised type",
            "httpx.HTTPStatusError came out, not BankError",
            "wrap it",
        ),
    )
    out = (
        Raised(
            "httpx.HTTPStatusError",
            "Server error '500 INTERNAL_SERVER_ERROR' for url 'https://bank.example/v1/payments'",
        ),
    )
    return check(key, result=Result.MISHANDLED, findings=found, steps=steps, ended_at=7.03, raised=out)


def others() -> Iterator[Check]:
    """Yield checks of no documented error."""
    lost = ErrorKey("paysera", "POST /v1/payments", None, "read timeout after it acted")
    step = call(lost, 0.0, answered_at=30.0)
    found = Found("OB304", "the write took effect twice", "two payments were made", "send one Idempotency-Key for both")
    steps = (step, fine(lost, 30.0, answered_at=30.2, mark="took effect again"))
    yield check(
        lost,
        kind=Kind.FAULT,
        result=Result.MISHANDLED,
        findings=(found,),
        steps=steps,
        ended_at=30.2,
        raised=(),
        returned=True,
    )
    yield check(ErrorKey("paysera", "GET /v1/accounts", None, "HTML page of a gateway"), kind=Kind.FAULT)
    broken = ErrorKey("paysera", "GET /v1/accounts", None, "accounts/0/iban")
    yield check(
        broken,
        "site",
        kind=Kind.MALFORMED_RESPONSE,
        site="accounts/0/iban-pattern",
        failure="ValueError: not an IBAN",
        result=Result.MISHANDLED,
    )
    refused = Step(
        0.0,
        None,
        "GET",
        "/v9/unknown",
        None,
        None,
        None,
        "generated",
        refused="no such operation: nearest is GET /v1/accounts",
    )
    yield check(
        ErrorKey("paysera", "GET /v1/accounts", None, "connection reset"),
        kind=Kind.FAULT,
        result=Result.UNJUDGED,
        steps=(refused,),
    )


def forbidden(key: ErrorKey) -> bool:
    return key.code == "RESOURCE_FORBIDDEN" and key.operation.endswith("transactions")


def special(key: ErrorKey) -> tuple[Check, ...] | None:
    """Return the checks of an error that does not go well, or not simply."""
    if key.operation == "GET /v1/accounts" and key.code == "ACCESS_EXCEEDED":
        return early(key), check(key, "once-date"), slept(key)
    if key.operation == "POST /v1/payments" and (key.status or 0) >= 500:
        return (leaked(key),)
    if key.status == 401 and key.provider == "paysera":
        return refreshed(key), check(key, "always")
    if key.operation.startswith("POST /v1/{payment-service}") or key.code == "RATE_LIMIT_EXCEEDED" or forbidden(key):
        return ()
    return None


def example(*names: str) -> Report:
    """Return what a run of a team's tests might have shown."""
    providers = [pytest_openbanking.load_provider(name) for name in names or ("paysera", "aelix")]
    entries = [entry(error) for provider in providers for error in provider.errors if error.status]
    checks: list[Check] = list(others())
    for number, one in enumerate(entries):
        found = special(one.key)
        checks += [check(one.key, case) for case in one.persistences] if found is None else found
        if forbidden(one.key):
            entries[number] = replace(
                one, waiver=Waiver("the bank never sends it for this account type", "payments team", "2026-12-31")
            )
    return report_of({p.name: p.title for p in providers}, entries, checks, [RUN], day=DAY)
