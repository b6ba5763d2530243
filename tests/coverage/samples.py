"""Reports to test with: small ones by hand, random ones from Hypothesis."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.checks import Check, ErrorKey, Found, Kind, Raised, Result, Step
from pytest_openbanking.coverage.report import Entry, Remedy, Run, Source, Waiver
from pytest_openbanking.coverage.statuses import report_of

if TYPE_CHECKING:
    from pytest_openbanking.coverage.report import Report

DAY = "2026-11-20"
ACCOUNTS, PAYMENTS = "GET /v1/accounts", "POST /v1/payments"


def key(code: str, status: int | None = 429, operation: str = ACCOUNTS, provider: str = "paysera") -> ErrorKey:
    return ErrorKey(provider, operation, status, code)


def entry(code: str, status: int | None = 429, operation: str = ACCOUNTS, **more: object) -> Entry:
    """A documented error; `provider` and every member can be given."""
    provider = str(more.pop("provider", "paysera"))
    plain = Entry(
        key(code, status, operation, provider),
        message=f"the message of {code}",
        cause=f"the cause of {code}",
        remedies=(Remedy("wait", "documented", "wait for Retry-After, then retry"),),
        source=Source("Errors", "https://docs.example/errors", "Codes"),
        persistences=("once", "always"),
        assumed=False,
        marker=f'@pytest.mark.openbanking_errors("{operation}", code="{code}")',
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def check(error: ErrorKey, persistence: str = "once", result: Result = Result.HANDLED, **more: object) -> Check:
    plain = Check(
        error,
        Kind.ERROR,
        persistence,
        test=f"tests/test_bank.py::test_it[{error.operation}-{error.status}-{error.code}-{persistence}]",
        file="tests/test_bank.py",
        line=12,
        result=result,
    )
    return replace(plain, **more)  # type: ignore[arg-type]


def both(error: ErrorKey) -> list[Check]:
    """Both cases of an error, handled."""
    return [check(error, "once"), check(error, "always")]


EARLY = Found("OB105", "retried before Retry-After had passed", "called again after 1.0 s", "wait 30 s")
STEPS = (
    Step(0.0, 0.0, "GET", "/v1/accounts", ACCOUNTS, 429, "429 ACCESS_EXCEEDED", "generated", "30", 30.0),
    Step(1.0, 1.0, "GET", "/v1/accounts", ACCOUNTS, 200, None, "documented", mark="too early by 29.0 s"),
)


def wrong(error: ErrorKey, *found: Found, **more: object) -> Check:
    """A check that found something."""
    return check(
        error,
        **{
            "result": Result.MISHANDLED,
            "findings": found or (EARLY,),
            "steps": STEPS,
            "ended_at": 1.0,
            "raised": (Raised("acme.bank.BankError", "no access"),),
        }
        | more,
    )  # type: ignore[arg-type]


def report(entries: list[Entry], checks: list[Check], *, day: str = DAY, runs: tuple[Run, ...] = ()) -> Report:
    titles = {name: name.title() for name in dict.fromkeys(one.key.provider for one in entries)}
    runs = runs or (Run("2026-11-20T17:10:00Z", "0.1.0"),)
    return report_of(titles, entries, checks, runs, day=day)


def sample() -> Report:
    """One error of each status, one with an expired waiver, and one on an assumed operation."""
    waiver = Waiver("no sandbox", "ops", "2026-12-31")
    entries = [
        entry("TOKEN_EXPIRED", 401),
        entry("FORMAT_ERROR", 400, PAYMENTS, waiver=waiver),
        entry("CONSENT_EXPIRED", 401, waiver=replace(waiver, until="2026-11-19")),
        entry("SERVICE_UNAVAILABLE", 503, PAYMENTS),
        entry("ACCESS_EXCEEDED"),
        entry("RESOURCE_UNKNOWN", 404, "GET /v1/x", assumed=True),
    ]
    checks = [
        *both(key("TOKEN_EXPIRED", 401)),
        check(key("SERVICE_UNAVAILABLE", 503, PAYMENTS), "once"),
        wrong(key("ACCESS_EXCEEDED")),
    ]
    return report(entries, checks)
