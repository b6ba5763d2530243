"""What a recorded body says of itself is true: a Content-Encoding stays only where the body has it."""

from __future__ import annotations

import asyncio
import gzip
import sys
import zlib
from types import SimpleNamespace
from typing import TYPE_CHECKING

import aiohttp
import httpx
import pytest
import requests
import urllib3
import vcr

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.capture import capturing
from pytest_openbanking.cassettes.codings import as_it_is
from pytest_openbanking.cassettes.library import code_of, plain
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.exchange import Headers, Response
from tests.cassettes.verifying.bank import Answer, bank

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_openbanking.cassettes.capture import Captured

JSON = b'{"tppMessages": [{"category": "ERROR", "code": "TOKEN_EXPIRED", "text": "vorbei \xe2\x80\x93 \xc3\xbc"}]}'
LATIN = "<html><body>Die Größe ist ungültig</body></html>".encode("latin-1")
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\x00\x01\x02\x03 endobj"
BROTLI = b"\x8b\x00\x80{}\x03"  # {}
ZSTD = b"(\xb5/\xfd \x02\x11\x00\x00{}"


@pytest.fixture(autouse=True)
def without_brotli(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing to decode brotli with, whatever is installed."""
    for library in ("brotli", "brotlicffi"):
        monkeypatch.setitem(sys.modules, library, None)


def raw(body: bytes) -> bytes:
    """Return deflate without the header of zlib, as some servers send it."""
    stream = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return stream.compress(body) + stream.flush()


ROWS = [
    ("gzip", gzip.compress(JSON), True),
    ("GZIP", gzip.compress(JSON), True),
    ("gzip", gzip.compress(JSON)[:-9], True),
    ("x-gzip", gzip.compress(b""), True),
    ("deflate", zlib.compress(JSON), True),
    ("deflate", zlib.compress(b"", 1), True),
    ("deflate", zlib.compress(bytes(2**22)), True),
    ("deflate", raw(JSON), True),
    ("deflate", raw(bytes(2**22)), True),
    ("br", BROTLI, True),
    ("br", b";", True),  # brotli of nothing
    ("br", PDF, True),
    ("zstd", ZSTD, True),
    ("aws-chunked", PDF, True),
    ("deflate, gzip", gzip.compress(zlib.compress(JSON)), True),
    *((coding, JSON, False) for coding in ("gzip", "x-gzip", "deflate", "br", "zstd", "UTF-8", "gzip, br")),
    *((coding, body, False) for coding in ("gzip", "deflate", "zstd") for body in (LATIN, PDF)),
    *((coding, b"", False) for coding in ("gzip", "br")),
    ("deflate", b"{}", False),
    ("deflate", raw(JSON) + b"and more", False),
    ("br, gzip", BROTLI, False),
]


@pytest.mark.parametrize(("coding", "body", "stays"), ROWS, ids=range(len(ROWS)))
def test_a_coding_that_the_body_does_not_have_is_dropped(coding: str, body: bytes, stays: bool) -> None:
    """By magic bytes or by trying; text is in none, and the length is that of the body. What is compressed stays as it is."""
    said = [("content-ENCODING", coding), ("X-A", "1"), ("Content-Length", "7")]
    settled = [("X-A", "1"), ("Content-Length", str(len(body)))]
    assert as_it_is(said, body) == (said if stays else settled)


@pytest.mark.parametrize("coding", ["gzip", "br"])
def test_codings_in_two_headers_are_one_list(coding: str) -> None:
    """The last one is the outermost."""
    said = [("Content-Encoding", "deflate"), ("Content-Encoding", coding)]
    assert as_it_is(said, gzip.compress(raw(JSON))) == said
    assert as_it_is(said, JSON) == []


@pytest.mark.parametrize(("body", "stays"), [(BROTLI, True), (PDF, False)], ids=["brotli", "pdf"])
def test_brotli_is_tried_where_it_can_be_decoded(monkeypatch: pytest.MonkeyPatch, body: bytes, stays: bool) -> None:
    """There a library has decoded what it recorded."""

    def decompress(body: bytes) -> bytes:
        return {BROTLI: b"{}"}[body]

    monkeypatch.setitem(sys.modules, "brotli", SimpleNamespace(decompress=decompress))
    assert bool(as_it_is([("Content-Encoding", "br")], body)) is stays


def by_aiohttp(url: str) -> bytes:
    async def read() -> bytes:
        async with aiohttp.ClientSession() as session, session.get(url) as response:
            return await response.read()

    return asyncio.run(read())


def by_httpx_async(url: str) -> bytes:
    async def read() -> bytes:
        async with httpx.AsyncClient() as client:
            return (await client.get(url)).content

    return asyncio.run(read())


def by_urllib3(url: str) -> bytes:
    with urllib3.PoolManager() as pool:
        return pool.request("GET", url).data


def by_requests(url: str) -> bytes:
    with requests.get(url, timeout=5) as response:
        return response.content


LIBRARIES: dict[str, Callable[[str], bytes]] = {
    "requests": by_requests,
    "urllib3": by_urllib3,
    "httpx": lambda url: httpx.get(url).content,
    "httpx-async": by_httpx_async,
    "aiohttp": by_aiohttp,
}


def of_captured(captured: Captured) -> Response:
    headers, body = captured["response"]["headers"], captured["response"]["body"]["string"]
    pairs = [(name, value) for name, values in headers.items() for value in values]
    return Response(401, Headers(pairs), body.encode() if isinstance(body, str) else body)


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw)])
@pytest.mark.parametrize("body", [JSON, LATIN, PDF, b""], ids=["json", "latin-1", "pdf", "empty"])
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_what_vcrpy_recorded_is_read_and_captured_as_the_body_is(
    tmp_path: Path, library: str, body: bytes, coding: str, pack: Callable[[bytes], bytes]
) -> None:
    """Whichever library called: decompressed by it, or as it came over the wire."""
    headers = (("Content-Type", "application/json"), ("Content-Encoding", coding))
    with bank(lambda _: Answer(401, pack(body), headers)) as running:
        with vcr.use_cassette(str(tmp_path / "one.yaml")):
            assert LIBRARIES[library](running.origin) == body
        with capturing() as captured:
            LIBRARIES[library](running.origin)
    for response in (read_cassette(tmp_path / "one.yaml").interactions[0].response, of_captured(captured[0])):
        assert plain(response) == body
        assert response.headers.all("Content-Encoding") == [coding] * (response.body != body)
        assert response.headers["Content-Length"] == str(len(response.body))
        assert code_of(response, load_provider("paysera")) == ("TOKEN_EXPIRED" if body == JSON else None)
