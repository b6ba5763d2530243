"""Cassettes made by hand, as the tests of several places want them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_openbanking.cassettes.writing import cassette_text, write_whole

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["interaction", "recording"]

PAYSERA = "https://open-banking-api.paysera.com/xs2a/berlin/1.3"


def interaction(
    status: int = 200,
    body: str = "{}",
    *,
    method: str = "GET",
    path: str = "/v1/accounts",
    base: str = PAYSERA,
    headers: dict[str, str] | None = None,
    sent: str | None = None,
) -> dict[str, Any]:
    """Return one interaction in vcrpy's form."""
    return {
        "request": {"method": method, "uri": base + path, "body": sent, "headers": {"Accept": ["*/*"]}},
        "response": {
            "status": {"code": status, "message": ""},
            "headers": {name: [value] for name, value in (headers or {"Content-Type": "application/json"}).items()},
            "body": {"string": body},
        },
    }


def recording(path: Path, *interactions: dict[str, Any], **metadata: Any) -> Path:
    """Write a cassette; what it says of itself is that the provider recorded it."""
    about = {"provenance": "recorded", **metadata}
    write_whole(path, cassette_text({"x-openbanking": about, "version": 1, "interactions": list(interactions)}))
    return path
