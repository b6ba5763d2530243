"""A request is seen as it was sent, and an answer arrives as it was given, through each library."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import pytest
import requests
import urllib3

from pytest_openbanking.exchange import Headers, Request, Response
from tests.intercept.callers import Call, value
from tests.intercept.provider import HOST, JSON, Provider

if TYPE_CHECKING:
    from collections.abc import Callable

URL = f"{HOST}/v1/accounts?from=2026-01-01&q=a%20b"


def test_a_request_is_seen_as_it_was_sent(provider: Provider, call: Call) -> None:
    """Method, URL with its query, header fields and body reach the provider unchanged."""
    body = '{"name": "Zoë €"}'.encode()
    got = call("POST", URL, [("Authorization", "Bearer tok"), ("Content-Type", "application/json")], body)
    request = provider.requests[0]
    assert (request.method, request.url, request.body) == ("POST", URL, body)
    assert request.headers["authorization"] == "Bearer tok"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["content-length"] == str(len(body))
    assert request.headers["host"] == "api.bank.example"
    assert (got.status, got.body) == (200, b'{"ok": true}')
    assert len(provider.ended) == 1


def test_stray_whitespace_of_a_credential_survives(provider: Provider, call: Call) -> None:
    """A value with a stray space or tab is seen with it, where the library would send it."""
    try:
        call("GET", URL, [("Authorization", "Bearer  tok\t")])
    except (requests.exceptions.InvalidHeader, ValueError):
        pytest.skip("the library itself refuses to send it")
    sent = "Bearer  tok" if call.__name__ == "by_httplib2" else "Bearer  tok\t"  # httplib2 strips it
    assert provider.requests[0].headers["authorization"] == sent


ANSWERS = {
    "error": Response(409, JSON, b'{"code": "RESOURCE_CONFLICT"}'),
    "no-content": Response(204),
    "not-modified": Response(304, Headers([("ETag", '"1"')])),
    "empty": Response(200, JSON),
    "text": Response(200, Headers([("Content-Type", "text/plain; charset=utf-8")]), "Zoë €".encode()),
    "unknown status": Response(599, JSON, b"{}"),
    "large": Response(200, JSON, b"x" * 1_000_000),
    "chunked": Response(200, Headers([("Transfer-Encoding", "chunked")]), b"in one chunk"),
    "false length": Response(200, Headers([("content-length", "7")]), b"nine bytes"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_arrives_as_it_was_given(provider: Provider, call: Call, name: str) -> None:
    """Status, header fields and body are those that the provider gave."""
    provider.answer = answer = ANSWERS[name]
    got = call("GET", URL)
    assert (got.status, got.body) == (answer.status, answer.body)
    for key, text in answer.headers.pairs:
        if key.lower() != "content-length" and not (call.__name__ == "by_httplib2" and name == "chunked"):
            assert value(got, key.lower()) == text


def test_head_has_fields_and_no_body(provider: Provider, call: Call) -> None:
    """A HEAD request is answered with the length of the body, and without the body."""
    got = call("HEAD", URL)
    assert (got.status, got.body, value(got, "content-length")) == (200, b"", "12")


def test_a_compressed_answer_is_unpacked_by_the_library(provider: Provider, call: Call) -> None:
    """The library decodes gzip as it does from the network; those that never do hand over the bytes."""
    packed = gzip.compress(b'{"ok": true}')
    provider.answer = Response(200, Headers([("Content-Encoding", "gzip")]), packed)
    got = call("GET", URL)
    raw = call.__name__ in ("by_http_client", "by_urllib")
    assert got.body == (packed if raw else b'{"ok": true}')


def test_repeated_fields_stay_apart(provider: Provider, call: Call) -> None:
    """Each of several Set-Cookie fields arrives."""
    provider.answer = Response(200, Headers([("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]))
    got = call("GET", URL)
    cookies = [text for key, text in got.headers if key.lower() == "set-cookie"]
    assert cookies in (["a=1", "b=2"], ["a=1, b=2"])


@pytest.mark.parametrize("text", ["café", "prašome ☃"], ids=["Latin-1", "UTF-8"])
def test_a_field_beyond_ascii_arrives_as_the_bytes_that_it_was(provider: Provider, call: Call, text: str) -> None:
    """Recordings hold them: as Latin-1 where that can say them, else as UTF-8; each library reads them in its own way."""
    provider.answer = Response(429, Headers([("X-Info", text)]))
    sent = text.encode("latin-1") if text == "café" else text.encode()
    got = value(call("GET", URL), "x-info")
    assert got in (sent.decode("latin-1"), sent.decode(errors="surrogateescape"))


def parts_of(*parts: bytes) -> Any:
    yield from parts


async def parts_of_async(*parts: bytes) -> Any:
    for part in parts:
        await asyncio.sleep(0)
        yield part


def through_aiohttp(**options: Any) -> None:
    async def call() -> None:
        async with aiohttp.ClientSession() as session, session.post(URL, **options) as answer:
            assert await answer.json() == {"ok": True}

    asyncio.run(call())


def through_httpx_async(**options: Any) -> None:
    async def call() -> None:
        async with httpx.AsyncClient() as client:
            assert (await client.post(URL, **options)).json() == {"ok": True}

    asyncio.run(call())


POSTS: dict[str, Callable[..., object]] = {
    "httpx": lambda **options: httpx.post(URL, **options),
    "httpx-async": through_httpx_async,
    "requests": lambda **options: requests.post(URL, timeout=5, **options),
    "aiohttp": through_aiohttp,
}


@pytest.mark.parametrize("library", POSTS)
def test_json_is_read_whole(provider: Provider, library: str) -> None:
    """What the library's own `json=` writes is what the provider reads."""
    POSTS[library](json={"name": "Zoë"})
    assert json.loads(provider.requests[0].body) == {"name": "Zoë"}
    assert provider.requests[0].headers["content-type"] == "application/json"


