"""Judging a check, and drawing what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_openbanking.rules.rule import Finding, Rule, Seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_openbanking.catalogue.model import DocumentedError
    from pytest_openbanking.exchange import Exchange, Interaction, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["Mishandled", "documented", "draw", "judge", "timeline"]


class Mishandled(AssertionError):  # noqa: N818 (a word of the design)
    """The client mishandled a documented error; `findings` says how, `case` which."""

    def __init__(self, case: ErrorCase, findings: Sequence[Finding], exchange: Exchange) -> None:
        super().__init__(draw(case, findings, exchange))
        self.case = case
        self.findings = tuple(findings)
        self.exchange = exchange


def judge(
    case: ErrorCase,
    exchange: Exchange,
    outcome: Outcome,
    rules: Iterable[Rule],
    *,
    select: Sequence[str],
    ignore: Sequence[str],
) -> list[Finding]:
    """Apply the rules; one that says a breach less well than another yields to it."""
    seen = {rule: [as_seen(found) for found in rule.check(case, exchange, outcome)] for rule in rules}
    spoke = {rule.code for rule, found in seen.items() if found}
    return [
        Finding(rule.code, rule.message, what.text, rule.fix, what.marks)
        for rule, found in seen.items()
        if chosen(rule.code, select, ignore) and not spoke & set(rule.yields_to)
        for what in found
    ]


def as_seen(found: Seen | str) -> Seen:
    return Seen(found) if isinstance(found, str) else found


def chosen(code: str, select: Sequence[str], ignore: Sequence[str]) -> bool:
    """Tell whether a rule is on: the longest prefix that fits decides; built-in prefixes select a team's own rules, too."""
    on = max((len(prefix) for prefix in select if code.startswith(prefix)), default=-1)
    off = max((len(prefix) for prefix in ignore if code.startswith(prefix)), default=-1)
    return on > off or (on < 0 and off < 0 and not code.startswith("OB"))


def draw(case: ErrorCase, findings: Sequence[Finding], exchange: Exchange) -> str:
    """Return the findings as text, with the exchange below each that has marks, or below the last."""
    blocks = []
    for number, finding in enumerate(findings, start=1):
        lines = [f"{finding.code} {finding.message}", f"  {finding.seen}"]
        if finding.marks or number == len(findings):
            lines += timeline(exchange, finding.marks)
        blocks.append("\n".join([*lines, f"  fix: {finding.fix}"]))
    return "\n".join([*blocks, *(f"  {line}" for line in documented(case.error))])


def timeline(exchange: Exchange, marks: Mapping[Interaction, str]) -> list[str]:
    """Return a line for each interaction; the middle of a long exchange is left out."""
    rows = [row(interaction, marks.get(interaction, "")) for interaction in exchange]
    if len(rows) > 16:
        rows[8:-6] = [(f"... {len(rows) - 14} more calls", "", "", "")]
    widths = [max((len(cells[column]) for cells in rows), default=0) for column in range(3)]
    lines = ["   ".join(cell.ljust(width) for cell, width in zip(cells, [*widths, 0], strict=True)) for cells in rows]
    return ["      " + line.rstrip() for line in lines]


def row(interaction: Interaction, mark: str) -> tuple[str, str, str, str]:
    request = interaction.request
    query = "?" + request.query if request.query else ""
    response = interaction.response
    retry_after = response.headers.get("Retry-After") if response else None
    header = f"Retry-After: {retry_after}" if retry_after else ""
    return (
        f"{interaction.at:9.3f} s  {request.method} {short_path(interaction)}{query}",
        answered(interaction),
        header,
        mark,
    )


def short_path(interaction: Interaction) -> str:
    """Return the path below the operation's base, as operations are called."""
    operation, path = interaction.operation, interaction.request.path
    return path.removeprefix(urlsplit(operation.base).path) if operation is not None else path


def answered(interaction: Interaction) -> str:
    if interaction.refused:
        return "refused"
    if interaction.error is not None:
        return f"{interaction.error} ({interaction.provenance})"
    return f"{interaction.response.status} ({interaction.provenance})" if interaction.response else ""


def documented(error: DocumentedError) -> list[str]:
    """Return what the provider documents for an error, a line for each accepted handling."""
    lines = []
    provider = "" if error.fault else f"{error.provider}: "
    for accepted in error.handlings:
        label = "documented" if accepted.basis == "documented" else f"accepted ({accepted.basis})"
        source = accepted.source or error.source
        lines.append(f"{label}: {accepted.handling}: {accepted.text}  [{provider}{source}]")
    return lines
