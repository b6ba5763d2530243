"""`openbanking errors PROVIDER`: what a provider documents, and what it wants done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.cli.inventory import named_provider, registry_here
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pytest_openbanking.catalogue.model import DocumentedError, Provider
    from pytest_openbanking.cli.terminal import Terminal

NAME = "errors"
HELP = "list a provider's documented errors, with the handlings that are accepted for each"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the provider and the filters."""
    parser.usage = "%(prog)s PROVIDER [--operation OP ...] [--status S ...] [--code C ...] [--format text|json]"
    parser.add_argument("provider", metavar="PROVIDER", nargs="?", help="see: openbanking providers")
    several: dict[str, object] = {"nargs": "+", "action": "extend", "default": []}
    parser.add_argument("--operation", metavar="OP", help='like "GET /v1/accounts"', **several)  # type: ignore[arg-type]
    parser.add_argument("--status", metavar="S", help="like 429, or 5xx", **several)  # type: ignore[arg-type]
    parser.add_argument("--code", metavar="C", help="the provider's code", **several)  # type: ignore[arg-type]
    parser.add_argument("--format", choices=("text", "json"), default="text", help="text is the default")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Print the errors as a table, or as JSON."""
    from pytest_openbanking.sandboxes.selection import select_errors

    registry = registry_here()
    provider = named_provider(registry, arguments.provider, NAME)
    operations = joined(arguments.operation)
    found = select_errors(provider, operations, status=arguments.status, code=arguments.code)
    if not found and (operations or arguments.status or arguments.code):
        raise UsageError(nothing(provider, operations))
    if arguments.format == "json":
        from pytest_openbanking.cli.errors_json import document

        terminal.line(document(provider, found))
        return 0
    from pytest_openbanking.cli.errors_table import show

    show(provider, found, terminal)
    return 0


def joined(words: Sequence[str]) -> list[str]:
    """Join a method and a path that came as two words, without quotation marks."""
    found: list[str] = []
    for word in words:
        if word.startswith("/") and found and " " not in found[-1]:
            found[-1] += " " + word
        else:
            found.append(word)
    return found


def nothing(provider: Provider, operations: Sequence[str]) -> str:
    from pytest_openbanking.sandboxes.selection import select_errors

    there: list[DocumentedError] = select_errors(provider, operations)
    known = ", ".join(dict.fromkeys(map(str, there))) or "none"
    where = f"on {', '.join(operations)}" if operations else "at all"
    return f"{provider.name} documents no such error; documented {where}: {known}"
