"""A cassette: recorded interactions in a file, and what is known of how they were recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from pytest_openbanking.exchange import Provenance, Request, Response

__all__ = ["KEY", "SANDBOX", "Cassette", "CassetteError", "Metadata", "Recorded"]

KEY = "x-openbanking"  # beside vcrpy's keys; its own `metadata` crashes pytest-recording 0.14
SANDBOX = "the sandbox of pytest-openbanking"  # as `recorded_from`


class CassetteError(UsageError):
    """A cassette cannot be used: one line with its file and line."""

    def __init__(self, path: Path, line: int, what: str) -> None:
        super().__init__(f"{path}:{line}: {what}")
        self.path = path
        self.line = line
        self.what = what


@dataclass(frozen=True)
class Recorded:
    """One interaction; `line` is where it begins, the others where its parts do."""

    request: Request
    response: Response
    provenance: Provenance
    line: int
    request_line: int
    response_line: int
    body_line: int


@dataclass(frozen=True)
class Metadata:
    """Where a cassette comes from; what is not said is None."""

    provider: str | None = None
    operation: str | None = None
    status: int | None = None
    code: str | None = None  # None: a success
    recorded_from: str | None = None
    recorded_at: datetime | None = None
    recorded_by: str | None = None
    line: int = 1


@dataclass(frozen=True)
class Cassette:
    """A file that was read: at least one interaction."""

    path: Path
    interactions: tuple[Recorded, ...]
    metadata: Metadata
