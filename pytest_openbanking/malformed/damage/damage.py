"""One way in which an answer can be malformed: what draws it, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pytest_openbanking.exchange import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.exchange import Response
    from pytest_openbanking.malformed.damage.sound import Sound

__all__ = ["JSON", "Damage", "is_json", "rebuilt"]

JSON = "application/json"


def always(sound: Sound) -> bool:
    return True


@dataclass(frozen=True, eq=False)
class Damage:
    """`spoil` draws damaged answers from a sound one; `shows` proves one of them; `fits` tells whether there are any.

    `unreadable` tells that nobody can read what is left: whoever needs the body cannot have had it.
    """

    keyword: str
    spoil: Callable[[Sound], SearchStrategy[Response]]
    shows: Callable[[Sound, Response], bool]
    fits: Callable[[Sound], bool] = always
    pointer: str = ""
    unreadable: bool = False

    @property
    def name(self) -> str:
        return f"{self.pointer[1:]}-{self.keyword}" if self.pointer else self.keyword


def rebuilt(response: Response, body: bytes, type: str | None = JSON) -> Response:
    """Return a response with another body and content type, framed as it has to be."""
    kept = [(name, value) for name, value in response.headers.pairs if name.lower() not in CONTENT]
    content = [] if type is None else [("Content-Type", type)]
    return replace(response, headers=Headers([*content, ("Content-Length", str(len(body))), *kept]), body=body)


CONTENT = frozenset({"content-type", "content-length"})


def is_json(body: bytes | str) -> bool:
    """Tell whether any of the readers in use finds JSON: as it is, or in whatever Unicode form it seems to be."""
    import json

    try:
        json.loads(body)
    except ValueError:
        return False
    return True
