"""A bank over real HTTP on loopback: it checks tokens, ids and amounts, as the provider's own sandbox would."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["IBAN", "REFRESHED", "TOKEN", "bank"]

TOKEN = "k8Qz2vN7xTfR4wYp9LsB1mHd"  # what the environment holds
REFRESHED = "Zx71LmQp44TtRbV0aSnKe2Wc"
IBAN = "LT601010012345678901"


class Bank(BaseHTTPRequestHandler):
    """Answers as Paysera documents it, under /psd2."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.path.partition("?")[0].removeprefix("/psd2")
        if not self.known():
            self.fail(401, "TOKEN_INVALID")
        elif path == "/v1/accounts":
            self.answer(
                200, {"accounts": [{"resourceId": "77", "iban": IBAN, "ownerName": "Jonas", "email": "jonas@bank.lt"}]}
            )
        elif path == "/v1/accounts/77":
            self.answer(200, {"account": {"resourceId": "77", "iban": IBAN}})
        elif "dateFrom=never" in self.path:
            self.fail(400, "FORMAT_ERROR", path="dateFrom")
        elif path == "/v1/accounts/88":
            self.fail(418, "TEAPOT")
        else:
            self.fail(404, "RESOURCE_UNKNOWN")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
        if self.path.endswith("/oauth/token"):
            self.answer(200, {"access_token": REFRESHED, "refresh_token": "r" + REFRESHED, "token_type": "Bearer"})
        elif not self.known():
            self.fail(401, "TOKEN_INVALID")
        elif '"abc"' in body:
            self.fail(400, "FORMAT_ERROR", path="instructedAmount.amount")
        else:
            self.answer(201, {"transactionStatus": "RCVD", "paymentId": "p-1"})

    def known(self) -> bool:
        return self.headers["Authorization"] in (f"Bearer {TOKEN}", f"Bearer {REFRESHED}")

    def fail(self, status: int, code: str, **more: str) -> None:
        self.answer(status, {"tppMessages": [{"category": "ERROR", "code": code, "text": "says the bank", **more}]})

    def answer(self, status: int, body: object) -> None:
        text = json.dumps(body, indent=1).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.send_header("Set-Cookie", "session=s3cr3tsession0123456789; Path=/; HttpOnly")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        """Be quiet."""


@contextmanager
def bank() -> Iterator[str]:
    """Open the bank, and yield its base URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Bank) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/psd2"
        server.shutdown()
        thread.join()
