"""What passed between a client and the provider, and what came out of the client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, overload
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import DocumentedError, Operation

__all__ = ["PROVENANCE", "Exchange", "Fault", "Headers", "Interaction", "Outcome", "Provenance", "Request", "Response"]

PROVENANCE = "X-OpenBanking-Provenance"  # the header in which a served sandbox says where an answer comes from


class Provenance(StrEnum):
    """Where a response comes from."""

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    GENERATED = "generated"


class Fault(StrEnum):
    """Trouble below or around HTTP."""

    CONNECT_TIMEOUT = "connect-timeout"
    READ_TIMEOUT = "read-timeout"  # before the provider acted
    ANSWER_LOST = "answer-lost"  # a read timeout after the provider acted
    RESET = "connection-reset"
    TRUNCATED = "truncated-body"
    EMPTY = "empty-body"
    HTML_502 = "html-502"
    CONTENT_TYPE = "wrong-content-type"
    CHARSET = "wrong-charset"
    SLOW = "slow-answer"


class Headers(Mapping[str, str]):
    """Header fields in the order sent; look-ups ignore case and join repeated fields with a comma."""

    __slots__ = ("pairs",)

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self.pairs: tuple[tuple[str, str], ...] = tuple(pairs)

    def all(self, name: str) -> list[str]:
        """Return every value of a field, in order."""
        lowered = name.lower()
        return [value for key, value in self.pairs if key.lower() == lowered]

    def __getitem__(self, name: str) -> str:
        values = self.all(name)
        if not values:
            raise KeyError(name)
        return ", ".join(values)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(key for key, _ in self.pairs))

    def __len__(self) -> int:
        return len({key.lower() for key, _ in self.pairs})

    def __repr__(self) -> str:
        return f"Headers({list(self.pairs)!r})"


class Request(NamedTuple):
    """A request as the client's HTTP library was about to send it; `body` is the bytes on the wire."""

    method: str
    url: str
    headers: Headers = Headers()
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.url).path or "/"

    @property
    def query(self) -> str:
        return urlsplit(self.url).query

    def json(self) -> object:
        """Return the body read as JSON; raises ValueError where it is none."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Response:
    """An answer. `delay` is virtual seconds before its first byte; `truncated` breaks off inside the body."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""
    delay: float = 0.0
    truncated: bool = False

    def json(self) -> object:
        """Return the body read as JSON; raises ValueError where it is none."""
        return json.loads(self.body)


@dataclass(eq=False)
class Interaction:
    """One request with its response or fault.

    `at` and `answered_at` are virtual seconds since the exchange began. `index` counts starts;
    `answered` counts answers: interaction B started after the answer of A arrived where
    `A.answered <= B.known`, `B.known` being the number of answers that had arrived at its start.
    `job` is the task, executor job or thread that sent the request; `born` is the number of answers
    that had arrived when that job was created, `parent` the number of the job that created it.
    """

    index: int
    at: float
    request: Request
    operation: Operation | None = None
    error: DocumentedError | None = None
    response: Response | None = None
    fault: Fault | None = None
    provenance: Provenance = Provenance.GENERATED
    acted: bool = False
    job: object = None
    born: int = 0
    parent: int | None = None
    known: int = 0
    answered: int | None = None
    answered_at: float | None = None
    refused: str | None = None  # why it was not served: a foreign host, no such operation

    def followed(self, earlier: Interaction) -> bool:
        """Tell whether this one began, as far as is known, in consequence of `earlier`'s answer."""
        if earlier.answered is None or earlier.answered > self.known:
            return False
        return self.job == earlier.job or self.born >= earlier.answered


class Exchange(Sequence[Interaction]):
    """All interactions of one check, in the order they started.

    `epoch` is the Unix time of virtual second 0, `monotonic` what time.monotonic() said then; `ended_at` is the
    virtual second at which the check ended; `stopped` tells that the sandbox stopped a runaway client.
    """

    def __init__(self, *, answers: int = 0) -> None:
        self._interactions: list[Interaction] = []
        self.answers = answers  # counted on over a sandbox's exchanges
        self.epoch = 0.0
        self.monotonic = 0.0
        self.ended_at: float | None = None
        self.stopped = False

    @overload
    def __getitem__(self, index: int) -> Interaction: ...
    @overload
    def __getitem__(self, index: slice) -> list[Interaction]: ...
    def __getitem__(self, index: int | slice) -> Interaction | list[Interaction]:
        return self._interactions[index]

    def __len__(self) -> int:
        return len(self._interactions)

    def started_together(self, call: Interaction, *, siblings: bool = False) -> int:
        """Return how many jobs made the request of a call before any had an answer to it; or how many of one creator."""
        same = [
            each for each in self if each.request.url == call.request.url and each.request.method == call.request.method
        ]
        first = min((each.answered for each in same if each.answered is not None), default=None)
        jobs = {each.job: each.parent for each in same if first is None or each.born < first}
        return sum(parent == call.parent for parent in jobs.values()) if siblings else len(jobs)

    def add(self, interaction: Interaction) -> None:
        self._interactions.append(interaction)

    def answer(self, interaction: Interaction, at: float) -> None:
        """Mark an interaction's answer, or its fault, as having reached the client at virtual second `at`."""
        self.answers += 1
        interaction.answered = self.answers
        interaction.answered_at = at

    def __repr__(self) -> str:
        return f"<Exchange of {len(self)} interactions>"


@dataclass(frozen=True)
class Outcome:
    """What came out of the client.

    `exceptions` are the leaves of what it raised (one, unless it was an ExceptionGroup); `result` is what
    the test put on `case.result`. `accepted` tells that `returns=` accepted the result: as an error value,
    or (`fallback`) as a documented fallback. `promised` are the types given as `raises`. `logs` are the log
    records of the exchange, formatted. `stopped` tells that the sandbox stopped a runaway client.
    """

    exceptions: tuple[BaseException, ...] = ()
    result: object = None
    has_result: bool = False
    accepted: bool = False
    fallback: bool = False
    promised: tuple[type[BaseException], ...] = ()
    logs: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def returned(self) -> bool:
        return not self.exceptions and not self.stopped
