"""The report as JSON: written to be reviewed, read without trust. docs/report-format.md describes it."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from pytest_openbanking.cassettes.verifying.finding import one_line
from pytest_openbanking.coverage.members import check_from, entry_from, moment, with_moments
from pytest_openbanking.coverage.report import Run
from pytest_openbanking.coverage.shape import compiled
from pytest_openbanking.coverage.statuses import report_of
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pytest_openbanking.coverage.checks import Check
    from pytest_openbanking.coverage.report import Counts, Entry, Provider, Report

__all__ = ["FORMAT", "SCHEMA", "VERSION", "day_of", "from_json", "read_report", "to_json"]

FORMAT, VERSION = "pytest-openbanking report", 1
SCHEMA = Path(__file__).with_name("report.schema.json")

# What an editor does not show, or what turns the text around it; and surrogates, which UTF-8 cannot hold.
HIDDEN = re.compile("[\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff]")


def to_json(report: Report) -> str:
    """Return the report as JSON: a run, a provider, an error and a check a line."""
    head = f'{{\n  "format": {line_of(FORMAT)},\n  "version": {VERSION},\n'
    parts = (
        ("runs", map(vars, report.runs)),
        ("providers", map(provider_of, report.providers)),
        ("errors", map(error_of, report.errors)),
        ("checks", map(check_of, report.checks)),
    )
    return head + ",\n".join(f'  "{name}": {listed(items)}' for name, items in parts) + "\n}\n"


def listed(items: Iterable[Mapping[str, Any]]) -> str:
    lines = ",\n".join(f"    {line_of(item)}" for item in items)
    return f"[\n{lines}\n  ]" if lines else "[]"


def line_of(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def provider_of(provider: Provider) -> dict[str, Any]:
    return {
        "name": provider.name,
        "title": provider.title,
        "errors": counts_of(provider.errors),
        "assumed": counts_of(provider.assumed),
        "codes": counts_of(provider.codes),
    }


def counts_of(counts: Counts) -> dict[str, int]:
    return {**vars(counts), "percent": counts.percent}


def error_of(entry: Entry) -> dict[str, Any]:
    return {
        **vars(entry.key),
        "message": entry.message,
        "cause": entry.cause,
        "remedies": [vars(remedy) for remedy in entry.remedies],
        "source": vars(entry.source),
        "persistences": entry.persistences,
        "assumed": entry.assumed,
        "marker": entry.marker,
        "waiver": vars(entry.waiver) if entry.waiver else None,
        "state": entry.status,
        "rules": entry.rules,
        "missing": entry.missing,
    }


def check_of(check: Check) -> dict[str, Any]:
    return {
        **vars(check.error),
        "kind": check.kind,
        "persistence": check.persistence,
        "site": check.site,
        "test": check.test,
        "file": check.file,
        "line": check.line,
        "result": check.result,
        "findings": [vars(found) for found in check.findings],
        "failure": check.failure,
        "tolerated": check.tolerated,
        "steps": [with_moments(vars(step)) for step in check.steps],
        "ended_at": moment(check.ended_at),
        "raised": [vars(raised) for raised in check.raised],
        "returned": check.returned,
    }


def read_report(path: Path) -> Report:
    """Read a report from a file; raises UsageError, one line, where it is none."""
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise UsageError(f"{path} is no report: it is not UTF-8: {error}") from None
    return from_json(text, str(path))


def from_json(text: str, name: str) -> Report:
    """Read a report; `name` is the file's, for the UsageError that tells in one line what is wrong with it.

    The statuses and counts in it are computed again, as of the day of its newest run.
    """
    document = loaded(text.removeprefix("\ufeff"), name)
    refuse_others(document, name)
    if not fits()(document):
        refuse(document, name)
    return report_from(document, name)


def loaded(text: str, name: str) -> Any:
    if not text.strip():
        wrong(name, "the file is empty")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        wrong(name, f"line {error.lineno}, column {error.colno}: not JSON, or cut off: {error.msg}")
    except RecursionError:
        wrong(name, "it is nested too deep")
    except ValueError as error:  # a number of thousands of digits
        wrong(name, str(error))


def refuse_others(document: Any, name: str) -> None:
    """Refuse what is no report, and a report of a version to come."""
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        wrong(name, f'its "format" must be "{FORMAT}", not {found!r}' if found else f'it has no "format": "{FORMAT}"')
    version = document.get("version")
    if isinstance(version, int | float) and version > VERSION:
        raise UsageError(
            f"{one_line(name)}: version {version} of the report is newer than what this pytest-openbanking reads ({VERSION}); "
            "upgrade it"
        )


def wrong(name: str, what: str) -> NoReturn:
    raise UsageError(f"{one_line(name)} is no report of pytest-openbanking: {one_line(what)}")


def place(path: Iterable[str | int]) -> str:
    """Return "checks[3].steps[0].at" or the like."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".") or "the document"


@cache
def fits() -> Callable[[Any], bool]:
    return compiled(json.loads(SCHEMA.read_text("utf-8")))


def refuse(document: Any, name: str) -> None:
    """Raise what is first found wrong."""
    from jsonschema import Draft202012Validator

    error = next(Draft202012Validator(json.loads(SCHEMA.read_text("utf-8"))).iter_errors(document), None)
    if error is not None:
        wrong(name, f"{place(error.absolute_path)}: {error.message}")


def report_from(document: Mapping[str, Any], name: str) -> Report:
    runs = [Run(one["created"], one["version"], tuple(one["partial"])) for one in document["runs"]]
    titles = {one["name"]: one["title"] for one in document["providers"]}
    entries = [entry_from(one) for one in document["errors"]]
    twice = [key for key, number in Counter(entry.key for entry in entries).items() if number > 1]
    if twice:
        wrong(name, f"errors: {twice[0]} is there twice")
    titles |= {entry.key.provider: entry.key.provider for entry in entries if entry.key.provider not in titles}
    return report_of(titles, entries, map(check_from, document["checks"]), runs, day=day_of(runs))


def day_of(runs: Iterable[Run]) -> str:
    """Return the day of the newest run: the day as of which a stored report tells which waivers hold."""
    return max((run.created for run in runs), default="")[:10]
