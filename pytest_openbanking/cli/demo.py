"""`openbanking demo`: two clients, every documented error."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from pytest_openbanking.cli.terminal import Terminal

NAME = "demo"
HELP = "run a careful and a careless client against every documented error"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the length of the table."""
    parser.add_argument("--all", action="store_true", help="print a row for each operation, not for each code")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Try both clients, and print what came out."""
    from pytest_openbanking.cli.demo_report import show
    from pytest_openbanking.cli.trial import known_providers, try_client, untouched

    began = perf_counter()
    with untouched() as registry:
        results = [
            (registry.provider(name), try_client("careful", name), try_client("careless", name))
            for name in known_providers(registry)
        ]
    show(results, terminal, every=arguments.all, seconds=perf_counter() - began)
    return 0
