"""A provider's folder: its files and the references between them."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import Entry, ProviderError, nearest
from pytest_openbanking.catalogue.model import Source
from pytest_openbanking.catalogue.templates import check

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Folder"]

ALWAYS_KNOWN = frozenset(
    [
        "code",
        "message",
        "status",
        "path",
        "field",
        "fields",
        "uuid",
        "hex",
        "new_token",
        "new_refresh_token",
        "access_token",
        "refresh_token",
        "api_key",
        "api_secret",
    ]
)


class Folder:
    """Reads what a provider's tables refer to: sources, schemas and templates."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path / "provider.toml"
        self.sources: dict[str, Source] = {}
        self.schemas: dict[str, Mapping[str, object]] = {}

    def table(self) -> Entry:
        """Read provider.toml; whatever is wrong with the file itself is one line."""
        try:
            return Entry(tomllib.loads(self.file.read_text("utf-8")), str(self.file))
        except FileNotFoundError:
            raise ProviderError(
                f"{self.file}: there is no such file; a provider is a folder with a provider.toml"
            ) from None
        except OSError as error:
            raise ProviderError(f"{self.file}: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise ProviderError(f"{self.file}: is not UTF-8 at byte {error.start}; TOML files must be UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            raise ProviderError(f"{self.file}: is not valid TOML: {error}") from None

    def read_sources(self, entry: Entry) -> None:
        for key, table in entry.need("sources", dict).items():
            source = Entry(table, f"{self.file}: sources.{key}")
            self.sources[key] = Source(key, source.text("title"), source.text("url"))
            source.close()

    def source(self, entry: Entry, key: str = "source") -> Source:
        """Resolve "key" or "key: section"."""
        text = entry.text(key)
        name, _, section = text.partition(":")
        known = self.sources.get(name.strip())
        if known is None:
            close = nearest(name, self.sources, most=1) or sorted(self.sources)
            entry.wrong(f"source {name.strip()!r} is not among [sources]; allowed: {', '.join(close)}")
        return Source(known.key, known.title, known.url, section.strip())

    def schema(self, entry: Entry, key: str = "schema") -> Mapping[str, object]:
        """Read the JSON Schema that a table names."""
        name = entry.text(key)
        if name not in self.schemas:
            self.schemas[name] = self._read_schema(entry, name)
        return self.schemas[name]

    def _read_schema(self, entry: Entry, name: str) -> Mapping[str, object]:
        try:
            schema = json.loads((self.path / name).read_text("utf-8"))
        except (FileNotFoundError, IsADirectoryError):
            there = ", ".join(sorted(path.name for path in self.path.glob("*.json"))) or "no JSON file"
            entry.wrong(f"schema {name!r} is not in the folder; there is: {there}")
        except ValueError as error:
            entry.wrong(f"schema {name!r} is not valid JSON in UTF-8: {error}")
        if not isinstance(schema, dict):
            entry.wrong(f"schema {name!r} must be a JSON object")
        return schema

    def template(self, entry: Entry, key: str, known: set[str]) -> object | None:
        """Read a JSON template; None where it is left out."""
        text = entry.take(key, str)
        if text is None:
            return None
        try:
            template = json.loads(text)
        except ValueError as error:
            entry.wrong(f"{key} is not valid JSON: {error}")
        self.checked(entry, key, template, known)
        return template  # type: ignore[no-any-return]

    def headers(self, entry: Entry, known: set[str]) -> tuple[tuple[str, str], ...]:
        pairs = entry.pairs("headers")
        for _, value in pairs:
            self.checked(entry, "headers", value, known)
        return pairs

    def checked(self, entry: Entry, key: str, template: object, known: set[str]) -> None:
        problem = check(template, known | ALWAYS_KNOWN)
        if problem:
            entry.wrong(f"{key}: {problem}")
