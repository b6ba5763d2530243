"""Where a report goes: `json:PATH` and the like, checked before the tests run, each written whole or not at all."""

from __future__ import annotations

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.verifying.finding import one_line
from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pytest_openbanking.coverage.report import Report

__all__ = ["ALLOWED", "Output", "check", "parse", "trouble_with", "write"]

FILES = ("json", "md", "html", "gitlab")
ANNOTATIONS = "annotations"
LOGS = ("github", "azure", "teamcity")
ALLOWED = ", ".join([*(f"{kind}:PATH" for kind in FILES), ANNOTATIONS, f"{ANNOTATIONS}:{'|'.join(LOGS)}"])


@dataclass(frozen=True)
class Output:
    """One of the option's values: a file, or annotations; `service` is None where the environment tells."""

    kind: str
    path: Path | None = None
    service: str | None = None

    def __str__(self) -> str:
        where = self.path if self.path is not None else self.service
        return self.kind if where is None else one_line(f"{self.kind}:{where}")


def parse(text: str) -> Output:
    """Read one value of the option; raises UsageError, one line with what is allowed.

    A path is taken as it is now: a test that changes the working directory moves no report.
    """
    kind, colon, where = text.partition(":")
    if kind == ANNOTATIONS:
        return annotations_to(where if colon else None)
    if kind not in FILES:
        close = nearest(kind, [*FILES, ANNOTATIONS], most=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise UsageError(f"report {shown(text)}: unknown kind{hint}; allowed: {ALLOWED}")
    if not where.strip():
        raise UsageError(f"report {shown(text)}: the path is empty; write it like {kind}:report.{kind}")
    return Output(kind, Path(os.path.abspath(os.path.expanduser(where))))


def annotations_to(service: str | None) -> Output:
    if service is not None and service not in LOGS:
        close = nearest(service, LOGS, most=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise UsageError(
            f"report {shown(f'{ANNOTATIONS}:{service}')}: unknown service{hint}; allowed: {', '.join(LOGS)}"
        )
    return Output(ANNOTATIONS, service=service)


def shown(text: str) -> str:
    return f"'{one_line(text)}'"


def check(outputs: Sequence[Output], taken: Mapping[str, Path | None] | None = None) -> None:
    """Raise UsageError, one line, for the first output that could not be written; nothing is created.

    `taken` are files that are for something else.
    """
    held = {name: path for name, path in (taken or {}).items() if path is not None}
    known: dict[str, object] = {os.path.normcase(os.path.realpath(path)): name for name, path in held.items()}
    for output in outputs:
        trouble = None if output.path is None else trouble_with(output.path)
        if trouble:
            raise UsageError(f"report {output} cannot be written: {trouble}")
        place = str(output) if output.path is None else os.path.normcase(os.path.realpath(output.path))
        if place in known:
            raise UsageError(f"report {output}: {known[place]} goes to the same place; name another")
        known[place] = output


def trouble_with(path: Path) -> str | None:
    """Say why a file could not be written there, or return None."""
    try:
        if path.is_symlink() and loops(path):
            return "it is a loop of links"
        if path.is_dir():
            return "it is a folder; name a file in it"
        if path.exists() and not path.is_file():
            return "it is no ordinary file"
        return trouble_above(path.resolve())
    except (OSError, ValueError) as error:  # a name that is too long, or holds a null
        return one_line(getattr(error, "strerror", None) or str(error))


def loops(path: Path) -> bool:
    try:
        path.stat()
    except OSError as error:
        return error.errno == errno.ELOOP
    return False


def trouble_above(path: Path) -> str | None:
    name = f".{path.name}.{os.getpid()}.tmp"  # what it is written as first
    parent = next(folder for folder in path.parents if folder.exists() or folder.is_symlink())
    if not parent.is_dir():
        return f"{one_line(str(parent))} is no folder"
    if not os.access(parent, os.W_OK | os.X_OK):
        return f"the folder {one_line(str(parent))} is not writable"
    path.with_name(name).exists()  # raises where the name is too long
    return None


def write(
    report: Report, outputs: Sequence[Output], environ: Mapping[str, str], print: Callable[[str], object]
) -> list[str]:
    """Write and print all outputs; return a line for each that failed, which keeps the others from nothing.

    Of a file that failed the old one stays. A Markdown file becomes the summary of a job of Azure Pipelines.
    """
    failed = []
    for output in outputs:
        try:
            write_one(report, output, environ, print)
        except OSError as error:
            failed.append(f"report {output} was not written: {one_line(error.strerror or str(error))}")
        except Exception as error:
            failed.append(f"report {output} was not written: {one_line(f'{type(error).__name__}: {error}')}")
    return failed


def write_one(report: Report, output: Output, environ: Mapping[str, str], print: Callable[[str], object]) -> None:
    from pytest_openbanking.atomic import write_whole

    if output.path is None:
        for line in log_of(report, output.service, environ):
            print(line)
        return
    write_whole(output.path.resolve(), text_of(report, output.kind))
    if output.kind == "md" and environ.get("TF_BUILD"):
        from pytest_openbanking.coverage.services import azure_command

        print(azure_command("task.uploadsummary", {}, str(output.path)))


def log_of(report: Report, service: str | None, environ: Mapping[str, str]) -> list[str]:
    """Return the lines for a service's log; none where no service is named and the environment has none."""
    from pytest_openbanking.coverage.annotations import annotations_of
    from pytest_openbanking.coverage.services import SERVICES, service_here

    service = service or service_here(environ)
    return list(SERVICES[service](annotations_of(report))) if service else []


def text_of(report: Report, kind: str) -> str:
    """Return a file's text; what makes it is imported when it is asked for."""
    if kind == "json":
        from pytest_openbanking.coverage.stored import to_json

        return to_json(report)
    if kind == "md":
        from pytest_openbanking.coverage.markdown import to_markdown

        return to_markdown(report)
    if kind == "gitlab":
        from pytest_openbanking.coverage.annotations import to_gitlab

        return to_gitlab(report)
    from pytest_openbanking.coverage.page.page import render

    return str(render(report))
