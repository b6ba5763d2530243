"""Bodies as text: decompressed, decoded, and encoded again as they were."""

from __future__ import annotations

import codecs
import re
import zlib
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.search import UnscrubbableError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["UnscrubbableError", "codecs_of", "decompressed", "is_der", "is_wide", "opened"]

PLAIN = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1", "latin1"})
CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
MOST_BYTES = 32 * 1024 * 1024  # of a body, decompressed
LIBRARIES = {"br": ("brotli", "brotlicffi"), "zstd": ("compression.zstd", "zstandard", "backports.zstd")}


def decompressed(body: bytes, encoding: str) -> bytes:
    """Undo a Content-Encoding, the last coding first.

    Raises:
        UnscrubbableError: A coding is unknown here, or the body is not what it says.

    """
    for coding in reversed([part.strip().lower() for part in encoding.split(",")]):
        body = undone(body, coding) if body else body
    return body


def undone(body: bytes, coding: str) -> bytes:
    if coding in ("identity", ""):
        return body
    try:
        return reader(coding)(body)
    except UnscrubbableError:
        raise
    except Exception as error:
        raise UnscrubbableError(f"a body says that it is {coding}, but cannot be decoded: {error}") from error


def reader(coding: str) -> Callable[[bytes], bytes]:
    if coding in ("gzip", "x-gzip"):
        return gunzipped
    if coding == "deflate":
        return inflated
    for library in LIBRARIES.get(coding, ()):
        try:
            decompress: Callable[[bytes], bytes] = import_module(library).decompress
        except ImportError:
            continue
        return decompress
    raise UnscrubbableError(f"a body is encoded as {coding!r}, which cannot be decoded here; ask for gzip or identity")


def gunzipped(body: bytes) -> bytes:
    found = b""
    while body.strip(b"\0"):
        more, body = whole(body, 31, MOST_BYTES - len(found))
        found += more
    return found


def opened(body: bytes) -> bytes | None:
    """Return what is in a gzip file; None where a body is none."""
    try:
        return gunzipped(body) if body.startswith(b"\x1f\x8b") else None
    except (ValueError, zlib.error):
        return None


def is_der(body: bytes) -> bool:
    """Tell whether a body is one certificate, key or store of keys in DER: a SEQUENCE with a length of two octets."""
    return body.startswith(b"\x30\x82") and int.from_bytes(body[2:4]) + 4 == len(body)


def inflated(body: bytes) -> bytes:
    """Undo deflate, with the zlib header that the standard asks for or without, as some servers send it."""
    try:
        return whole(body, zlib.MAX_WBITS, MOST_BYTES)[0]
    except zlib.error:
        return whole(body, -zlib.MAX_WBITS, MOST_BYTES)[0]


def whole(body: bytes, form: int, most: int) -> tuple[bytes, bytes]:
    """Undo one stream; return what was in it, and what comes after it."""
    stream = zlib.decompressobj(wbits=form)
    found = stream.decompress(body, most + 1)
    if len(found) > most:
        raise ValueError(f"it is larger than {MOST_BYTES:,} bytes")
    if not stream.eof:
        raise ValueError("it ends too early")
    return found, stream.unused_data


def codecs_of(body: bytes, content_type: str) -> list[str]:
    """Return the codecs that a body may be read by, and written by again to the very same bytes."""
    declared = CHARSET.search(content_type)
    marked = [codec for mark, codec in MARKS if body.startswith(mark)]
    said = [*marked, *([declared[1].lower()] if declared else []), *(WIDE if is_wide(body) else [])]
    unlike = [codec for codec in dict.fromkeys(said) if codec not in PLAIN and restores(body, codec)]
    return [*unlike, "utf-8" if restores(body, "utf-8") else "latin-1"]


def is_wide(body: bytes | str) -> bool:
    """Tell whether letters have zeros between them, as in UTF-16 and UTF-32, whether that is declared or not."""
    zeros = body.count("\0") if isinstance(body, str) else body.count(0)
    return zeros * 3 > len(body)


def restores(body: bytes, codec: str) -> bool:
    try:
        return body.decode(codec).encode(codec) == body
    except (LookupError, ValueError):
        return False
