"""Recorded requests and responses, in vcrpy's form."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import TypeAlias

from pytest_openbanking.cassettes.scrubbing.bodies import codecs_of, decompressed, is_der, is_wide, opened
from pytest_openbanking.cassettes.scrubbing.edits import apply
from pytest_openbanking.cassettes.scrubbing.headers import header
from pytest_openbanking.cassettes.scrubbing.search import Search, UnscrubbableError
from pytest_openbanking.cassettes.scrubbing.urls import url_edits

__all__ = ["Message"]

Headers: TypeAlias = dict[str, object]
URLS = frozenset({"uri", "url"})


class Message:
    """Scrubs the messages of one cassette in one look."""

    def __init__(self, search: Search) -> None:
        self.search = search

    def interaction(self, interaction: Mapping[str, object]) -> dict[str, object]:
        return {key: self.side(key, value) for key, value in interaction.items()}

    def side(self, key: str, value: object) -> object:
        if key not in ("request", "response") or not isinstance(value, Mapping):
            return self.other(key, value)
        headers = headers_of(value)
        plain = {name: self.other(name, part) for name, part in value.items() if name not in ("headers", "body")}
        body = value.get("body")
        if isinstance(body, Mapping):
            new: object = {
                name: self.body(part, headers) if name == "string" else self.other(name, part)
                for name, part in body.items()
            }
        else:
            new = self.body(body, headers)
        done = plain | {"headers": self.headers(headers, value)} | {"body": new}
        return {name: done[name] for name in value}

    def headers(self, headers: Headers, value: Mapping[str, object]) -> object:
        if not isinstance(value.get("headers"), Mapping):
            return self.other("headers", value.get("headers"))
        return {self.text(name): self.values(name, values) for name, values in headers.items()}

    def values(self, name: str, values: object) -> object:
        if isinstance(values, list | tuple):
            return [self.values(name, value) for value in values]
        if isinstance(values, bytes):
            return header(name, values.decode("latin-1"), self.search).encode("latin-1")
        return header(name, values, self.search) if isinstance(values, str) else values

    def body(self, body: object, headers: Headers) -> object:
        """Return the body scrubbed; the headers that speak of its form are corrected."""
        if body is None or isinstance(body, str):
            plain: str | bytes | None = body
        elif isinstance(body, bytes | bytearray):
            plain = decompressed(bytes(body), first(headers, "content-encoding"))
        else:
            raise UnscrubbableError(f"a body is neither text nor bytes but {type(body).__name__}")
        new = self.content(plain, first(headers, "content-type"))
        if body:
            drop(headers, "content-encoding")
        if new is not None and new != body:
            correct_length(headers, new)
        return new

    def content(self, body: str | bytes | None, content_type: str) -> str | bytes | None:
        if isinstance(body, bytes):
            return self.packed(body, content_type) or self.octets(body, content_type)
        if body and is_wide(body):  # its octets were taken for UTF-8
            return self.octets(body.encode(), content_type).decode()
        return apply(body, self.search.document(body, content_type, 0)) if body else body

    def packed(self, body: bytes, content_type: str) -> bytes | None:
        """Return a certificate, a key or a file in gzip scrubbed; None for anything else."""
        if is_der(body):
            return self.search.stand_ins.opaque("certificate", body.hex()).encode()
        inner = opened(body)
        if inner is None:
            return None
        new = self.octets(inner, content_type)
        return body if new == inner else gzip.compress(new, mtime=0)

    def octets(self, body: bytes, content_type: str) -> bytes:
        """Return bytes scrubbed in every way to read them: a byte order mark or a charset may be wrong."""
        for codec in codecs_of(body, content_type):
            text = body.decode(codec)
            body = apply(text, self.search.document(text, content_type, 0)).encode(codec)
        return body

    def text(self, text: str) -> str:
        return apply(text, self.search.string(text, 0))

    def other(self, name: str, value: object) -> object:
        """Return anything else that was recorded, text by text."""
        if isinstance(value, str):
            return apply(value, url_edits(value, self.search, 0)) if name in URLS else self.text(value)
        if isinstance(value, bytes):
            return self.text(value.decode("latin-1")).encode("latin-1")
        if isinstance(value, Mapping):
            return {key: self.other(str(key), inner) for key, inner in value.items()}
        return [self.other(name, inner) for inner in value] if isinstance(value, list | tuple) else value


def headers_of(message: Mapping[str, object]) -> Headers:
    headers = message.get("headers")
    return dict(headers) if isinstance(headers, Mapping) else {}


def first(headers: Headers, name: str) -> str:
    """Return a header's values, joined."""
    for key, values in headers.items():
        if key.lower() == name:
            several = values if isinstance(values, list | tuple) else [values]
            return ",".join(value.decode("latin-1") if isinstance(value, bytes) else str(value) for value in several)
    return ""


def drop(headers: Headers, name: str) -> None:
    for key in [key for key in headers if key.lower() == name]:
        del headers[key]


def correct_length(headers: Headers, body: str | bytes) -> None:
    length = str(len(body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body))
    for key, values in headers.items():
        if key.lower() == "content-length":
            headers[key] = [length] if isinstance(values, list | tuple) else length
