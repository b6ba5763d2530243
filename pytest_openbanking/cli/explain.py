"""`openbanking explain CODE`: what a rule, or a finding of `openbanking verify`, means, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.cli.inventory import registry_here
from pytest_openbanking.rules.rule import Rule
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from pytest_openbanking.cassettes.verifying.codes import Code
    from pytest_openbanking.cli.terminal import Terminal
    from pytest_openbanking.registry import Registry

NAME = "explain"
HELP = "explain a rule: when it speaks, what to do about it, how to ignore it"
LABEL = 13
OF_CASSETTES = "OBC"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the codes."""
    parser.add_argument(
        "codes", metavar="CODE", nargs="+", help="a rule's code, like OB105, or a prefix, like OB1; OBC201"
    )


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Print an explanation for each rule, or finding of `verify`, that was named."""
    registry = registry_here()
    chosen = list(dict.fromkeys(rule for code in arguments.codes for rule in find(registry, code)))
    for number, rule in enumerate(chosen):
        if number:
            terminal.line()
        explain(rule, registry, terminal)
    if len(chosen) == 1:
        show_example(chosen[0], terminal)
    return 0


def find(registry: Registry, code: str) -> list[Rule | Code]:
    """Return the rules of a code, or of a prefix, in upper or lower case; or the codes of `verify`."""
    from pytest_openbanking.cassettes.verifying.codes import CODES

    of_cassettes = code.upper().startswith(OF_CASSETTES)
    known: Sequence[Rule | Code] = CODES if of_cassettes else registry.rules
    found = [each for each in known if each.code.startswith(code.upper())]
    if not found or not code:
        codes = [rule.code for rule in registry.rules] + [each.code for each in CODES]
        close = nearest(code, codes) or sorted({code[:3] for code in codes})
        where = "verify --help" if of_cassettes else "rules"
        raise UsageError(f"there is no rule {code!r}; nearest: {', '.join(close)}; all: openbanking {where}")
    return found


def explain(rule: Rule | Code, registry: Registry, terminal: Terminal) -> None:
    terminal.paragraph(rule.message, first=terminal.paint(rule.code, "bold") + "  ")
    entry(terminal, "speaks when", rule.speaks_when)
    entry(terminal, "fix", rule.fix)
    if isinstance(rule, Rule):
        explain_rule(rule, registry, terminal)
    else:
        entry(terminal, "ignore", f"openbanking verify --ignore {rule.code}")


def explain_rule(rule: Rule, registry: Registry, terminal: Terminal) -> None:
    messages = {other.code: other.message for other in registry.rules}
    for number, code in enumerate(rule.yields_to):
        entry(terminal, "" if number else "yields to", f"{code}  {messages.get(code, '')}")
    entry(
        terminal,
        "ignore",
        f'@pytest.mark.openbanking("PROVIDER", ignore=["{rule.code}"]), or ignore = ["{rule.code}"] in',
    )
    entry(
        terminal,
        "",
        "[tool.pytest-openbanking], or [tool.pytest-openbanking.providers.NAME], of pyproject.toml",
    )


def entry(terminal: Terminal, label: str, text: str) -> None:
    terminal.paragraph(text, first=f"  {label.ljust(LABEL)}")


def show_example(rule: Rule | Code, terminal: Terminal) -> None:
    """Print a finding of the careless example client, where that breaks the rule."""
    if not isinstance(rule, Rule):
        return
    from pytest_openbanking.cli.trial import example_of

    example = example_of(rule.code)
    if example is not None:
        terminal.line()
        terminal.line("  a finding, of the client in examples/careless:")
        terminal.lines(f"  {line}" for line in example.wrapped(terminal.width - 2))
