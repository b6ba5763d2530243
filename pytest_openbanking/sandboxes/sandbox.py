"""The sandbox: answers requests as the provider would, and keeps the exchange."""

from __future__ import annotations

from dataclasses import replace
from threading import RLock, get_ident
from typing import TYPE_CHECKING

from pytest_openbanking import leftovers
from pytest_openbanking.asking import Credentials, ask
from pytest_openbanking.cassettes.library import Library
from pytest_openbanking.exchange import Exchange, Headers, Interaction, Request, Response
from pytest_openbanking.jobs import current_job
from pytest_openbanking.sandboxes.answering import Answer, answer_to, replayed
from pytest_openbanking.sandboxes.arming import Armed, Persistence
from pytest_openbanking.sandboxes.cases import RUNAWAY
from pytest_openbanking.sandboxes.clock import Clock
from pytest_openbanking.sandboxes.tokens import Tokens
from pytest_openbanking.settings import Settings, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import respx

    from pytest_openbanking.cassettes.replay import Replay
    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider
    from pytest_openbanking.malformed.case import MalformedCase
    from pytest_openbanking.malformed.payloads import Malformed
    from pytest_openbanking.malformed.responses import MalformedAnswer
    from pytest_openbanking.rules.rule import Rule
    from pytest_openbanking.sandboxes.cases import ErrorCase
    from pytest_openbanking.scope import Scope

__all__ = ["BrokenSandbox", "RunawayClient", "Sandbox"]

LATENCY = 0.000001  # virtual seconds
AGES = 50 * 365 * 86400.0  # virtual seconds after which a client that still waits is stopped: clocks end, too


class RunawayClient(BaseException):
    """The client kept calling; the sandbox stops it with an exception that no client catches."""

    def __init__(self) -> None:
        super().__init__("the client was stopped: it called again and again")


class BrokenSandbox(BaseException):
    """The sandbox could not answer: a fault of its own, or of a provider's data, that no client is to be blamed for."""


