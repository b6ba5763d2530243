"""The scrubber, through which every recorded interaction passes before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from pytest_openbanking.cassettes.scrubbing.known import Known
from pytest_openbanking.cassettes.scrubbing.messages import Message
from pytest_openbanking.cassettes.scrubbing.names import Names
from pytest_openbanking.cassettes.scrubbing.search import Search, UnscrubbableError
from pytest_openbanking.cassettes.scrubbing.stand_ins import StandIns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["Interaction", "Scrubber"]

Interaction: TypeAlias = dict[str, object]
TURNS = 8


class Scrubber:
    """Takes the secrets out of a recording run's cassettes: equal values stay equal, other values other.

    Raises:
        UnscrubbableError: A body cannot be read; such a cassette must not be written.

    """

    def __init__(self, *, fields: Iterable[str] = (), secrets: Iterable[str] = ()) -> None:
        self.names = Names(fields)
        self.secrets = tuple(sorted({secret for secret in secrets if secret}, key=len, reverse=True))
        self.stand_ins = StandIns()

    def scrub(self, interactions: Sequence[Mapping[str, object]]) -> list[Interaction]:
        """Return the interactions without their secrets; what was passed stays as it is."""
        known = self.known()
        found = -1
        while found < len(known):  # what is learnt at the end may stand at the beginning
            found = len(known)
            scrubbed = self.scrubbed(interactions, known)
        for _ in range(TURNS):
            again = self.scrubbed(scrubbed, known)
            if again == scrubbed:
                return scrubbed
            scrubbed = again
        raise UnscrubbableError("a cassette still changes after scrubbing it many times over")

    def known(self) -> Known:
        known = Known()
        search = Search(self.names, self.stand_ins, known)
        for secret in self.secrets:
            known.learn(secret, search.secret("secret", secret), "secret")
        return known

    def scrubbed(self, interactions: Sequence[Mapping[str, object]], known: Known) -> list[Interaction]:
        message = Message(Search(self.names, self.stand_ins, known))
        return [message.interaction(interaction) for interaction in interactions]
