"""Capturing what passes over real HTTP, through vcrpy."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_openbanking.cassettes.codings import as_it_is

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Captured", "capturing", "plain"]

Captured = dict[str, Any]


@contextmanager
def capturing(asked: list[str] | None = None) -> Iterator[list[Captured]]:
    """Let requests through to the network, and yield a list that holds the interactions once the block has ended.

    They are in the form of vcrpy's format, in the order of their answers; after an exception there are none.
    `asked` is filled with the URLs that were called, whether anything was answered or not.
    """
    import vcr
    from vcr.serialize import serialize

    captured: list[Captured] = []

    class Memory:
        """A persister that keeps everything in memory: nothing touches the disk before it has been scrubbed."""

        @staticmethod
        def load_cassette(path: str, serializer: object) -> object:
            raise vcr.persisters.filesystem.CassetteNotFoundError

        @staticmethod
        def save_cassette(path: str, cassette: Any, serializer: object) -> None:
            captured.extend(map(plain, serialize(cassette, AsIs)["interactions"]))

    def note(request: Any) -> Any:
        if asked is not None:
            asked.append(text(request.uri))
        return request

    recorder = vcr.VCR(record_mode="all", before_record_request=note)
    recorder.register_persister(Memory)
    with recorder.use_cassette("in-memory", record_on_exception=False):
        yield captured


class AsIs:
    """A serializer that hands over the document itself."""

    @staticmethod
    def serialize(document: Any) -> Any:
        return document


def plain(interaction: Mapping[str, Any]) -> Captured:
    """Return an interaction as text, bytes and lists of them only; libraries hand over all kinds of things."""
    request, response = interaction["request"], interaction["response"]
    body = body_of(response["body"].get("string")) or ""
    return {
        "request": {
            "method": text(request["method"]),
            "uri": text(request["uri"]),
            "body": body_of(request["body"]),
            "headers": headers_of(request["headers"]),
        },
        "response": {
            "status": {
                "code": int(response["status"]["code"]),
                "message": text(response["status"].get("message") or ""),
            },
            "headers": settled(headers_of(response["headers"]), body),
            "body": {"string": body},
        },
    }


def text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def headers_of(headers: Mapping[Any, Any]) -> dict[str, list[str]]:
    return {
        text(name): [text(each) for each in (values if isinstance(values, list | tuple) else [values])]
        for name, values in headers.items()
    }


def settled(headers: Mapping[str, list[str]], body: str | bytes) -> dict[str, list[str]]:
    """Return the headers of an answer as its body is: it may have been decompressed before it was captured."""
    pairs = [(name, value) for name, values in headers.items() for value in values]
    found: dict[str, list[str]] = {}
    for name, value in as_it_is(pairs, body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body):
        found.setdefault(name, []).append(value)
    return found


def body_of(body: object) -> str | bytes | None:
    """Return a body as text where it is UTF-8, else as bytes; what is no body yet becomes JSON, as it would be sent."""
    if body is None or isinstance(body, str):
        return body
    if isinstance(body, bytes | bytearray | memoryview):
        return readable(bytes(body))
    if hasattr(body, "read"):
        return body_of(body.read())
    if isinstance(body, Mapping) or not hasattr(body, "__iter__"):
        return json.dumps(body, default=str)
    return readable(b"".join(each.encode() if isinstance(each, str) else bytes(each) for each in body))


def readable(body: bytes) -> str | bytes:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return body
