"""The summary of a CI job: the Markdown is added to it by itself where the service offers one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.verifying.finding import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_openbanking.coverage.report import Report

__all__ = ["summarise"]

VARIABLE = "GITHUB_STEP_SUMMARY"  # of GitHub Actions; Gitea and Forgejo have it as well
LIMIT = 1024 * 1024  # a step's; GitHub shows nothing of a summary that is larger
MOST = 1_000_000


def summarise(report: Report, environ: Mapping[str, str]) -> str | None:
    """Add the report to the job's summary, once; return a warning, one line, where that failed.

    https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary
    """
    name = environ.get(VARIABLE)
    if not name:
        return None
    try:
        return add(report, Path(name))
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        return f"the report was not added to the job's summary {one_line(name)}: {one_line(said)}"


def add(report: Report, path: Path) -> str | None:
    """Append to the file, whole or not at all."""
    from pytest_openbanking.coverage.markdown import to_markdown

    there = path.read_bytes() if path.exists() else b""
    lead = b"" if not there else b"\n" if there.endswith(b"\n") else b"\n\n"
    text = to_markdown(report, limit=min(MOST, LIMIT - len(there) - len(lead))).encode("utf-8")
    if not text:
        return f"the report was not added to the job's summary {one_line(str(path))}: there is no room left in it"
    if text in there:
        return None
    append(path, lead + text, len(there))
    return None


def append(path: Path, data: bytes, size: int) -> None:
    try:
        with path.open("ab") as file:
            file.write(data)
    except OSError:
        if path.exists():
            os.truncate(path, size)
        raise
