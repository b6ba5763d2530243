"""Checks as plain values that a test's report carries: between processes, and through other plugins' hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_openbanking.coverage.checks import Check, ErrorKey, Found, Kind, Raised, Result, Step

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["packed", "unpacked"]

PARTS = {"findings": Found, "steps": Step, "raised": Raised}


def packed(check: Check) -> dict[str, object]:
    """Return a check as dicts, lists, text and numbers."""
    plain = dict(vars(check))
    plain |= {"error": dict(vars(check.error)), "kind": check.kind.value, "result": check.result.value}
    plain |= {name: [dict(vars(part)) for part in plain[name]] for name in PARTS}
    return plain


def unpacked(plain: Mapping[str, Any]) -> Check:
    """Return the check that was packed."""
    parts = {name: tuple(kind(**part) for part in plain[name]) for name, kind in PARTS.items()}
    whole = {"error": ErrorKey(**plain["error"]), "kind": Kind(plain["kind"]), "result": Result(plain["result"])}
    return Check(**{**plain, **whole, **parts})
