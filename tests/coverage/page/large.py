"""A very large report to draw."""

from __future__ import annotations

from random import Random

from pytest_openbanking.coverage.checks import Check, ErrorKey, Found, Result
from pytest_openbanking.coverage.report import Entry, Remedy, Report, Source
from pytest_openbanking.coverage.statuses import report_of
from tests.coverage.page.reports import DAY, RUN, call, check


def large(operations: int = 100, codes: int = 100) -> Report:
    """Return a report of many errors, no two of whose exchanges are alike, one in ten mishandled."""
    random = Random(20)
    keys = [
        ErrorKey("many", f"GET /v1/things/{{id}}/part-{o}", 400 + c, f"ERROR_NUMBER_{c}")
        for o in range(operations)
        for c in range(codes)
    ]
    entries = [large_entry(key) for key in keys]
    checks = [large_check(key, case, random) for key in keys for case in ("once", "always")]
    return report_of({"many": "Many"}, entries, checks, [RUN], day=DAY)


def large_entry(key: ErrorKey) -> Entry:
    marker = f'@pytest.mark.openbanking_errors("{key.operation}", code="{key.code}")'
    remedies = (
        Remedy("wait", "documented", "wait for Retry-After, then retry"),
        Remedy("backoff", "inferred", "wait between tries"),
    )
    source = Source("error handling", "https://developers.example/errors", f"Error {key.code}")
    return Entry(
        key,
        f"{key.code} happened",
        f"{key.operation} met {key.code}",
        remedies,
        source,
        ("once", "always"),
        False,
        marker,
    )


def large_check(key: ErrorKey, case: str, random: Random) -> Check:
    moments = [0.0]
    for _ in range(random.randint(0, 3)):
        moments.append(round(moments[-1] + random.choice((0.1, 1, 30)) * (0.5 + random.random()), 3))
    if random.random() > 0.05:
        return check(
            key,
            case,
            steps=tuple(call(key, at, retry_after="1", wait_until=at + 1) for at in moments),
            ended_at=moments[-1],
        )
    found = Found(
        "OB105", "retried before Retry-After had passed", f"{key.operation} was called after {moments[-1]} s", "wait"
    )
    steps = tuple(call(key, at, mark="too early") for at in moments)
    return check(key, case, result=Result.MISHANDLED, findings=(found,), steps=steps, ended_at=moments[-1])
