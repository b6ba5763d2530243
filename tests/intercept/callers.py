"""One call made through each HTTP library, and what comes back, in the same words."""

from __future__ import annotations

import asyncio
import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp
import httpx
import requests
import urllib3


class Got(NamedTuple):
    status: int
    headers: list[tuple[str, str]]
    body: bytes


Call = Callable[..., Got]
Times = tuple[float | None, float | None]
PATIENT: Times = (5, 5)


def by_httpx(method: str, url: str, headers: Any = (), body: Any = None, times: Times = PATIENT) -> Got:
    timeout = httpx.Timeout(times[1], connect=times[0])
    with httpx.Client(timeout=timeout) as client:
        answer = client.request(method, url, headers=list(headers), content=body)
    return Got(answer.status_code, list(answer.headers.multi_items()), answer.content)


def by_httpx_async(method: str, url: str, headers: Any = (), body: Any = None, times: Times = PATIENT) -> Got:
    async def call() -> Got:
        timeout = httpx.Timeout(times[1], connect=times[0])
        async with httpx.AsyncClient(timeout=timeout) as client:
            answer = await client.request(method, url, headers=list(headers), content=body)
        return Got(answer.status_code, list(answer.headers.multi_items()), answer.content)

    return asyncio.run(call())


def by_requests(method: str, url: str, headers: Any = (), body: Any = None, times: Times = PATIENT) -> Got:
    with requests.Session() as session:
        answer = session.request(method, url, headers=dict(headers), data=body, timeout=times, allow_redirects=False)
    return Got(answer.status_code, list(answer.raw.headers.items()), answer.content)


def by_urllib3(method: str, url: str, headers: Any = (), body: Any = None, times: Times = PATIENT) -> Got:
    with urllib3.PoolManager(timeout=urllib3.Timeout(connect=times[0], read=times[1]), retries=False) as pool:
        answer = pool.request(method, url, headers=dict(headers), body=body, redirect=False)
    return Got(answer.status, list(answer.headers.items()), answer.data)


def by_aiohttp(method: str, url: str, headers: Any = (), body: Any = None, times: Times = PATIENT) -> Got:
    async def call() -> Got:
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=times[0], sock_read=times[1])
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=True) as session,
            session.request(method, url, headers=list(headers), data=body, allow_redirects=False) as answer,
        ):
            return Got(answer.status, list(answer.headers.items()), await answer.read())

    return asyncio.run(call())


def by_http_client(method: str, url: str, headers: Any = (), body: Any = None, times: Times = PATIENT) -> Got:
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=times[1])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        return Got(answer.status, answer.getheaders(), answer.read())
    finally:
        connection.close()


def by_urllib(method: str, url: str, headers: Any = (), body: Any = None, times: Times = PATIENT) -> Got:
    request = urllib.request.Request(url, method=method, headers=dict(headers), data=body)
    try:
        answer = urllib.request.build_opener().open(request, timeout=times[1])
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return Got(answer.status, list(answer.headers.items()), answer.read())


CALLERS: dict[str, Call] = {
    "httpx": by_httpx,
    "httpx-async": by_httpx_async,
    "requests": by_requests,
    "urllib3": by_urllib3,
    "aiohttp": by_aiohttp,
    "http.client": by_http_client,
    "urllib.request": by_urllib,
}

try:
    import httplib2
except ImportError:
    pass
else:

    def by_httplib2(method: str, url: str, headers: Any = (), body: Any = None, times: Times = PATIENT) -> Got:
        client = httplib2.Http(timeout=times[1])
        client.follow_redirects = False
        try:
            answer, content = client.request(url, method, headers=dict(headers), body=body)
        finally:
            client.close()
        return Got(answer.status, list(answer.items()), content)

    CALLERS["httplib2"] = by_httplib2


def value(got: Got, name: str) -> str | None:
    """Return a header field of an answer."""
    return next((text for key, text in got.headers if key.lower() == name), None)
