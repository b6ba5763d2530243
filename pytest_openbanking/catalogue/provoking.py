"""Reading how an error is brought about: one way for each of its operations, or none."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, NamedTuple

from pytest_openbanking.catalogue.entry import Entry, nearest
from pytest_openbanking.catalogue.model import Provoke
from pytest_openbanking.catalogue.routing import PARAMETER
from pytest_openbanking.catalogue.templates import placeholders

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_openbanking.catalogue.model import Auth, Operation

__all__ = ["CREDENTIALS", "body_of", "read_provoke"]

CREDENTIALS = ("access_token", "refresh_token", "api_key", "api_secret")
WAYS = tuple(field.name for field in fields(Provoke))
NEEDS = {
    "credential": "authorization",
    "query": "a method that only reads",  # a write would be carried out where the parameter is ignored
    "body": "a request body",
}


class Place(NamedTuple):
    """What a request of one operation has that can be changed."""

    operation: Operation
    credentials: tuple[str, ...]
    parameters: frozenset[str]
    body: object | None
    members: Mapping[str, object]
    documented: Mapping[str, object]

    def fit(self, wanted: Provoke) -> Provoke:
        """Return what of a Provoke applies here."""
        return Provoke(
            credential=wanted.credential if wanted.credential in self.credentials else None,
            path=tuple(pair for pair in wanted.path if pair[0] in self.parameters),
            query=wanted.query if self.operation.safe else (),
            body=None if self.body is None else wanted.body,
            set=tuple(pair for pair in wanted.set if pair[0] in self.documented),
            without=tuple(pointer for pointer in wanted.without if pointer in self.members),
        )


def read_provoke(table: Entry, operations: Sequence[Operation], auth: Auth) -> list[Provoke | None]:
    """Return how an error is brought about at each of its operations; None where it cannot be."""
    entry = table.entry("provoke")
    if entry is None:
        return [None] * len(operations)
    wanted = Provoke(
        credential=entry.one_of("credential", ("wrong", "none")),
        path=entry.pairs("path"),
        query=entry.pairs("query"),
        body=entry.take("body", str),
        set=tuple((entry.take("set", dict) or {}).items()),
        without=entry.texts("without"),
    )
    entry.close()
    places = [place_of(operation, auth, deep=bool(wanted.set or wanted.without)) for operation in operations]
    fits = [place.fit(wanted) for place in places]
    check_ways(entry, wanted, fits)
    check_apart(entry, [*dict(wanted.set), *wanted.without])
    check_names(entry, "path", dict(wanted.path), [place.parameters for place in places])
    check_names(entry, "set", dict(wanted.set), [place.documented for place in places])
    check_names(entry, "without", wanted.without, [place.members for place in places])
    check_values(entry, wanted, places)
    return [one_way(entry, fit, operation) for fit, operation in zip(fits, operations, strict=True)]


def place_of(operation: Operation, auth: Auth, *, deep: bool) -> Place:
    body = body_of(operation, auth)
    there = members(body) if deep else {}
    documented = members(operation.request_example) if deep else {}
    addable = {pointer: value for pointer, value in documented.items() if pointer.rpartition("/")[0] in ("", *there)}
    parameters = frozenset(match[1] for match in PARAMETER.finditer(operation.path))
    return Place(operation, credentials_of(operation, auth), parameters, body, there, addable | there)


def body_of(operation: Operation, auth: Auth) -> object | None:
    """Return the body that a request of an operation has: the example, or what a token is asked for with."""
    return auth.token_body if operation.id == auth.token_operation else operation.request_example


def credentials_of(operation: Operation, auth: Auth) -> tuple[str, ...]:
    """Return what can be done to an operation's credential; a token may be asked for with one inside the body."""
    if operation.authorization:
        return ("wrong", "none")
    asked = [auth.token_body, *(value for _, value in auth.token_headers)]
    held = operation.id == auth.token_operation and any(name in CREDENTIALS for name, _ in placeholders(asked))
    return ("wrong",) if held else ()


def members(body: object, pointer: str = "") -> dict[str, object]:
    """Return every member of a body by its JSON pointer."""
    found: dict[str, object] = {}
    if isinstance(body, Mapping):
        for name, value in body.items():
            here = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            found |= {here: value, **members(value, here)}
    elif isinstance(body, list):
        for number, item in enumerate(body):
            found |= members(item, f"{pointer}/{number}")
    return found


def check_ways(entry: Entry, wanted: Provoke, fits: Sequence[Provoke]) -> None:
    """Refuse a table that says nothing, and a way that fits none of the operations."""
    if wanted == Provoke():
        entry.wrong(f"is empty; one of: {', '.join(WAYS)}")
    for way, need in NEEDS.items():
        if way in ways_of(wanted) and not any(way in ways_of(fit) for fit in fits):
            entry.wrong(f"{way} fits none of the error's operations; one with {need} is needed")


def check_names(entry: Entry, way: str, names: Iterable[str], known: Iterable[Iterable[str]]) -> None:
    """Refuse a name that none of the operations has."""
    allowed = list(dict.fromkeys(name for each in known for name in each))
    for name in names:
        if name not in allowed:
            close = nearest(name, allowed) or sorted(allowed) or ["none"]
            entry.wrong(f"{way}: {name!r} is in none of the error's operations; allowed: {', '.join(close)}")


def check_apart(entry: Entry, pointers: Sequence[str]) -> None:
    """Refuse a member inside another one."""
    for pointer in pointers:
        inside = [other for other in pointers if other.startswith(f"{pointer}/")]
        if inside:
            entry.wrong(f"{inside[0]!r} is inside {pointer!r}; name one of them")


def check_values(entry: Entry, wanted: Provoke, places: Sequence[Place]) -> None:
    """Refuse to set what is no JSON, or what is there already."""
    for pointer, value in wanted.set:
        if as_json(value) is None:
            entry.wrong(f"set: {pointer!r} must be a JSON value, not {value!r}")
        if any(pointer in place.members and as_json(place.members[pointer]) == as_json(value) for place in places):
            entry.wrong(f"set: {pointer!r} is {value!r} in the example already")


def as_json(value: object) -> str | None:
    """Write a value as JSON; None where it is none."""
    try:
        return json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return None


def ways_of(provoke: Provoke) -> list[str]:
    return [way for way in WAYS if getattr(provoke, way) not in (None, ())]


def one_way(entry: Entry, fit: Provoke, operation: Operation) -> Provoke | None:
    """Return what fits an operation, None where nothing does; refuse two ways."""
    ways = ways_of(fit)
    if len(ways) > 1:
        entry.wrong(f"{' and '.join(ways)} both fit {operation.id}; only one thing may be wrong in a request")
    return fit if ways else None
