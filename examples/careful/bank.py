"""A bank client that does, with each error its provider documents, what the provider documents.

It decides by the provider's code, not by the HTTP status: of Paysera's three kinds of 401 one wants a new
token, one a new consent, and one cannot be helped by the client at all.
"""

from __future__ import annotations

import random
import time
import uuid
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

NEW_TOKEN = {"TOKEN_EXPIRED", "TOKEN_INVALID", "AUTH_INVALID_SESSION"}
TRY_AGAIN = {
    "ACCESS_EXCEEDED", "RATE_LIMITED", "RATE_LIMIT_EXCEEDED",
    "INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE", "REQUEST_TIMEOUT",
}  # fmt: skip
RETRIES = 3
LONGEST_WAIT = 120  # seconds; a longer wait is the caller's to decide on


class BankError(Exception):
    """What the bank refused: its code, the fields it names, and how long to wait where it says so."""

    def __init__(
        self,
        code: str,
        message: str,
        *,
        status: int = 0,
        fields: tuple[str, ...] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {message}" + (f" ({', '.join(fields)})" if fields else ""))
        self.code, self.status, self.fields, self.retry_after = code, status, fields, retry_after


class BankClient:
    """One bank. `idempotent`: whether the provider documents an Idempotency-Key for its writes."""

    idempotent = False

    def __init__(
        self,
        base_url: str,
        *,
        token: str,
        token_url: str,
        refresh_token: str = "",
        api_key: str = "",
        api_secret: str = "",
    ) -> None:
        self.base_url, self.token, self.token_url = base_url, token, token_url
        self.refresh_token, self.api_key, self.api_secret = refresh_token, api_key, api_secret
        self.http = httpx.Client(timeout=10)

    def accounts(self) -> Any:
        return self.request("GET", "/v1/accounts")

    def pay(self, payment: dict[str, Any]) -> Any:
        return self.request("POST", "/v1/payments", payment)

    def request(self, method: str, path: str, body: object = None) -> Any:
        """Call the bank; a token that has run out is renewed, once."""
        headers = self.write_headers() if method != "GET" else {}  # made once: a retry carries the same key
        try:
            return self.call(method, self.base_url + path, headers | self.bearer(), json=body)
        except BankError as error:
            if error.code not in NEW_TOKEN:
                raise
        self.sign_in()
        return self.call(method, self.base_url + path, headers | self.bearer(), json=body)

    def sign_in(self) -> None:
        """Ask for a new token, and keep the refresh token that comes with it: the old one is used up."""
        reply = self.call("POST", self.token_url, **self.token_request())
        try:
            tokens = reply.get("data") or reply
            token = tokens.get("access_token") or tokens.get("sessionToken") or tokens["token"]
            self.refresh_token = tokens.get("refresh_token") or tokens.get("refreshToken") or self.refresh_token
        except (LookupError, TypeError, AttributeError) as error:
            raise BankError("NO_TOKEN", "an answer without a token") from error
        self.token = token

    def call(self, method: str, url: str, headers: dict[str, str] | None = None, **content: Any) -> Any:
        """Send a request; try again where that is documented, bounded, and cannot act twice."""
        repeatable = method == "GET" or self.idempotent
        for attempt in range(RETRIES + 1):
            try:
                return self.send(method, url, headers, **content)
            except BankError as error:
                delay = error.retry_after
                if delay is None:
                    delay = 2**attempt * random.uniform(1, 2)
                if error.code not in TRY_AGAIN or not repeatable or attempt == RETRIES or delay > LONGEST_WAIT:
                    raise
            time.sleep(delay)
        raise AssertionError("not reached")

    def send(self, method: str, url: str, headers: dict[str, str] | None, **content: Any) -> Any:
        try:
            response = self.http.request(method, url, headers=headers, **content)
            reply = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise BankError("NO_ANSWER", f"{type(error).__name__} from {method} {httpx.URL(url).path}") from error
        if response.is_success:
            return reply
        raise error_of(response, reply)

    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def write_headers(self) -> dict[str, str]:
        return {"Idempotency-Key": str(uuid.uuid4())} if self.idempotent else {}

    def token_request(self) -> dict[str, Any]:
        raise NotImplementedError


def error_of(response: httpx.Response, reply: Any) -> BankError:
    """Read an error body: {"error": {...}}, or the Berlin Group's {"tppMessages": [{...}]}."""
    try:
        error = reply["error"] if "error" in reply else reply["tppMessages"][0]
        fields = [error["path"]] if "path" in error else [detail["field"] for detail in error.get("details", ())]
        code, message = error["code"], error.get("message") or error.get("text") or ""
    except (LookupError, TypeError, AttributeError):
        return BankError("UNREADABLE", "an error body in no documented form", status=response.status_code)
    delay = seconds(response.headers.get("Retry-After"))
    named = tuple(str(field) for field in fields)
    return BankError(str(code), message, status=response.status_code, fields=named, retry_after=delay)


def seconds(retry_after: str | None) -> float | None:
    """Read Retry-After: a number of seconds, or the moment as an HTTP date; what is neither is as good as none."""
    if retry_after is None or retry_after.isdecimal():
        return float(retry_after) if retry_after else None
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


class Paysera(BankClient):
    def token_request(self) -> dict[str, Any]:
        return {
            "data": {
                "grant_type": "refresh_token",
                "refresh_token": self.refresh_token,
                "client_id": self.api_key,
            }
        }


class Aelix(BankClient):
    idempotent = True

    def token_request(self) -> dict[str, Any]:
        grant = {"grant_type": "client_credentials", "scope": "banking:read payments:write"}
        return {"data": grant | {"client_id": self.api_key, "client_secret": self.api_secret}}


class Aerosync(BankClient):
    def token_request(self) -> dict[str, Any]:
        return {"json": {"apiKey": self.api_key, "apiSecret": self.api_secret}}


class Aarthik(BankClient):
    idempotent = True

    def token_request(self) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.api_key}", **self.write_headers()}
        return {"headers": headers, "json": {"borrowerExternalID": "CUST_0012"}}


CLIENTS = {"paysera": Paysera, "aelix": Aelix, "aerosync": Aerosync, "aarthik": Aarthik}
