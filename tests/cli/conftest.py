"""Running the command line in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Ran]:
    """Run `openbanking` in an empty folder, on a terminal of 100 columns."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str) -> Ran:
        code = main(list(arguments))
        return Ran(code, *capsys.readouterr())

    return run


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A folder whose pyproject.toml brings a provider of the team's own."""
    import shutil

    from pytest_openbanking.catalogue.loader import BUILT_IN

    folder = tmp_path / "providers" / "acme"
    shutil.copytree(BUILT_IN / "aelix", folder)
    data = (folder / "provider.toml").read_text("utf-8")
    data = data.replace('name = "aelix"', 'name = "acme"', 1).replace('title = "Aelix"', 'title = "Acme Zürich"', 1)
    (folder / "provider.toml").write_text(data, "utf-8")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest-openbanking]\nprovider-paths = ["providers"]\nignore = ["OB1"]\n'
    )
    return tmp_path
