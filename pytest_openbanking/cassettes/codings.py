"""What headers say of a recorded body: its media type, and the content coding that it really has."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_openbanking.exchange import Headers

__all__ = ["as_it_is", "media_type"]

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MAGIC = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
BROTLI_OF_NOTHING = b";"
ENOUGH = 1024 * 1024  # bytes: what is so large once it is decompressed was compressed


def media_type(headers: Headers) -> str:
    return headers.get("Content-Type", "").partition(";")[0].strip().lower()


def as_it_is(headers: Iterable[tuple[str, str]], body: bytes) -> list[tuple[str, str]]:
    """Return headers without a Content-Encoding that the body does not have, and then with the length that it has.

    vcrpy keeps the header of what requests, urllib3 and aiohttp have decompressed before it is stored.
    """
    pairs = list(headers)
    said = ",".join(value for name, value in pairs if name.lower() == "content-encoding")
    if not said or has_coding(body, said.rpartition(",")[2].strip().lower()):
        return pairs
    new = {"content-length": str(len(body))}
    return [(name, new.get(name.lower(), value)) for name, value in pairs if name.lower() != "content-encoding"]


def has_coding(body: bytes, coding: str) -> bool:
    """Tell whether a body is in a coding, as far as can be told: text in UTF-8 is in none."""
    if not body or (is_text(body) and body != BROTLI_OF_NOTHING):
        return False
    if coding in MAGIC:
        return body.startswith(MAGIC[coding])
    return inflates(body) if coding == "deflate" else decodes(body, coding)


def is_text(body: bytes) -> bool:
    try:
        return not CONTROLS.search(body.decode())
    except UnicodeDecodeError:
        return False


def inflates(body: bytes) -> bool:
    """Tell whether a body is deflate: with the zlib header that the standard asks for, or all of it without."""
    for form in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        stream = zlib.decompressobj(form)
        try:
            stream.decompress(body, ENOUGH)
        except zlib.error:
            continue
        if form > 0 or stream.unconsumed_tail or (stream.eof and not stream.unused_data):
            return True
    return False


def decodes(body: bytes, coding: str) -> bool:
    """Tell whether a body can be decoded; where there is nothing to decode it with, as with brotli, it is believed."""
    from pytest_openbanking.cassettes.scrubbing.bodies import reader

    try:
        decode = reader(coding)
    except ValueError:
        return True
    try:
        decode(body)
    except Exception:
        return False
    return True
