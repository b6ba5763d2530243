"""A bank client as teams first write them: it passes every test on a good day.

What it does on a bad one: `pytest examples/careless`, or `openbanking demo`.
"""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any

import httpx

log = logging.getLogger("acme.bank")


class BankError(Exception):
    pass


class BankClient:
    def __init__(self, base_url: str, token: str, sign_in: Any) -> None:
        self.base_url = base_url
        self.token = token
        self.sign_in_request = sign_in
        self.http = httpx.Client(timeout=10)

    def accounts(self) -> Any:
        return self.request("GET", "/v1/accounts")

    def pay(self, payment: dict[str, Any]) -> Any:
        return self.request("POST", "/v1/payments", payment)

    def request(self, method: str, path: str, body: object = None) -> Any:
        for _ in range(3):
            headers = {"Authorization": f"Bearer {self.token}"}
            if method != "GET":
                headers["Idempotency-Key"] = str(uuid.uuid4())
            response = self.http.request(method, self.base_url + path, headers=headers, json=body)
            if response.status_code == 401:
                self.sign_in()
            elif response.status_code in (409, 429) or response.status_code >= 500:
                log.warning("bank answered %s to %s, headers %s", response.status_code, path, headers)
                time.sleep(1)
            elif response.status_code in (403, 404):
                return None  # nothing to show
            elif response.is_success:
                return response.json()
            else:
                raise BankError(f"bank refused: {response.text}")
        raise BankError(f"bank is unavailable: {method} {path}")

    def sign_in(self) -> None:
        ask = self.sign_in_request
        response = self.http.request(ask.method, ask.url, headers=dict(ask.headers), content=ask.body)
        reply = response.json()
        tokens = reply.get("data", reply)
        self.token = tokens.get("access_token") or tokens.get("token") or tokens["sessionToken"]
