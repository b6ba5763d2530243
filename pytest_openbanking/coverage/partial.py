"""Why a run is not the whole of the tests, so that nothing follows from what it has not checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

__all__ = ["chosen_parts"]

OPTIONS = {
    "keyword": "-k",
    "markexpr": "-m",
    "lf": "--last-failed",
    "stepwise": "--stepwise",
    "stepwise_skip": "--stepwise-skip",
    "deselect": "--deselect",
}


def chosen_parts(config: pytest.Config) -> Iterator[str]:
    """Yield what the command line says that leaves tests out; a path leaves out none of its own."""
    given = {option for name, option in OPTIONS.items() if config.getoption(name, None)}
    yield from (option for option in OPTIONS.values() if option in given)
    if any("::" in argument for argument in config.args):
        yield "a test named with ::"
