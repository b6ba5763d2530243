"""What is verified: a cassette that was read, with what the catalogue knows of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.library import code_of
from pytest_openbanking.cassettes.places import SUFFIX
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.tree import Node, read_tree
from pytest_openbanking.cassettes.verifying.content import plain
from pytest_openbanking.cassettes.verifying.finding import Breach, Finding, Spot, line_of, one_line
from pytest_openbanking.cassettes.verifying.leaks import masked

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.cassette import Cassette, Recorded
    from pytest_openbanking.cassettes.verifying.documentation import Documentation
    from pytest_openbanking.cassettes.verifying.owners import Owners
    from pytest_openbanking.catalogue.model import DocumentedError, Operation
    from pytest_openbanking.catalogue.routing import Route

__all__ = ["PLACED", "Call", "Subject", "place_in", "read_subject"]

PLACED = re.compile(rf"(?:\d{{3}}-.+|success){re.escape(SUFFIX)}")


@dataclass(frozen=True)
class Call:
    """One interaction, its bodies decompressed, and what the provider documents of it."""

    index: int
    recorded: Recorded
    served: bool  # whether its host is the provider's
    route: Route
    code: str | None
    error: DocumentedError | None

    @property
    def operation(self) -> Operation | None:
        return self.route.operation

    @property
    def succeeded(self) -> bool:
        return self.recorded.response.status < 400

    @property
    def answer(self) -> str:
        """The answer in a few words: `429 ACCESS_EXCEEDED`."""
        status = str(self.recorded.response.status)
        return status if self.succeeded or self.code is None else f"{status} {self.code}"

    def spot(self, *steps: str | int) -> Spot:
        return ("interactions", self.index, *steps)

    def __str__(self) -> str:
        asked = str(self.operation or f"{self.recorded.request.method} {self.route.path}")
        return f"{asked} answered {self.answer}"


@dataclass(frozen=True)
class Subject:
    """A cassette. `place` is where it stands below a folder of cassettes, None for a team's own flow.

    `below` is where it stands below the one that is looked into, as far as that is known.
    """

    cassette: Cassette
    known: Documentation | None
    claimed: bool  # its metadata or its folder says whose it is; else the hosts that are called
    place: Path | None
    below: Path
    calls: tuple[Call, ...]

    @cached_property
    def root(self) -> Node:
        return read_tree(self.cassette.path.read_text("utf-8-sig"))

    def finding(self, breach: Breach) -> Finding:
        line = line_of(self.root, breach.spot)
        return Finding(self.cassette.path, line, breach.code, one_line(masked(breach.message)))


def read_subject(path: Path, owners: Owners, root: Path | None = None) -> Subject:
    """Read a cassette, which stands below the folder of cassettes `root`; raises CassetteError."""
    cassette = read_cassette(path)
    known, claimed = owners.owner(cassette)
    calls = () if known is None else tuple(calls_of(cassette, known))
    below = path.relative_to(root) if root is not None else Path(*path.absolute().parts[-3:])
    return Subject(cassette, known, claimed, place_in(path, owners.names), below, calls)


def calls_of(cassette: Cassette, known: Documentation) -> list[Call]:
    return [call_of(number, recorded, known) for number, recorded in enumerate(cassette.interactions)]


def call_of(index: int, recorded: Recorded, known: Documentation) -> Call:
    request, response, provider = recorded.request, recorded.response, known.provider
    route = provider.router.route(request.method, request.url)
    code = code_of(response, provider)
    documented = known.error(route.operation, response.status, code) if route.operation else None
    return Call(index, plain(recorded), provider.router.serves(request.url), route, code, documented)


def place_in(path: Path, names: frozenset[str]) -> Path | None:
    """Return the place PROVIDER/OPERATION/STATUS-CODE.yaml of a file that stands at one."""
    place = Path(*path.absolute().parts[-3:])
    return place if place.parts[0] in names and PLACED.fullmatch(path.name) else None
