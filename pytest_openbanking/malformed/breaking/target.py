"""What is to be broken, and in which document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_openbanking.malformed.documents import NOTHING, Builder

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.malformed.contract import Contract
    from pytest_openbanking.malformed.places import Place
    from pytest_openbanking.malformed.rules import Rule

__all__ = ["Draw", "Target", "itself"]


@dataclass(frozen=True, eq=False)
class Target:
    """A rule, with the valid value that stands at its place."""

    contract: Contract
    rule: Rule
    value: object

    @property
    def text(self) -> str:
        """The valid text at the place; one letter where it holds something else."""
        return self.value if isinstance(self.value, str) and self.value else "a"

    @property
    def members(self) -> dict[str, object]:
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[object]:
        return self.value if isinstance(self.value, list) else []

    def item(self, index: int) -> object:
        """Return a valid item for an index; None where none is found."""
        return self.built(self.rule.place.item(index))

    def member(self, name: str) -> object:
        """Return a valid value for a member; None where none is found."""
        return self.built(self.rule.place.member(name))

    def built(self, place: Place, given: object = NOTHING, extent: str = "needed") -> object:
        value = Builder(self.contract, (), {}, extent).value(place, given)
        return None if value is NOTHING else value


def itself(drawn: object) -> object:
    return drawn


@dataclass(frozen=True, eq=False)
class Draw:
    """What is drawn, and what it means at the place.

    They are apart so that a payload is mapped once from few and different draws: where Hypothesis meets the same
    kind of strategy twice in an example, it spends two fifths of its time on swapping the two.
    """

    strategy: SearchStrategy[Any]
    shape: Callable[[Any], object] = itself
