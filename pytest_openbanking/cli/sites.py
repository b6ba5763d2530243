"""`openbanking sites PROVIDER OPERATION`: what of an operation's requests, or answers, can be malformed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.cli.errors import joined
from pytest_openbanking.cli.inventory import named_provider, registry_here
from pytest_openbanking.cli.tables import draw_row, share
from pytest_openbanking.cli.terminal import counted
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import argparse

    from pytest_openbanking.cli.terminal import Terminal

NAME = "sites"
HELP = "list what can be malformed in an operation's requests or answers, and what cannot be malformed alone"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the operation and the part."""
    parser.usage = "%(prog)s PROVIDER OPERATION [--part request|response]"
    parser.add_argument("provider", metavar="PROVIDER", nargs="?", help="see: openbanking providers")
    parser.add_argument("operation", metavar="OPERATION", nargs="*", help='like "POST /v1/payments"')
    parser.add_argument("--part", choices=("request", "response"), default="request", help="request is the default")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Print the sites, as tests of the marker openbanking_malformed show them, and below them what is none."""
    from pytest_openbanking.malformed.choosing import found_in
    from pytest_openbanking.sandboxes.selection import find_operation

    registry = registry_here()
    provider = named_provider(registry, arguments.provider, NAME)
    operations = joined(arguments.operation)
    if len(operations) != 1:
        known = [o.id for o in provider.operations if arguments.part == "response" or o.request_schema is not None]
        raise UsageError(f"sites: name one operation of {provider.name}: {', '.join(known)}")
    operation = find_operation(provider, operations[0])
    sites, unbreakable = found_in(provider, operation, arguments.part)
    terminal.lines(site.id for site in sites)
    if unbreakable:
        terminal.heading("cannot be broken alone")
        rows = [(each.pointer or "/", each.keyword, each.reason) for each in unbreakable]
        widths = share(rows, terminal.width - 2)
        terminal.lines(f"  {line}" for row in rows for line in draw_row(row, widths))
    terminal.line()
    more = f"; {counted(len(unbreakable), 'rule')} cannot be broken alone" if unbreakable else ""
    terminal.line(f"{operation}: {counted(len(sites), 'site')}{more}")
    return 0
