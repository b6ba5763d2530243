"""Clients as teams first write them: no promised exception, no plan for any code."""

from __future__ import annotations

import asyncio
import json
import logging
import time
import urllib.request
import uuid
from collections.abc import Callable, Generator
from functools import cache

import aiohttp
import backoff
import httpx
import requests
import stamina
import tenacity
import urllib3

from tests.careless.bank import Call, Site
from tests.careless.wires import Urllib

__all__ = ["NAIVE", "SdkError"]

Naive = Callable[[Site, Call], object]
NAIVE: dict[str, Naive] = {}
log = logging.getLogger("acme.naive")


def naive(client: Naive) -> Naive:
    NAIVE[client.__name__] = client
    return client


class SdkError(Exception):
    """What the SDK-like clients raise."""


def url(site: Site, call: Call) -> str:
    return call.path if call.path.startswith("https:") else site.base_url + call.path


def headers(site: Site, call: Call, token: str = "") -> dict[str, str]:
    sent = {"Content-Type": "application/json", "Authorization": f"Bearer {token or site.access_token}"}
    if call.authorization == "key":
        sent["Authorization"] = f"Bearer {site.api_key}"
    return sent


def content(call: Call) -> bytes | None:
    return None if call.body is None else json.dumps(call.body).encode()


@cache
def shared() -> httpx.Client:
    return httpx.Client()


def sent(site: Site, call: Call, token: str = "", **more: str) -> httpx.Response:
    return shared().request(
        call.method, url(site, call), headers=headers(site, call, token) | more, content=content(call)
    )


def new_token(site: Site) -> str:
    grant = {"grant_type": "refresh_token", "refresh_token": site.refresh_token, "client_id": site.api_key}
    if site.provider == "aelix":
        grant |= {"grant_type": "client_credentials", "client_secret": site.api_secret}
    if site.provider in ("paysera", "aelix"):
        return str(shared().post(site.token_url, data=grant).json()["access_token"])
    body = (
        {"apiKey": site.api_key, "apiSecret": site.api_secret}
        if site.provider == "aerosync"
        else {"borrowerExternalID": "1"}
    )
    answer = shared().post(site.token_url, json=body, headers={"Authorization": f"Bearer {site.api_key}"}).json()
    return str(answer.get("token") or answer["data"]["sessionToken"])


@naive
def raise_for_status(site: Site, call: Call) -> object:
    """The README of requests."""
    reply = requests.request(call.method, url(site, call), headers=headers(site, call), data=content(call), timeout=30)
    reply.raise_for_status()
    return reply.json()


@naive
def retry_everything(site: Site, call: Call) -> object:
    """urllib3's Retry on every status and every method, as posted in many answers."""
    every = urllib3.Retry(
        total=5,
        backoff_factor=0,
        status_forcelist=range(400, 600),
        allowed_methods=None,
        raise_on_status=True,
    )
    pool = urllib3.PoolManager(retries=every)
    reply = pool.request(call.method, url(site, call), headers=headers(site, call), body=content(call))
    return json.loads(reply.data)


@naive
def tenacity_defaults(site: Site, call: Call) -> object:
    """`@retry(stop=stop_after_attempt(3))`: any exception, no wait."""

    @tenacity.retry(stop=tenacity.stop_after_attempt(3))
    def get() -> object:
        return sent(site, call).raise_for_status().json()

    return get()


@naive
def while_true(site: Site, call: Call) -> object:
    """Tries until it works."""
    while True:
        reply = sent(site, call)
        if reply.is_success:
            return reply.json()
        time.sleep(5)


@naive
def except_exception(site: Site, call: Call) -> object:
    """Never fails."""
    try:
        return sent(site, call).raise_for_status().json()
    except Exception:
        return None


@naive
def logs_and_returns(site: Site, call: Call) -> object:
    """Never fails, and writes down with what it did not."""
    try:
        return sent(site, call).raise_for_status().json()
    except httpx.HTTPStatusError as error:
        log.exception("failed: %s", dict(error.request.headers))
        return {}


