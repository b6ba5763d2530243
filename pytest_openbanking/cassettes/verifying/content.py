"""Bodies as they were before they were compressed for the wire."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.cassette import Recorded
    from pytest_openbanking.exchange import Headers

__all__ = ["MOST_BYTES", "plain", "read_json"]

MOST_BYTES = 8 * 1024 * 1024  # of a body once it is decompressed: what comes after is a bomb's
GZIP_OR_ZLIB, RAW = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS


def plain(recorded: Recorded) -> Recorded:
    """Return an interaction with both bodies decompressed, as far as they can be."""
    request, response = recorded.request, recorded.response
    return replace(
        recorded,
        request=request._replace(body=decompressed(request.headers, request.body)),
        response=replace(response, body=decompressed(response.headers, response.body)),
    )


def decompressed(headers: Headers, body: bytes) -> bytes:
    """Undo gzip and deflate; a recorder may have undone them already, so what cannot be read stays as it is."""
    coding = headers.get("Content-Encoding", "").strip().lower()
    for wbits in {"gzip": [GZIP_OR_ZLIB], "x-gzip": [GZIP_OR_ZLIB], "deflate": [GZIP_OR_ZLIB, RAW]}.get(coding, []):
        try:
            return zlib.decompressobj(wbits).decompress(body, MOST_BYTES)
        except zlib.error:
            continue
    return body


def read_json(body: bytes) -> object | None:
    """Read a body as JSON; None where it is none (or null)."""
    try:
        return json.loads(body)  # type: ignore[no-any-return]
    except (ValueError, RecursionError):
        return None
