"""The HTTP libraries below the client, each as one class that sends and sleeps."""

from __future__ import annotations

import asyncio
import http.client
import ssl
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol

import aiohttp
import httpx
import requests
import urllib3

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping

__all__ = ["WIRES", "Reply", "Wire", "WireError"]


@dataclass(frozen=True)
class Reply:
    """An answer; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class WireError(Exception):
    """The library could not bring an answer."""


class Wire(Protocol):
    """Sends and sleeps; `run` drives the client's coroutine."""

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply: ...
    async def sleep(self, seconds: float) -> None: ...
    def run(self, client: Coroutine[object, object, object]) -> object: ...


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


class Blocking:
    """What the synchronous libraries share: nothing is ever awaited for real."""

    async def sleep(self, seconds: float) -> None:
        time.sleep(seconds)

    def run(self, client: Coroutine[object, object, object]) -> object:
        try:
            client.send(None)
        except StopIteration as stop:
            return stop.value
        raise RuntimeError("a synchronous client waited for something")


class Httpx(Blocking):
    @staticmethod
    @cache
    def client() -> httpx.Client:
        return httpx.Client()

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            reply = self.client().request(method, url, headers=headers, content=body)
        except httpx.HTTPError as error:
            raise WireError from error
        return Reply(reply.status_code, lowered(reply.headers), reply.content)


class Requests(Blocking):
    def __init__(self) -> None:
        self.session = requests.Session()

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            reply = self.session.request(method, url, headers=dict(headers), data=body or None)
        except requests.RequestException as error:
            raise WireError from error
        return Reply(reply.status_code, lowered(reply.headers), reply.content)


class Urllib3(Blocking):
    def __init__(self) -> None:
        self.pool = urllib3.PoolManager(retries=False)

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            reply = self.pool.request(method, url, headers=dict(headers), body=body or None)
        except urllib3.exceptions.HTTPError as error:
            raise WireError from error
        return Reply(reply.status, lowered(reply.headers), reply.data)


class Urllib(Blocking):
    @staticmethod
    @cache
    def opener() -> urllib.request.OpenerDirector:
        return urllib.request.build_opener(urllib.request.HTTPSHandler(context=ssl.create_default_context()))

    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        request = urllib.request.Request(url, data=body or None, headers=dict(headers), method=method)
        try:
            with self.opener().open(request) as reply:
                return Reply(reply.status, lowered(reply.headers), reply.read())
        except urllib.error.HTTPError as reply:
            with reply:
                return Reply(reply.code, lowered(reply.headers), reply.read())
        except (OSError, http.client.HTTPException) as error:
            raise WireError from error


class Awaiting:
    """What the asynchronous libraries share: a loop for each call, as asyncio.run makes one."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def run(self, client: Coroutine[object, object, object]) -> object:
        return asyncio.run(client)


class HttpxAsync(Awaiting):
    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            async with httpx.AsyncClient(verify=False) as client:
                reply = await client.request(method, url, headers=headers, content=body)
        except httpx.HTTPError as error:
            raise WireError from error
        return Reply(reply.status_code, lowered(reply.headers), reply.content)


class Aiohttp(Awaiting):
    async def send(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            async with (
                aiohttp.ClientSession() as session,
                session.request(method, url, headers=headers, data=body or None) as reply,
            ):
                return Reply(reply.status, lowered(reply.headers), await reply.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            raise WireError from error


WIRES: dict[str, Callable[[], Wire]] = {
    "httpx": Httpx,
    "requests": Requests,
    "urllib3": Urllib3,
    "urllib": Urllib,
    "httpx-async": HttpxAsync,
    "aiohttp": Aiohttp,
}
