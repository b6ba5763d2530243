"""What `openbanking verify` prints: a line for each finding, JSON, or annotations for a GitHub workflow."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.verifying.files import shown
from pytest_openbanking.cli.terminal import counted
from pytest_openbanking.coverage.services import github_property, github_text
from pytest_openbanking.printing import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_openbanking.cassettes.verifying.finding import Finding
    from pytest_openbanking.cli.terminal import Terminal

__all__ = ["FORMATS", "Report"]

VERSION = 1


@dataclass(frozen=True)
class Report:
    """What came out; `replayed` is None but for --live, `travelling` of the cassettes that come with the package."""

    cassettes: int
    findings: tuple[Finding, ...]
    replayed: int | None = None
    skipped: Mapping[str, int] = field(default_factory=dict)
    stopped: str | None = None
    travelling: bool = False


def summary(report: Report) -> str:
    """Return "12 cassettes, 3 findings" or the like."""
    found = counted(len(report.findings), "finding") if report.findings else "nothing found"
    ours = (" that travels" if report.cassettes == 1 else " that travel") + " with the package"
    text = f"{counted(report.cassettes, 'cassette')}{ours if report.travelling else ''}, {found}"
    if report.replayed is None:
        return text
    from pytest_openbanking.cassettes.verifying.live import reasons

    more = f"; {sum(report.skipped.values())} not replayed: {reasons(report.skipped)}" if report.skipped else ""
    ended = f"; {report.stopped}" if report.stopped else ""
    return f"{text}; {counted(report.replayed, 'request')} replayed{more}{ended}"


def show_text(report: Report, terminal: Terminal) -> None:
    """Print `file:line: CODE message` for each finding, and the summary."""
    for finding in report.findings:
        code = terminal.paint(finding.code, "red")
        terminal.line(
            f"{terminal.paint(printable(shown(finding.path)), 'bold')}:{finding.line}: {code} {finding.message}"
        )
    terminal.line(summary(report))


def show_json(report: Report, terminal: Terminal) -> None:
    """Print one document: {"version", "cassettes", "findings": [{"file", "line", "code", "message"}]}; see --help."""
    document: dict[str, object] = {
        "version": VERSION,
        "cassettes": report.cassettes,
        "findings": [
            {"file": shown(each.path), "line": each.line, "code": each.code, "message": each.message}
            for each in report.findings
        ],
    }
    if report.replayed is not None:
        document |= {"replayed": report.replayed, "not_replayed": dict(report.skipped)}
    if report.stopped is not None:
        document["stopped"] = report.stopped
    terminal.line(json.dumps(document, indent=2, ensure_ascii=True))


def show_github(report: Report, terminal: Terminal) -> None:
    """Print a workflow command for each finding, and the summary."""
    for each in report.findings:
        where = f"file={github_property(shown(each.path))},line={each.line},title={github_property(each.code)}"
        terminal.line(f"::error {where}::{github_text(each.message)}")
    terminal.line(summary(report))


FORMATS: Mapping[str, Callable[[Report, Terminal], None]] = {
    "text": show_text,
    "json": show_json,
    "github": show_github,
}
