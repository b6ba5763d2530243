"""The baseline: a file of the errors that are not handled yet, so that a team can begin to check late."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from pytest_openbanking.atomic import write_whole
from pytest_openbanking.coverage.checks import ErrorKey, Result
from pytest_openbanking.coverage.report import Status
from pytest_openbanking.coverage.statuses import COUNTED
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from pytest_openbanking.coverage.report import Report

__all__ = ["Known", "better", "known_of", "new", "read_baseline", "write_baseline"]

FORMAT, VERSION = "pytest-openbanking baseline", 1
MEMBERS = ("provider", "operation", "status", "code", "rule")


class Known(NamedTuple):
    """One thing that is wrong with an error: a rule that is broken, or (None) that it is not exercised, or its test fails."""

    error: ErrorKey
    rule: str | None

    def __str__(self) -> str:
        return f"{self.error}: {self.rule or 'not handled'}"


def known_of(report: Report) -> set[Known]:
    """Return what is wrong today, but for what is waived; faults and malformed answers as far as rules are broken."""
    return {*of_errors(report), *of_others(report)}


def of_errors(report: Report) -> Iterator[Known]:
    for entry in report.errors:
        if entry.status in (Status.MISHANDLED, Status.NOT_EXERCISED):
            yield from (Known(entry.key, rule) for rule in entry.rules or (None,))


def of_others(report: Report) -> Iterator[Known]:
    counted = {entry.key for entry in report.errors}
    for check in report.checks:
        if (check.kind not in COUNTED or check.error not in counted) and check.result is Result.MISHANDLED:
            yield from (Known(check.error, found.code) for found in check.findings)


def new(today: Iterable[Known], baseline: Collection[Known]) -> list[Known]:
    """Return what the baseline does not know; an error in it may as well be not exercised any more."""
    errors = {known.error for known in baseline}
    return ordered(known for known in today if known not in baseline and (known.rule or known.error not in errors))


def better(baseline: Iterable[Known], report: Report) -> list[Known]:
    """Return what the baseline holds that is no longer true: of errors that were judged, or it would be no better."""
    today = known_of(report)
    judged = {check.error for check in report.checks if check.result is not Result.UNJUDGED}
    handled = {entry.key for entry in report.errors if entry.status is Status.HANDLED}
    return ordered(known for known in baseline if known not in today and known.error in judged | handled)


def ordered(known: Iterable[Known]) -> list[Known]:
    return sorted(known, key=lambda each: (*map(str, vars(each.error).values()), each.rule or ""))


def write_baseline(file: Path, known: Iterable[Known]) -> None:
    """Write a baseline, whole or not at all; raises OSError."""
    lines = ["    " + json.dumps({**vars(each.error), "rule": each.rule}) for each in ordered(known)]
    errors = "[\n" + ",\n".join(lines) + "\n  ]" if lines else "[]"
    text = f'{{\n  "format": {json.dumps(FORMAT)},\n  "version": {VERSION},\n  "errors": {errors}\n}}\n'
    write_whole(file.resolve(), text)


def read_baseline(file: Path) -> frozenset[Known]:
    """Read a baseline; raises UsageError, one line, where it is none."""
    try:
        document = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"baseline {file}: there is no such file; write it with --openbanking-baseline-update={file.name}"
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"baseline {file}: cannot be read: {error}") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise UsageError(f'baseline {file}: is none; allowed: a file with "format": "{FORMAT}"')
    if document.get("version") != VERSION:
        raise UsageError(
            f"baseline {file}: has version {document.get('version')!r}, and this release reads version {VERSION} only"
        )
    entries = document.get("errors")
    if not isinstance(entries, list):
        raise UsageError(f'baseline {file}: "errors" must be a list')
    return frozenset(read_known(entry, f"baseline {file}: errors[{number}]") for number, entry in enumerate(entries, 1))


def read_known(entry: object, where: str) -> Known:
    if not isinstance(entry, dict):
        raise UsageError(f"{where} must be an object, not {entry!r}")
    match [entry.get(name) for name in MEMBERS]:
        case [str(provider), str(operation), int() | None as status, str(code), str() | None as rule]:
            return Known(ErrorKey(provider, operation, status, code), rule)
    raise UsageError(f"{where} must hold {', '.join(MEMBERS)}, not {entry!r}")
