"""What a team knows that read the documentation: remedies by code, envelopes, tokens, follow-up calls."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_openbanking import Operation, Sandbox

REFRESH, WAIT, BACKOFF, RENEW, RELOAD, RESTART, STOP = (
    "refresh",
    "wait",
    "backoff",
    "renew",
    "reload",
    "restart",
    "stop",
)

REMEDIES: Mapping[str, Mapping[str, str]] = {
    "paysera": {
        "TOKEN_INVALID": REFRESH,
        "TOKEN_EXPIRED": REFRESH,
        "CONSENT_EXPIRED": RENEW,
        "CONSENT_INVALID": RENEW,
        "REQUEST_TIMEOUT": BACKOFF,
        "RESOURCE_CONFLICT": RELOAD,
        "ACCESS_EXCEEDED": WAIT,
        "INTERNAL_SERVER_ERROR": BACKOFF,
        "SERVICE_UNAVAILABLE": WAIT,
    },
    "aelix": {
        "TOKEN_EXPIRED": REFRESH,
        "TOKEN_INVALID": REFRESH,
        "SCOPE_INSUFFICIENT": REFRESH,
        "DUPLICATE_IDEMPOTENCY_KEY": RELOAD,
        "INSUFFICIENT_FUNDS": RELOAD,
        "RATE_LIMIT_EXCEEDED": WAIT,
        "INTERNAL_SERVER_ERROR": BACKOFF,
        "SERVICE_UNAVAILABLE": BACKOFF,
    },
    "aarthik": {"AUTH_INVALID_SESSION": REFRESH, "OFFER_LOCK_CONFLICT": RELOAD, "RATE_LIMITED": BACKOFF},
    "aerosync": {"AC-001": REFRESH, "AC-110": RESTART, "AC-112": RELOAD},
}

PATH_VALUES = {
    "journeyID": "b7bb465b-135e-4ffd-9c7f-0d43f7ee43d9",
    "offerID": "3f6c2a9e-51d4-4b7a-8e0f-c92b17d5a640",
    "payment-service": "payments",
    "payment-product": "sepa-credit-transfers",
}


@dataclass(frozen=True)
class Problem:
    """An error answer, read."""

    status: int
    code: str
    message: str
    fields: tuple[str, ...] = ()
    retry_after: float | None = None


@dataclass(frozen=True)
class Call:
    """A request to be sent, once the client has added its Authorization."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    auth: str | None = None  # "token", "key"
    harmless: bool = True  # whether it may be repeated when nobody knows if it was carried out

    def with_query(self, query: str) -> Call:
        return replace(self, url=f"{self.url}?{query}")


@dataclass(frozen=True)
class Access:
    """What a client is configured with."""

    provider: str
    base_url: str
    access_token: str
    refresh_token: str
    api_key: str
    api_secret: str
    token_url: str
    consent: str = "consent-1"

    def key_or(self, token: str, call: Call) -> dict[str, str]:
        """Return the headers of a call."""
        headers = dict(call.headers)
        if call.auth:
            headers["Authorization"] = f"Bearer {self.api_key if call.auth == 'key' else token}"
        return headers

    def remedy(self, code: str) -> str:
        return REMEDIES[self.provider].get(code, STOP)


def access_to(sandbox: Sandbox) -> Access:
    return Access(
        sandbox.provider.name,
        sandbox.base_url,
        sandbox.access_token,
        sandbox.refresh_token,
        sandbox.api_key,
        sandbox.api_secret,
        sandbox.token_url,
    )


def call_of(operation: Operation, access: Access) -> Call:
    """Return the call of an operation, with its example as the body and a key where one is documented."""
    path = operation.path
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, PATH_VALUES.get(part[1:-1], f"{part[1:-1].lower()}-17"))
    headers = {"Accept": "application/json"}
    body = None
    if operation.request_example is not None:
        headers["Content-Type"] = operation.content_type or "application/json"
        body = json.dumps(operation.request_example).encode()
    if operation.idempotency_key:
        headers[operation.idempotency_key] = str(uuid.uuid4())
    if operation.consent_header:
        headers[operation.consent_header] = access.consent
    harmless = operation.method == "GET" or bool(operation.idempotency_key) or operation.acts not in ("money", "job")
    base = access.base_url if access.base_url.startswith(operation.base) else operation.base
    return Call(operation.method, base + path, headers, body, operation.authorization, harmless)


def token_call(access: Access) -> Call:
    """Return the call that asks for a new token, as each provider documents it."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    if access.provider == "paysera":
        body = f"grant_type=refresh_token&refresh_token={access.refresh_token}&client_id={access.api_key}"
        return Call("POST", access.token_url, form, body.encode())
    if access.provider == "aelix":
        body = f"grant_type=client_credentials&client_id={access.api_key}&client_secret={access.api_secret}"
        return Call("POST", access.token_url, form, body.encode())
    headers = {"Content-Type": "application/json"}
    if access.provider == "aarthik":
        headers["Idempotency-Key"] = str(uuid.uuid4())
        return Call("POST", access.token_url, headers, b'{"borrowerExternalID": "CUST_0012"}', "key")
    credentials = {"apiKey": access.api_key, "apiSecret": access.api_secret}
    return Call("POST", access.token_url, headers, json.dumps(credentials).encode())


def token_in(body: bytes) -> str:
    """Return the token of a token answer of any of the four."""
    answer = json.loads(body)
    return answer.get("access_token") or answer.get("token") or answer["data"]["sessionToken"]


def seconds_of(retry_after: str | None) -> float | None:
    """Read a Retry-After, in seconds or as a date."""
    if retry_after is None:
        return None
    if retry_after.isdigit():
        return float(retry_after)
    return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())


def problem_in(status: int, headers: Mapping[str, str], body: bytes) -> Problem:
    """Read an error answer of any of the four; raises ValueError where it is none."""
    content = json.loads(body)
    delay = seconds_of(headers.get("Retry-After") or headers.get("retry-after"))
    if "tppMessages" in content:
        first = content["tppMessages"][0]
        return Problem(status, first["code"], first["text"], (first["path"],) if "path" in first else (), delay)
    error = content["error"]
    fields = tuple(detail["field"] for detail in error.get("details", ()))
    return Problem(status, error["code"], error["message"], fields, delay)


def follow_up(access: Access, remedy: str, call: Call) -> Call | None:
    """Return the call that a remedy starts with: a new consent, a read of the state, a new job."""
    json_type = {"Content-Type": "application/json"}
    if remedy == RENEW:
        consent = {
            "access": {"allPsd2": "allAccounts"},
            "recurringIndicator": True,
            "validUntil": "2027-01-31",
        }
        return Call("POST", access.base_url + "/v1/consents", json_type, json.dumps(consent).encode(), "token")
    if remedy == RELOAD:
        reads = {
            "paysera": f"/v1/consents/{access.consent}",
            "aelix": "/v1/transactions",
            "aarthik": f"/journeys/{PATH_VALUES['journeyID']}/state",
            "aerosync": "/accounts/user_id-17/job/job_id-17",
        }
        return Call("GET", access.base_url + reads[access.provider], {}, None, "token")
    if remedy == RESTART:
        return Call("POST", access.base_url + "/accounts/user_id-17/identity", {}, None, "token", harmless=False)
    return None
