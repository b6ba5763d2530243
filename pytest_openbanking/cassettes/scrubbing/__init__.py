"""Taking every secret out of recorded HTTP interactions, before anything touches the disk."""

from pytest_openbanking.cassettes.scrubbing.bodies import UnscrubbableError
from pytest_openbanking.cassettes.scrubbing.scrubber import Interaction, Scrubber

__all__ = ["Interaction", "Scrubber", "UnscrubbableError"]
