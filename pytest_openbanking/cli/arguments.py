"""The arguments; whatever is wrong with them is one line that names the nearest right ones."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING, NoReturn, Protocol

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.cli import demo, errors, explain, providers, record, report, rules, serve, sites, verify
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from pytest_openbanking.cli.terminal import Terminal

__all__ = ["COMMANDS", "Command", "parse"]

DESCRIPTION = "A linter for how a client handles the errors its bank-data or payment provider documents."
EPILOG = """\
start with:
  openbanking demo                  what a careful and a careless client do with every documented error
  openbanking errors paysera        what a provider documents, and what it wants done
  openbanking explain OB105         what a finding means, and its fix
  openbanking serve paysera         the provider over real HTTP, for a client in any language
  openbanking report merge *.json   which documented errors the jobs of a CI run handle, together

A team's own providers (provider-paths in [tool.pytest-openbanking] of pyproject.toml, here or above) and those, and the
rules, of installed plugins are shown as well. NO_COLOR switches colours off.
"""


class Command(Protocol):
    """A command's module."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the command's arguments."""

    def run(self, arguments: argparse.Namespace, terminal: Terminal) -> int:
        """Do it, and return the exit code."""


COMMANDS: tuple[Command, ...] = (providers, errors, sites, rules, explain, demo, serve, record, verify, report)


class Parser(argparse.ArgumentParser):
    """Raises UsageError, one line, instead of printing its usage and leaving."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{self.prog.removeprefix('openbanking ')}: {message}; see: {self.prog} --help")


def parse(argv: list[str]) -> tuple[Command, argparse.Namespace]:
    """Return the command and its arguments; `--help` and `--version` print and leave."""
    named = {command.NAME: command for command in COMMANDS}
    top = build()
    if not argv or argv[0].startswith("-"):
        _, unknown = top.parse_known_args(argv)
        if not unknown:
            top.print_help()
            raise SystemExit(2 if argv else 0)
        refuse(unknown[0], top)
    if argv[0] not in named:
        close = nearest(argv[0], named) or list(named)
        raise UsageError(f"there is no command {argv[0]!r}; nearest: {', '.join(close)}")
    parser = build_command(named[argv[0]])
    arguments, unknown = parser.parse_known_args(argv[1:])
    if unknown:
        refuse(unknown[0], parser)
    return named[argv[0]], arguments


def build() -> Parser:
    names = "\n".join(f"  {command.NAME:<12}{command.HELP}" for command in COMMANDS)
    parser = Parser(
        prog="openbanking",
        usage="openbanking COMMAND ...",
        description=f"{DESCRIPTION}\n\ncommands:\n{names}",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=Version, nargs=0, help="show the version")
    return parser


class Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object, **__: object) -> None:
        from importlib.metadata import version

        print("pytest-openbanking", version("pytest-openbanking"))
        parser.exit()


def build_command(command: Command) -> Parser:
    parser = Parser(
        prog=f"openbanking {command.NAME}",
        description=command.HELP[0].upper() + command.HELP[1:] + ".",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    return parser


def refuse(argument: str, parser: Parser) -> NoReturn:
    name = parser.prog.removeprefix("openbanking ")
    if not argument.startswith("-"):
        raise UsageError(f"{name}: does not take {argument!r}; see: {parser.prog} --help")
    known = list(dict.fromkeys(re.findall(r"(?<![\w-])--[a-z][a-z-]*", parser.format_help())))
    close = nearest(argument.partition("=")[0], known) or known
    raise UsageError(f"{name}: there is no option {argument!r}; nearest: {', '.join(close)}")
