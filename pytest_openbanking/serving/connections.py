"""Connections with clients: Werkzeug's server, with connections that stay open and answers that nothing adds to."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import replace
from email.utils import formatdate
from threading import Thread, current_thread
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from pytest_openbanking.clock.original import real
from pytest_openbanking.exchange import PROVENANCE, Headers, Interaction, Response
from pytest_openbanking.intercept.framing import frame, serialise
from pytest_openbanking.jobs import start_unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Connections"]

PATIENCE = 3.0  # real seconds for answers that are under way when the server closes; others end at once
REFUSED = "X-OpenBanking-Refused"


class Connection(WSGIRequestHandler):
    """One client's connection: requests one after another."""

    server: Connections
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Answer a request. Werkzeug's own reads on past it, and closes the connection."""
        try:
            environ = self.make_environ()
        except ValueError as error:  # urllib's, of a whole URL in the place of a path
            return self.send_error(400, f"the request's target cannot be read: {error}")
        try:
            body = self.read_body(environ)
        except (ConnectionError, TimeoutError):
            raise
        except (OSError, ValueError, OverflowError) as error:
            return self.send_error(400, f"the request's body cannot be read: {error}")
        interaction = self.server.answer(self.command, self.path, self.headers.items(), body)
        return self.send(answered(interaction))

    def read_body(self, environ: dict[str, Any]) -> bytes:
        if environ.get("wsgi.input_terminated"):
            return environ["wsgi.input"].read()  # type: ignore[no-any-return]
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(max(length, 0))
        if len(body) < length:
            raise ConnectionAbortedError("the client left inside its request")
        return body

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no HTTP, and close: where the next request begins cannot be known."""
        self.close_connection = True
        self.send(refusal(message or f"no HTTP request that can be understood ({code})"))

    def send(self, response: Response) -> None:
        if self.close_connection:
            response = with_header(response, "Connection", "close")
        self.wfile.write(serialise(frame(self.command or "GET", response), response.status))

    def log(self, type: str, message: str, *args: object) -> None:
        """Leave Werkzeug's logger alone: whoever asked for a log gets the interactions."""


class Connections(ThreadedWSGIServer):
    """Accepts connections in a thread, and serves each in another. None of them takes part in virtual time."""

    def __init__(
        self,
        answer: Callable[[str, str, Sequence[tuple[str, str]], bytes], Interaction],
        listening: socket.socket,
    ) -> None:
        host, port = listening.getsockname()
        super().__init__(host, port, nothing, Connection, fd=listening.fileno())
        self.answer = answer
        self.closing = False
        self.served: dict[Thread, socket.socket] = {}
        self.accepting = Thread(target=self.accept, name="openbanking-server", daemon=True)

    def open(self) -> None:
        start_unseen(self.accepting)

    def accept(self) -> None:
        while not self.closing:
            self.handle_request()

    def close(self) -> None:
        """Stop accepting, let answers that are under way end, and close every connection."""
        self.closing = True
        with suppress(OSError):
            socket.create_connection((self.host, self.port), timeout=PATIENCE).close()  # wakes `accept`
        self.accepting.join(PATIENCE)
        self.server_close()
        self.hang_up(socket.SHUT_RD)
        self.hang_up(socket.SHUT_RDWR)

    def hang_up(self, how: int) -> None:
        ends = real.monotonic() + PATIENCE
        for connection in list(self.served.values()):
            with suppress(OSError):
                connection.shutdown(how)
        for thread in list(self.served):
            thread.join(max(ends - real.monotonic(), 0))

    def verify_request(self, request: Any, client_address: Any) -> bool:
        return not self.closing

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, which is nobody's job."""
        thread = Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name="openbanking-connection",
            daemon=True,
        )
        self.served[thread] = request
        start_unseen(thread)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.served.pop(current_thread(), None)


def nothing(environ: object, start_response: object) -> list[bytes]:
    """Stand in for the WSGI application: connections ask the server."""
    raise NotImplementedError


def answered(interaction: Interaction) -> Response:
    """Return the response with its provenance, or the refusal."""
    if interaction.response is None:
        return refusal(interaction.refused or "")
    return with_header(interaction.response, PROVENANCE, interaction.provenance)


def refusal(message: str) -> Response:
    """Say why no provider answers, in a way that no client takes for the provider's."""
    line = " ".join(message.split()).encode("ascii", "backslashreplace").decode()
    body = (line + "\n").encode()
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Date", formatdate(real.time(), usegmt=True)),
        (REFUSED, line),
    ]
    return Response(501, Headers(headers), body)


def with_header(response: Response, name: str, value: str) -> Response:
    return replace(response, headers=Headers([*response.headers.pairs, (name, value)]))
