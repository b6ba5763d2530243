"""Where cassettes are: a team's own folder first, then the ones that travel with the package."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest_openbanking

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider

__all__ = ["FOLDER", "OTHER_SUFFIX", "SUFFIX", "name_of", "place_of", "places_of", "shipped", "slug"]

FOLDER = "cassettes"
SUFFIX = ".yaml"
OTHER_SUFFIX = ".yml"  # that nothing looks up
SUCCESS = "success"
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


def place_of(provider: Provider, operation: Operation, error: DocumentedError | None = None) -> Path:
    """Return the path, below a folder of cassettes, of an error's cassette, or of the success's."""
    name = SUCCESS if error is None else name_of(error.status, error.code)
    return Path(provider.name, slug(provider, operation), name + SUFFIX)


def places_of(provider: Provider, error: DocumentedError) -> tuple[Path, ...]:
    """Return the paths at which an error's cassette may be: by its code, and by the other names that it has."""
    place = place_of(provider, error.operation, error)
    return place, *(place.with_name(name_of(error.status, alias) + SUFFIX) for alias in error.aliases)


def name_of(status: int | None, code: str) -> str:
    return f"{status}-{UNSAFE.sub('_', code)}"


def slug(provider: Provider, operation: Operation) -> str:
    """Return the name of an operation's folder: `GET /v1/accounts/{accountId}` is get-v1-accounts-accountId."""
    ids = tuple((each.base, each.id) for each in provider.operations)
    return slugs(ids)[operation.base, operation.id]


@lru_cache(maxsize=64)
def slugs(operations: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return a name for each operation; where two would be the same, the later one has a number."""
    found: dict[tuple[str, str], str] = {}
    taken: set[str] = set()
    for base, id in operations:
        method, _, path = id.partition(" ")
        name = "-".join([method.lower(), *re.findall(r"[A-Za-z0-9._-]*[A-Za-z0-9]", path)]).replace("-.", "-")
        number = 1
        while (unique := name if number == 1 else f"{name}-{number}").lower() in taken:
            number += 1
        taken.add(unique.lower())
        found[base, id] = unique
    return found


@lru_cache
def shipped() -> Path | None:
    """Return the folder of the recordings that travel with the package; in a checkout they are beside it."""
    package = Path(pytest_openbanking.__file__).parent
    places = (package / "recordings", package.parent / FOLDER)
    return next((place for place in places if any(place.glob("*/*/*" + SUFFIX))), None)
