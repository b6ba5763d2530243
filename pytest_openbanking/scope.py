"""Which exchange a request, a wait or a thread belongs to."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pytest_openbanking.exchange import Fault, Request, Response

__all__ = ["Scope", "current_scope", "open_scopes"]


class Scope(Protocol):
    """An open sandbox, as the intercept layer and the clock see it."""

    @property
    def answers(self) -> int:
        """The number of answers that have reached the client so far."""

    def serves(self, url: str) -> bool:
        """Tell whether the URL is one of the provider's."""

    def allows(self, url: str) -> bool:
        """Tell whether a URL that is no provider's may really be called (localhost, an allowed host)."""

    def answer(self, request: Request) -> Response | Fault:
        """Answer a request of the provider's, or raise `Refused`."""

    def answered(self) -> None:
        """Say that the latest answer of this job reached the client."""

    def refuse(self, method: str, url: str) -> str:
        """Note a request that is refused, and return the message for the client."""


current_scope: ContextVar[Scope | None] = ContextVar("openbanking_scope", default=None)
open_scopes: list[Scope] = []
