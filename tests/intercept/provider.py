"""A provider of one URL prefix, as simple as a scope can be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from pytest_openbanking import jobs
from pytest_openbanking.exchange import Fault, Headers, Interaction, Request, Response
from pytest_openbanking.intercept import install
from pytest_openbanking.scope import current_scope, open_scopes

HOST = "https://api.bank.example"
JSON = Headers([("Content-Type", "application/json")])
OK = Response(200, JSON, b'{"ok": true}')

Answer = Response | Fault | str
Script = Callable[[Request], Answer]


class Provider:
    """Serves HOST: with one answer, or by calling a function."""

    def __init__(self, answer: Answer | Script = OK, host: str = HOST) -> None:
        self.answer = answer
        self.host = host
        self.interactions: list[Interaction] = []
        self.ended: list[Interaction] = []
        self.ended_at: list[float] = []
        self.refusals: list[tuple[str, str]] = []
        self.allowed: tuple[str, ...] = ()
        self.closed = False
        self.outer = None

    @property
    def answers(self) -> int:
        return len(self.ended)

    def serves(self, url: str) -> bool:
        return url.startswith(self.host)

    def allows(self, url: str) -> bool:
        return url.startswith(self.allowed) if self.allowed else False

    def begin(self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Interaction:
        request = Request(method, url, Headers(headers), body)
        interaction = Interaction(len(self.interactions), 0.0, request)
        self.interactions.append(interaction)
        answer = self.answer(request) if callable(self.answer) else self.answer
        if isinstance(answer, str) and not isinstance(answer, Fault):
            interaction.refused = answer
        elif isinstance(answer, Fault):
            interaction.fault = answer
        else:
            interaction.response = answer
        return interaction

    def end(self, interaction: Interaction) -> None:
        assert not any(each is interaction for each in self.ended), "ended twice"
        self.ended.append(interaction)
        self.ended_at.append(time.monotonic())

    def refuse(self, method: str, url: str) -> str:
        self.refusals.append((method, url))
        return f"openbanking refused {method} {url}"

    @property
    def requests(self) -> list[Request]:
        return [interaction.request for interaction in self.interactions]

    @contextmanager
    def opened(self) -> Iterator[Provider]:
        """Open the exchange, as the sandbox does."""
        install()
        jobs.install()
        open_scopes.append(self)
        token = current_scope.set(self)
        try:
            yield self
        finally:
            current_scope.reset(token)
            open_scopes.remove(self)
            self.closed = True