class Sandbox:
    """The simulated provider that a test talks to.

    `base_url` + an operation's path is its URL. Credentials and URLs are the same in every test.
    """

    virtual = True  # whether the test function runs in virtual time

    def __init__(
        self,
        provider: Provider,
        *,
        rules: tuple[Rule, ...] = (),
        raises: tuple[type[BaseException], ...] = (),
        settings: Settings | None = None,
        ignore: tuple[str, ...] = (),
        environment: str | None = None,
        library: Library | None = None,
    ) -> None:
        self.provider = provider
        self.library = library or Library()
        self.replay: Replay | None = None  # the cassette that answers, instead of the documented successes
        self.rules = rules
        self.raises = raises
        self.settings = settings or Settings()
        self.ignore = ignore
        self.base_url = base_url_of(provider, environment)
        self.tokens = Tokens(provider.auth)
        self.armed: Armed | None = None
        self.most_calls: int | None = None  # after which a runaway client is stopped
        self.closed = False
        self.test = ""  # the id of the test that opened it
        self.outer: Scope | None = None  # the sandbox in whose block this one was opened
        self.refusals: list[str] = []
        self.undocumented: list[str] = []
        self.clock = Clock(self)
        self.exchange = Exchange()
        self._start(self.exchange)
        self._lock = RLock()

    # What a client is built from.

    @property
    def access_token(self) -> str:
        return self.provider.auth.access_token

    @property
    def refresh_token(self) -> str:
        return self.provider.auth.refresh_token

    @property
    def api_key(self) -> str:
        return self.provider.auth.api_key

    @property
    def api_secret(self) -> str:
        return self.provider.auth.api_secret

    @property
    def token_url(self) -> str:
        """The URL of the operation that issues tokens."""
        operation = self._token_operation()
        return self._base_of(operation.base) + operation.path

    @property
    def token_request(self) -> Request:
        """The request with which the provider wants a token asked for."""
        credentials = Credentials(self.access_token, self.refresh_token, self.api_key, self.api_secret)
        asked = ask(self.provider, self._token_operation(), base_of=self._base_of, credentials=credentials)
        return asked._replace(url=self.token_url)

    def _base_of(self, base: str) -> str:
        return self.base_url if base == self.provider.base_url else base

    def _token_operation(self) -> Operation:
        wanted = self.provider.auth.token_operation
        return next(operation for operation in self.provider.operations if operation.id == wanted)

    # Errors.

    def cases(
        self,
        *operations: str,
        status: int | str | Sequence[int | str] | None = None,
        code: str | Sequence[str] | None = None,
        persistence: str | None = None,
        faults: bool = False,
    ) -> Iterator[ErrorCase]:
        """Yield the cases of the documented errors of some operations, or of all; a typo raises UsageError."""
        from pytest_openbanking.sandboxes.cases import ErrorCase, select_cases

        for error, lasting in select_cases(
            self.provider, operations, status=status, code=code, persistence=persistence, faults=faults
        ):
            yield ErrorCase(error, lasting, self)

    def fail_with(
        self, code: str, operation: str | None = None, *, status: int | None = None, persistence: str = "always"
    ) -> ErrorCase:
        """Arm a documented error, on one operation or on all that document it; return its case."""
        from pytest_openbanking.sandboxes.cases import armed_case

        return armed_case(self, code, operation, status, persistence)

    def malformed(self, operation: str, drawn: Malformed | MalformedAnswer) -> MalformedCase:
        """Return the case of what a strategy of pytest_openbanking.strategies drew; its `handled()` delivers and judges it."""
        from pytest_openbanking.malformed.case import case_of

        return case_of(self, operation, drawn)

    def arm(
        self,
        errors: Sequence[DocumentedError],
        persistence: Persistence,
        *,
        answer: Callable[[Request], Response | None] | None = None,
    ) -> None:
        """Let errors answer their operations from now on, as they were recorded, or as `answer`; raises CassetteError."""
        recordings = self.library.recorded(self.provider, errors) if answer is None else {}
        self.armed = Armed(errors, persistence, self.exchange.epoch, recordings, answer)

    def disarm(self) -> None:
        self.armed = None

    def begin_exchange(self) -> Exchange:
        """Start a new exchange: virtual second 0 is now."""
        with self._lock:
            self.exchange = Exchange(answers=self.exchange.answers)
            self._start(self.exchange)
        return self.exchange

    def _start(self, exchange: Exchange) -> None:
        exchange.epoch, exchange.monotonic = self.clock.wall(), self.clock.monotonic()
        self._thread = get_ident()

    def mount(self, router: respx.MockRouter) -> None:
        """Serve the provider through a respx router; the router's own routes come first."""
        from pytest_openbanking.intercept.respx import mount

        mount(self, router)

    # What the intercept layer asks.

    @property
    def answers(self) -> int:
        return self.exchange.answers

    def serves(self, url: str) -> bool:
        return self.provider.router.serves(url)

    def allows(self, url: str) -> bool:
        from urllib.parse import urlsplit

        return (urlsplit(url).hostname or "") in self.settings.allow_hosts

    def refuse(self, method: str, url: str) -> str:
        place = url.partition("?")[0]
        if self.closed:
            message = f"{method} {place} was called by something left over from an ended exchange"
            leftovers.note(message, self.test)
        else:
            message = (
                f"{method} {place} is no address of {self.provider.name}, and nothing else is called from a test; "
                "allowed: localhost, in-memory clients, and allow-hosts in [tool.pytest-openbanking]"
            )
        self.refusals.append(message)
        return f"pytest-openbanking refused this request: {message}"

    def begin(self, method: str, url: str, headers: Sequence[tuple[str, str]], body: bytes) -> Interaction:
        """Answer a request; the interaction holds the response or the fault that the client is to meet."""
        with self._lock:
            now = self.clock.tick() - self.exchange.monotonic
            most = self.most_calls
            if most is not None and (now > AGES or (len(self.exchange) >= most and self._runs_away(most))):
                self.exchange.stopped = True
                raise RunawayClient
            request = Request(method, url, Headers(headers), body)
            try:
                answer = self.answer(request, now)
            except Exception as error:
                raise BrokenSandbox(f"{method} {url} could not be answered: {error!r}") from error
            job = current_job()
            interaction = Interaction(
                index=len(self.exchange),
                at=now,
                request=request,
                operation=answer.operation,
                error=answer.error,
                response=answer.response if get_ident() == self._thread else late(answer.response),
                fault=answer.fault,
                provenance=answer.provenance,
                acted=answer.acted,
                job=job or get_ident(),
                born=job.born if job is not None and job.scope is self else 0,
                parent=job.parent if job is not None else None,
                known=self.exchange.answers,
                refused=answer.refused,
            )
            self.exchange.add(interaction)
            return interaction

    def _runs_away(self, most: int) -> bool:
        """Tell whether there were too many calls, even if several were meant to be made at once."""
        together = max(self.exchange.started_together(call) for call in self.exchange[:RUNAWAY])
        return len(self.exchange) >= most * together

    def end(self, interaction: Interaction) -> None:
        """Say that an interaction's answer, or fault, has reached the client."""
        with self._lock:
            if interaction.answered is None:
                self.exchange.answer(interaction, self.clock.tick() - self.exchange.monotonic)

    def answer(self, request: Request, now: float) -> Answer:
        """Answer a request at virtual second `now`: the documented success, or the armed error."""
        if self.replay is not None and self.armed is None:
            answer = replayed(request, now, self.provider, self.tokens, self.replay, self.exchange.epoch)
        else:
            answer = answer_to(request, now, self.provider, self.tokens, self.armed, self.exchange.epoch)
        if answer.refused is not None:
            self.undocumented.append(answer.refused)
            return answer._replace(refused=f"pytest-openbanking refused this request: {answer.refused}")
        return answer

    def forget_undocumented(self) -> None:
        """Do not report at the end what OB502 has said already."""
        self.undocumented.clear()


def late(response: Response | None) -> Response | None:
    """Let an answer to a worker thread take a moment, so that what is handed to other workers now begins before it comes."""
    return response and replace(response, delay=response.delay + LATENCY)


def base_url_of(provider: Provider, environment: str | None) -> str:
    if environment is None:
        return provider.base_url
    if environment not in provider.environments:
        known = ", ".join(sorted(provider.environments)) or "none is documented"
        raise UsageError(f"{provider.name} documents no environment {environment!r}; allowed: {known}")
    return provider.environments[environment]
