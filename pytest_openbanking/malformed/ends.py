"""How malformed requests and answers ended, for the reports: as a property of each test, and counted at the end of the run."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pytest

    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.malformed.case import MalformedCase
    from pytest_openbanking.malformed.choosing import Choice

__all__ = ["hand_on", "note_end", "summarise"]

PROPERTY = "openbanking_malformed_"
KINDS = {"request": "malformed requests", "response": "malformed answers"}
ENDS = {
    frozenset({"answered"}): "answered by the provider",
    frozenset({"refused"}): "refused by the client before sending",
    frozenset({"answered", "refused"}): "refused by the client before sending, or answered by the provider",
    frozenset({"handled"}): "handled",
}
FAILED = "failed"


def note_end(item: pytest.Item, case: MalformedCase, *, passed: bool) -> None:
    """Note how a test ended, on the test: JUnit shows it, and parallel runs hand it on."""
    name = PROPERTY + case.part
    said = ENDS.get(frozenset(case.ends)) if passed else FAILED
    item.user_properties[:] = [pair for pair in item.user_properties if pair[0] != name]
    if said is None:
        return
    item.user_properties.append((name, said))
    if passed:
        item.add_report_section("call", "openbanking", f"{KINDS[case.part]} at {case.site.id}: {said}\n")


def hand_on(report: pytest.TestReport, choice: Choice, provider: Provider) -> None:
    """Give a test's report what of its operation cannot be malformed alone, in a form that parallel runs hand on."""
    from pytest_openbanking.malformed.choosing import found_in

    left = found_in(provider, choice.operation, choice.part)[1]
    said = [f"{each.keyword} at {each.pointer or 'the top'}: {each.reason}" for each in left]
    report.openbanking_unbreakable = {f"{choice.part} of {choice.operation}": said}  # type: ignore[attr-defined]


def summarise(reporter: pytest.TerminalReporter, reports: Sequence[object]) -> None:
    """Count the tests of a run by how they ended, unless it is to be quiet."""
    if reporter.verbosity < 0:
        return
    for part, kind in KINDS.items():
        counted = Counter(ends_of(reports, PROPERTY + part))
        if counted:
            shown = [f"{counted[said]} {said}" for said in (*ENDS.values(), FAILED) if counted[said]]
            sites = counted.total()
            reporter.write_line(f"{kind}: {sites} site{'s' if sites > 1 else ''}; {', '.join(shown)}")
    for where, said in sorted(unbreakable_of(reports).items()):
        more = ":" if reporter.verbosity > 0 else "; -v and `openbanking sites` say why"
        reporter.write_line(
            f"{len(said)} rule{'s' if len(said) > 1 else ''} of the {where} cannot be broken alone{more}"
        )
        for line in said if reporter.verbosity > 0 else ():
            reporter.write_line(f"  {line}")


def unbreakable_of(reports: Iterable[object]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for report in reports:
        found |= getattr(report, "openbanking_unbreakable", {})
    return {where: said for where, said in found.items() if said}


def ends_of(reports: Iterable[object], name: str) -> list[str]:
    return [
        str(value)
        for report in reports
        if getattr(report, "when", None) == "call"
        for key, value in getattr(report, "user_properties", ())
        if key == name
    ]
