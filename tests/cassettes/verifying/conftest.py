"""Verifying one folder of cassettes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.cassettes.verifying.codes import Wanted
from pytest_openbanking.cassettes.verifying.files import files_in
from pytest_openbanking.cassettes.verifying.owners import Owners
from pytest_openbanking.cassettes.verifying.verification import verify
from pytest_openbanking.registry import Registry, standalone_hooks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_openbanking.cassettes.verifying.finding import Finding


@pytest.fixture
def owners() -> Owners:
    return Owners(Registry(standalone_hooks()))


@pytest.fixture
def lint(owners: Owners) -> Callable[..., list[Finding]]:
    """Return the findings in a file or folder; missing cassettes only where they are asked for."""

    def run(
        path: Path, *, ignore: tuple[str, ...] = ("OBC403",), team: Path | None = None, **options: object
    ) -> list[Finding]:
        files = files_in([path], owners.names, team=team)
        return list(verify(files, owners, wanted=Wanted(ignore=ignore), **options).findings)

    return run
