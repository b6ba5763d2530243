"""Interactions as vcrpy records them, and where a secret can still be read in one."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
from copy import deepcopy
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from pytest_openbanking.cassettes.scrubbing import Scrubber

URI = "https://api.bank.example/v1/accounts"


def recorded(
    *,
    uri: str = URI,
    sent: str | bytes | None = None,
    sent_headers: dict[str, Any] | None = None,
    body: str | bytes = "",
    headers: dict[str, Any] | None = None,
) -> dict[str, Any]:
    def listed(some: dict[str, Any] | None) -> dict[str, list[Any]]:
        return {name: value if isinstance(value, list) else [value] for name, value in (some or {}).items()}

    return {
        "request": {"method": "POST", "uri": uri, "body": sent, "headers": listed(sent_headers)},
        "response": {
            "status": {"code": 200, "message": "OK"},
            "headers": listed(headers),
            "body": {"string": body},
        },
    }


def scrub(*interactions: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    """Scrub once; a second time, by another scrubber too, must change nothing, and the input stays as it was."""
    before = deepcopy(list(interactions))
    scrubber = Scrubber(**options)
    scrubbed = scrubber.scrub(list(interactions))
    assert list(interactions) == before
    assert scrubber.scrub(scrubbed) == scrubbed
    assert Scrubber(**options).scrub(scrubbed) == scrubbed
    return scrubbed  # type: ignore[return-value]


def scrub_body(body: Any, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return scrub(recorded(body=body, headers=named))[0]["response"]["body"]["string"]


def as_text(value: Any) -> str:
    """Return everything that is written of a value, one text after the other."""
    if isinstance(value, dict):
        return "\n".join(as_text(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return "\n".join(as_text(part) for part in value)
    if isinstance(value, bytes) and value.startswith(b"\x1f\x8b"):
        return gzip.decompress(value).decode("latin-1")
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def readable(secret: str, value: Any) -> bool:
    """Tell whether a secret can be read in a value, in any encoding."""
    text = as_text(value)
    views = {
        text,
        unquote_plus(text),
        html.unescape(text),
        text.replace("\\/", "/"),
        unescaped(text),
        unescaped(unescaped(text)),
        text.replace("\0", ""),
        unfolded(text),
        unfolded(unfolded(text)),
    }
    ways = {
        secret.encode().hex(),
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps(secret)[1:-1],
    } | base64_cores(secret)
    return any(way in view for way in ways for view in views)


def unescaped(text: str) -> str:
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape", "replace")


def unfolded(text: str) -> str:
    """Return a text with its base64 decoded."""
    return re.sub(r"[A-Za-z0-9+_-]{12,}={0,2}", lambda match: decoded(match[0]), text)


def decoded(token: str) -> str:
    bare = token.rstrip("=")
    return (
        base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_").decode("latin-1")
        if len(bare) % 4 != 1
        else token
    )


def base64_cores(secret: str) -> set[str]:
    if len(secret) < 8:
        return set()
    found = set()
    for before in range(3):
        whole = base64.b64encode(b"x" * before + secret.encode()).decode().rstrip("=")
        found.add(whole[4 if before else 0 : -2])
    return found


def gzipped(text: str) -> bytes:
    return gzip.compress(text.encode(), mtime=0)
