"""A careful client: each step is a small method, so that a flaw is one override."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urlencode

from tests.careless.remedies import REMEDIES
from tests.careless.wires import Reply, Wire, WireError

__all__ = ["Bank", "BankError", "Call", "Site"]

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Call:
    """One call of an operation; `path` may be a whole URL."""

    method: str
    path: str
    body: object = None
    authorization: str | None = "token"  # "token", "key" or None
    form: bool = False

    @property
    def safe(self) -> bool:
        return self.method == "GET"


@dataclass(frozen=True)
class Site:
    """Where a client finds its provider, and with which credentials."""

    provider: str
    base_url: str
    token_url: str
    access_token: str
    refresh_token: str
    api_key: str
    api_secret: str


class BankError(Exception):
    """What the client promises to raise."""

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 0,
        delay: float | None = None,
        fields: tuple[str, ...] = (),
    ) -> None:
        super().__init__(f"{code}: {message}" if code else message)
        self.code, self.status, self.delay, self.fields = code, status, delay, fields


class Bank:
    """Reacts to each code as its provider documents, and raises BankError where it cannot go on."""

    tries = 3
    longest = 3600.0  # seconds

    def __init__(self, site: Site, wire: Wire) -> None:
        self.site, self.wire = site, wire
        self.remedies = REMEDIES[site.provider]
        self.token = site.access_token

    async def call(self, call: Call) -> object:
        key, attempt, refreshed = self.new_key(), 0, 0
        while True:
            attempt += 1
            reply = await self.send(call, self.key_for(key, attempt), attempt)
            if 200 <= reply.status < 400:
                return self.read(reply)
            error = self.error(reply)
            remedy = self.remedy(error, call)
            if remedy == "refresh" and refreshed < self.refreshes:
                refreshed += 1
                await self.refresh()
            elif remedy == "repeat" and attempt < self.tries:
                pass
            elif (
                remedy in ("wait", "backoff")
                and attempt < self.tries
                and self.pause(error, remedy, attempt) <= self.longest
            ):
                await self.wire.sleep(self.pause(error, remedy, attempt))
            else:
                return await self.give_up(error, call, reply)

    refreshes = 1

    # The request.

    def new_key(self) -> str:
        return str(uuid.uuid4())

    def key_for(self, key: str, attempt: int) -> str | None:
        return key

    def authorization(self) -> str | None:
        return f"Bearer {self.token}"

    def method(self, call: Call) -> str:
        return call.method

    def url(self, call: Call) -> str:
        if call.path.startswith("https:"):
            return call.path
        return self.site.base_url + call.path

    def body(self, call: Call) -> object:
        return call.body

    def keyed(self, call: Call) -> bool:
        """Tell whether the provider documents an Idempotency-Key for the call."""
        return call.method in self.remedies.keyed

    def headers(self, call: Call, key: str | None) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        value = {"token": self.authorization(), "key": f"Bearer {self.site.api_key}"}.get(call.authorization or "")
        if value is not None:
            headers["Authorization"] = value
        if key is not None and self.keyed(call):
            headers["Idempotency-Key"] = key
        if self.remedies.consent:
            headers[self.remedies.consent] = "consent-1"
        if call.body is not None:
            headers["Content-Type"] = FORM if call.form else "application/json"
        return headers

    async def send(self, call: Call, key: str | None, attempt: int) -> Reply:
        body = self.body(call)
        content = b"" if body is None else (urlencode(body) if call.form else json.dumps(body)).encode()
        try:
            return await self.wire.send(self.method(call), self.url(call), self.headers(call, key), content)
        except WireError as error:
            return Reply(0, {}, json.dumps({"lost": type(error).__name__}).encode())

    # The answer.

    def read(self, reply: Reply) -> object:
        try:
            return json.loads(reply.body)
        except ValueError:
            raise BankError("bad-answer", "the answer is no JSON", reply.status) from None

    def error(self, reply: Reply) -> BankError:
        code, message, fields = self.told(reply)
        return BankError(code, message, reply.status, self.delay(reply), fields)

    def told(self, reply: Reply) -> tuple[str, str, tuple[str, ...]]:
        """Return code, message and invalid fields; an error body of another form has none."""
        try:
            body = json.loads(reply.body)
            if "lost" in body:
                return "", "no answer", ()
            if "tppMessages" in body:
                first = body["tppMessages"][0]
                return first["code"], first["text"], self.fields([first["path"]] if "path" in first else [])
            error = body["error"]
            return (
                error["code"],
                error["message"],
                self.fields([one["field"] for one in error.get("details", ())]),
            )
        except (ValueError, LookupError, TypeError):
            return "", f"status {reply.status}", ()

    def fields(self, names: list[str]) -> tuple[str, ...]:
        return tuple(names)

    def delay(self, reply: Reply) -> float | None:
        """Return the seconds of Retry-After."""
        value = reply.headers.get("retry-after")
        if value is None:
            return None
        return float(value) if value.isdigit() else self.until(value)

    def until(self, date: str) -> float:
        return max(0.0, parsedate_to_datetime(date).timestamp() - time.time())

    # What to do about it.

    def remedy(self, error: BankError, call: Call) -> str | None:
        if error.code in self.remedies.refresh:
            return "refresh"
        if error.code in self.remedies.wait and error.delay is not None:
            return "wait"
        unclear = error.code in self.remedies.backoff or error.status == 0
        return "backoff" if unclear and self.repeatable(error, call) else None

    def repeatable(self, error: BankError, call: Call) -> bool:
        """Tell whether the call can be sent again without acting twice."""
        return call.safe or self.keyed(call)

    def pause(self, error: BankError, remedy: str, attempt: int) -> float:
        if remedy == "wait" and error.delay is not None:
            return error.delay
        return min(1.5 * 2.0**attempt, 60.0)

    async def refresh(self) -> None:
        site, json_body = self.site, {"Content-Type": "application/json"}
        if site.provider == "aerosync":
            content = json.dumps({"apiKey": site.api_key, "apiSecret": site.api_secret}).encode()
            headers = json_body
        elif site.provider == "aarthik":
            content = json.dumps({"borrowerExternalID": "CUST_0012"}).encode()
            headers = {
                **json_body,
                "Authorization": f"Bearer {site.api_key}",
                "Idempotency-Key": str(uuid.uuid4()),
            }
        else:
            grant = {
                "grant_type": "refresh_token",
                "refresh_token": site.refresh_token,
                "client_id": site.api_key,
            }
            if site.provider == "aelix":
                grant |= {"grant_type": "client_credentials", "client_secret": site.api_secret}
            content = urlencode(grant).encode()
            headers = {"Content-Type": FORM}
        reply = await self.wire.send("POST", site.token_url, headers, content)
        if reply.status >= 400:
            raise self.error(reply)
        answer = json.loads(reply.body)
        answer = answer.get("data") or answer
        self.token = answer.get("access_token") or answer.get("token") or answer["sessionToken"]

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        raise error
