"""The command line: one file a command. What a command needs is imported when it runs."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from pytest_openbanking.cli.arguments import parse
from pytest_openbanking.cli.terminal import Terminal
from pytest_openbanking.settings import UsageError

__all__ = ["main"]

BROKEN_PIPE = 128 + 13  # what a shell says of a program that SIGPIPE ended


def main(argv: list[str] | None = None) -> int:
    """Run `openbanking`; return its exit code: 0, or 2 where something was asked for that is not there."""
    terminal = Terminal(sys.stdout)
    try:
        code = run(sys.argv[1:] if argv is None else argv, terminal)
        sys.stdout.flush()
    except BrokenPipeError:
        hush()
        return BROKEN_PIPE
    except UsageError as error:
        print("openbanking: " + " ".join(str(error).split()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


def run(argv: list[str], terminal: Terminal) -> int:
    try:
        command, arguments = parse(argv)
    except SystemExit as left:  # --help and --version have printed
        return int(left.code or 0)
    return command.run(arguments, terminal)


def hush() -> None:
    """Keep the interpreter from flushing into the broken pipe once more as it exits."""
    with suppress(OSError, ValueError):  # a stream without a file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
