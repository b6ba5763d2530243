"""Entering and leaving virtual time."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import timeit

import pytest

from pytest_openbanking import clock
from pytest_openbanking.clock.redirect import Redirection, twin

RAW = time.CLOCK_MONOTONIC


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, GeneratorExit])
def test_real_time_comes_back_after_any_exception(error, exchange):
    """However an exchange ends, time is real afterwards."""
    with pytest.raises(error), exchange():  # noqa: PT012
        time.sleep(100)
        raise error
    assert abs(time.monotonic() - time.clock_gettime(RAW)) < 1


def test_nested_exchanges_share_the_time_line(exchange):
    """An exchange inside another goes on with its time, and real time is back after the outer one."""
    with exchange():
        began = clock.now()
        with exchange():
            time.sleep(10)
        time.sleep(5)
        assert clock.now() - began == pytest.approx(15)


def test_exchanges_may_end_in_any_order(exchange):
    """The first of two overlapping exchanges may be the first to end."""
    first, second = exchange(), exchange()
    with first:
        inner = second.__enter__()
        assert inner is not None
        time.sleep(1)
    try:
        began = clock.now()
        time.sleep(60)
        assert clock.now() - began == pytest.approx(60)
    finally:
        second.__exit__(None, None, None)


def test_a_wall_clock_that_refuses_leaves_time_real(monkeypatch, exchange):
    """Where time-machine refuses to start, as under freezegun, nothing is left half virtual."""
    import time_machine

    def refuse(self):
        raise RuntimeError("freezegun is active")

    with monkeypatch.context() as patched:
        patched.setattr(time_machine.travel, "start", refuse)
        with pytest.raises(RuntimeError, match="freezegun"), exchange():
            pass
        assert clock.now() == pytest.approx(time.clock_gettime(RAW), abs=1)
    with exchange():
        began = clock.now()
        time.sleep(9)
        assert clock.now() - began == pytest.approx(9)


def test_entering_twice_is_refused_and_leaving_twice_does_nothing(scope):
    """One scope is one exchange."""
    with pytest.raises(RuntimeError, match="already"):
        clock.enter(scope)
    clock.leave(scope)
    clock.leave(scope)
    assert abs(time.monotonic() - time.clock_gettime(RAW)) < 1


def test_exchanges_of_two_threads_wait_for_each_other(exchange):
    """Two threads with an exchange each move one time line together."""
    ready, ends = threading.Barrier(2), []

    def one(seconds):
        with exchange():
            began = clock.now()
            ready.wait()
            for _ in range(3):
                time.sleep(seconds)
            ends.append(clock.now() - began)
            ready.wait()

    threads = [threading.Thread(target=one, args=(length,)) for length in (10, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(ends) >= 60
    assert max(ends) <= 90


def test_it_costs_little(exchange):
    """Entering and leaving stays far below the cost of a request."""

    class Scope:
        answers, closed = 0, False

    scope = Scope()

    def once():
        clock.enter(scope)
        clock.leave(scope)

    once()
    assert min(timeit.repeat(once, number=200, repeat=5)) / 200 < 500e-6


def test_a_redirected_built_in_keeps_its_reference_counts():
    """Redirecting ten thousand times leaks nothing and leaves the function as it was."""
    own = twin(time.monotonic)
    target = lambda: 7.0  # noqa: E731
    switch = Redirection(own, target)
    before = sys.getrefcount(target), sys.getrefcount(time), sys.getrefcount(own)
    for _ in range(10_000):
        switch.on()
        assert own() == 7.0
        switch.off()
        assert own() > 7.0 or own() < 7.0
    assert (sys.getrefcount(target), sys.getrefcount(time), sys.getrefcount(own)) == before


def test_what_is_no_built_in_function_cannot_be_redirected():
    """Redirection refuses what it does not know the layout of."""
    with pytest.raises(TypeError):
        Redirection(len.__class__, lambda: None)
    with pytest.raises(TypeError, match="calling convention"):
        Redirection(twin(time.strftime), lambda: None)


FALLBACK = """
import time, warnings
from time import sleep as bound
from pytest_openbanking import clock
from pytest_openbanking.clock import redirect
redirect._works = lambda: False
class Scope: answers, closed = 0, False
scope = Scope()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for _ in range(2):
        with clock.virtual_time(scope):
            began = clock.now()
            time.sleep(30)
            assert abs(clock.now() - began - 30) < 1e-6
assert [w.category for w in caught] == [RuntimeWarning], caught
assert "from time import sleep" in str(caught[0].message)
assert time.sleep is bound
print("fine")
"""


def test_without_redirection_it_falls_back_and_says_so_once():
    """On an interpreter of another layout the attributes of `time` are replaced, with one warning."""
    done = subprocess.run([sys.executable, "-c", FALLBACK], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("fine", "")


def test_importing_it_loads_neither_asyncio_nor_time_machine():
    """What is not needed until the first exchange is not imported before."""
    code = (
        "import sys, pytest_openbanking.jobs, pytest_openbanking.clock as c; "
        "print(*sorted({'asyncio', 'time_machine', 'ssl'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.stdout.strip(), done.stderr) == ("", "")
