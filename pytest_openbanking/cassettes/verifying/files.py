"""Which files are meant: a file, a folder of one provider, or a folder of cassettes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.places import SUFFIX, shipped
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Files", "default_paths", "files_in"]

LAYOUT = f"PROVIDER/OPERATION/STATUS-CODE{SUFFIX}, success{SUFFIX}, or any other *{SUFFIX}"


@dataclass(frozen=True)
class Files:
    """Cassettes in the order of their paths, and the folders of providers that are to be complete.

    `looked_up`: complete with what is looked up after them, the recordings that travel with the package.
    """

    cassettes: tuple[Path, ...]
    providers: tuple[Path, ...]
    looked_up: bool = False


def default_paths(team: Path | None) -> tuple[Path, ...]:
    """Return the team's folder where it is there, else the one that travels with the package."""
    if team is not None and team.is_dir():
        return (team,)
    found = shipped()
    if found is None:
        raise UsageError(f"there are no cassettes: neither {team} nor recordings of the package's own; name a PATH")
    return (found,)


def files_in(paths: Sequence[Path], names: frozenset[str], *, looked_up: bool = False) -> Files:
    """Return what paths mean; raises UsageError for one that is not there or holds no cassette."""
    cassettes: dict[Path, None] = {}
    providers: dict[Path, None] = {}
    for path in paths:
        cassettes |= dict.fromkeys(sorted(map(plain, cassettes_in(path))))
        providers |= dict.fromkeys(provider_folders(plain(path), names))
    return Files(tuple(cassettes), tuple(providers), looked_up)


def plain(path: Path) -> Path:
    """Return an absolute path without `..`: the last three names say what a cassette is of."""
    return Path(os.path.abspath(path))


def cassettes_in(path: Path) -> list[Path]:
    try:
        there = path.exists()
    except OSError as error:
        raise UsageError(f"verify: {path} cannot be read: {error.strerror}") from None
    if not there:
        raise UsageError(f"verify: there is no {path}")
    if not path.is_dir():
        return [path]
    found = list(below(path))
    if not found:
        raise UsageError(f"verify: {path} holds no cassette; expected below it: {LAYOUT}")
    return found


def below(folder: Path) -> Iterator[Path]:
    """Yield the cassettes below a folder, but not in hidden ones."""
    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name) for name in files if name.endswith(SUFFIX) and not name.startswith("."))


def refuse(error: OSError) -> None:
    raise UsageError(f"verify: {error.filename} cannot be read: {error.strerror}") from None


def provider_folders(path: Path, names: frozenset[str]) -> list[Path]:
    """Return the providers' folders in a folder of cassettes, or the folder itself where it is one."""
    if not path.is_dir():
        return []
    inside = sorted(child for child in path.iterdir() if child.name in names and any(True for _ in below(child)))
    return inside or [path] * (path.absolute().name in names)
