"""The options in `[tool.pytest-openbanking]` of pyproject.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import Entry, ProviderError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "ProviderSettings",
    "Settings",
    "UsageError",
    "Waive",
    "check_folder",
    "exception_types",
    "load_settings",
    "project_file",
]

CASSETTES = "cassettes"  # beside pyproject.toml


class UsageError(ValueError):
    """Something was asked for that is not there: one line that names the nearest right ones."""


@dataclass(frozen=True)
class ProviderSettings:
    """What a team says of one provider; `raises` are dotted names of exception types."""

    raises: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    environment: str | None = None
    ignore: tuple[str, ...] = ()
    fail_under: float | None = None


@dataclass(frozen=True)
class Waive:
    """An error that is not to count, and who says so until which day (ISO 8601), that day included; None: for good."""

    error: str
    reason: str
    owner: str
    until: str | None
    where: str  # in the options, for messages


@dataclass(frozen=True)
class Settings:
    """A team's options; `max_wait` is in virtual seconds, `scrub` are names of what recordings must not show.

    `report` holds KIND:PATH, `baseline` a file; both begin at `root`, where pyproject.toml is. `fail_under` is in per cent.
    """

    provider: str | None = None
    provider_paths: tuple[Path, ...] = ()
    select: tuple[str, ...] = ("OB",)
    ignore: tuple[str, ...] = ()
    max_wait: int = 3600
    allow_hosts: tuple[str, ...] = ()
    cassettes: Path | None = None
    scrub: tuple[str, ...] = ()
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)
    root: Path | None = None
    report: tuple[str, ...] = ()
    baseline: str | None = None
    fail_under: float | None = None
    waive: tuple[Waive, ...] = ()

    def of(self, provider: str) -> ProviderSettings:
        return self.providers.get(provider) or ProviderSettings()


def check_folder(folder: Path, root: Path, option: str, remedy: str) -> None:
    """Refuse a folder of cassettes that is named, and not there; the one that nobody names need not be."""
    if folder != root / CASSETTES and not folder.is_dir():
        raise UsageError(f"{option}: there is no folder {folder}; allowed: one, or {remedy} to make it")


def load_settings(pyproject: Path) -> Settings:
    """Read the options; raises UsageError, one line, where one is wrong."""
    try:
        document = tomllib.loads(pyproject.read_text("utf-8"))
    except FileNotFoundError:
        return Settings(cassettes=pyproject.parent / CASSETTES, root=pyproject.parent)
    except (OSError, ValueError) as error:
        raise UsageError(f"{pyproject}: cannot be read: {error}") from None
    table = document.get("tool", {}).get("pytest-openbanking")
    if table is None:
        return Settings(cassettes=pyproject.parent / CASSETTES, root=pyproject.parent)
    try:
        return read_settings(Entry(table, f"{pyproject}: tool.pytest-openbanking"), pyproject.parent)
    except ProviderError as error:
        raise UsageError(str(error)) from None


def project_file(folder: Path) -> Path:
    """Return the nearest pyproject.toml, in a folder or above it, that has our table; else the folder's own."""
    files = (each / "pyproject.toml" for each in (folder, *folder.parents))
    return next(filter(has_options, files), folder / "pyproject.toml")


def has_options(pyproject: Path) -> bool:
    """Tell whether a file has our table; one that is broken is to be read, so that it is said."""
    try:
        raw = pyproject.read_bytes()
        return b"pytest-openbanking" in raw and "pytest-openbanking" in tomllib.loads(raw.decode()).get("tool", {})
    except OSError:
        return False
    except ValueError:
        return True


def read_settings(entry: Entry, root: Path) -> Settings:
    providers = entry.take("providers", dict) or {}
    settings = Settings(
        provider=entry.take("provider", str),
        provider_paths=tuple(root / path for path in entry.texts("provider-paths")),
        select=entry.texts("select") or ("OB",),
        ignore=entry.texts("ignore"),
        max_wait=max_wait(entry),
        allow_hosts=entry.texts("allow-hosts"),
        cassettes=root / (entry.take("cassettes", str) or CASSETTES),
        scrub=entry.texts("scrub"),
        providers={
            name: read_provider(Entry(table, f"{entry.where}.providers.{name}")) for name, table in providers.items()
        },
        root=root,
        report=entry.texts("report"),
        baseline=entry.text("baseline") if "baseline" in entry.table else entry.take("baseline", str),
        fail_under=percentage(entry, "fail-under"),
        waive=tuple(read_waive(each) for each in entry.entries("waive", named="error")),
    )
    entry.close()
    return settings


def percentage(entry: Entry, key: str) -> float | None:
    entry.asked.add(key)
    value = entry.table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        entry.wrong(f"{key} is {value!r}; it must be a number from 0 to 100")
    return value


def read_waive(entry: Entry) -> Waive:
    entry.asked |= {"error", "reason", "owner", "until"}
    entry.close()  # first: a key that is misspelled is not missing
    return Waive(entry.text("error"), entry.text("reason"), entry.text("owner"), day(entry, "until"), entry.where)


def day(entry: Entry, key: str) -> str | None:
    """Read a day: a date of TOML, or its text."""
    entry.asked.add(key)
    value = entry.table.get(key)
    if value is None:
        return None
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        found = None
    if not isinstance(found, date) or isinstance(found, datetime):
        entry.wrong(f"{key} is {value if isinstance(value, date) else repr(value)}; it must be a day, like 2026-12-31")
    return found.isoformat()


def max_wait(entry: Entry) -> int:
    seconds = entry.take("max-wait", int)
    if seconds is not None and seconds <= 0:
        entry.wrong(f"max-wait is {seconds}; it must be seconds, 1 or more")
    return seconds or 3600


def read_provider(entry: Entry) -> ProviderSettings:
    raises = (entry.text("raises"),) if isinstance(entry.table.get("raises"), str) else entry.texts("raises")
    settings = ProviderSettings(
        raises=raises,
        operations=entry.texts("operations"),
        environment=entry.take("environment", str),
        ignore=entry.texts("ignore"),
        fail_under=percentage(entry, "fail-under"),
    )
    entry.close()
    return settings


def exception_types(dotted: tuple[str, ...]) -> tuple[type[BaseException], ...]:
    """Import exception types; raises UsageError where one is not there."""
    return tuple(exception_type(name) for name in dotted)


def exception_type(dotted: str) -> type[BaseException]:
    """Import "package.module:Name" or "package.module.Name"."""
    module, _, name = dotted.replace(":", ".").rpartition(".")
    said = f"tool.pytest-openbanking: raises {dotted!r}"
    try:
        found = getattr(import_module(module), name)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{said} cannot be imported: {error}") from None
    except AttributeError:
        close = nearest(name, dir(import_module(module)), most=1)
        raise UsageError(f"{said}: the module has no {name!r}" + (f"; nearest: {close[0]}" if close else "")) from None
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise UsageError(f"{said} is no exception type")
    return found
