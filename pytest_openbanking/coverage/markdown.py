"""The report as Markdown: for the summary of a CI job, and to keep beside others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.drawing import drawn
from pytest_openbanking.coverage.marking import code, fenced, prose, raw
from pytest_openbanking.coverage.report import Status
from pytest_openbanking.coverage.rows import mishandled, row_of, worst_first
from pytest_openbanking.coverage.verdicts import verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.coverage.checks import Check, Found
    from pytest_openbanking.coverage.report import Entry, Report
    from pytest_openbanking.coverage.rows import Row

__all__ = ["to_markdown"]

TITLE = "## Documented errors and how they are handled"
HEADER = "| | operation | error | why | to exercise it |\n| --- | --- | --- | --- | --- |"
RESERVED = 400  # for headings and for what is said of what was cut
MOST_CHECKS = 20  # of one error


@dataclass(frozen=True)
class Part:
    """An error that is not handled: its row, and for a mishandled one what was seen."""

    row: Row
    line: str
    details: str


def to_markdown(report: Report, *, limit: int = 1_000_000) -> str:
    """Return the report as Markdown of at most `limit` bytes: the worst first, and what was cut is said.

    A job summary of GitHub holds 1 MiB:
    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
    """
    head = heads(report)
    parts = parts_of(report)
    taken, detailed = fitting(parts, limit - size(head) - RESERVED)
    blocks = [head, *table(parts[:taken]), *cut_rows(parts[taken:])]
    blocks += [part.details for part in parts[:detailed] if part.details]
    blocks += cut_details(parts[detailed:])
    text = "\n\n".join(blocks) + "\n"
    return text if size(text) <= limit else ""


def size(text: str) -> int:
    return len(text.encode("utf-8"))


def heads(report: Report) -> str:
    lines = [f"- {prose(verdict(provider))}" for provider in report.providers]
    partial = dict.fromkeys(reason for run in report.runs for reason in run.partial)
    if partial:
        lines.append(f"- not all tests were run: {', '.join(map(code, partial))}")
    return "\n".join([TITLE, "", *(lines or ["- no provider was tested"])])


def parts_of(report: Report) -> list[Part]:
    wrong = mishandled(report)
    several = len(report.providers) > 1
    return [part_of(entry, wrong.get(entry.key, []), several) for entry in worst_first(report)]


def part_of(entry: Entry, wrong: Sequence[Check], several: bool) -> Part:
    row = row_of(entry, wrong)
    operation = f"{row.provider} {row.operation}" if several else row.operation
    cells = [row.state, code(operation), code(row.error), prose(row.why), code(row.marker)]
    details = details_of(row, wrong) if row.state is Status.MISHANDLED else ""
    return Part(row, f"| {' | '.join(cells)} |", details)


def fitting(parts: Sequence[Part], room: int) -> tuple[int, int]:
    """Return how many rows fit, and how many details: of the mishandled both, then the other rows."""
    taken = detailed = 0
    for part in parts:
        room -= size(part.line) + 1
        if room < 0:
            return taken, detailed
        taken += 1
        if detailed == taken - 1 and size(part.details) + 2 <= room:
            room -= size(part.details) + 2
            detailed = taken
    return taken, detailed


def table(parts: Sequence[Part]) -> list[str]:
    return ["\n".join([HEADER, *(part.line for part in parts)])] if parts else []


def cut_rows(parts: Sequence[Part]) -> list[str]:
    counts = Counter(part.row.state for part in parts)
    said = ", ".join(f"{counts[status]} {status}" for status in Status if counts[status])
    return [f"Cut for length: {len(parts)} more errors ({said})."] if parts else []


def cut_details(parts: Sequence[Part]) -> list[str]:
    number = sum(bool(part.details) for part in parts)
    return [f"Cut for length: what was seen of {number} more mishandled errors."] if number else []


def details_of(row: Row, wrong: Sequence[Check]) -> str:
    """Return what was seen of a mishandled error, folded."""
    head = f"<details><summary>{raw(row.error)} on {raw(row.operation)}</summary>"
    blocks = [head, *(block for check in wrong[:MOST_CHECKS] for block in check_blocks(check))]
    if len(wrong) > MOST_CHECKS:
        blocks.append(f"and {len(wrong) - MOST_CHECKS} more tests")
    return "\n\n".join([*blocks, "</details>"])


def check_blocks(check: Check) -> Iterator[str]:
    yield f"{code(check.test)} at {code(f'{check.file}:{check.line}')}"
    for found in check.findings:
        yield finding(found)
    if check.failure:
        yield f"failed: {code(check.failure)}"
    lines = drawn(check)
    if lines:
        yield fenced(lines)


def finding(found: Found) -> str:
    parts = [f"**{prose(found.code)}** {prose(found.message)}", prose(found.seen)]
    return "<br>".join([*parts, *([f"fix: {prose(found.fix)}"] if found.fix else [])])
