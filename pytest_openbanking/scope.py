"""Which exchange a request, a wait or a thread belongs to."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_openbanking.exchange import Interaction

__all__ = ["Scope", "current_scope", "open_scopes"]


class Scope(Protocol):
    """An open sandbox, as the intercept layer and the clock see it."""

    @property
    def answers(self) -> int:
        """The number of answers that have reached the client so far."""

    @property
    def closed(self) -> bool:
        """Tell whether the exchange has ended; what still runs under it is a leftover."""

    @property
    def outer(self) -> Scope | None:
        """The scope in whose block this one was opened: it serves its own provider still."""

    def serves(self, url: str) -> bool:
        """Tell whether the URL is one of the provider's."""

    def allows(self, url: str) -> bool:
        """Tell whether a URL that is no provider's may really be called (localhost, an allowed host)."""

    def begin(self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Interaction:
        """Start an interaction with a URL that `serves` accepts; may raise to stop a runaway client."""

    def end(self, interaction: Interaction) -> None:
        """Say, once, that the interaction's answer or fault reaches the client now."""

    def refuse(self, method: str, url: str) -> str:
        """Note a request that is refused, and return the message for the client."""


current_scope: ContextVar[Scope | None] = ContextVar("openbanking_scope", default=None)
open_scopes: list[Scope] = []
