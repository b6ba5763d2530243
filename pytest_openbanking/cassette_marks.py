"""What the marker openbanking_cassette says: the one cassette that answers a test."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.library import OneCassette, shown_by
from pytest_openbanking.cassettes.replay import Replay
from pytest_openbanking.sandboxes.arming import persistences
from pytest_openbanking.sandboxes.cases import case_id
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import pytest

    from pytest_openbanking.catalogue.model import DocumentedError
    from pytest_openbanking.registry import Registry
    from pytest_openbanking.sandboxes.arming import Persistence
    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["cassette_mark", "cassette_provider", "play", "recorded_cases", "unshown"]


def cassette_mark(node: pytest.Item | pytest.Function) -> str | None:
    """Return the cassette that a test's marker names; one on the test goes before one around it."""
    mark = node.get_closest_marker("openbanking_cassette")
    if mark is None:
        return None
    own = [each for each in node.own_markers if each.name == mark.name]
    if len(own) > 1:
        named = " and ".join(", ".join(map(repr, each.args)) for each in own)
        raise UsageError(
            f"two markers openbanking_cassette on one test: {named}; allowed: one, of a cassette with both"
        )
    if len(mark.args) != 1 or mark.kwargs or not isinstance(mark.args[0], str | PurePath):
        raise UsageError(
            'marker openbanking_cassette takes one path, like "paysera/get-v1-accounts/429-ACCESS_EXCEEDED"'
        )
    path = PurePath(mark.args[0])
    if path.is_absolute() or ".." in path.parts or not path.name or "\0" in str(path):
        raise UsageError(f"marker openbanking_cassette takes a path below the folder of cassettes, not {str(path)!r}")
    return str(mark.args[0])


def cassette_provider(node: pytest.Item | pytest.Function, registry: Registry) -> str | None:
    """Return the provider whose folder a marked cassette is in."""
    named = cassette_mark(node)
    first = PurePath(named).parts[0] if named else None
    return first if first in registry.folders else None


def recorded_cases(registry: Registry, name: str, named: str) -> dict[str, tuple[DocumentedError, Persistence]]:
    """Return the cases of the documented errors that a cassette shows."""
    provider, cassette = registry.provider(name), registry.library(name).cassette(named)
    errors = shown_by(cassette, provider)
    if not errors:
        raise UsageError(f"{cassette.path} shows no error that {name} documents; see: openbanking verify")
    return {case_id(error, lasts): (error, lasts) for error in errors for lasts in persistences(error)}


def play(sandbox: Sandbox, named: str, *, judged: bool) -> None:
    """Let one cassette answer: the errors that are armed, or, where none is judged, everything."""
    cassette = sandbox.library.cassette(named)
    sandbox.library = OneCassette(sandbox.library.folders, cassette)
    if not judged:
        sandbox.replay = Replay(cassette, sandbox.provider)


def unshown(error: DocumentedError, sandbox: Sandbox) -> str | None:
    """Say that the cassette which a test's marker names does not show an error."""
    library = sandbox.library
    return library.problem(error, sandbox.provider) if isinstance(library, OneCassette) else None
