"""One cassette with one thing wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_openbanking.cassettes.places import place_of
from pytest_openbanking.catalogue.loader import BUILT_IN, load_folder
from pytest_openbanking.sandboxes.selection import find_operation
from tests.cassettes.verifying.recorded import document, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider

Document = dict[str, Any]


def provider(name: str) -> Provider:
    return load_folder(BUILT_IN / name)


@dataclass(frozen=True)
class Scene:
    """A sound cassette: of an error, by its status and code, or of a success."""

    provider: str
    operation: str
    error: str | None = None

    def found(self) -> tuple[Provider, Operation, DocumentedError | None]:
        data = provider(self.provider)
        operation = find_operation(data, self.operation)
        errors = [each for each in data.errors if each.operation is operation and str(each) == self.error]
        assert bool(errors) == (self.error is not None), f"{self.error} is not documented"
        return data, operation, errors[0] if errors else None

    def document(self) -> Document:
        return document(*self.found())

    def place(self) -> Path:
        return place_of(*self.found())

    def write(self, folder: Path, change: Callable[[Document], object] = lambda content: None) -> Path:
        """Write the cassette, changed, at its place."""
        content = self.document()
        change(content)
        return save(folder / self.place(), content)


def request(content: Document) -> Document:
    return content["interactions"][0]["request"]  # type: ignore[no-any-return]


def response(content: Document) -> Document:
    return content["interactions"][0]["response"]  # type: ignore[no-any-return]


def with_body(content: Document, change: Callable[[Any], object]) -> None:
    """Change the answer's JSON."""
    body = json.loads(response(content)["body"]["string"])
    change(body)
    response(content)["body"]["string"] = json.dumps(body)


def line_with(path: Path, text: str) -> int:
    """Return the number of the first line that holds a text."""
    return next(number for number, line in enumerate(path.read_text("utf-8").splitlines(), 1) if text in line)


LIMIT = Scene("paysera", "GET /v1/accounts", "429 ACCESS_EXCEEDED")
EXPIRED = Scene("paysera", "GET /v1/accounts", "401 TOKEN_EXPIRED")
ACCOUNTS = Scene("paysera", "GET /v1/accounts")
PAYMENT = Scene("aelix", "POST /v1/payments")
