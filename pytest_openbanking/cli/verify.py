"""`openbanking verify`: holds cassettes against the catalogue, or against a live provider."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentTypeError
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cli.calling import VARIABLES, add_calling, address, check_calling
from pytest_openbanking.cli.inventory import registry_here
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from pytest_openbanking.cassettes.verifying.codes import Wanted
    from pytest_openbanking.cassettes.verifying.files import Files
    from pytest_openbanking.cassettes.verifying.live import Live
    from pytest_openbanking.cassettes.verifying.owners import Owners
    from pytest_openbanking.cli.terminal import Terminal
    from pytest_openbanking.cli.verify_report import Report

NAME = "verify"
HELP = "hold cassettes against what their provider documents, or (--live) against the provider itself"
UNITS = {"h": "hours", "d": "days", "w": "weeks"}
INTERRUPTED = 130  # as a shell says of Ctrl-C
ABOUT = """\
PATH is a cassette, a folder of one provider, or a folder of cassettes: PROVIDER/OPERATION/STATUS-CODE.yaml and
success.yaml; other *.yaml files below are a team's own flows. Without one: `cassettes` in [tool.pytest-openbanking]
of pyproject.toml, here or above (cassettes/ beside it), else the cassettes that travel with the package; an error that
has one of those is not missed, while a folder that is named is to be complete.

--live sends the recorded requests to BASE_URL, which stands for the provider's base URL; its other addresses are
where --token-url says, or below the same origin on this machine. A sandbox of
`openbanking serve` is told which error to answer with, so all are replayed. Of a real provider: the successes of
reads (with --writes, of writes as well), and the errors of which its data says how one request brings them about.

{VARIABLES}
exit code: 0 nothing found, 1 findings, 2 wrongly used (or nothing answers at BASE_URL), 130 stopped by Ctrl-C.

--format json: {"version": 1, "cassettes": n, "findings": [{"file", "line", "code", "message"}, ...]}, and with --live
"replayed": n, "not_replayed": {reason: n} and, after Ctrl-C, "stopped": how far it was. --format github: annotations
for a GitHub workflow.

codes (what one means, and its fix: openbanking explain OBC201); `select` and `ignore` in [tool.pytest-openbanking]
take them as well:
"""
EXAMPLES = """
examples:
  openbanking verify
  openbanking verify cassettes/paysera --ignore OBC403 --max-age 90d
  openbanking verify --live http://127.0.0.1:8080/xs2a/berlin/1.3 --provider paysera
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the paths and the options."""
    parser.usage = "%(prog)s [PATH ...] [--select CODES] [--ignore CODES] [--max-age AGE] [--live BASE_URL] [...]"
    parser.epilog = ABOUT.replace("{VARIABLES}", VARIABLES) + listed_codes() + EXAMPLES
    parser.add_argument("paths", metavar="PATH", nargs="*", type=Path, help="a cassette, or a folder of cassettes")
    for option, what in (("--select", "report only"), ("--ignore", "do not report")):
        parser.add_argument(
            option, metavar="CODES", action="append", default=[], help=f"{what} these, like OBC1,OBC402"
        )
    parser.add_argument("--provider", metavar="NAME", help="only the cassettes of this provider")
    parser.add_argument("--max-age", metavar="AGE", type=age, help="find what was recorded longer ago: 90d, 12h, 4w")
    parser.add_argument("--format", choices=("text", "json", "github"), default="text", help="text is the default")
    parser.add_argument("--live", metavar="BASE_URL", type=address, help="replay the requests there, and find drift")
    add_calling(parser, "with --live: ")


def listed_codes() -> str:
    from pytest_openbanking.cassettes.verifying.codes import CODES

    return "\n".join(f"  {code.code}  {code.message}" for code in CODES) + "\n"


def age(text: str) -> tuple[str, timedelta]:
    match = re.fullmatch(r"(\d{1,5})([hdw])", text)
    if not match:
        raise ArgumentTypeError(f"{text!r} is no age; write it like 90d, 12h or 4w")
    return text, timedelta(**{UNITS[match[2]]: int(match[1])})


def run(arguments: Namespace, terminal: Terminal) -> int:
    """Verify, and print the findings."""
    from pytest_openbanking.cassettes.verifying.files import default_paths, files_in
    from pytest_openbanking.cassettes.verifying.owners import Owners
    from pytest_openbanking.cli.verify_report import FORMATS

    check_options(arguments)
    registry = registry_here()
    owners = Owners(registry)
    if arguments.provider is not None:
        registry.provider(arguments.provider)
    team = registry.settings.cassettes
    paths = arguments.paths or default_paths(registry.settings)
    files = files_in(paths, owners.names, looked_up=not arguments.paths, team=team)
    report = live_report(arguments, files, owners) if arguments.live else report_of(arguments, files, owners)
    if not report.cassettes:
        where = ", ".join(map(str, paths))
        raise UsageError(f"verify: there is no cassette of {arguments.provider} in {where}; allowed: another PATH")
    FORMATS[arguments.format](replace(report, travelling=files.travelling), terminal)
    return INTERRUPTED if report.stopped else 1 if report.findings else 0


def check_options(arguments: Namespace) -> None:
    check_calling(arguments, arguments.live, "verify: {} needs --live BASE_URL")
    if arguments.live and arguments.max_age:
        raise UsageError("verify: --max-age does not go with --live, which finds drift and nothing else")


def split(texts: Sequence[str]) -> list[str]:
    return [part.strip().upper() for text in texts for part in text.split(",")]


def codes_of(arguments: Namespace, owners: Owners) -> Wanted:
    """Return the codes that are reported: of the command line, and of the project's options."""
    from pytest_openbanking.cassettes.verifying.codes import wanted

    settings = owners.registry.settings
    select, ignore = (
        [code for code in codes if code.startswith("OBC")] for codes in (settings.select, settings.ignore)
    )
    return wanted(split(arguments.select) or select, [*ignore, *split(arguments.ignore)])


def report_of(arguments: Namespace, files: Files, owners: Owners) -> Report:
    from pytest_openbanking.cassettes.verifying.upkeep import MaxAge
    from pytest_openbanking.cassettes.verifying.verification import verify
    from pytest_openbanking.cli.verify_report import Report

    verified = verify(
        files,
        owners,
        wanted=codes_of(arguments, owners),
        max_age=MaxAge(arguments.max_age[0], arguments.max_age[1], datetime.now(UTC)) if arguments.max_age else None,
        provider=arguments.provider,
    )
    return Report(verified.cassettes, verified.findings)


def live_report(arguments: Namespace, files: Files, owners: Owners) -> Report:
    from pytest_openbanking.cassettes.verifying.live import replay
    from pytest_openbanking.cli.verify_report import Report

    codes = codes_of(arguments, owners)
    with Progress(sys.stderr.isatty()) as progress:
        replayed = replay(
            files, owners, live_of(arguments), wanted=codes, provider=arguments.provider, progress=progress.show
        )
    return Report(replayed.cassettes, replayed.findings, replayed.replayed, replayed.skipped, replayed.stopped)


def live_of(arguments: Namespace) -> Live:
    from pytest_openbanking.cassettes.verifying.live import Live

    return Live(arguments.live, arguments.token_url, parameters=dict(arguments.param), writes=arguments.writes)


class Progress:
    """One line on standard error that tells how far it is; nothing where that is no terminal."""

    def __init__(self, shown: bool) -> None:
        self.shown = shown

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self.shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)

    def show(self, done: int, total: int) -> None:
        if self.shown:
            print(f"\r{done} of {total} requests\x1b[K", end="", file=sys.stderr, flush=True)
