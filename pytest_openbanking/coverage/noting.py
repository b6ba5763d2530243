"""What a test has shown, attached to its report: by the process that ran it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.coverage.checks import Check, ErrorKey, Kind, Result
from pytest_openbanking.coverage.planned import planned_of
from pytest_openbanking.coverage.steps import Told, neutral
from pytest_openbanking.coverage.travelling import packed
from pytest_openbanking.findings import Mishandled
from pytest_openbanking.handled import leaves
from pytest_openbanking.judgements import Verdict, take

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_openbanking.catalogue.model import DocumentedError
    from pytest_openbanking.judgements import Judgement

__all__ = ["ATTRIBUTE", "attach", "line_of"]

ATTRIBUTE = "openbanking"  # of a test's report
PROPERTIES = ("openbanking_error", "openbanking_findings")
RESULTS = {Verdict.MISHANDLED: Result.MISHANDLED, Verdict.SOUND: Result.HANDLED}
KINDS = {"request": Kind.MALFORMED_REQUEST, "response": Kind.MALFORMED_RESPONSE}


def checks_of(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> list[Check]:
    """Return the checks of a test's phase: what its blocks have shown, and the case that it was to check."""
    if report.when != "call":
        line = None if report.passed else f"set-up: {line_of(report)}"
        return [replace(check, failure=line) for check in planned(item, report)]
    found = [told(judgement, report) for judgement in take()]
    seen = {(check.error, check.persistence, check.site) for check in found}
    missed = [each for each in planned(item, report) if (each.error, each.persistence, each.site) not in seen]
    raised = call.excinfo.value if call.excinfo is not None else None
    if isinstance(raised, pytest.skip.Exception | pytest.xfail.Exception):
        return [unjudged(check, line_of(report)) for check in (*found, *missed)]
    if (raised is not None or report.failed) and not explained(raised):
        return [failed(check, line_of(report)) for check in (*found, *missed)]
    return [*found, *missed]


def told(judgement: Judgement, report: pytest.TestReport) -> Check:
    """Return a block's judgement as a check."""
    block = Told(judgement)
    case, outcome = judgement.case, judgement.outcome
    kind = KINDS.get(getattr(case, "part", ""), Kind.FAULT if judgement.error.fault else Kind.ERROR)
    site = getattr(case, "site", None)
    result = RESULTS.get(judgement.verdict, Result.UNJUDGED)
    shown = site is None or result is Result.MISHANDLED  # of drawn values, only one that shows something
    return Check(
        error=key_of(judgement.error, kind, None if site is None else site.id),
        kind=kind,
        persistence=case.persistence.value,
        test=report.nodeid,
        file=file_of(report),
        line=line_in(report),
        result=result,
        site=None if site is None else site.id,
        findings=block.findings,
        steps=block.steps if shown else (),
        ended_at=block.ended_at if shown else None,
        raised=block.raised if shown else (),
        returned=outcome is not None and outcome.returned,
    )


def planned(item: pytest.Item, report: pytest.TestReport) -> list[Check]:
    """Return the case that a test is to check, as it is before anything was judged."""
    case = planned_of(item)
    if case is None:
        return []
    kind = KINDS.get(case.part, Kind.FAULT if case.error.fault else Kind.ERROR)
    return [
        Check(
            error=key_of(case.error, kind, case.site),
            kind=kind,
            persistence=case.persistence,
            test=report.nodeid,
            file=file_of(report),
            line=line_in(report),
            result=Result.UNJUDGED,
            site=case.site,
        )
    ]


def key_of(error: DocumentedError, kind: Kind, site: str | None) -> ErrorKey:
    """Return which error it is; a malformed answer is named by what is malformed of it."""
    if kind is Kind.MALFORMED_RESPONSE:
        return ErrorKey(error.provider, error.operation.id, None, f"{error.code} {site}")
    return ErrorKey(error.provider, error.operation.id, error.status, error.code)


def file_of(report: pytest.TestReport) -> str:
    return report.location[0].replace("\\", "/")


def line_in(report: pytest.TestReport) -> int:
    return (report.location[1] or 0) + 1


def explained(raised: BaseException | None) -> bool:
    """Tell whether a test failed by findings only."""
    return raised is not None and all(isinstance(leaf, Mishandled) for leaf in leaves(raised))


def failed(check: Check, line: str) -> Check:
    return check if check.findings else replace(check, result=Result.MISHANDLED, failure=line)


def unjudged(check: Check, line: str) -> Check:
    return check if check.findings else replace(check, result=Result.UNJUDGED, failure=line)


def line_of(report: pytest.TestReport) -> str:
    """Return why a phase did not pass, in one line."""
    shown = report.longrepr
    crash = getattr(shown, "reprcrash", None)
    text = shown[2] if isinstance(shown, tuple) else crash.message if crash is not None else str(shown or "")
    first = next((line.strip() for line in text.splitlines() if line.strip()), "failed")
    return neutral(first[:300])


def with_properties(held: Iterable[tuple[str, object]], checks: Sequence[Check]) -> list[tuple[str, object]]:
    """Return a test's properties, which JUnit shows, with the errors that it has checked and what was found."""
    codes = sorted({found.code for check in checks for found in check.findings})
    said = [f"{check.error} {check.persistence}" + (f" {check.site}" if check.site else "") for check in checks]
    return [
        *(pair for pair in held if pair[0] not in PROPERTIES),
        *((PROPERTIES[0], text) for text in said),
        *([(PROPERTIES[1], ", ".join(codes))] if codes else []),
    ]


def attach(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
    """Let a report carry what its test has shown; let it be an expected failure where all of that is known."""
    checks = checks_of(item, call, report)
    if not checks:
        return
    from pytest_openbanking.coverage.session import coverage_of

    coverage = coverage_of(item.config)
    coverage.meet(checks)
    if report.when == "call":
        item.user_properties[:] = with_properties(item.user_properties, checks)
        report.user_properties[:] = with_properties(report.user_properties, checks)
        if call.excinfo is not None and explained(call.excinfo.value):
            checks = coverage.tolerance.apply(report, checks)
    setattr(report, ATTRIBUTE, [packed(check) for check in checks])
