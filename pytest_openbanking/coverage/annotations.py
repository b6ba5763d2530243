"""What a CI service shows beside the code: an annotation for each finding, where its test is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.checks import Result
from pytest_openbanking.coverage.report import Status
from pytest_openbanking.printing import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.coverage.checks import Check
    from pytest_openbanking.coverage.report import Entry, Provider, Report

__all__ = ["ERROR", "WARNING", "Annotation", "annotations_of", "to_gitlab"]

ERROR, WARNING = "error", "warning"
MOST_LINES = 8  # of one annotation
MISHANDLED = "mishandled"  # in the place of a rule's code where a test failed for another reason


@dataclass(frozen=True)
class Annotation:
    """One remark; `file` is None where it is on no line. The text may have several lines."""

    level: str
    title: str
    text: str
    file: str | None = None
    line: int = 0


@dataclass(frozen=True)
class Problem:
    """What one check found by one rule."""

    check: Check
    code: str
    message: str
    seen: str
    fix: str

    def __str__(self) -> str:
        error = self.check.error
        what = " ".join(str(part) for part in (error.operation, error.status, error.code) if part is not None)
        return one_line(f"{what} ({self.check.persistence}): {self.seen}")


def annotations_of(report: Report) -> list[Annotation]:
    """Return an error for each rule that a test function found broken, then a warning for each provider.

    Waived errors, and what a baseline tolerates, are not among them. The errors of the most cases come first.
    """
    found: dict[tuple[str, int, str], list[Problem]] = {}
    for problem in problems(report):
        found.setdefault((problem.check.file, problem.check.line, problem.code), []).append(problem)
    ordered = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    warnings = (warning(provider, report) for provider in report.providers)
    return [*(error(group) for _, group in ordered), *(each for each in warnings if each)]


def problems(report: Report) -> Iterator[Problem]:
    waived = {entry.key for entry in report.errors if entry.status is Status.WAIVED}
    for check in report.checks:
        if check.result is not Result.MISHANDLED or check.tolerated or check.error in waived:
            continue
        for found in check.findings:
            yield Problem(check, found.code, found.message, found.seen, found.fix)
        if not check.findings:
            yield Problem(check, MISHANDLED, "the test failed", check.failure or "", "")


def error(group: list[Problem]) -> Annotation:
    """Return one annotation for what one rule found in all cases of a test function."""
    first = group[0]
    lines = [one_line(first.message), *dict.fromkeys(map(str, group[:MOST_LINES]))]
    if len(group) > MOST_LINES:
        lines.append(f"and {len(group) - MOST_LINES} more")
    if first.fix:
        lines.append(one_line(f"fix: {first.fix}"))
    return Annotation(ERROR, one_line(first.code), "\n".join(lines), one_line(first.check.file), first.check.line)


def warning(provider: Provider, report: Report) -> Annotation | None:
    """Return one for the documented errors that nothing exercised and the waivers that have expired."""
    own = [entry for entry in report.errors if entry.key.provider == provider.name and not entry.assumed]
    missing = [entry for entry in own if entry.status is Status.NOT_EXERCISED]
    expired = [entry for entry in own if entry.waiver and entry.status in (Status.MISHANDLED, Status.NOT_EXERCISED)]
    parts = [f"{len(missing)} of {len(own)} documented errors not exercised"] if missing else []
    if expired:
        parts.append(f"{len(expired)} waivers expired" if len(expired) > 1 else "1 waiver expired")
    if not parts:
        return None
    lines = list(dict.fromkeys(map(line_of, [*expired, *missing])))
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [f"and {len(lines) - MOST_LINES} more"]
    return Annotation(WARNING, one_line(f"{provider.name}: {', '.join(parts)}"), "\n".join(lines))


def line_of(entry: Entry) -> str:
    expired = f": waiver expired on {entry.waiver.until} ({entry.waiver.owner})" if entry.waiver else ""
    return one_line(f"{entry.key.operation} {entry.error}{expired}")


def one_line(text: str) -> str:
    return " ".join(printable(text[:1000]).split())


def to_gitlab(report: Report) -> str:
    """Return the findings as a Code Quality report of GitLab, which it shows in merge requests.

    https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. Each needs a file, so that errors which nothing
    exercised are not in it. A fingerprint does not hold the line: a finding that moved is the same one.
    """
    found: dict[str, dict[str, object]] = {}
    for problem in problems(report):
        marks = (*map(str, (problem.check.error, problem.check.persistence)), problem.check.file, problem.code)
        fingerprint = sha256("\0".join(marks).encode("utf-8", "backslashreplace")).hexdigest()
        found[fingerprint] = {
            "description": f"{one_line(problem.message)}: {problem}",
            "check_name": one_line(problem.code),
            "fingerprint": fingerprint,
            "severity": "major",
            "location": {"path": one_line(problem.check.file), "lines": {"begin": problem.check.line}},
        }
    return json.dumps(list(found.values()), indent=2, ensure_ascii=True) + "\n"