class RefreshOn401(httpx.Auth):
    """The middleware of httpx's documentation."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.token = site.access_token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.token}"
        if (yield request).status_code == 401:
            self.token = new_token(self.site)
            request.headers["Authorization"] = f"Bearer {self.token}"
            yield request


@naive
def refresh_middleware(site: Site, call: Call) -> object:
    """Refreshes on every 401."""
    auth = RefreshOn401(site) if call.authorization == "token" else None
    reply = shared().request(
        call.method,
        url(site, call),
        headers=headers(site, call),
        content=content(call),
        auth=auth or httpx.USE_CLIENT_DEFAULT,
    )
    if reply.is_error:
        raise SdkError(reply.text)
    return reply.json()


@naive
def refresh_recursion(site: Site, call: Call, token: str = "") -> object:
    """Refreshes on every 401 and calls itself."""
    reply = sent(site, call, token)
    if reply.status_code == 401:
        return refresh_recursion(site, call, new_token(site))
    if reply.is_error:
        raise SdkError(reply.text)
    return reply.json()


@naive
def sdk_that_backs_off(site: Site, call: Call) -> object:
    """Retries 408, 429 and 5xx by its own figures; its error has a status and no code."""
    for attempt in range(4):
        reply = sent(site, call)
        if reply.status_code not in (408, 429) and reply.status_code < 500:
            break
        if attempt < 3:
            time.sleep(0.5 * 2**attempt)
    if reply.is_error:
        raise SdkError(f"request failed with status {reply.status_code}") from None
    return reply.json()


@naive
def sdk_with_a_key_for_each_try(site: Site, call: Call) -> object:
    """Sends an Idempotency-Key of its own, made where the request is made."""
    for attempt in range(3):
        reply = sent(site, call, **{"Idempotency-Key": str(uuid.uuid4())})
        if reply.status_code < 500:
            break
        if attempt < 2:
            time.sleep(2.0**attempt)
    if reply.is_error:
        raise SdkError(reply.text)
    return reply.json()


@naive
def sdk_that_reads_one_form(site: Site, call: Call) -> object:
    """Reads every error body by the form of the first that it has seen."""
    reply = sent(site, call)
    if reply.is_error:
        raise SdkError(reply.json()["errors"][0]["code"])
    return reply.json()


@naive
def sdk_that_returns_errors(site: Site, call: Call) -> object:
    """Returns the provider's error list as a normal value."""
    return sent(site, call).json()


@naive
def milliseconds(site: Site, call: Call) -> object:
    """Sleeps Retry-After, read as milliseconds."""
    for attempt in range(3):
        reply = sent(site, call)
        if reply.status_code not in (429, 503) or attempt == 2:
            break
        time.sleep(float(reply.headers.get("Retry-After", "1000")) / 1000)
    if reply.is_error:
        raise SdkError(reply.text)
    return reply.json()


@naive
def sleeps_what_it_is_told(site: Site, call: Call) -> object:
    """Sleeps Retry-After, whatever it says, if it is a number."""
    reply = sent(site, call)
    if "Retry-After" in reply.headers:
        time.sleep(int(reply.headers["Retry-After"]))
        reply = sent(site, call)
    if reply.is_error:
        raise SdkError(reply.text)
    return reply.json()


@naive
def constant_backoff(site: Site, call: Call) -> object:
    """Backoff's constant generator, a second each time, on any HTTP error."""

    @backoff.on_exception(backoff.constant, httpx.HTTPError, interval=1, max_tries=4, jitter=None)
    def get() -> object:
        return sent(site, call).raise_for_status().json()

    return get()


@naive
def stamina_on_any_error(site: Site, call: Call) -> object:
    """Stamina's backoff is sound; what it is applied to is not."""

    @stamina.retry(on=httpx.HTTPStatusError, attempts=3, timeout=None)
    def get() -> object:
        return sent(site, call).raise_for_status().json()

    return get()


@naive
def conflict_is_success(site: Site, call: Call) -> object:
    """Takes every 409 for "there already"."""
    reply = sent(site, call)
    if reply.status_code == 409:
        return {"status": "exists"}
    if reply.is_error:
        raise SdkError(reply.text)
    return reply.json()


@naive
def aiohttp_session(site: Site, call: Call) -> object:
    """Aiohttp with raise_for_status=True."""

    async def get() -> object:
        async with (
            aiohttp.ClientSession(raise_for_status=True) as session,
            session.request(call.method, url(site, call), headers=headers(site, call), data=content(call)) as reply,
        ):
            return await reply.json()

    return asyncio.run(get())


@naive
def urlopen(site: Site, call: Call) -> object:
    """The standard library, and no try."""
    request = urllib.request.Request(url(site, call), content(call), headers(site, call), method=call.method)
    with Urllib.opener().open(request) as reply:
        return json.load(reply)


@naive
def tells_all(site: Site, call: Call) -> object:
    """Puts the request into its message, to help whoever reads it."""
    reply = sent(site, call)
    if reply.is_error:
        raise SdkError(f"{call.method} {call.path} with {headers(site, call)} gave {reply.text}")
    return reply.json()
