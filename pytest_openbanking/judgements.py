"""What the `handled()` blocks of a test have shown, until the hook that reports the test takes it; nothing outside pytest."""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_openbanking.catalogue.model import DocumentedError
    from pytest_openbanking.exchange import Exchange, Outcome
    from pytest_openbanking.rules.rule import Finding
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["Judgement", "Verdict", "note", "noted", "take"]

CALL = " (call)"  # how PYTEST_CURRENT_TEST ends while a test function runs


class Verdict(IntEnum):
    """How one block ended; of several on the same error, the highest counts."""

    SILENT = 0  # interrupted, skipped, or the error was never delivered
    SOUND = 1
    BROKEN = 2  # left by an assertion of the test's own
    MISHANDLED = 3


@dataclass(frozen=True, eq=False, slots=True)
class Judgement:
    """One block: kept as it was, and made into text only for what is reported. `outcome` is None where nothing was judged."""

    verdict: Verdict
    case: ErrorCase
    error: DocumentedError
    exchange: Exchange
    outcome: Outcome | None
    findings: Sequence[Finding]


Key = tuple[object, ...]
noted: dict[str, dict[Key, Judgement]] = {}  # by what PYTEST_CURRENT_TEST said


def note(
    case: ErrorCase,
    error: DocumentedError,
    exchange: Exchange,
    outcome: Outcome | None = None,
    findings: Sequence[Finding] = (),
    *,
    broken: bool = False,
) -> None:
    """Keep a block that has ended; of several on the same error and site, the worst, then the latest."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "")
    if not test.endswith(CALL):
        return
    verdict = verdict_of(exchange, outcome, findings, broken)
    kept = noted.setdefault(test, {})
    site = getattr(case, "site", None)
    key = (error.provider, error.key if site is None else error.operation.id, case.persistence, site)
    before = kept.get(key)
    if before is None or before.verdict <= verdict:
        kept[key] = Judgement(verdict, case, error, exchange, outcome, findings)


def verdict_of(exchange: Exchange, outcome: Outcome | None, findings: Sequence[Finding], broken: bool) -> Verdict:
    if findings:
        return Verdict.MISHANDLED
    if outcome is None:
        return Verdict.BROKEN if broken else Verdict.SILENT
    return Verdict.SOUND if any(call.error is not None for call in exchange) else Verdict.SILENT


def take() -> list[Judgement]:
    """Return what was noted of the test that runs, and forget it."""
    return list(noted.pop(os.environ.get("PYTEST_CURRENT_TEST", ""), {}).values())
