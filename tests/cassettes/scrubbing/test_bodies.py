"""Bodies: compressed ones are read, lengths are corrected, and what cannot be read is refused."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import pytest

from pytest_openbanking.cassettes.scrubbing import Scrubber, UnscrubbableError
from tests.cassettes.scrubbing.recorded import recorded, scrub

BODY = b'{"password": "hunter2hunter2"}'


def deflated_bare(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(BODY, mtime=0), "gzip"),
        (gzip.compress(BODY, mtime=0), "X-GZIP"),
        (gzip.compress(BODY[:9], mtime=0) + gzip.compress(BODY[9:], mtime=0), "gzip"),
        (zlib.compress(BODY), "deflate"),
        (deflated_bare(BODY), "deflate"),
        (gzip.compress(zlib.compress(BODY), mtime=0), "deflate, gzip"),
        (BODY, "identity"),
        (BODY.decode(), "gzip"),  # vcrpy's aiohttp stub: the header is recorded, the body is decoded
    ],
)
@pytest.mark.parametrize("side", ["request", "response"])
def test_compressed_bodies_are_read(body: Any, encoding: str, side: str) -> None:
    """The header goes, the length is that of what is written."""
    headers = {"content-encoding": encoding, "CONTENT-LENGTH": str(len(body))}
    interaction = (
        recorded(sent=body, sent_headers=headers) if side == "request" else recorded(body=body, headers=headers)
    )
    scrubbed = scrub(interaction)[0][side]
    new = scrubbed["body"] if side == "request" else scrubbed["body"]["string"]
    assert type(new) is type(body)
    assert b"hunter2" not in (new if isinstance(new, bytes) else new.encode())
    assert scrubbed["headers"] == {"CONTENT-LENGTH": [str(len(new))]}


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"not gzip", "gzip"),
        (gzip.compress(BODY, mtime=0)[:-9], "gzip"),
        (b"\x1f\x8b", "gzip"),
        (b"not deflate", "deflate"),
        (b"\x0b\x0e\x80", "br"),
        (b"(\xb5/\xfd", "zstd"),
        (b"x", "compress"),
        (b"x", "acme"),
    ],
)
@pytest.mark.parametrize("side", ["request", "response"])
def test_what_cannot_be_read_is_refused(body: bytes, encoding: str, side: str) -> None:
    """Nobody knows what is in such a body; one line says so."""
    headers = {"Content-Encoding": encoding}
    interaction = (
        recorded(sent=body, sent_headers=headers) if side == "request" else recorded(body=body, headers=headers)
    )
    with pytest.raises(UnscrubbableError) as error:
        Scrubber().scrub([interaction])
    assert "\n" not in str(error.value)


def test_unknown_bodies_are_refused() -> None:
    """A stream cannot be read without being used up."""
    with pytest.raises(UnscrubbableError):
        Scrubber().scrub([recorded(sent=iter([b"x"]))])  # type: ignore[arg-type]


def test_empty_bodies_stay() -> None:
    """The answer to a HEAD says how it would be encoded."""
    interaction = recorded(body=b"", headers={"Content-Encoding": "gzip", "Content-Length": "77"})
    assert scrub(interaction) == [interaction]


def test_values_encoded_over_and_over_are_refused() -> None:
    """Rather than to give up and write what is inside."""
    with pytest.raises(UnscrubbableError):
        Scrubber().scrub([recorded(body="a=%" + "25" * 60 + "41")])
