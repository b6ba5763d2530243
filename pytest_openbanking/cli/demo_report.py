"""What the demo prints: the verdict, the errors, the careless client's findings, the verdict again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.cli.tables import GAP, draw_row, share
from pytest_openbanking.cli.trial import best, examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_openbanking.catalogue.model import DocumentedError, Provider
    from pytest_openbanking.cli.terminal import Terminal
    from pytest_openbanking.cli.trial import Tried

__all__ = ["show"]

HANDLED = "handled"


@dataclass(frozen=True)
class Judged:
    """One documented error, and the rules that each client broke on it."""

    error: DocumentedError
    careful: frozenset[str]
    careless: frozenset[str]


@dataclass(frozen=True)
class Section:
    """One provider."""

    provider: Provider
    errors: list[Judged]
    careful: list[Tried]
    careless: list[Tried]

    def handled(self, broken: Callable[[Judged], frozenset[str]]) -> int:
        return sum(not broken(judged) for judged in self.errors)


def show(
    results: Sequence[tuple[Provider, list[Tried], list[Tried]]],
    terminal: Terminal,
    *,
    every: bool,
    seconds: float,
) -> None:
    """Print it all; `every` gives each operation a row of its own; `seconds` is how long the trial took."""
    sections = [
        Section(provider, judge(careful, careless), careful, careless) for provider, careful, careless in results
    ]
    introduce(sections, terminal, seconds)
    verdict(sections, terminal)
    terminal.line()
    terminal.paragraph(
        "Each error, the number of operations that document it, and the rules that each client broke on it "
        "(on how many of the operations, where not on all):"
    )
    for section in sections:
        show_table(section, terminal, every=every)
    show_findings(sections, terminal)
    terminal.heading("The verdict")
    verdict(sections, terminal)
    terminal.line()
    terminal.paragraph(f"Both clients and their tests, to copy from: {examples()}")
    terminal.line("Next: openbanking errors PROVIDER, openbanking explain CODE")


def judge(careful: list[Tried], careless: list[Tried]) -> list[Judged]:
    """Put the cases of an error together: it is handled where each of them is."""
    return [
        Judged(error, codes_on(error, careful), codes_on(error, careless))
        for error in {id(tried.error): tried.error for tried in careful}.values()
    ]


def codes_on(error: DocumentedError, tried: list[Tried]) -> frozenset[str]:
    return frozenset(code for one in tried if one.error is error for code in one.codes)


def introduce(sections: Sequence[Section], terminal: Terminal, seconds: float) -> None:
    errors = sum(len(section.errors) for section in sections)
    tried = [one for section in sections for one in (*section.careful, *section.careless)]
    waited = span(sum(one.seconds for one in tried))
    terminal.paragraph(
        f"A careful client, and a careless one as teams first write them, meet each of the {errors} errors "
        f"that {len(sections)} providers document: {len(tried)} runs, without network; "
        f"{waited} of waiting pass in {seconds:.1f} s."
    )
    terminal.line()


def span(seconds: float) -> str:
    return f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} s"


def verdict(sections: Sequence[Section], terminal: Terminal) -> None:
    """Print a line for each provider."""
    names = max(len(section.provider.name) for section in sections)
    wide = len(str(max(len(section.errors) for section in sections)))
    for section in sections:
        total = str(len(section.errors)).rjust(wide)
        careful, careless = (
            section.handled(lambda one: one.careful),
            section.handled(lambda one: one.careless),
        )
        name = terminal.paint((section.provider.name + ":").ljust(names + 1), "bold")
        left = terminal.paint(f"careful {careful:>{wide}} of {total} handled", colour(careful, len(section.errors)))
        right = terminal.paint(f"careless {careless:>{wide}} of {total}", colour(careless, len(section.errors)))
        terminal.line(f"  {name} {left}; {right}")


def colour(handled: int, total: int) -> str:
    return "green" if handled == total else "red"


def show_table(section: Section, terminal: Terminal, *, every: bool) -> None:
    rows = list(each_row(section) if every else code_rows(section))
    header = ["", "error", "operation" if every else "operations", "careful", "careless"]
    widths = share([header, *rows], terminal.width - len(GAP))
    terminal.heading(f"{section.provider.name}{GAP}{section.provider.title}")
    terminal.lines(GAP + terminal.paint(line, "dim") for line in draw_row(header, widths))
    above = ""
    for row in rows:
        terminal.lines(GAP + line for line in draw_row(["" if row[0] == above else row[0], *row[1:]], widths))
        above = row[0]


def each_row(section: Section) -> Iterator[list[str]]:
    for judged in section.errors:
        error = judged.error
        yield [
            str(error.status),
            error.code,
            error.operation.id,
            said([judged.careful]),
            said([judged.careless]),
        ]


def code_rows(section: Section) -> Iterator[list[str]]:
    """Yield a row for each status and code, with the number of operations that have it."""
    groups: dict[tuple[int, str], list[Judged]] = {}
    for judged in sorted(section.errors, key=lambda judged: (judged.error.status or 0, judged.error.code)):
        groups.setdefault((judged.error.status or 0, judged.error.code), []).append(judged)
    for (status, code), group in groups.items():
        number = str(len(group))
        yield [
            str(status),
            code,
            number,
            said([one.careful for one in group]),
            said([one.careless for one in group]),
        ]


def said(broken: Sequence[frozenset[str]]) -> str:
    """Say which rules were broken, and on how many operations where not on all."""
    total = len(broken)
    counts = Counter(code for codes in broken for code in codes)
    parts = [code if counts[code] == total else f"{code} on {counts[code]}" for code in sorted(counts)]
    handled = sum(not codes for codes in broken)
    if handled:
        parts.insert(0, HANDLED if handled == total else f"{HANDLED} on {handled}")
    return ", ".join(parts)


def show_findings(sections: Sequence[Section], terminal: Terminal) -> None:
    """Print each rule that the careless client broke once, in full, and how often it did."""
    tried = [one for section in sections for one in section.careless]
    counts = Counter(code for section in sections for one in section.errors for code in one.careless)
    total = sum(len(section.errors) for section in sections)
    terminal.heading(f"What the careless client does wrong: {len(counts)} rules broken, an example of each")
    for code in sorted(counts):
        example = best(tried, code)
        if example is None:
            continue
        _, *rest = example.wrapped(terminal.width)
        terminal.line()
        terminal.paragraph(
            f"{example.finding.message}  (on {counts[code]} of {total} errors)",
            first=terminal.paint(code, "bold") + " ",
        )
        terminal.lines(rest)
