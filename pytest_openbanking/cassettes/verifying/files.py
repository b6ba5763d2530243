"""Which files are meant: a file, a folder of one provider, or a folder of cassettes."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.places import OTHER_SUFFIX, SUFFIX, shipped
from pytest_openbanking.settings import UsageError, check_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.settings import Settings

__all__ = ["Files", "default_paths", "files_in", "shown"]

INTERACTIONS = re.compile(rb"^interactions:", re.MULTILINE)
LAYOUT = f"PROVIDER/OPERATION/STATUS-CODE{SUFFIX}, success{SUFFIX}, or any other *{SUFFIX}"


@dataclass(frozen=True)
class Files:
    """Cassettes in the order of their paths, and the folders of providers that are to be complete.

    `looked_up`: complete with what is looked up after them, the recordings that travel with the package. `roots` are
    the folders of cassettes, below which PROVIDER/OPERATION/STATUS-CODE.yaml is looked up.
    """

    cassettes: tuple[Path, ...]
    providers: tuple[Path, ...]
    looked_up: bool = False
    roots: tuple[Path, ...] = ()

    def root_of(self, path: Path) -> Path | None:
        """Return the folder of cassettes that a file is below, the nearest one."""
        return max(
            (root for root in self.roots if path.is_relative_to(root)), key=lambda root: root.parts, default=None
        )

    @property
    def travelling(self) -> bool:
        """Whether these are the cassettes that travel with the package, and not the team's."""
        return self.looked_up and self.roots == (shipped(),)


def default_paths(settings: Settings) -> tuple[Path, ...]:
    """Return the team's folder where it is there, else the one that travels with the package; a named one must be there."""
    team, root = settings.cassettes, settings.root
    if team is not None and root is not None:
        check_folder(team, root, f"{root / 'pyproject.toml'}: cassettes", "openbanking record")
    if team is not None and team.is_dir():
        return (team,)
    found = shipped()
    if found is None:
        raise UsageError(f"there are no cassettes: neither {team} nor recordings of the package's own; name a PATH")
    return (found,)


def files_in(
    paths: Sequence[Path], names: frozenset[str], *, looked_up: bool = False, team: Path | None = None
) -> Files:
    """Return what paths mean; raises UsageError for one that is not there or holds no cassette.

    `team` is the project's folder of cassettes; `looked_up`: the paths are what a run of pytest looks into.
    """
    cassettes: dict[Path, None] = {}
    providers: dict[Path, None] = {}
    roots: dict[Path, None] = {}
    for path in map(plain, paths):
        cassettes |= dict.fromkeys(sorted(cassettes_in(path)))
        inside = provider_folders(path, names)
        providers |= dict.fromkeys(inside)
        roots |= dict.fromkeys([path] if looked_up else roots_in(path, inside, team))
    return Files(tuple(cassettes), tuple(providers), looked_up, tuple(roots))


def roots_in(path: Path, inside: Sequence[Path], team: Path | None) -> list[Path]:
    """Return the folders of cassettes in a path that is named: itself, the one around a provider's, or the project's."""
    own = [plain(team)] if team is not None and plain(team).is_relative_to(path) else []
    return [inside[0].parent, *own] if inside else own


def plain(path: Path) -> Path:
    """Return an absolute path without `..`: the last three names say what a cassette is of."""
    return Path(os.path.abspath(path))


def cassettes_in(path: Path) -> list[Path]:
    try:
        there = path.exists()
    except OSError as error:
        raise UsageError(f"verify: {shown(path)} cannot be read: {error.strerror}") from None
    if not there:
        raise UsageError(f"verify: there is no {shown(path)}")
    if not path.is_dir():
        return [path]
    found = [*below(path), *misnamed(path)]
    if not found:
        raise UsageError(f"verify: {shown(path)} holds no cassette; expected below it: {LAYOUT}")
    return found


def below(folder: Path, suffix: str = SUFFIX) -> Iterator[Path]:
    """Yield the cassettes below a folder, but not in hidden ones."""
    for place, folders, files in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        yield from (Path(place, name) for name in files if name.endswith(suffix) and not name.startswith("."))


def misnamed(folder: Path) -> Iterator[Path]:
    """Yield what would be a cassette under another suffix; other programs have files of that name, too."""
    for path in below(folder, OTHER_SUFFIX):
        try:
            if INTERACTIONS.search(path.read_bytes()):
                yield path
        except OSError as error:
            refuse(error)


def shown(path: Path) -> str:
    """Return a path relative to the working directory, where it is below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def refuse(error: OSError) -> None:
    raise UsageError(f"verify: {error.filename} cannot be read: {error.strerror}") from None


def provider_folders(path: Path, names: frozenset[str]) -> list[Path]:
    """Return the providers' folders in a folder of cassettes, or the folder itself where it is one."""
    if not path.is_dir():
        return []
    inside = sorted(child for child in path.iterdir() if child.name in names and any(True for _ in below(child)))
    return inside or [path] * (path.absolute().name in names)
