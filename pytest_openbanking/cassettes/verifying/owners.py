"""Whose cassette it is."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.verifying.documentation import Documentation

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_openbanking.cassettes.cassette import Cassette
    from pytest_openbanking.registry import Registry

__all__ = ["Owners", "folder_owner"]


class Owners:
    """The providers of a registry, each loaded when a cassette of it is met."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._known: dict[str, Documentation] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.registry.folders)

    def documentation(self, name: str) -> Documentation:
        """Return what a provider documents; raises UsageError where its data is wrong."""
        if name not in self._known:
            self._known[name] = Documentation(self.registry.provider(name))
        return self._known[name]

    def owner(self, cassette: Cassette) -> tuple[Documentation | None, bool]:
        """Return the provider of a cassette, and whether its metadata or its folder names it; else its hosts tell."""
        said = cassette.metadata.provider
        name = folder_owner(cassette.path, self.names) if said is None else said
        if name is not None:
            return (self.documentation(name) if name in self.names else None), True
        return self.by_host(cassette), False

    def by_host(self, cassette: Cassette) -> Documentation | None:
        """Return the provider that most of the requests went to."""
        every = [self.documentation(name) for name in sorted(self.names)]
        urls = Counter(recorded.request.url.partition("?")[0] for recorded in cassette.interactions)
        served = {
            known: sum(times for url, times in urls.items() if known.provider.router.serves(url)) for known in every
        }
        best = max(served, key=served.__getitem__, default=None)
        return best if best is not None and served[best] else None


def folder_owner(path: Path, names: frozenset[str]) -> str | None:
    """Return the provider that the file's folder, or the one around it, is called after."""
    folders = (path.absolute().parent.parent.name, path.absolute().parent.name)
    return next((name for name in folders if name in names), None)
