"""The credentials that a sandbox hands out."""

from __future__ import annotations

import base64
import itertools
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_openbanking.catalogue.model import Auth
    from pytest_openbanking.exchange import Headers

__all__ = ["Tokens", "bearer"]

# One count for the whole process: a client that outlives a test must never be issued a token that it holds already.
numbers = itertools.count(1)


def bearer(headers: Headers) -> str | None:
    """Return the credential of an Authorization header, without its scheme, if it has one."""
    value = headers.get("Authorization")
    if not value:
        return None
    scheme, _, token = value.strip().partition(" ")
    return token.strip() or scheme


def encoded(part: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).rstrip(b"=").decode()


class Tokens:
    """Issues tokens, and remembers which."""

    def __init__(self, auth: Auth) -> None:
        self.auth = auth
        self.issued: list[str] = []
        self.issued_at: dict[str, float] = {}  # Unix time, by token
        self.issued_refresh: list[str] = []

    def issue(self, now: float) -> str:
        """Issue an access token at Unix time `now`; a JWT's `exp` is its documented lifetime later."""
        number = next(numbers)
        token = self.jwt(number, now) if self.auth.token_form == "jwt" else f"issued-access-token-{number:06d}"
        self.issued.append(self.auth.token_prefix + token)
        self.issued_at[self.issued[-1]] = now
        return self.issued[-1]

    def jwt(self, number: int, now: float) -> str:
        header = self.auth.access_token.partition(".")[0]
        claims = {"jti": f"issued-{number:06d}", "iat": int(now), "exp": int(now) + (self.auth.token_lifetime or 3600)}
        return f"{header}.{encoded(claims)}.{encoded({'sandbox': number})}"

    def issue_refresh(self) -> str:
        self.issued_refresh.append(f"{self.auth.refresh_token_prefix}issued-refresh-token-{next(numbers):06d}")
        return self.issued_refresh[-1]

    def secrets(self) -> tuple[str, ...]:
        """Every credential that a client can hold; a key that stands in for an OAuth client's id is none (RFC 6749, 2.2)."""
        auth = self.auth
        key = auth.api_key if auth.token_body.get("client_id") != "${api_key}" else None
        basic = base64.b64encode(f"{auth.api_key}:{auth.api_secret}".encode()).decode()
        given = (auth.access_token, auth.refresh_token, key, auth.api_secret, basic)
        return tuple(filter(None, (*given, *self.issued, *self.issued_refresh)))
