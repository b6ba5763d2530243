"""A provider's documented errors as a table, grouped by operation."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pytest_openbanking.cli.assumed import assumptions, conventions, plain_notes
from pytest_openbanking.cli.tables import GAP, draw_row, fit, share
from pytest_openbanking.cli.terminal import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_openbanking.catalogue.model import DocumentedError, Provider, Source
    from pytest_openbanking.cli.terminal import Terminal

__all__ = ["show"]

HEADER = ("", "code", "message", "accepted handlings", "retryable", "")
MARGIN = "  "
UNKNOWN = "not documented"


def show(provider: Provider, errors: Sequence[DocumentedError], terminal: Terminal) -> None:
    """Print the table, what is to be done, the notes, what is assumed, the sources and the total."""
    terminal.paragraph(f"{provider.title}  {provider.base_url}", first=terminal.paint(provider.name, "bold") + GAP)
    numbers = numbered(provider, errors)
    show_table(errors, numbers, terminal)
    show_remedies(errors, numbers, terminal)
    show_list(
        "documented, without a status or a code",
        [f"{n.text} {numbers[n.source]}" for n in plain_notes(provider)],
        terminal,
    )
    show_list("assumed, as it is not documented", list(assumptions(provider)), terminal)
    show_list("what the sandbox goes by", list(conventions(provider)), terminal)
    show_sources(numbers, terminal)
    codes = len({error.code for error in errors})
    operations = len({id(error.operation) for error in errors})
    terminal.line()
    counts = counted(codes, "code"), counted(operations, "operation")
    terminal.line(f"{counted(len(errors), 'error')} (operation x status x code): {' on '.join(counts)}")


def numbered(provider: Provider, errors: Sequence[DocumentedError]) -> dict[Source, str]:
    """Number the sources: page by page, in the order they are met."""
    met = [error.source for error in errors]
    met += [accepted.source for error in errors for accepted in error.handlings if accepted.source]
    met += [note.source for note in plain_notes(provider)]
    pages = list(dict.fromkeys(source.key for source in met))
    ordered = sorted(dict.fromkeys(met), key=lambda source: (pages.index(source.key), source.section != ""))
    return {source: f"[{number}]" for number, source in enumerate(ordered, start=1)}


def show_table(errors: Sequence[DocumentedError], numbers: Mapping[Source, str], terminal: Terminal) -> None:
    rows = [cells(error, numbers) for error in errors]
    widths = share([HEADER, *rows], terminal.width - len(MARGIN))
    terminal.line()
    terminal.lines(terminal.paint(MARGIN + line, "dim") for line in draw_row(HEADER, widths))
    for _, group in groupby(zip(errors, rows, strict=True), key=lambda pair: id(pair[0].operation)):
        show_operation(list(group), widths, terminal)


def show_operation(group: list[tuple[DocumentedError, list[str]]], widths: Sequence[int], terminal: Terminal) -> None:
    operation = group[0][0].operation
    terminal.paragraph(operation.purpose, first=terminal.paint(operation.id, "bold") + GAP)
    if operation.assumed:
        terminal.paragraph(operation.assumed, first=MARGIN + "assumed: ")
    above = ""
    for _, (status, *rest) in group:
        terminal.lines(MARGIN + line for line in draw_row(["" if status == above else status, *rest], widths))
        above = status
    terminal.line()


def cells(error: DocumentedError, numbers: Mapping[Source, str]) -> list[str]:
    handlings = "\n".join(f"{accepted.handling} ({accepted.basis})" for accepted in error.handlings)
    return [
        str(error.status),
        error.code,
        error.message or UNKNOWN,
        handlings,
        retry(error),
        numbers[error.source],
    ]


def retry(error: DocumentedError) -> str:
    """Say whether a retry can succeed, and with which Retry-After the error is served."""
    said = {True: "yes", False: "no", None: UNKNOWN}[error.retryable]
    if error.retry_after is None:
        return said
    return f"{said}\nRetry-After: {error.retry_after}\n({error.retry_after_basis})"


def show_remedies(errors: Sequence[DocumentedError], numbers: Mapping[Source, str], terminal: Terminal) -> None:
    """Print what each handling means for each code, once."""
    remedies: dict[tuple[str, str], None] = {}
    for error in errors:
        for accepted in error.handlings:
            source = f" {numbers[accepted.source]}" if accepted.source else ""
            remedies[error.code, f"{accepted.handling}: {accepted.text}{source}"] = None
    terminal.line(terminal.paint("what to do", "bold"))
    width = fit([[code] for code, _ in remedies])[0] if remedies else 0
    above = ""
    for code, text in remedies:
        terminal.paragraph(text, first=MARGIN + ("" if code == above else code).ljust(width) + GAP)
        above = code
    terminal.line()


def show_list(title: str, texts: Sequence[str], terminal: Terminal) -> None:
    if not texts:
        return
    terminal.line(terminal.paint(title, "bold"))
    for text in texts:
        terminal.paragraph(text, first=MARGIN + "- ")
    terminal.line()


def show_sources(numbers: Mapping[Source, str], terminal: Terminal) -> None:
    """Print each page with its address, and its sections below it."""
    terminal.line(terminal.paint("sources", "bold"))
    for _, group in groupby(numbers, key=lambda source: source.key):
        sections = list(group)
        page = sections[0]
        number = numbers[page] + " " if not page.section else ""
        terminal.line(f"{MARGIN}{number}{page.title}: {page.url}")
        for source in sections:
            if source.section:
                terminal.paragraph(source.section, first=f"{MARGIN * 2}{numbers[source]} ")
