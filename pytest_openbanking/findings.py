"""Judging a check, and drawing what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.rules.rule import Finding, Rule, Seen
from pytest_openbanking.sandboxes.faults import RFC
from pytest_openbanking.timeline import timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_openbanking.catalogue.model import DocumentedError
    from pytest_openbanking.exchange import Exchange, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["Mishandled", "documented", "draw", "judge"]


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
    ignored: set[str] | None = None,
) -> list[Finding]:
    """Apply the rules; one that says a breach less well than another yields to it.

    `ignored` takes the codes of those that spoke but are off; all codes, where no rule is on.
    """
    asked = [rule for rule in rules if not rule.code.startswith(case.silent)]
    seen = {rule: [as_seen(found) for found in rule.check(case, exchange, outcome)] for rule in asked}
    spoke = {rule.code for rule, found in seen.items() if found}
    if ignored is not None:
        on = {rule.code for rule in seen if chosen(rule.code, select, ignore)}
        ignored |= spoke - on if on else {rule.code for rule in seen}
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
        lines = [f"{finding.code} {finding.message}"]
        if number == 1:
            lines += [f"  {line}" for line in case.preface(exchange)]
        lines.append(f"  {finding.seen}")
        if finding.marks or number == len(findings):
            lines += timeline(exchange, finding.marks)
        blocks.append("\n".join([*lines, f"  fix: {finding.fix}"]))
    told = documented(case.error) if case.advised and any(map(concerns_the_error, findings)) else []
    return "\n".join([*blocks, *(f"  {line}" for line in told)])


def concerns_the_error(finding: Finding) -> bool:
    """Tell whether a finding is about what the client did with the error, and not about its requests as such."""
    return not finding.code.startswith(("OB0", "OB203", "OB301", "OB303", "OB5"))


def documented(error: DocumentedError) -> list[str]:
    """Return what the provider documents for an error, a line for each accepted handling."""
    lines = []
    for accepted in error.handlings:
        label = "documented" if accepted.basis == "documented" else f"accepted ({accepted.basis})"
        source = accepted.source or error.source
        provider = "" if source is RFC else f"{error.provider}: "
        lines.append(f"{label}: {accepted.handling}: {accepted.text}  [{provider}{source}]")
    return lines
