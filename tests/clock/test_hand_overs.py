"""Handing work from thread to thread takes no virtual time, though others wait for their moment meanwhile."""

from __future__ import annotations

import asyncio
import concurrent.futures
import select
import threading
import time

import pytest

from pytest_openbanking import clock


@pytest.fixture
def ticking(scope):
    """Another member's next moment is always near: any gap in a hand-over would let time move to it."""
    stop = []

    def tick():
        while not stop:
            time.sleep(0.01)

    thread = threading.Thread(target=tick)
    thread.start()
    yield
    stop.append(True)
    thread.join()


def _work(*_):
    return sum(n * n for n in range(300))


def _fresh_pool():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return [pool.submit(_work) for _ in range(5)]


def _thread():
    thread = threading.Thread(target=_work)
    thread.start()
    thread.join(1000)


def _raw_lock():
    lock = threading.Lock()
    lock.acquire()
    thread = threading.Thread(target=lambda: (_work(), lock.release()))
    thread.start()
    with lock:
        thread.join()


def _ping_pong():
    there, back = threading.Event(), threading.Event()
    thread = threading.Thread(target=lambda: (there.wait(), _work(), back.set()))
    thread.start()
    there.set()
    back.wait()
    thread.join()


WAYS = {
    "a pool of its own": _fresh_pool,
    "a thread": _thread,
    "a raw lock": _raw_lock,
    "two events": _ping_pong,
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS.keys())
def test_hand_overs_between_threads_take_no_time(way, ticking):
    """Not one of fifty hand-overs lets the clock move."""
    passed = []
    for _ in range(50):
        began = clock.now()
        way()
        passed.append(clock.now() - began)
    assert passed == [0] * 50


@pytest.mark.parametrize("workers", [1, 2])
def test_hand_overs_of_a_shared_pool_take_no_time(workers, ticking):
    """A worker that goes from one job to the next stays busy in between."""
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for _ in range(100):
            began = clock.now()
            jobs = [pool.submit(_work) for _ in range(6)]
            jobs[-1].result()
            assert clock.now() == began


def test_hand_overs_to_a_loop_take_no_time(ticking):
    """Work in threads is delivered to the loop before time moves."""

    async def session():
        for _ in range(60):
            began = clock.now()
            await asyncio.gather(*(asyncio.to_thread(_work) for _ in range(4)))
            assert clock.now() == began

    asyncio.run(session())


def test_a_thread_whose_exchange_has_ended_takes_no_part(exchange):
    """Once it has left, what a thread does no longer matters to exchanges of others."""
    entered, go = threading.Event(), threading.Event()

    def other():
        with exchange():
            entered.set()
            go.wait()
        while not stop:  # neither a wait that is known nor a lock: this would hold the clock of a member
            select.select([], [], [], 0.005)

    stop = []
    thread = threading.Thread(target=other)
    thread.start()
    entered.wait()
    with exchange() as scope:
        clock.watch(scope, 3)
        go.set()
        try:
            time.sleep(5)
            time.sleep(5)
        finally:
            stop.append(True)
    thread.join()


MACHINERY = """
import threading, time
def wait():
    began = time.monotonic()
    assert not threading.Event().wait(0.01)
    assert time.monotonic() - began >= 0.009
    time.sleep(0.001)
"""


@pytest.mark.parametrize("name", ["_pytest.timing", "hypothesis.core", "xdist.remote", "coverage", "subprocess"])
def test_the_machinery_waits_in_real_time(name, elapsed):
    """Code of the test machinery waits and reads clocks for real in a member thread, and moves nothing."""
    module = {"__name__": name}
    exec(MACHINERY, module)
    began = time.clock_gettime(time.CLOCK_MONOTONIC)
    module["wait"]()
    assert time.clock_gettime(time.CLOCK_MONOTONIC) - began >= 0.01
    assert elapsed() == 0
