"""The provider itself: a plain function of a request, the virtual now, and what is armed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_openbanking.cassettes.library import error_of
from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.exchange import Fault, Provenance, Request, Response
from pytest_openbanking.sandboxes.answers import error_response, success_response
from pytest_openbanking.sandboxes.arming import Persistence
from pytest_openbanking.sandboxes.faults import ACTED, faulty_response, is_wire
from pytest_openbanking.sandboxes.recordings import acceptable, as_recorded, as_replayed

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.replay import Replay
    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider
    from pytest_openbanking.catalogue.routing import Route
    from pytest_openbanking.sandboxes.arming import Armed
    from pytest_openbanking.sandboxes.tokens import Tokens

__all__ = ["Answer", "answer_to", "replayed"]


class Answer(NamedTuple):
    """What the sandbox answers a request with: a response or a fault, or why it refuses it."""

    response: Response | None = None
    fault: Fault | None = None
    operation: Operation | None = None
    error: DocumentedError | None = None
    provenance: Provenance = Provenance.GENERATED
    acted: bool = False
    refused: str | None = None


def answer_to(
    request: Request, now: float, provider: Provider, tokens: Tokens, armed: Armed | None, epoch: float
) -> Answer:
    """Answer a request at virtual second `now`; `epoch` is the Unix time of virtual second 0."""
    route = provider.router.route(request.method, request.url)
    if route.operation is None:
        return Answer(refused=undocumented(request, route, provider))
    error = armed.error_for(route.operation, request, now, tokens) if armed else None
    if error is None or armed is None:
        return success(request, route, epoch + now, provider, tokens)
    if armed.answer is not None:
        made = armed.answer(request)
        if made is None:
            return success(request, route, epoch + now, provider, tokens)
        acted = route.operation.acts is not None and made.status < 400
        return Answer(made, None, route.operation, error, Provenance.GENERATED, acted)
    if error.fault is not None:
        return spoilt(success(request, route, epoch + now, provider, tokens), error, error.fault)
    retry_at = epoch + armed.retry_at(error, now)
    response = error_response(provider, error, route, epoch + now, tokens, armed.retry_after(error), retry_at)
    recorded = armed.recording(error)
    if recorded is not None:
        lasts, sent = armed.persistence is Persistence.ALWAYS, acceptable(recorded, request)
        served = as_recorded(sent, error, response, now=epoch + now, retry_at=retry_at, in_form=lasts)
        return Answer(served, None, route.operation, error, recorded.provenance)
    provenance = Provenance.DOCUMENTED if error.documented else Provenance.GENERATED
    return Answer(response, None, route.operation, error, provenance)


def replayed(request: Request, now: float, provider: Provider, tokens: Tokens, replay: Replay, epoch: float) -> Answer:
    """Answer as a cassette says, and nothing else; but for a token, which no cassette holds."""
    route = provider.router.route(request.method, request.url)
    recorded = replay.play(request)
    if recorded is None:
        if route.operation is not None and route.operation.issues_tokens:
            return success(request, route, epoch + now, provider, tokens)
        return Answer(refused=replay.missing(request), operation=route.operation)
    acted = route.operation is not None and route.operation.acts is not None and recorded.response.status < 400
    response = as_replayed(acceptable(recorded, request), epoch + now)
    return Answer(response, None, route.operation, error_of(recorded, provider), recorded.provenance, acted)


def success(request: Request, route: Route, wall: float, provider: Provider, tokens: Tokens) -> Answer:
    response, provenance = success_response(provider, route, request, wall, tokens)
    acted = route.operation is not None and route.operation.acts is not None
    return Answer(response, None, route.operation, None, provenance, acted)


def spoilt(answer: Answer, error: DocumentedError, fault: Fault) -> Answer:
    """Let a fault befall a success."""
    assert answer.response is not None
    return answer._replace(
        response=None if is_wire(fault) else faulty_response(fault, answer.response),
        fault=fault,
        error=error,
        provenance=Provenance.GENERATED,
        acted=answer.acted and fault in ACTED,
    )


def undocumented(request: Request, route: Route, provider: Provider) -> str:
    """Say that there is no such operation; the nearest are named."""
    asked = f"{request.method} {route.path}"
    close = nearest(asked, [operation.id for operation in provider.operations])
    where = f" at {request.url.partition('?')[0]}" if asked in close else ""
    hint = (
        f"; nearest: {', '.join(f'{id} at {base_of(provider, id)}' if where else id for id in close)}" if close else ""
    )
    return f"{asked}{where} is no operation that {provider.name} documents{hint}"


def base_of(provider: Provider, operation: str) -> str:
    return next(each.base for each in provider.operations if each.id == operation)
