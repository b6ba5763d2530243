"""What each provider's documentation tells a client to do, written down once more by hand."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["REMEDIES", "Remedies"]


@dataclass(frozen=True)
class Remedies:
    """The codes that a client reacts to; every other one is raised."""

    refresh: frozenset[str] = frozenset()
    wait: frozenset[str] = frozenset()
    backoff: frozenset[str] = frozenset()
    keyed: tuple[str, ...] = ()  # methods whose writes carry an Idempotency-Key
    consent: str | None = None  # the header that names the consent


REMEDIES = {
    "aarthik": Remedies(
        refresh=frozenset({"AUTH_INVALID_SESSION"}),
        backoff=frozenset({"RATE_LIMITED"}),
        keyed=("POST", "PUT"),
    ),
    "aelix": Remedies(
        refresh=frozenset({"TOKEN_EXPIRED", "TOKEN_INVALID"}),
        wait=frozenset({"RATE_LIMIT_EXCEEDED"}),
        backoff=frozenset({"INTERNAL_SERVER_ERROR", "SERVICE_UNAVAILABLE"}),
        keyed=("POST",),
    ),
    "aerosync": Remedies(),
    "paysera": Remedies(
        refresh=frozenset({"TOKEN_INVALID", "TOKEN_EXPIRED"}),
        wait=frozenset({"ACCESS_EXCEEDED", "SERVICE_UNAVAILABLE"}),
        backoff=frozenset({"REQUEST_TIMEOUT", "INTERNAL_SERVER_ERROR"}),
        consent="Consent-ID",
    ),
}
