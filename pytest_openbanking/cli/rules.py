"""`openbanking rules`: every rule in one line, by family."""

from __future__ import annotations

import re
import sys
from itertools import groupby
from typing import TYPE_CHECKING

from pytest_openbanking.cli.inventory import registry_here

if TYPE_CHECKING:
    import argparse

    from pytest_openbanking.cli.terminal import Terminal
    from pytest_openbanking.rules.rule import Rule

NAME = "rules"
HELP = "list the rules, one line each, by family"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare none."""


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Print the rules; those that the team has switched off say so."""
    from pytest_openbanking.findings import chosen

    registry = registry_here()
    settings = registry.settings
    widest = max(len(rule.code) for rule in registry.rules)
    for number, (family, rules) in enumerate(groupby(registry.rules, key=family_of)):
        members = list(rules)
        if number:
            terminal.line()
        terminal.line(terminal.paint(f"{family}  {title_of(members[0], family)}", "bold"))
        for rule in members:
            off = "" if chosen(rule.code, settings.select, settings.ignore) else "  (off in pyproject.toml)"
            terminal.paragraph(rule.message + off, first=f"  {rule.code.ljust(widest)}  ")
    terminal.line()
    terminal.line("What one means, and its fix: openbanking explain CODE")
    return 0


def family_of(rule: Rule) -> str:
    """Return the family's name: OB105 is of OB1xx, ACME7 of ACME."""
    return re.sub(r"\d{2}$", "xx", rule.code) if re.search(r"\d{3}$", rule.code) else rule.code.rstrip("0123456789")


def title_of(rule: Rule, family: str) -> str:
    """Return the first line of the docstring of the file that the family is in."""
    document = getattr(sys.modules.get(rule.check.__module__), "__doc__", None) or ""
    first = document.strip().partition("\n")[0].rstrip(".")
    return first.removeprefix(f"{family}: ")