@pytest.mark.parametrize("library", POSTS)
def test_a_form_is_read_whole(provider: Provider, library: str) -> None:
    """What the library's own `data=` writes is what the provider reads."""
    POSTS[library](data={"grant_type": "refresh_token", "name": "ü"})
    assert provider.requests[0].body == b"grant_type=refresh_token&name=%C3%BC"
    assert provider.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("library", POSTS)
def test_multipart_is_read_whole(provider: Provider, library: str) -> None:
    """An uploaded file is part of the body that the provider reads."""
    file = io.BytesIO(b"%PDF")
    POSTS[library](**({"data": {"doc": file}} if library == "aiohttp" else {"files": {"doc": file}}))
    request = provider.requests[0]
    assert request.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert b"%PDF" in request.body
    assert request.body.rstrip().endswith(b"--")


STREAMS = {
    "httpx": lambda: {"content": parts_of(b"a", b"bc")},
    "httpx-async": lambda: {"content": parts_of_async(b"a", b"bc")},
    "requests": lambda: {"data": parts_of(b"a", b"bc")},
    "aiohttp": lambda: {"data": parts_of_async(b"a", b"bc")},
}


@pytest.mark.parametrize("library", POSTS)
def test_a_generated_body_is_read_whole(provider: Provider, library: str) -> None:
    """A generator's parts are joined; the framing on the wire is no part of the body."""
    POSTS[library](**STREAMS[library]())
    assert provider.requests[0].body == b"abc"
    assert provider.requests[0].headers["transfer-encoding"] == "chunked"


def redirecting(request: Request) -> Response:
    if request.path == "/old":
        return Response(307, Headers([("Location", "/new"), ("Set-Cookie", "session=s1; Path=/")]))
    return Response(200, JSON, json.dumps({"cookie": request.headers.get("Cookie")}).encode())


def follow_aiohttp() -> bytes:
    async def call() -> bytes:
        async with aiohttp.ClientSession() as session, session.post(f"{HOST}/old", data=b"x") as answer:
            return await answer.read()

    return asyncio.run(call())


def follow_httpx() -> bytes:
    with httpx.Client(follow_redirects=True) as client:
        return client.post(f"{HOST}/old", content=b"x").content


def follow_requests() -> bytes:
    with requests.Session() as session:
        return session.post(f"{HOST}/old", data=b"x", timeout=5).content


@pytest.mark.parametrize("follow", [follow_httpx, follow_requests, follow_aiohttp])
def test_redirects_and_cookies_are_the_clients(provider: Provider, follow: Callable[[], bytes]) -> None:
    """The client follows a redirect with its body, and sends the cookie that it was set."""
    provider.answer = redirecting
    assert json.loads(follow()) == {"cookie": "session=s1"}
    assert [(request.method, request.path, request.body) for request in provider.requests] == [
        ("POST", "/old", b"x"),
        ("POST", "/new", b"x"),
    ]


def test_urllib3_retries_above_the_hook(provider: Provider) -> None:
    """urllib3's own Retry repeats a request, and drains what it does not hand out."""
    provider.answer = lambda request: Response(200 if len(provider.requests) == 3 else 503, JSON, b"{}")
    retry = urllib3.Retry(total=5, status_forcelist=[503], backoff_factor=0)
    with urllib3.PoolManager(retries=retry, maxsize=1, block=True) as pool:
        assert pool.request("GET", URL).status == 200
    assert len(provider.ended) == 3


@pytest.mark.parametrize("cookie", [[], [("Set-Cookie", "a=1")]], ids=["plain", "cookie"])
def test_streaming_reads(provider: Provider, cookie: list[tuple[str, str]]) -> None:
    """A body is read in pieces, by each library's own streaming interface, without losing the connection."""
    provider.answer = Response(200, Headers([("Content-Type", "text/plain"), *cookie]), b"0123456789")
    with httpx.Client() as client, client.stream("GET", URL) as answer:
        assert b"".join(answer.iter_bytes(4)) == b"0123456789"
    with requests.get(URL, stream=True, timeout=5) as answer:
        assert b"".join(answer.iter_content(4)) == b"0123456789"
    with urllib3.PoolManager(maxsize=1, block=True) as pool:
        for _ in range(3):
            raw = pool.request("GET", URL, preload_content=False)
            assert (raw.read(4), raw.read()) == (b"0123", b"456789")
            raw.release_conn()


def test_an_unread_httpx_stream_is_not_read_ahead(provider: Provider) -> None:
    """A streamed answer must be read before its text is asked for, as from the network."""
    with httpx.Client() as client, client.stream("GET", URL) as answer, pytest.raises(httpx.ResponseNotRead):
        _ = answer.text
