"""The options in `[tool.pytest-openbanking]` of pyproject.toml."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import Entry, ProviderError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ProviderSettings", "Settings", "UsageError", "exception_types", "load_settings"]

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


@dataclass(frozen=True)
class Settings:
    """A team's options; `max_wait` is in virtual seconds, `scrub` are names of what recordings must not show."""

    provider: str | None = None
    provider_paths: tuple[Path, ...] = ()
    select: tuple[str, ...] = ("OB",)
    ignore: tuple[str, ...] = ()
    max_wait: int = 3600
    allow_hosts: tuple[str, ...] = ()
    cassettes: Path | None = None
    scrub: tuple[str, ...] = ()
    providers: Mapping[str, ProviderSettings] = field(default_factory=dict)

    def of(self, provider: str) -> ProviderSettings:
        return self.providers.get(provider) or ProviderSettings()


def load_settings(pyproject: Path) -> Settings:
    """Read the options; raises UsageError, one line, where one is wrong."""
    try:
        document = tomllib.loads(pyproject.read_text("utf-8"))
    except FileNotFoundError:
        return Settings(cassettes=pyproject.parent / CASSETTES)
    except (OSError, ValueError) as error:
        raise UsageError(f"{pyproject}: cannot be read: {error}") from None
    table = document.get("tool", {}).get("pytest-openbanking")
    if table is None:
        return Settings(cassettes=pyproject.parent / CASSETTES)
    try:
        return read_settings(Entry(table, f"{pyproject}: tool.pytest-openbanking"), pyproject.parent)
    except ProviderError as error:
        raise UsageError(str(error)) from None


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
    )
    entry.close()
    return settings


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
