"""`openbanking serve PROVIDER`: the sandbox over real HTTP, for a client in any language."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_openbanking.cli.errors import joined
from pytest_openbanking.cli.inventory import named_provider, registry_here
from pytest_openbanking.cli.terminal import counted
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence
    from queue import SimpleQueue

    from pytest_openbanking.catalogue.model import DocumentedError
    from pytest_openbanking.cli.terminal import Terminal
    from pytest_openbanking.exchange import Interaction
    from pytest_openbanking.serving.server import Server

NAME = "serve"
HELP = "serve a provider's sandbox on 127.0.0.1, for a client in any language"
EPILOG = """\
It prints the base URL, the token URL and the credentials, then a line for each request, until Ctrl-C or SIGTERM.
Time is real. Every address of the provider is served from the one origin; links inside answers are the provider's own.
Needs: pip install "pytest-openbanking[serve]"

any one request can ask for an error of its operation:
  curl -H "X-OpenBanking-Error: ACCESS_EXCEEDED" ...       or "429 ACCESS_EXCEEDED", where a code has several statuses
answers of the provider say where they come from:
  X-OpenBanking-Provenance: documented                     or recorded, or generated
what the provider does not document is answered 501, in plain text that says why (X-OpenBanking-Refused).

examples:
  openbanking serve paysera
  openbanking serve paysera --port 8080 --error TOKEN_EXPIRED --operation GET /v1/accounts
"""
CREDENTIALS = ("access_token", "refresh_token", "api_key", "api_secret")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the provider, the port and what is armed."""
    parser.usage = "%(prog)s PROVIDER [--port N] [--error CODE ...] [--operation OP]"
    parser.epilog = EPILOG
    parser.add_argument("provider", metavar="PROVIDER", nargs="?", help="see: openbanking providers")
    parser.add_argument("--port", metavar="N", type=int, default=0, help="0, the default, is any free one")
    several: dict[str, object] = {"nargs": "+", "action": "extend", "default": []}
    error = "answer with this error, always, where it is documented; where several meet, with the last one"
    parser.add_argument("--error", metavar="CODE", help=error, **several)  # type: ignore[arg-type]
    only = 'arm the errors on this operation only, like "GET /v1/accounts"'
    parser.add_argument("--operation", metavar="OP", help=only, **several)  # type: ignore[arg-type]


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Serve until a signal comes."""
    from queue import SimpleQueue

    from pytest_openbanking.serving.server import serve

    registry = registry_here()
    provider = named_provider(registry, arguments.provider, NAME)
    library = registry.library(provider.name)
    ending: SimpleQueue[BaseException | None] = SimpleQueue()  # its `put` is safe in a signal handler
    log = Log(terminal, ending.put)
    with signals(ending), serve(provider, port=arguments.port, log=log, library=library) as server:
        armed = arm(server, coded(arguments.error), joined(arguments.operation))
        introduce(server, armed, terminal)
        terminal.stream.flush()
        trouble = ending.get()
    if trouble is not None:
        raise trouble
    terminal.line(f"served {counted(log.count, 'request')}")
    return 0


@contextmanager
def signals(ending: SimpleQueue[BaseException | None]) -> Iterator[None]:
    """Let SIGINT and SIGTERM end the serving; what comes after that, while the process leaves, changes nothing."""
    import signal

    def end(*_: object) -> None:
        ending.put(None)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except BaseException:
        for number, handler in before.items():
            signal.signal(number, handler)
        raise
    for number in before:
        signal.signal(number, signal.SIG_IGN)


def coded(words: Sequence[str]) -> list[str]:
    """Join a status and a code that came as two words."""
    found: list[str] = []
    for word in words:
        if found and found[-1].isdecimal():
            found[-1] += " " + word
        else:
            found.append(word)
    return found


def arm(server: Server, errors: Sequence[str], operations: Sequence[str]) -> list[DocumentedError]:
    from pytest_openbanking.serving.asking import check_asked, status_and_code

    if operations and not errors:
        raise UsageError("serve: --operation says where an --error is armed; name one")
    for text in errors:
        check_asked(server.provider, text)
    places: Sequence[str | None] = operations or (None,)
    asked = [(code, place, status) for status, code in map(status_and_code, errors) for place in places]
    return [error for code, place, status in asked for error in server.fail_with(code, place, status=status)]


def introduce(server: Server, armed: Sequence[DocumentedError], terminal: Terminal) -> None:
    """Print what a client is built from, as a shell and an .env file read it."""
    from shlex import quote

    terminal.line(f"{terminal.paint(server.provider.name, 'bold')} is served at {server.origin} until Ctrl-C")
    terminal.line()
    for name in ("base_url", "token_url", *CREDENTIALS):
        value = getattr(server, name)
        if value:
            terminal.line(f"{name.upper()}={quote(value)}")
    terminal.line()
    terminal.lines(summary(armed))
    terminal.line(
        f"any error for one request: -H 'X-OpenBanking-Error: CODE'; codes: openbanking errors {server.provider}"
    )
    terminal.line()


def summary(armed: Sequence[DocumentedError]) -> Iterator[str]:
    """Yield where each error is armed; on an operation with several the last one answers."""
    answering = {id(error.operation): error for error in armed}
    for label in dict.fromkeys(map(str, armed)):
        places = {id(error.operation) for error in armed if str(error) == label}
        behind = sum(str(answering[place]) != label for place in places)
        rest = f"; {behind} of them answer what is armed after it" if behind else ""
        yield f"armed: {label} on {counted(len(places), 'operation')}{rest}"


class Log:
    """Prints a line for each request; a reader that has left ends the serving."""

    def __init__(self, terminal: Terminal, end: Callable[[BaseException], None]) -> None:
        from threading import Lock

        self.terminal = terminal
        self.end = end
        self.count = 0
        self.lock = Lock()

    def __call__(self, interaction: Interaction) -> None:
        with self.lock:
            self.count += 1
            try:
                self.terminal.line(row(interaction, self.terminal))
                self.terminal.stream.flush()
            except OSError as error:
                self.end(error)


def row(interaction: Interaction, terminal: Terminal) -> str:
    import time

    from pytest_openbanking.serving.server import REFUSED

    request, response = interaction.request, interaction.response
    asked = f"{request.method} {request.path}" + (f"?{request.query}" if request.query else "")
    if response is None:
        said = terminal.paint(f"501 refused: {(interaction.refused or '').removeprefix(REFUSED)}", "red")
    else:
        said = terminal.paint(str(interaction.error or response.status), "yellow" if interaction.error else "green")
        said += f" ({interaction.provenance})"
    return f"{time.strftime('%H:%M:%S')}  {shown(asked)}  {said}"


def shown(text: str) -> str:
    """Return a text that does nothing to a terminal."""
    return text if text.isprintable() else repr(text)[1:-1]
