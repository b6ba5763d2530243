"""Reading a cassette: vcrpy's format, version 1, strictly and within limits."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from stat import S_ISREG
from typing import TYPE_CHECKING, NoReturn, TypeVar
from urllib.parse import urlsplit

from pytest_openbanking.cassettes.cassette import KEY, Cassette, CassetteError, Metadata, Recorded
from pytest_openbanking.cassettes.codings import as_it_is
from pytest_openbanking.cassettes.provenances import held, told_by
from pytest_openbanking.cassettes.tree import Node, TreeError, read_tree
from pytest_openbanking.exchange import Headers, Provenance, Request, Response

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["MOST_BYTES", "read_cassette"]

OLD = "status_code"  # of vcrpy up to version 5, of httpx only, which had the body as `content`
MOST_BYTES = 32 * 1024 * 1024
Kind = TypeVar("Kind")
BREAK = re.compile(r"[\r\n\0]")
KINDS = {dict: "a mapping", list: "a list", str: "text", int: "a whole number"}


def read_cassette(path: Path) -> Cassette:
    """Read a cassette, anew only where the file has changed; raises CassetteError, one line with file and line."""
    try:
        status = path.stat()
    except OSError as error:
        raise CassetteError(path, 1, f"cannot be read: {error.strerror}") from None
    if not S_ISREG(status.st_mode):
        raise CassetteError(path, 1, "cannot be read: it is no file")  # a pipe would never end
    return _read(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=512)
def _read(path: Path, changed: int, size: int) -> Cassette:
    return Reader(path).cassette(text_of(path, size))


def text_of(path: Path, size: int) -> str:
    if size > MOST_BYTES:
        raise CassetteError(path, longest_line(path), f"is {size:,} bytes; a cassette holds at most {MOST_BYTES:,}")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CassetteError(path, 1, f"cannot be read: {error.strerror}") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise CassetteError(path, line, f"is not UTF-8 at byte {error.start}") from None


def longest_line(path: Path) -> int:
    """Return the number of the longest line: in a file that is too large, the body that makes it so."""
    with path.open("rb") as file:
        return max(enumerate(map(len, file), start=1), key=lambda line: line[1])[0]


class Reader:
    """Turns the nodes of one file into a cassette."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def stop(self, line: int, what: str) -> NoReturn:
        raise CassetteError(self.path, line, what)

    def cassette(self, text: str) -> Cassette:
        try:
            root = read_tree(text)
        except TreeError as error:
            self.stop(error.line, error.what)
        table = self.table(root, "a cassette")
        version = table.get("version")
        if version is None or version.value != 1 or version.value is True:
            said = f"has version {version.value!r}" if version else "has no version"
            self.stop(version.line if version else root.line, f"{said}; only vcrpy's version 1 is read")
        items = self.expect(self.need(table, "interactions", root), list, "interactions")
        if not items:
            self.stop(table["interactions"].line, "holds no interaction")
        metadata, provenances = self.metadata(table.get(KEY), len(items))
        recorded = tuple(self.recorded(item, came) for item, came in zip(items, provenances, strict=True))
        return Cassette(self.path, recorded, metadata)

    def table(self, node: Node, what: str) -> dict[str, Node]:
        return self.expect(node, dict, what)

    def expect(self, node: Node, kind: type[Kind], what: str) -> Kind:
        if not isinstance(node.value, kind) or isinstance(node.value, bool):
            self.stop(node.line, f"{what} must be {KINDS[kind]}, not {shown(node)}")
        return node.value

    def need(self, table: dict[str, Node], key: str, around: Node) -> Node:
        if key not in table:
            self.stop(around.line, f"{key} is missing")
        return table[key]

    def recorded(self, node: Node, provenance: Provenance | None) -> Recorded:
        table = self.table(node, "an interaction")
        request, response = self.need(table, "request", node), self.need(table, "response", node)
        answer = self.table(response, "response")
        body = answer.get("content" if OLD in answer else "body")
        content, sent = self.content(body), self.request(request)
        headers = Headers(as_it_is(self.headers(answer.get("headers")).pairs, content))
        return Recorded(
            request=sent,
            response=Response(self.status(response), headers, content),
            provenance=provenance or told_by(sent, headers),
            line=node.line,
            request_line=request.line,
            response_line=response.line,
            body_line=body.line if body else response.line,
        )

    def request(self, node: Node) -> Request:
        table = self.table(node, "request")
        uri = self.need(table, "uri", node)
        url = self.expect(uri, str, "uri")
        if not is_address(url):
            self.stop(uri.line, f"uri must be a URL with https:// or http://, not {shown(uri)}")
        method = self.expect(self.need(table, "method", node), str, "method")
        return Request(method.upper(), url, self.headers(table.get("headers")), self.content(table.get("body")))

    def status(self, response: Node) -> int:
        answer = self.table(response, "response")
        status = answer.get(OLD, answer.get("status"))
        code = status.value.get("code") if status and isinstance(status.value, dict) else status
        if code is None or code.value is None:
            self.stop(status.line if status else response.line, "the response has no status")
        number = self.expect(code, int, "status code")
        if not 100 <= number <= 599:
            self.stop(code.line, f"status code {number} is no HTTP status")
        return number

    def headers(self, node: Node | None) -> Headers:
        if node is None or node.value is None:
            return Headers()
        pairs = []
        for name, value in self.table(node, "headers").items():
            values = value.value if isinstance(value.value, list) else [value]
            pairs += [(name, self.field(name, each)) for each in values]
        return Headers(pairs)

    def field(self, name: str, node: Node) -> str:
        value = self.plain(node, "a header's value")
        if BREAK.search(name + value):
            self.stop(node.line, f"the header {name[:60]!r} holds a line break")
        return value

    def plain(self, node: Node, what: str) -> str:
        if isinstance(node.value, dict | list):
            self.stop(node.line, f"{what} must be text, not {shown(node)}")
        if isinstance(node.value, bytes):
            return node.value.decode("latin-1")
        return "" if node.value is None else node.text

    def content(self, node: Node | None) -> bytes:
        """Read a body: text, bytes, nothing, a list of pieces, or a mapping that holds it as `string`."""
        value = node.value if node else None
        if node is None or value is None:
            return b""
        if isinstance(value, dict):
            return self.content(value.get("string"))
        if isinstance(value, list):
            return b"".join(map(self.content, value))
        return value if isinstance(value, bytes) else node.text.encode()

    def metadata(self, node: Node | None, count: int) -> tuple[Metadata, Sequence[Provenance | None]]:
        """Read x-openbanking; without it each interaction tells what it can."""
        if node is None:
            return Metadata(), [None] * count
        table = self.table(node, KEY)
        metadata = Metadata(
            provider=self.text(table, "provider"),
            operation=self.text(table, "operation"),
            status=self.number(table, "status"),
            code=self.text(table, "code"),
            recorded_from=self.text(table, "recorded_from"),
            recorded_at=self.moment(table.get("recorded_at")),
            recorded_by=self.text(table, "recorded_by"),
            line=node.line,
        )
        return metadata, [held(metadata, each) for each in self.provenances(table.get("provenance"), count, node)]

    def number(self, table: dict[str, Node], key: str) -> int | None:
        node = table.get(key)
        return None if node is None or node.value is None else self.expect(node, int, key)

    def text(self, table: dict[str, Node], key: str) -> str | None:
        node = table.get(key)
        return None if node is None or node.value is None else self.plain(node, key)

    def moment(self, node: Node | None) -> datetime | None:
        if node is None or node.value is None:
            return None
        try:
            found = datetime.fromisoformat(self.plain(node, "recorded_at"))
        except ValueError:
            self.stop(node.line, f"recorded_at must be like 2026-11-20T10:30:00Z, not {shown(node)}")
        if found.tzinfo is None:
            self.stop(node.line, f"recorded_at {node.value!r} has no time zone; write it like 2026-11-20T10:30:00Z")
        return found

    def provenances(self, node: Node | None, count: int, around: Node) -> list[Provenance]:
        """Read the provenance: one for all interactions, or one for each."""
        if node is None:
            self.stop(around.line, f"{KEY} has no provenance; allowed: {', '.join(Provenance)}")
        words = node.value if isinstance(node.value, list) else [node] * count
        if len(words) != count:
            self.stop(node.line, f"provenance has {len(words)} entries for {count} interactions")
        return [self.provenance(word) for word in words]

    def provenance(self, node: Node) -> Provenance:
        try:
            return Provenance(str(node.value))
        except ValueError:
            self.stop(node.line, f"unknown provenance {shown(node)}; allowed: {', '.join(Provenance)}")


def is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def shown(node: Node) -> str:
    value = node.value
    if isinstance(value, dict | list):
        return KINDS[type(value)]
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
