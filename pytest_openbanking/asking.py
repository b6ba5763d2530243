"""The request that an operation wants, as data; and the one that brings an error about."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.catalogue.model import Provoke
from pytest_openbanking.catalogue.provoking import body_of
from pytest_openbanking.catalogue.routing import PARAMETER
from pytest_openbanking.catalogue.templates import fill, fill_text
from pytest_openbanking.exchange import Headers, Request
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pytest_openbanking.catalogue.model import Auth, Operation, Provider

__all__ = ["Credentials", "ask", "check_parameters", "missing", "path_of"]

CONSENT = "7d0f6a52-3c1e-4b8d-9a47-5e2c81b0f369"
WRONG = "wrongAAA"  # is sound base64, as the end of a JWT's signature has to be
NONE: Mapping[str, str] = MappingProxyType({})
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, repr=False)
class Credentials:
    """What a caller of a provider holds."""

    access_token: str = ""
    refresh_token: str = ""
    api_key: str = ""
    api_secret: str = ""


def ask(
    provider: Provider,
    operation: Operation,
    *,
    base_of: Callable[[str], str] | None = None,
    credentials: Credentials | None = None,
    parameters: Mapping[str, str] = NONE,
    provoke: Provoke | None = None,
) -> Request:
    """Return the request that an operation wants, with its example as the body; or one that provokes an error.

    `base_of` says where an operation's `base` is served; by default there. `credentials` are the sandbox's by default.
    `parameters` are path parameters, and the consent under its header's name; `missing` tells which are not given.
    """
    provoke = provoke or Provoke()
    credentials = wrong(provider.auth) if provoke.credential == "wrong" else credentials or held(provider.auth)
    base = base_of(operation.base) if base_of else operation.base
    url = base + path_of(operation, {**parameters, **dict(provoke.path)})
    headers, body = content(provider.auth, operation, credentials, provoke)
    headers = [*accepted(), *headers, *others(headers_of(operation, credentials, parameters), headers)]
    if provoke.credential == "none":
        headers = [(name, value) for name, value in headers if name.lower() != "authorization"]
    query = f"?{urlencode(provoke.query)}" if provoke.query else ""
    return Request(operation.method, url + query, Headers(headers), body)


def missing(operation: Operation, parameters: Mapping[str, str], provoke: Provoke | None = None) -> tuple[str, ...]:
    """Return the parameters for which `ask` makes a value up: in the path, and the consent."""
    given = {*parameters, *dict(provoke.path if provoke else ())}
    names = [match[1] for match in PARAMETER.finditer(operation.path)]
    if operation.consent_header:
        names.append(operation.consent_header)
    return tuple(name for name in names if name not in given)


def check_parameters(provider: Provider, parameters: Mapping[str, str]) -> None:
    """Refuse a name that no operation has, in its path or as its consent header, and what no header can carry."""
    paths = [match[1] for operation in provider.operations for match in PARAMETER.finditer(operation.path)]
    headers = [operation.consent_header for operation in provider.operations if operation.consent_header]
    known = dict.fromkeys([*paths, *headers])
    for name, value in parameters.items():
        if name not in known:
            close = nearest(name, known) or list(known) or ["none"]
            raise UsageError(f"--param: {provider.name} has no parameter {name!r}; nearest: {', '.join(close)}")
        if any("\ud800" <= sign <= "\udfff" for sign in value):  # bytes of the command line that are no UTF-8
            raise UsageError(f"--param {name} is no UTF-8")
        if name in headers and not (value.isascii() and value.isprintable()):
            raise UsageError(f"--param {name} holds a character that is no visible ASCII, which no header can carry")


def path_of(operation: Operation, parameters: Mapping[str, str] = NONE) -> str:
    """Fill an operation's path; a parameter that is not given is 42 where it is an id, else its own name."""

    def value(name: str) -> str:
        return parameters.get(name, "42" if name.lower().endswith("id") else name)

    return PARAMETER.sub(lambda match: quote(value(match[1]), safe=""), operation.path)


def held(auth: Auth) -> Credentials:
    return Credentials(auth.access_token, auth.refresh_token, auth.api_key, auth.api_secret)


def wrong(auth: Auth) -> Credentials:
    """Make credentials that nobody has, of the provider's form; never of the ones in use, which they would give away."""
    return Credentials(**{name: value[: -len(WRONG)] + WRONG for name, value in asdict(held(auth)).items()})


def accepted() -> Pairs:
    return [("Accept", "application/json"), ("Accept-Encoding", "identity")]


def headers_of(
    operation: Operation, credentials: Credentials, parameters: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the headers that an operation documents, but for those of its body."""
    if operation.authorization:
        token = credentials.api_key if operation.authorization == "key" else credentials.access_token
        yield "Authorization", f"Bearer {token}"
    if operation.idempotency_key:
        yield operation.idempotency_key, str(uuid.uuid4())
    if operation.consent_header:
        yield operation.consent_header, parameters.get(operation.consent_header, CONSENT)


def others(pairs: Iterator[tuple[str, str]], there: Pairs) -> Pairs:
    names = {name.lower() for name, _ in there}
    return [(name, value) for name, value in pairs if name.lower() not in names]


def content(auth: Auth, operation: Operation, credentials: Credentials, provoke: Provoke) -> tuple[Pairs, bytes]:
    """Return the body, and the headers that come with it: with a token request, all that the provider documents for it."""
    body, headers = body_of(operation, auth), []
    if body is None:
        return [], b""
    type = operation.content_type or "application/json"
    if operation.id == auth.token_operation:
        values = {**asdict(credentials), "now": time.time(), "uuid": str(uuid.uuid4()), "hex": uuid.uuid4().hex}
        type, body = auth.token_content_type, fill(body, values)
        headers = [(name, fill_text(value, values)) for name, value in auth.token_headers]
    text = encode(changed(body, provoke), type) if provoke.body is None else provoke.body
    return [("Content-Type", type), *headers], text.encode()


def encode(body: object, type: str) -> str:
    if type == "application/x-www-form-urlencoded" and isinstance(body, dict):
        return urlencode(body)
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def changed(body: object, provoke: Provoke) -> object:
    """Return a body with members set, or left out."""
    if not provoke.set and not provoke.without:
        return body
    body = json.loads(json.dumps(body))
    for pointer, value in provoke.set:
        parent, name = member(body, pointer)
        parent[name] = value
    for pointer in provoke.without:
        parent, name = member(body, pointer)
        del parent[name]
    return body


def member(body: object, pointer: str) -> tuple[dict[str, object], str]:
    """Return the object that a pointer's member is in, and its name."""
    *steps, name = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    for step in steps:
        body = body[int(step)] if isinstance(body, list) else body[step]  # type: ignore[index]
    assert isinstance(body, dict)
    return body, name
