"""Replaying one cassette: each interaction once, in order, found in time that does not grow with the cassette."""

from __future__ import annotations

from collections import defaultdict, deque
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from pytest_openbanking.catalogue.entry import nearest

if TYPE_CHECKING:
    from collections.abc import Hashable

    from pytest_openbanking.cassettes.cassette import Cassette, Recorded
    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.exchange import Request

__all__ = ["Replay"]


class Replay:
    """The interactions of a cassette that are still to be played.

    A request is answered by the first of those with its method, path and query (in any order) at any of the
    provider's documented addresses, as vcrpy does by default; bodies and headers are not compared.
    """

    def __init__(self, cassette: Cassette, provider: Provider) -> None:
        self.cassette = cassette
        self.provider = provider
        self._left: dict[Hashable, deque[Recorded]] = defaultdict(deque)
        for recorded in cassette.interactions:
            self._left[self._key(recorded.request)].append(recorded)

    def _key(self, request: Request) -> Hashable:
        route = self.provider.router.route(request.method, request.url)
        place = id(route.operation) if route.operation else request.url.partition("?")[0]
        query = sorted(parse_qsl(request.query, keep_blank_values=True))
        return request.method, place, route.path.rstrip("/"), tuple(query)

    def play(self, request: Request) -> Recorded | None:
        """Return the next recorded interaction of a request; None where there is none, or none left."""
        left = self._left.get(self._key(request))
        return left.popleft() if left else None

    def missing(self, request: Request) -> str:
        """Say why a request is not answered."""
        asked = f"{request.method} {request.url}"
        if self._key(request) in self._left:
            return f"{asked} was played already, as often as {self.cassette.path} holds it"
        known = dict.fromkeys(f"{each.request.method} {each.request.url}" for each in self.cassette.interactions)
        close = nearest(asked, known)
        return f"{asked} is not in {self.cassette.path}" + (f"; nearest: {', '.join(close)}" if close else "")
