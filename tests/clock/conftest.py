"""A scope that needs no sandbox, and a check that time is real again after every test."""

from __future__ import annotations

import datetime
import time
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking import clock
from pytest_openbanking.scope import current_scope, open_scopes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RAW = time.CLOCK_MONOTONIC


class FakeScope:
    """What the clock and the jobs need of a sandbox."""

    def __init__(self) -> None:
        self.answers = 0
        self.closed = False

    def refuse(self, method: str, url: str) -> str:
        return f"{method} {url} came too late"


@contextmanager
def exchange() -> Iterator[FakeScope]:
    scope = FakeScope()
    open_scopes.append(scope)
    before = current_scope.get()
    current_scope.set(scope)
    try:
        with clock.virtual_time(scope):
            yield scope
    finally:
        scope.closed = True
        if current_scope.get() is scope:  # exchanges may end in any order
            current_scope.set(None if before is None or before.closed else before)
        open_scopes.remove(scope)


@pytest.fixture(name="exchange")
def _exchange() -> Callable[[], AbstractContextManager[FakeScope]]:
    return exchange


@pytest.fixture
def scope() -> Iterator[FakeScope]:
    with exchange() as one:
        yield one


@pytest.fixture
def elapsed(scope: FakeScope) -> Callable[[], float]:
    began = clock.now()
    return lambda: clock.now() - began


@pytest.fixture(autouse=True)
def _real_time_comes_back() -> Iterator[None]:
    offset = time.time() - time.clock_gettime(RAW)
    yield
    assert abs(time.monotonic() - time.clock_gettime(RAW)) < 1
    assert abs(time.perf_counter() - time.clock_gettime(RAW)) < 1
    assert abs(time.time() - time.clock_gettime(RAW) - offset) < 5
    assert abs(datetime.datetime.now().timestamp() - time.time()) < 1
    assert current_scope.get() is None
    assert open_scopes == []
    began = time.clock_gettime(RAW)
    time.sleep(0.001)
    assert time.clock_gettime(RAW) - began >= 0.001
