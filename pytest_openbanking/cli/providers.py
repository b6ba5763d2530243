"""`openbanking providers`: who can be simulated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cli.inventory import registry_here
from pytest_openbanking.cli.tables import GAP, fit
from pytest_openbanking.cli.terminal import counted

if TYPE_CHECKING:
    import argparse

    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.cli.terminal import Terminal

NAME = "providers"
HELP = "list the providers: their operations, documented errors and addresses"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare none."""


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Print a paragraph for each provider."""
    registry = registry_here()
    found = [(registry.provider(name), folder) for name, folder in sorted(registry.folders.items())]
    rows = [figures(provider) for provider, _ in found]
    widths = fit(rows)
    for (provider, folder), cells in zip(found, rows, strict=True):
        padded = [
            cells[0].ljust(widths[0]),
            *(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:], strict=True)),
        ]
        name = terminal.paint(padded[0], "bold")
        terminal.paragraph(provider.title, first=GAP.join([name, *padded[1:], ""]))
        terminal.line(f"{' ' * widths[0]}{GAP}{provider.base_url}   {origin(folder)}")
    terminal.line()
    terminal.line("What one documents, and wants done: openbanking errors PROVIDER")
    return 0


def figures(provider: Provider) -> list[str]:
    codes = len({error.code for error in provider.errors})
    return [
        provider.name,
        counted(len(provider.operations), "operation"),
        counted(len(provider.errors), "error"),
        counted(codes, "code"),
    ]


def origin(folder: Path) -> str:
    """Say where a provider comes from: built in, or the path of its folder."""
    from pytest_openbanking.catalogue.loader import BUILT_IN

    if folder.resolve().parent == BUILT_IN.resolve():
        return "(built in)"
    try:
        return f"({folder.resolve().relative_to(Path.cwd().resolve())})"
    except ValueError:
        return f"({folder})"
