"""The built-in providers and rules, registered through the hooks that anyone can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pytest_openbanking.rules.rule import Rule


@pytest.hookimpl
def pytest_openbanking_providers() -> Iterable[Path]:
    from pytest_openbanking.catalogue.loader import BUILT_IN

    return [BUILT_IN]


@pytest.hookimpl
def pytest_openbanking_rules() -> Iterable[Rule]:
    from pytest_openbanking.rules import BUILT_IN

    return BUILT_IN
