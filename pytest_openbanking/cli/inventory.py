"""What is in force here: the registry that the project's pyproject.toml and installed plugins make."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.registry import Registry

__all__ = ["named_provider", "registry_here"]


def registry_here() -> Registry:
    """Return the registry of the project around the working directory; `raises` may name modules of both folders."""
    from pytest_openbanking.registry import Registry, standalone_hooks
    from pytest_openbanking.settings import load_settings, project_file

    file = project_file(Path.cwd())
    sys.path += [folder for folder in dict.fromkeys(map(str, (Path.cwd(), file.parent))) if folder not in sys.path]
    return Registry(standalone_hooks(), load_settings(file))


def named_provider(registry: Registry, name: str | None, command: str) -> Provider:
    """Return the provider that a command names; raises UsageError, with all there are, where it names none."""
    if name is None:
        raise UsageError(f"{command}: name a provider: {', '.join(sorted(registry.folders))}")
    return registry.provider(name)
