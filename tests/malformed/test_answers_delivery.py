"""A malformed answer reaches each HTTP library as it does from a server that really sends it."""

from __future__ import annotations

import asyncio
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
import requests
import urllib3

import pytest_openbanking
from pytest_openbanking.malformed.responses import answer_sites
from pytest_openbanking.sandboxes.arming import Persistence
from tests.intercept.faulty import faulty
from tests.malformed.test_answers import drawn, operation_of, provider_of

if TYPE_CHECKING:
    from pytest_openbanking.exchange import Response

Got = tuple[int, str | None, object]
Read = Callable[[str], Got]
NAME = "Retry-After"
PATH = "/v1/accounts"
UNSEEN = ssl.create_default_context()  # made once: it takes 10 ms
OPENER = urllib.request.build_opener(urllib.request.HTTPSHandler(context=UNSEEN))


def by_httpx(url: str) -> Got:
    with httpx.Client(timeout=5, verify=UNSEEN) as client:
        answer = client.get(url)
    return answer.status_code, answer.headers.get(NAME), answer.json()


def by_httpx_async(url: str) -> Got:
    async def call() -> Got:
        async with httpx.AsyncClient(timeout=5, verify=UNSEEN) as client:
            answer = await client.get(url)
        return answer.status_code, answer.headers.get(NAME), answer.json()

    return asyncio.run(call())


def by_requests(url: str) -> Got:
    answer = requests.get(url, timeout=5)
    return answer.status_code, answer.headers.get(NAME), answer.json()


def by_urllib3(url: str) -> Got:
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request("GET", url, timeout=5)
    return answer.status, answer.headers.get(NAME), answer.json()


def by_aiohttp(url: str) -> Got:
    async def call() -> Got:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            return answer.status, answer.headers.get(NAME), await answer.json()

    return asyncio.run(call())


def by_urllib(url: str) -> Got:
    try:
        answer = OPENER.open(url, timeout=5)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        text = answer.read().decode(answer.headers.get_content_charset() or "utf-8")
    return answer.status, answer.headers.get(NAME), json.loads(text)


READERS: dict[str, Read] = {
    "httpx": by_httpx,
    "httpx-async": by_httpx_async,
    "requests": by_requests,
    "urllib3": by_urllib3,
    "aiohttp": by_aiohttp,
    "urllib.request": by_urllib,
}


def met(read: Read, url: str) -> str:
    """Say what comes of a call: what was read, or the types of the exception and of those inside it."""
    try:
        return repr(read(url))
    except Exception as error:
        return " of ".join(kind.__qualname__ for kind in chain(error))


def chain(error: BaseException) -> list[type]:
    for inner in (getattr(error, "reason", None), *error.args):
        if isinstance(inner, BaseException):
            return [type(error), *chain(inner)]
    return [type(error)]


def on_the_wire(response: Response) -> bytes:
    """Write an answer out, without the help of what is under test."""
    head = [f"HTTP/1.1 {response.status} X", *(f"{name}: {value}" for name, value in response.headers.pairs)]
    body = response.body
    if "Transfer-Encoding" in response.headers:
        body = f"{len(body):x}\r\n".encode() + body[: len(body) // 2]
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def simulated(read: Read, responses: Sequence[Response]) -> list[str]:
    with pytest_openbanking.sandbox("paysera") as sandbox:
        errors = [case.error for case in sandbox.cases(f"GET {PATH}")][:1]
        found = []
        for response in responses:
            sandbox.arm(errors, Persistence.ALWAYS, answer=lambda request, made=response: made)
            found.append(met(read, sandbox.base_url + PATH))
    return found


def real(read: Read, responses: Sequence[Response]) -> list[str]:
    found = []
    for response in responses:
        with faulty(on_the_wire(response)) as url:
            found.append(met(read, url + PATH))
    return found


SITES = {
    site.id: site
    for site in answer_sites(provider_of("paysera"), operation_of(provider_of("paysera"), f"GET {PATH}")).sites
    if site.scope in ("success", "error", "") or "retry-after" in site.name
}


def examples(site: str, count: int = 4) -> list[Response]:
    provider = provider_of("paysera")
    return [answer.response for answer in drawn(provider, operation_of(provider, f"GET {PATH}"), SITES[site], count)]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("library", READERS)
def test_it_is_read_as_from_a_real_server(library: str) -> None:
    """The same status, Retry-After and JSON, or the same exception, for each site."""
    read = READERS[library]
    drawn_by_site = [(site, response) for site in SITES for response in examples(site)]
    responses = [response for _, response in drawn_by_site]
    seen = zip(simulated(read, responses), real(read, responses), strict=True)
    assert [(each, *both) for each, both in zip(drawn_by_site, seen, strict=True) if both[0] != both[1]] == []


NATIVE = {
    # what comes out where the wire breaks, where nothing came, and where the bytes cannot be decompressed
    "httpx": ("RemoteProtocolError", "JSONDecodeError", "DecodingError"),
    "httpx-async": ("RemoteProtocolError", "JSONDecodeError", "DecodingError"),
    "requests": ("ChunkedEncodingError", "JSONDecodeError", "ContentDecodingError"),
    "urllib3": ("ProtocolError", "JSONDecodeError", "DecodeError"),
    "aiohttp": ("ClientPayloadError", "(200, None, None)", "ClientPayloadError"),
    "urllib.request": ("IncompleteRead", "JSONDecodeError", "(200, "),
}


@pytest.mark.parametrize("library", READERS)
def test_the_librarys_own_exceptions(library: str) -> None:
    """A broken wire is the library's own exception; what arrives whole is for its JSON reader to refuse."""
    broken, nothing, packed = NATIVE[library]
    read = READERS[library]
    for site, expected in (
        ("success/truncated", broken),
        ("success/cut-chunk", broken),
        ("success/unfinished", "JSONDecodeError"),
        ("success/empty", nothing),
        ("success/content-encoding", packed),
    ):
        assert [found for found in simulated(read, examples(site)) if not found.startswith(expected)] == [], site
