"""A test's call phase: in virtual time, and reported as a linter's finding."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["calling", "checking", "tidy", "virtually"]


def checking(item: pytest.Function) -> AbstractContextManager[object]:
    """Run the block, in which Hypothesis' own plugin looks at a test, so that it finds nothing wrong with our fixtures."""
    if "openbanking_malformed" in item.fixturenames:
        from pytest_openbanking.malformed.examples import undecorated

        return undecorated(item)
    if is_given(item):
        from pytest_openbanking.given import unchecked

        return unchecked(item)
    return nullcontext()


@contextmanager
def calling(item: pytest.Function) -> Iterator[None]:
    """Run the block, which calls a test function, as its fixtures want it: in virtual time, or for each example."""
    if "openbanking_malformed" in item.fixturenames:
        from pytest_openbanking.malformed.examples import running

        with running(item):
            yield
        return
    from pytest_openbanking.marks import sandbox_of

    sandbox = sandbox_of(item)
    with virtually(sandbox):
        if sandbox is None or not is_given(item):
            yield
            return
        from pytest_openbanking.given import freshly, steadily, told

        with steadily(), told(), freshly(item, sandbox):
            yield


def is_given(item: pytest.Function) -> bool:
    """Tell whether a test is one of Hypothesis' @given."""
    return bool(getattr(item.obj, "is_hypothesis_test", False))


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
