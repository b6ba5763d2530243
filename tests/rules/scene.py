"""A check made by hand: which case, which calls at which moments, and what came out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pytest_openbanking import ErrorCase, Exchange, Interaction, Operation, Outcome, load_provider
from pytest_openbanking.catalogue.routing import Route
from pytest_openbanking.exchange import Headers, Request, Response
from pytest_openbanking.rules import BUILT_IN
from pytest_openbanking.sandboxes.answers import error_response
from pytest_openbanking.sandboxes.arming import Persistence
from pytest_openbanking.sandboxes.faults import faults_of
from pytest_openbanking.sandboxes.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_openbanking import DocumentedError

__all__ = ["Promised", "Scene", "speaks"]

RULES = {rule.code: rule for rule in BUILT_IN}


class Promised(Exception):
    """What the client promises."""


class Scene:
    """An exchange in the making. Calls follow each other in one job unless told otherwise."""

    def __init__(self, provider: str, operation: str, code: str, persistence: str = "always") -> None:
        self.provider = load_provider(provider)
        under_test = self.operation(operation)
        errors = [*self.provider.errors, *faults_of(self.provider, under_test)]
        error = next(e for e in errors if e.operation is under_test and e.code == code)
        self.case = ErrorCase(error, Persistence(persistence), Sandbox(self.provider))
        self.exchange = Exchange()

    def operation(self, wanted: str) -> Operation:
        return next(operation for operation in self.provider.operations if operation.id == wanted)

    def fails(self, at: float = 0.0, operation: str | None = None, **how: Any) -> Interaction:
        """Add a call that is answered with the case's error, or with its fault."""
        return self.call(at, operation, failed=True, **how)

    def call(
        self,
        at: float = 0.0,
        operation: str | None = None,
        *,
        failed: bool = False,
        token: str | None = "token-one",
        key: str | None = None,
        consent: str | None = None,
        body: object = None,
        path: str = "",
        query: str = "",
        retry_after: str | None = None,
        acted: bool = False,
        refused: str | None = None,
        job: object = "one",
        born: int = 0,
        waits: bool = False,
        raw: dict[str, str] | None = None,
    ) -> Interaction:
        """Add a call at a virtual second; with `waits` its answer comes by `answer` only."""
        named = self.operation(operation) if operation else self.case.operation
        error = self.case.error if failed else None
        headers = {
            "Authorization": f"Bearer {token}" if token else None,
            "Idempotency-Key": key,
            "Consent-ID": consent,
            **(raw or {}),
        }
        response = None
        if error is None or error.fault is None:
            status = (error.status or 500) if error else 200
            response = Response(
                status, Headers([("Retry-After", retry_after)] if retry_after else []), self.body_of(error)
            )
        interaction = Interaction(
            index=len(self.exchange),
            at=at,
            request=Request(
                named.method,
                named.base + (path or named.path) + (f"?{query}" if query else ""),
                Headers([(name, value) for name, value in headers.items() if value is not None]),
                body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode(),
            ),
            operation=None if refused else named,
            error=error,
            response=None if refused else response,
            fault=error.fault if error else None,
            acted=acted,
            job=job,
            born=born,
            known=self.exchange.answers,
            refused=refused,
        )
        self.exchange.add(interaction)
        if not waits:
            self.exchange.answer(interaction, at)
        return interaction

    def body_of(self, error: DocumentedError | None) -> bytes:
        if error is None:
            return b"{}"
        sandbox = self.case.sandbox
        route = Route(error.operation.path, error.operation, {})
        return error_response(sandbox.provider, error, route, 0.0, sandbox.tokens, None, 0.0).body

    def answer(self, interaction: Interaction, at: float) -> None:
        self.exchange.answer(interaction, at)

    def outcome(self, **out: Any) -> Outcome:
        if "raised" in out:
            out["exceptions"] = (out.pop("raised"),)
        if "result" in out:
            out["has_result"] = True
        return Outcome(**{"promised": (Promised,), **out})


def speaks(code: str, scene: Scene, **out: Any) -> bool:
    """Tell whether a rule, asked alone, finds anything."""
    scene.exchange.ended_at = out.pop("ended_at", None)
    check: Callable[..., Any] = RULES[code].check
    return bool(list(check(scene.case, scene.exchange, scene.outcome(**out))))
