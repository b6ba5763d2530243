"""`openbanking report`: merges the JSON reports of test runs, shows them, and writes them as other files."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.cli.terminal import Terminal
    from pytest_openbanking.coverage.outputs import Output
    from pytest_openbanking.coverage.report import Report

NAME = "report"
HELP = "merge the reports of test runs, show them, and write them as other files"
USAGE = """\
openbanking report merge FILE.json ... [--to KIND:PATH] [--fail-under PERCENT]
       openbanking report show FILE.json ... [--to KIND:PATH] [--fail-under PERCENT]"""
ABOUT = """\
The reports are those that pytest --openbanking-report=json:PATH writes. A folder stands for all *.json files below it.

merge   one report of several jobs: what any of them tested counts, and the worst of it wins. Added to the job's
        summary as well, where the CI service offers one (GITHUB_STEP_SUMMARY).
show    the same for a look at it; adds to no summary.

--to KIND:PATH     write it: json:PATH, md:PATH, html:PATH, gitlab:PATH (Code Quality), annotations (in the log format
                   of this CI service), annotations:github|azure|teamcity; as often as wanted
--fail-under PERCENT
                   exit with 1 where a provider has fewer of its documented errors handled; waived ones do not count

Waivers are judged as of the day of the newest run.
exit code: 0, 1 under what is wanted, 2 wrongly used (or a file could not be written).

examples:
  openbanking report merge jobs/*.json --to json:all.json --to html:all.html --fail-under 95
  openbanking report show all.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what can be done, each with files, outputs and the gate."""
    parser.usage, parser.epilog = USAGE, ABOUT
    actions = parser.add_subparsers(dest="action", metavar="merge|show", required=True, parser_class=type(parser))
    for action, what in (("merge", "merge the reports of several jobs"), ("show", "show a report")):
        chosen = actions.add_parser(action, help=what, description=f"{what.capitalize()}.", allow_abbrev=False)
        chosen.add_argument("files", metavar="FILE.json", nargs="+", type=Path, help="a report, or a folder of them")
        chosen.add_argument("--to", metavar="KIND:PATH", action="append", default=[], help="write it; see: openbanking "
                            "report --help")  # fmt: skip
        chosen.add_argument("--fail-under", metavar="PERCENT", help="exit with 1 where fewer are handled")


def run(arguments: argparse.Namespace, terminal: Terminal) -> int:
    """Read the reports, show what they come to, write it, and hold it against the gate."""
    from pytest_openbanking.coverage import outputs
    from pytest_openbanking.coverage.gate import percentage

    wanted = None if arguments.fail_under is None else percentage(arguments.fail_under)
    to = [outputs.parse(text) for text in arguments.to]
    files = list(files_in(arguments.files))
    outputs.check([each for each in to if each.kind != "json"], {f"the report {file} itself": file for file in files})
    outputs.check(to)
    report = merged(files)
    failed = write(report, to, terminal, summed=arguments.action == "merge")
    show(report, terminal)
    under = gate(report, wanted, terminal)
    return 2 if failed else int(under)


def files_in(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if not os.path.isdir(path):
            yield path
            continue
        found = sorted(path.rglob("*.json"))
        if not found:
            raise UsageError(f"report: there is no *.json file in {path}")
        yield from found


def merged(paths: Sequence[Path]) -> Report:
    from pytest_openbanking.coverage.merging import merge
    from pytest_openbanking.coverage.stored import day_of, read_report

    reports = [read_report(path) for path in paths]
    return merge(reports, day=day_of(run for report in reports for run in report.runs))


def show(report: Report, terminal: Terminal) -> None:
    """Print the verdicts, then the errors that are not handled."""
    from pytest_openbanking.coverage.rows import one_line, rows, table
    from pytest_openbanking.coverage.verdicts import verdict

    for provider in report.providers:
        style = "green" if provider.errors.handled == provider.errors.documented else "red"
        terminal.line(terminal.paint(one_line(verdict(provider)), style))
    if not report.providers:
        terminal.line("no provider was tested")
    partial = dict.fromkeys(one_line(reason) for run in report.runs for reason in run.partial)
    if partial:
        terminal.line(f"not all tests were run: {', '.join(partial)}")
    lines = table(rows(report), width=terminal.width)
    if lines:
        terminal.line()
        terminal.lines(lines)


def write(report: Report, to: Sequence[Output], terminal: Terminal, *, summed: bool) -> bool:
    """Write all; tell whether any failed."""
    from pytest_openbanking.coverage import outputs
    from pytest_openbanking.coverage.summary import summarise

    failed = outputs.write(report, to, os.environ, terminal.line)
    warning = summarise(report, os.environ) if summed else None
    for line in [*failed, *([warning] if warning else [])]:
        print(f"openbanking: {line}", file=sys.stderr)
    return bool(failed)


def gate(report: Report, wanted: float | None, terminal: Terminal) -> bool:
    """Print which providers are under what is wanted, and tell whether any is."""
    from pytest_openbanking.coverage.gate import under
    from pytest_openbanking.coverage.rows import one_line

    said = [text for provider in report.providers if wanted is not None and (text := under(provider, wanted))]
    terminal.lines(terminal.paint(one_line(text), "red") for text in said)
    return bool(said)
