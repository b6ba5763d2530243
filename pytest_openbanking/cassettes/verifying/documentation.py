"""What a provider documents, indexed for looking up what was recorded."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pytest_openbanking.cassettes.places import place_of, places_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider

__all__ = ["Documentation", "Documented"]


class Documented(NamedTuple):
    """What a cassette is of: an error, or (None) the success, of an operation."""

    operation: Operation
    error: DocumentedError | None

    def __str__(self) -> str:
        return f"{self.operation} {self.error or 'success'}"


class Documentation:
    """A provider with its errors by operation, and its cassettes by place."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._on: dict[int, list[DocumentedError]] = defaultdict(list)
        for error in provider.errors:
            self._on[id(error.operation)].append(error)

    def on(self, operation: Operation) -> list[DocumentedError]:
        """Return an operation's documented errors."""
        return self._on.get(id(operation), [])

    def error(self, operation: Operation, status: int, code: str | None) -> DocumentedError | None:
        """Return the documented error of a status and a code, by any of its names."""
        there = (error for error in self.on(operation) if error.status == status)
        return next((error for error in there if code in (error.code, *error.aliases)), None)

    @cached_property
    def places(self) -> Mapping[Path, Documented]:
        """Everything that is looked up, by its place below a folder of cassettes."""
        found = {place_of(self.provider, each): Documented(each, None) for each in self.provider.operations}
        for error in self.provider.errors:
            found |= dict.fromkeys(places_of(self.provider, error), Documented(error.operation, error))
        return found

    @cached_property
    def folders(self) -> frozenset[str]:
        """The names of the operations' folders."""
        return frozenset(place.parent.name for place in self.places)
