"""The `with case.handled():` block: deliver the error, let the client run, judge what it did."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from pytest_openbanking.exchange import Exchange, Outcome
from pytest_openbanking.findings import Mishandled, judge
from pytest_openbanking.judgements import note
from pytest_openbanking.records import LogRecords
from pytest_openbanking.sandboxes.sandbox import RunawayClient
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from pytest_openbanking.rules.rule import Finding
    from pytest_openbanking.sandboxes.cases import ErrorCase, Raises, Returns

SWALLOWED = "OB401"

__all__ = ["Handled"]


class Handled:
    """One check. Every BaseException that is no Exception, and AssertionError, pass through."""

    def __init__(self, case: ErrorCase, raises: Raises, returns: Returns) -> None:
        self.case = case
        self.promised = as_types(raises) or case.sandbox.raises
        self.returns = returns
        self.logs = LogRecords(case.sandbox)
        self.started = False  # whether virtual time is this block's

    def __enter__(self) -> Self:
        case, sandbox = self.case, self.case.sandbox
        case.entered = True
        case.reset()
        self.started = sandbox.clock.start()
        sandbox.begin_exchange()
        sandbox.most_calls = case.most_calls
        case.arm()
        self.logs.attach()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, raised: BaseException | None, where: TracebackType | None
    ) -> bool:
        __tracebackhide__ = True
        error = self.case.error  # of several that were armed, the one that was delivered: known until it is disarmed
        exchange = self._end()
        runaway = isinstance(raised, RunawayClient) or exchange.stopped
        if raised is not None and not runaway and passes(raised):
            note(self.case, error, exchange, broken=fails(raised))
            return False
        outcome = self._outcome(raised, runaway)
        ignored: set[str] = set()
        findings = self._judge(exchange, outcome, ignored)
        # An error that was swallowed is not handled, whether or not the team wants to be told.
        note(self.case, error, exchange, None if SWALLOWED in ignored else outcome, findings)
        if findings:
            raise Mishandled(self.case, findings, exchange) from None
        return True

    def _end(self) -> Exchange:
        sandbox = self.case.sandbox
        exchange = sandbox.exchange
        self.logs.detach()
        exchange.ended_at = sandbox.clock.monotonic() - exchange.monotonic
        sandbox.most_calls = None
        if self.started:
            sandbox.clock.stop()
        sandbox.disarm()
        return exchange

    def _outcome(self, raised: BaseException | None, runaway: bool) -> Outcome:
        exceptions = tuple(leaves(raised)) if raised is not None and not runaway else ()
        accepted, fallback = self._accepts() if not exceptions else (False, False)
        return Outcome(
            exceptions=exceptions,
            result=self.case.result,
            has_result=self.case.has_result,
            accepted=accepted,
            fallback=fallback,
            promised=self.promised,
            logs=tuple(self.logs.texts),
            stopped=runaway,
        )

    def _accepts(self) -> tuple[bool, bool]:
        """Tell whether the result is an accepted error value, and whether it is an accepted fallback."""
        returns, result = self.returns, self.case.result
        if returns is None or not self.case.has_result:
            return False, False
        if isinstance(returns, type | tuple):
            return isinstance(result, returns), False
        return False, bool(returns(result))

    def _judge(self, exchange: Exchange, outcome: Outcome, ignored: set[str]) -> list[Finding]:
        sandbox = self.case.sandbox
        settings = sandbox.settings
        ignore = (*settings.ignore, *settings.of(sandbox.provider.name).ignore, *sandbox.ignore)
        select = settings.select
        findings = judge(self.case, exchange, outcome, sandbox.rules, select=select, ignore=ignore, ignored=ignored)
        sandbox.forget_undocumented()
        refuse_unseen_waits(findings)
        return findings


def as_types(raises: Raises) -> tuple[type[BaseException], ...]:
    return raises if isinstance(raises, tuple) else () if raises is None else (raises,)


def passes(raised: BaseException) -> bool:
    """Tell whether an exception is none of the client's: it is let through."""
    return not isinstance(raised, Exception) or any(isinstance(leaf, AssertionError) for leaf in leaves(raised))


def fails(raised: BaseException) -> bool:
    """Tell whether what is let through fails the test: an assertion, or pytest.fail()."""
    return isinstance(raised, Exception) or type(raised).__name__ == "Failed"


def leaves(raised: BaseException) -> list[BaseException]:
    if isinstance(raised, BaseExceptionGroup):
        return [leaf for inner in raised.exceptions for leaf in leaves(inner)]
    return [raised]


def refuse_unseen_waits(findings: Sequence[Finding]) -> None:
    """Blame no client for not waiting where a patch of the test's has swallowed its waits."""
    patched = [f"{module}.sleep" for module, home in SLEEPS.items() if is_patched(module, home)]
    if patched and any(finding.code in ("OB104", "OB105") for finding in findings):
        raise UsageError(
            f"{' and '.join(patched)} is patched, so what the client waits cannot be seen: "
            "take the patch off in this test; time is virtual here, and nothing really waits"
        )


SLEEPS = {"time": ("time", "pytest_openbanking.clock"), "asyncio": ("asyncio.tasks",)}


def is_patched(module: str, homes: tuple[str, ...]) -> bool:
    sleep = getattr(sys.modules.get(module), "sleep", None)
    return sleep is not None and not str(getattr(sleep, "__module__", "")).startswith(homes)
