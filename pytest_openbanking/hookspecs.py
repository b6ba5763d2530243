"""The hooks through which providers and rules join; the built-in ones are registered through the same hooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_openbanking.rules.rule import Rule


@pytest.hookspec
def pytest_openbanking_providers() -> Iterable[Path]:
    """Return folders of providers: each holds a provider.toml, or folders that do."""
    return ()


@pytest.hookspec
def pytest_openbanking_rules() -> Iterable[Rule]:
    """Return rules, made with `pytest_openbanking.rule`."""
    return ()
