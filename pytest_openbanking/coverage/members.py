"""The members of a stored report as the values that they stand for."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_openbanking.coverage.checks import Check, ErrorKey, Found, Kind, Raised, Result, Step
from pytest_openbanking.coverage.report import Entry, Remedy, Source, Waiver

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check_from", "entry_from", "moment", "with_moments"]

Kept = TypeVar("Kept", Remedy, Source, Waiver, Found, Raised, Step)

MOMENTS = ("at", "answered_at", "wait_until")


def with_moments(values: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: moment(values[name]) for name in MOMENTS if name in values}
    return {**values, **changed, "at": changed["at"] or 0.0}


def moment(seconds: float | None) -> float | None:
    """Return seconds that JSON can hold; None for what no clock ever reaches."""
    try:
        return None if seconds is None or not math.isfinite(seconds) else float(seconds) + 0.0
    except OverflowError:  # a whole number that is too large
        return None


def key_from(one: Mapping[str, Any]) -> ErrorKey:
    status = one["status"]
    return ErrorKey(one["provider"], one["operation"], None if status is None else int(status), one["code"])


def entry_from(one: Mapping[str, Any]) -> Entry:
    return Entry(
        key_from(one),
        message=one["message"],
        cause=one["cause"],
        remedies=tuple(picked(Remedy, remedy) for remedy in one["remedies"]),
        source=picked(Source, one["source"]),
        persistences=tuple(one["persistences"]),
        assumed=one["assumed"],
        marker=one["marker"],
        waiver=picked(Waiver, one["waiver"]) if one["waiver"] else None,
    )


def check_from(one: Mapping[str, Any]) -> Check:
    return Check(
        key_from(one),
        Kind(one["kind"]),
        one["persistence"],
        one["test"],
        one["file"],
        int(one["line"]),
        Result(one["result"]),
        site=one["site"],
        findings=tuple(picked(Found, found) for found in one["findings"]),
        failure=one["failure"],
        tolerated=one["tolerated"],
        steps=tuple(step_from(step) for step in one["steps"]),
        ended_at=moment(one["ended_at"]),
        raised=tuple(picked(Raised, raised) for raised in one["raised"]),
        returned=one["returned"],
    )


def step_from(one: Mapping[str, Any]) -> Step:
    status = one["status"]
    return picked(Step, with_moments({**one, "status": None if status is None else int(status)}))


def picked(kind: type[Kept], values: Mapping[str, Any]) -> Kept:
    """Build a dataclass of the members that it knows: a later version may have brought more."""
    return kind(**{each.name: values[each.name] for each in fields(kind)})
