"""Finding the operation of a request: by method, then by path segments, in time that does not grow with the provider."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_openbanking.catalogue.model import Operation

__all__ = ["Route", "Router", "shape"]

PARAMETER = re.compile(r"\{([^}]+)\}")
DEFAULT_PORTS = {"http": 80, "https": 443}


def shape(operation: str) -> str:
    """Return an operation's id with its path parameters unnamed, so that `{id}` equals `{accountId}`."""
    return PARAMETER.sub("{}", " ".join(operation.split()))


@dataclass(frozen=True)
class Route:
    """Where a request leads. `operation` is None for a path of the provider's that it does not document."""

    path: str
    operation: Operation | None
    parameters: Mapping[str, str]


@dataclass
class Branch:
    """One path segment's continuations: literal ones first, then any value."""

    literal: dict[str, Branch] = field(default_factory=dict)
    any: Branch | None = None
    operations: dict[str, Operation] = field(default_factory=dict)

    def grow(self, segments: Sequence[str]) -> Branch:
        branch = self
        for segment in segments:
            if PARAMETER.fullmatch(segment):
                branch.any = branch.any or Branch()
                branch = branch.any
            else:
                branch = branch.literal.setdefault(segment, Branch())
        return branch

    def find(self, segments: Sequence[str], method: str) -> Operation | None:
        if not segments:
            return self.operations.get(method)
        literal = self.literal.get(segments[0])
        found = literal.find(segments[1:], method) if literal else None
        if found is None and self.any is not None and segments[0]:
            found = self.any.find(segments[1:], method)
        return found


def origin(url: str) -> tuple[str, str]:
    """Split a URL into its origin, without a default port, and its path."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    port = parts.port if parts.port != DEFAULT_PORTS.get(parts.scheme) else None
    return (f"{host}:{port}" if port else host), parts.path or "/"


def segments_of(path: str) -> tuple[str, ...]:
    return tuple(path.strip("/").split("/")) if path.strip("/") else ()


class Router:
    """The operations of a provider below all its documented addresses."""

    def __init__(self, addresses: Mapping[str, Iterable[Operation]]) -> None:
        """Index operations by address: a URL prefix, and the operations that hang below it."""
        self.hosts: dict[str, list[tuple[tuple[str, ...], Branch]]] = {}
        for address, operations in addresses.items():
            host, path = origin(address)
            branch = Branch()
            for operation in operations:
                branch.grow(segments_of(operation.path)).operations[operation.method] = operation
            self.hosts.setdefault(host, []).append((segments_of(path), branch))
        for prefixes in self.hosts.values():
            prefixes.sort(key=lambda entry: len(entry[0]), reverse=True)
        # Both are pure, and a client asks for the same few URLs again and again.
        self.serves = lru_cache(maxsize=1024)(self._serves)
        self.route = lru_cache(maxsize=1024)(self._route)

    def _serves(self, url: str) -> bool:
        """Tell whether the URL's host is one of the provider's."""
        return origin(url)[0] in self.hosts

    def _route(self, method: str, url: str) -> Route:
        """Find the operation of a request; a HEAD is answered like its GET."""
        host, path = origin(url)
        segments = segments_of(path)
        prefixes = self.hosts.get(host, [])
        for prefix, branch in prefixes:
            if segments[: len(prefix)] != prefix:
                continue
            rest = segments[len(prefix) :]
            found = branch.find(rest, method) or (branch.find(rest, "GET") if method == "HEAD" else None)
            if found is not None:
                return Route("/" + "/".join(rest), found, parameters_of(found, rest))
        for prefix, _ in prefixes:
            if segments[: len(prefix)] == prefix:
                return Route("/" + "/".join(segments[len(prefix) :]), None, {})
        return Route(path, None, {})


def parameters_of(operation: Operation, segments: Sequence[str]) -> dict[str, str]:
    names = (PARAMETER.fullmatch(segment) for segment in segments_of(operation.path))
    return {name[1]: unquote(value) for name, value in zip(names, segments, strict=True) if name}
