"""Whose variables those of the environment are that name no provider, in a run that records several."""

from __future__ import annotations

from pytest_openbanking.environment import ADDRESSES, CREDENTIALS, told, variables

__all__ = ["Claims", "address_line"]


class Claims:
    """Which provider each variable is for: the first one that is met. What is meant for one is not sent to another."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}

    def problem(self, provider: str) -> str | None:
        """Claim a provider's variables; say which are another's."""
        said = {name: found.variable for name in (*ADDRESSES, *CREDENTIALS) if (found := told(name, provider))}
        lost = [name for name, variable in said.items() if self.owners.setdefault(variable, provider) != provider]
        if not lost:
            return None
        owner, (theirs, own) = self.owners[said[lost[0]]], zip(*(both(name, provider) for name in lost), strict=True)
        return (
            f"{', '.join(theirs)}: for {owner} in this run; for {provider} set {', '.join(own)} "
            "(to nothing where it has none)"
        )


def both(name: str, provider: str) -> tuple[str, str]:
    own, general = variables(name, provider)
    return general, own


def address_line(provider: str, base_url: str) -> str:
    """Say where a provider is called, and what would change that."""
    return f"{provider} is called at {base_url}; another address: {variables('base_url', provider)[0]}"
