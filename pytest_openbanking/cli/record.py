"""`openbanking record PROVIDER`: one cassette for each documented error, and for each operation's success."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cli.calling import VARIABLES, add_calling, address, check_calling
from pytest_openbanking.cli.errors import joined
from pytest_openbanking.cli.inventory import named_provider, registry_here
from pytest_openbanking.cli.terminal import counted
from pytest_openbanking.settings import CASSETTES, UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.cassettes.recorder import Recorder
    from pytest_openbanking.cassettes.session import Result
    from pytest_openbanking.cassettes.takes import Source, Take
    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.cli.terminal import Terminal
    from pytest_openbanking.registry import Registry

NAME = "record"
HELP = "record one cassette for each documented error, and for each operation's success"
EPILOG = """\
By default the answers come from the provider's sandbox, served for the time of the recording: they keep its
provenance, documented or generated. With --base-url they come from the provider itself: the successes of reads
(with --writes also of what acts: payments, jobs, consents, and tokens, for which a refresh token may be spent), and the
errors of which its data says how to provoke them; the rest is named. A success that cannot be read (no body, no JSON,
where JSON is documented) is not recorded.

{VARIABLES}
Credentials and personal data are replaced by stand-ins before anything is written; `scrub` in
[tool.pytest-openbanking] names more fields. Each cassette is written whole, or the old one stays.

examples:
  openbanking record paysera
  openbanking record aelix --base-url https://sandbox.example/api --param accountId=4711 --status 401 404
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the provider, what is recorded of it, and where from."""
    parser.usage = (
        "%(prog)s PROVIDER [--operation OP ...] [--status S ...] [--code C ...] [--to DIR]\n"
        "       [--base-url URL [--token-url URL] [--param NAME=VALUE ...] [--writes]]"
    )
    parser.epilog = EPILOG.replace("{VARIABLES}", VARIABLES)
    parser.add_argument("provider", metavar="PROVIDER", nargs="?", help="see: openbanking providers")
    several: dict[str, object] = {"nargs": "+", "action": "extend", "default": []}
    parser.add_argument("--operation", metavar="OP", help='only these, like "GET /v1/accounts"', **several)  # type: ignore[arg-type]
    parser.add_argument("--status", metavar="S", help="only these errors, like 429, or 5xx", **several)  # type: ignore[arg-type]
    parser.add_argument("--code", metavar="C", help="only these errors", **several)  # type: ignore[arg-type]
    parser.add_argument("--to", metavar="DIR", type=Path, help="default: the project's folder of cassettes, cassettes/")
    parser.add_argument("--base-url", metavar="URL", type=address, help="of the provider's own sandbox")
    add_calling(parser)


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Record, a line for each cassette; 1 where something that was tried did not come about."""
    from pytest_openbanking.cassettes.session import record_all
    from pytest_openbanking.cassettes.takes import takes

    registry = registry_here()
    provider = named_provider(registry, arguments.provider, NAME)
    wanted = takes(provider, joined(arguments.operation), status=arguments.status, code=arguments.code)
    if not wanted:
        raise UsageError(f"record: {provider} documents no such error; see: openbanking errors {provider}")
    check_calling(arguments, arguments.base_url, "record: {} goes with --base-url")
    with ended_by_sigterm(), source_of(arguments, provider) as source:
        recorder = recorder_for(arguments, registry, provider)
        terminal.line(f"{provider} from {arguments.base_url or 'its sandbox, served here'} into {recorder.folder}")
        show = Progress(wanted, terminal)
        results: list[Result] = []
        try:
            results.extend(map(show, record_all(wanted, source, recorder)))
        except (KeyboardInterrupt, SystemExit):
            conclude(results, len(wanted), recorder, terminal)
            raise
    return conclude(results, len(wanted), recorder, terminal)


@contextmanager
def ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the command as Ctrl-C does: what is being written is not left half-written."""
    import signal

    def end(*_: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def source_of(arguments: argparse.Namespace, provider: Provider) -> Iterator[Source]:
    from pytest_openbanking.asking import check_parameters
    from pytest_openbanking.cassettes.takes import ProviderItself, ServedSandbox
    from pytest_openbanking.environment import credentials_of
    from pytest_openbanking.network import reached_at

    if arguments.base_url is None:
        from pytest_openbanking.serving.server import serve

        with serve(provider) as server:
            yield ServedSandbox(server)
        return
    parameters = dict(arguments.param)
    check_parameters(provider, parameters)
    bases = reached_at(provider, arguments.base_url, arguments.token_url)
    yield ProviderItself(bases, credentials_of(provider.name), parameters, arguments.writes)


def recorder_for(arguments: argparse.Namespace, registry: Registry, provider: Provider) -> Recorder:
    from pytest_openbanking.cassettes.recorder import Recorder
    from pytest_openbanking.cassettes.scrubbing import Scrubber
    from pytest_openbanking.environment import secrets_here

    folder = arguments.to or registry.settings.cassettes or Path(CASSETTES)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"record: {folder} is no folder")
    return Recorder(folder, Scrubber(fields=registry.settings.scrub, secrets=secrets_here()))


class Progress:
    """Prints a line for each take, as it comes."""

    def __init__(self, takes: Sequence[Take], terminal: Terminal) -> None:
        self.terminal = terminal
        self.total = len(takes)
        self.done = 0
        self.widest = max(len(str(take.operation)) for take in takes)

    def __call__(self, result: Result) -> Result:
        self.done += 1
        take, count = result.take, f"{self.done:{len(str(self.total))}}/{self.total}"
        said = self.terminal.paint("recorded", "green")
        if result.problem is not None:
            said = self.terminal.paint(f"not recorded: {result.problem}", "red" if result.tried else "yellow")
        self.terminal.line(f"{count}  {str(take.operation).ljust(self.widest)}  {take.wanted}  {said}")
        self.terminal.stream.flush()
        return result


def conclude(results: Sequence[Result], wanted: int, recorder: Recorder, terminal: Terminal) -> int:
    recorded = [result for result in results if result.problem is None]
    failed = [result for result in results if result.problem is not None and result.tried]
    beyond = len(results) - len(recorded) - len(failed)
    said = [f"recorded {len(recorded)} of {counted(wanted, 'cassette')} into {recorder.folder}"]
    if failed:
        said.append(f"{len(failed)} did not come about")
    if beyond:
        said.append(f"{beyond} could not be brought about")
    if len(results) < wanted:
        said.append(f"stopped, {wanted - len(results)} were not tried")
    terminal.line("; ".join(said))
    return 1 if failed or not recorded else 0
