"""A test's call phase: in virtual time, and reported as a linter's finding."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["calling", "tidy", "virtually"]


def calling(item: pytest.Function) -> AbstractContextManager[object]:
    """Run the block, which calls a test function, as its fixtures want it: in virtual time, or for each example."""
    if "openbanking_malformed" in item.fixturenames:
        from pytest_openbanking.malformed.examples import running

        return running(item)
    from pytest_openbanking.marks import sandbox_of

    return virtually(sandbox_of(item))


def virtually(sandbox: Sandbox | None) -> AbstractContextManager[object]:
    """Run the block in the sandbox's virtual time; its exchange begins here."""
    if sandbox is None or not sandbox.virtual:
        return nullcontext()
    return sandbox.clock.running()


def tidy(report: pytest.TestReport, raised: pytest.ExceptionInfo[BaseException]) -> None:
    """Show what we found, and none of our own frames."""
    shown = raised.getrepr(style="value")
    crash = getattr(shown, "reprcrash", None)
    if crash is not None:
        crash.message = str(raised.value)
    report.longrepr = shown
