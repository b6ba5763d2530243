"""A provider's sandbox on a loopback port."""

from __future__ import annotations

import socket
from contextlib import closing, contextmanager
from threading import Lock, get_ident
from typing import TYPE_CHECKING

from pytest_openbanking.clock.original import real
from pytest_openbanking.exchange import Exchange, Headers, Interaction, Request
from pytest_openbanking.sandboxes.answering import Answer
from pytest_openbanking.sandboxes.arming import Persistence
from pytest_openbanking.sandboxes.sandbox import Sandbox
from pytest_openbanking.serving.addresses import provider_url, served_at
from pytest_openbanking.serving.asking import HEADER, error_asked_for
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pytest_openbanking.cassettes.library import Library
    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider
    from pytest_openbanking.sandboxes.arming import Armed

__all__ = ["REFUSED", "Server", "serve"]

HOST = "127.0.0.1"
KEPT = 10_000  # interactions
REFUSED = "pytest-openbanking refused this request: "


class Recent(Exchange):
    """An exchange that forgets its oldest interactions: a server may run for days."""

    def add(self, interaction: Interaction) -> None:
        super().add(interaction)
        del self._interactions[:-KEPT]


class Server:
    """The simulated provider, over real HTTP and in real time. Its methods may be called from any thread.

    Every address of the provider's is served from one origin. `base_url` + an operation's path is its URL;
    credentials are the same in every run. A request with the header `X-OpenBanking-Error: CODE` is answered
    with that documented error. `exchange` holds the newest 10,000 interactions since the last `clear()`, with
    the provider's own URLs; its times are real seconds.
    """

    def __init__(
        self,
        provider: Provider,
        port: int,
        log: Callable[[Interaction], None] | None = None,
        library: Library | None = None,
    ) -> None:
        self.provider = provider
        self.origin = f"http://{HOST}:{port}"
        self._sandbox = Sandbox(provider, library=library)
        self._log = log
        self._armed: list[Armed] = []
        self._lock = Lock()
        self.clear()

    # What a client is built from.

    def url(self, operation_base: str) -> str:
        """Return where an operation's base (`operation.base`), or another address of the provider's, is served."""
        return served_at(self.origin, operation_base)

    @property
    def base_url(self) -> str:
        return self.url(self.provider.base_url)

    @property
    def token_url(self) -> str:
        """The URL of the operation that issues tokens."""
        return self.url(self._sandbox.token_url)

    @property
    def token_request(self) -> Request:
        """The request with which the provider wants a token asked for."""
        return self._sandbox.token_request._replace(url=self.token_url)

    @property
    def access_token(self) -> str:
        return self._sandbox.access_token

    @property
    def refresh_token(self) -> str:
        return self._sandbox.refresh_token

    @property
    def api_key(self) -> str:
        return self._sandbox.api_key

    @property
    def api_secret(self) -> str:
        return self._sandbox.api_secret

    # Errors.

    def fail_with(
        self, code: str, operation: str | None = None, *, status: int | None = None, persistence: str = "always"
    ) -> tuple[DocumentedError, ...]:
        """Arm a documented error, on one operation or on all that document it; return it for each of them.

        It adds to what is armed: on an operation with several the newest answers until it has cleared.
        """
        with self._lock:
            self._sandbox.fail_with(code, operation, status=status, persistence=persistence)
            armed = self._sandbox.armed
            assert armed is not None
            self._armed.append(armed)
            return tuple(armed.errors)

    @property
    def armed(self) -> tuple[Armed, ...]:
        """What is armed, the oldest first."""
        with self._lock:
            return tuple(self._armed)

    def disarm(self, *, keep: Sequence[Armed] = ()) -> None:
        """Disarm every error but some of `armed`; the exchange goes on."""
        with self._lock:
            self._armed = [armed for armed in self._armed if any(armed is each for each in keep)]

    def clear(self) -> None:
        """Disarm every error, and start a new exchange."""
        with self._lock:
            self._armed.clear()
            self._sandbox.exchange = exchange = Recent()
            # Real, also where the calling test's time is virtual.
            exchange.epoch, exchange.monotonic = real.time(), real.monotonic()
            self._started = 0

    @property
    def exchange(self) -> Exchange:
        return self._sandbox.exchange

    # What a connection asks.

    def answer(self, method: str, target: str, headers: Sequence[tuple[str, str]], body: bytes) -> Interaction:
        """Answer a request, whose target is a path with its query; one that is `refused` has no response."""
        request = Request(method, provider_url(self.provider, method, target), Headers(headers), body)
        with self._lock:
            interaction = self._begin(request)
            self.exchange.add(interaction)
            self.exchange.answer(interaction, interaction.at)
        if self._log is not None:
            self._log(interaction)
        return interaction

    def _begin(self, request: Request) -> Interaction:
        now = real.time() - self.exchange.epoch
        answer = self._answer(request, now)
        self._started += 1
        return Interaction(
            index=self._started - 1,
            at=now,
            request=request,
            operation=answer.operation,
            error=answer.error,
            response=answer.response,
            provenance=answer.provenance,
            acted=answer.acted,
            job=get_ident(),
            known=self.exchange.answers,
            refused=answer.refused,
        )

    def _answer(self, request: Request, now: float) -> Answer:
        try:
            self._sandbox.armed = self._armed_for(request, now)
            return self._sandbox.answer(request, now)
        except UsageError as error:
            return Answer(refused=f"{REFUSED}{error}")
        except Exception as error:  # a fault of our own, or of a provider's data
            return Answer(refused=f"{REFUSED}it could not be answered: {error!r}")
        finally:
            self._sandbox.forget_undocumented()  # the client has been told

    def _armed_for(self, request: Request, now: float) -> Armed | None:
        """Return what is to answer a request: the error that it asks for, else the newest that has not cleared."""
        operation = self.provider.router.route(request.method, request.url).operation
        wanted = request.headers.get(HEADER)
        if operation is not None and wanted:
            self._sandbox.arm((error_asked_for(self.provider, operation, wanted),), Persistence.ALWAYS)
            return self._sandbox.armed
        answering = (armed for armed in reversed(self._armed) if self._answers(armed, operation, request, now))
        return next(answering, None)

    def _answers(self, armed: Armed, operation: Operation | None, request: Request, now: float) -> bool:
        error = armed.by_operation.get(id(operation))
        if error is None:
            return False
        return not armed.deliveries or not armed.cleared(error, request, now, self._sandbox.tokens)


