"""Authorization values: the scheme stays, what follows it does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.scrubbing.edits import Edit
from pytest_openbanking.cassettes.scrubbing.listing import listed
from pytest_openbanking.cassettes.scrubbing.stand_ins import basic_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.scrubbing.search import Search

__all__ = ["SCHEMED", "authorization"]

SCHEMED = re.compile(
    r"(?:bearer|basic|mac|digest|signature|hawk|dpop|oauth|token|apikey|aws4-[a-z0-9-]+)\s+\S", re.IGNORECASE
)
PARTS = re.compile(r"([A-Za-z][A-Za-z0-9_-]*)(\s+)(\S.*)", re.DOTALL)
PARAMETERS = re.compile(r'[A-Za-z_]\w*\s*=\s*(?:"|[^\s=,"])')
PARAMETER = re.compile(r'(?<![\w-])([A-Za-z_][\w-]*+)\s*=\s*(?:"([^"]*+)"?|([^\s,"]++))')
OPAQUE_SCHEMES = frozenset({"bearer", "basic", "dpop", "apikey"})
PLAIN = listed(
    "realm algorithm headers qop uri ts nc created expires version signedheaders oauth_version oauth_timestamp"
    " oauth_signature_method charset userhash"
)
SIGNATURES = frozenset({"mac", "signature", "response", "oauth_signature"})


def authorization(value: str, search: Search) -> list[Edit]:
    parts = PARTS.fullmatch(value)
    if parts is None:
        return [Edit(0, len(value), search.secret("token", value))]
    scheme = parts[1].lower()
    if scheme not in OPAQUE_SCHEMES and PARAMETERS.match(parts[3]):
        return list(parameters(value, parts.start(3), search))
    new = basic(parts[3], search) if scheme == "basic" else search.secret("token", parts[3])
    return [Edit(*parts.span(3), new)]


def basic(value: str, search: Search) -> str:
    new = search.stand_ins.basic(value)
    if new != value:
        search.learnt("token", value, new)
        _, _, password = basic_text(value).partition(":")
        if password:
            search.secret("password", password)
    return new


def parameters(value: str, start: int, search: Search) -> Iterator[Edit]:
    for match in PARAMETER.finditer(value, start):
        group = 2 if match[2] is not None else 3
        name, said = match[1].lower(), match[group]
        if said and name not in PLAIN:
            yield Edit(*match.span(group), search.secret("signature" if name in SIGNATURES else "token", said))