@contextmanager
def serve(
    provider: Provider,
    *,
    port: int = 0,
    log: Callable[[Interaction], None] | None = None,
    library: Library | None = None,
) -> Iterator[Server]:
    """Serve a provider on 127.0.0.1 inside the `with` block; port 0 is any free one.

    `log` is called with each interaction, in the thread of its connection; errors answer as they were recorded
    in `library`. Raises UsageError where the port cannot be had, or Werkzeug is missing.
    """
    check_werkzeug()
    from pytest_openbanking.serving.connections import Connections

    with closing(listen(port)) as listening:
        server = Server(provider, listening.getsockname()[1], log, library)
        connections = Connections(server.answer, listening)
    connections.open()
    try:
        yield server
    finally:
        connections.close()


def check_werkzeug() -> None:
    try:
        import werkzeug.serving  # noqa: F401
    except ImportError:
        raise UsageError('serving a sandbox needs Werkzeug: pip install "pytest-openbanking[serve]"') from None


def listen(port: int) -> socket.socket:
    if not 0 <= port <= 65535:
        raise UsageError(f"port {port} is out of range; allowed: 1 to 65535, or 0 for any free one")
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise UsageError(
            f"port {port} cannot be had on {HOST}: {reason}; take another, or 0 for any free one"
        ) from None
