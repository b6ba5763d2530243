"""What a client reads from its clocks, and how it sleeps."""

from __future__ import annotations

import datetime
import functools
import threading
import time
from time import monotonic, perf_counter, sleep

import pytest

from pytest_openbanking import clock

RAW = time.CLOCK_MONOTONIC


def default(seconds, wait=time.sleep):
    wait(seconds)


class Attribute:
    wait = time.sleep
    read = time.monotonic


@pytest.mark.parametrize(
    "wait",
    [lambda s: time.sleep(s), lambda s: sleep(s), default, functools.partial(time.sleep), Attribute.wait],
    ids=["attribute of the module", "imported name", "default argument", "partial", "class attribute"],
)
@pytest.mark.parametrize("length", [7, 7.25])
def test_sleep_is_virtual_however_it_was_bound(wait, length, elapsed):
    """A sleep takes exactly its length in virtual time and next to none in real time."""
    began = time.clock_gettime(RAW)
    wait(length)
    assert elapsed() == pytest.approx(length, abs=1e-6)
    assert time.clock_gettime(RAW) - began < 5


READINGS = {
    "monotonic": lambda: monotonic(),
    "monotonic_ns": lambda: time.monotonic_ns() / 1e9,
    "perf_counter": lambda: perf_counter(),
    "perf_counter_ns": lambda: time.perf_counter_ns() / 1e9,
    "time": lambda: time.time(),
    "time_ns": lambda: time.time_ns() / 1e9,
    "datetime.now": lambda: datetime.datetime.now().timestamp(),
    "datetime.utcnow": lambda: datetime.datetime.now(datetime.UTC).timestamp(),
    "datetime.today": lambda: datetime.datetime.today().timestamp(),
    "class attribute": lambda: Attribute.read(),
}


@pytest.mark.parametrize("read", READINGS.values(), ids=READINGS.keys())
def test_every_clock_moves_with_a_sleep(read, scope):
    """All clocks stand still but for sleeps, and continue from the real time at which they were entered."""
    before = read()
    assert read() == before
    sleep(3600)
    assert read() - before == pytest.approx(3600, abs=1e-5)


@pytest.mark.parametrize("read", READINGS.values(), ids=READINGS.keys())
def test_every_clock_is_continuous_at_the_start(read, exchange):
    """Entering virtual time does not move any clock."""
    before = read()
    with exchange():
        assert 0 <= read() - before < 1


def test_calendar_functions_follow(scope):
    """date.today, gmtime, localtime and strftime tell the virtual day."""
    sleep(400 * 86400)
    future = time.time()
    assert datetime.date.today() == datetime.date.fromtimestamp(future)
    assert time.gmtime() == time.gmtime(int(future))
    assert time.localtime() == time.localtime(int(future))
    assert time.strftime("%Y-%j") == time.strftime("%Y-%j", time.localtime(int(future)))


def test_wall_and_now_move_together(elapsed):
    """clock.wall is Unix time, and clock.now monotonic time, on the same line."""
    unix = clock.wall()
    sleep(12)
    assert clock.wall() - unix == pytest.approx(12, abs=1e-5)
    assert clock.wall() == pytest.approx(time.time(), abs=1e-5)


def test_outside_an_exchange_they_are_real():
    """With no exchange open, now and wall are the real clocks, and time cannot be moved."""
    assert abs(clock.now() - time.clock_gettime(RAW)) < 1
    assert abs(clock.wall() - time.time()) < 1
    with pytest.raises(RuntimeError, match="inside an exchange"):
        clock.advance(1)


def test_advance_moves_time_by_hand(elapsed):
    """A test can move time itself, forward only."""
    clock.advance(30)
    assert elapsed() == 30
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [(-1, ValueError), ("1", TypeError), (float("nan"), ValueError), (1e300, OverflowError)],
)
def test_wrong_lengths_fail_as_ever(wrong, error, elapsed):
    """time.sleep refuses what it always refused."""
    with pytest.raises(error):
        time.sleep(wrong)
    assert elapsed() == 0


def test_a_bool_and_a_float_subclass_are_lengths(elapsed):
    """Whatever counts as a number for time.sleep does so in virtual time."""

    class Seconds(float):
        pass

    time.sleep(True)
    time.sleep(Seconds(2))
    assert elapsed() == pytest.approx(3)


@pytest.mark.parametrize("wait", [lambda: None, lambda: time.sleep(0)], ids=["reading the clock", "sleep(0)"])
def test_a_busy_wait_comes_to_its_end(wait, elapsed):
    """A client that polls the clock in a loop does not hang, and does not overshoot by much."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        wait()
    assert 30 <= elapsed() < 33


def test_many_readings_of_a_working_client_do_not_move_time(elapsed):
    """A thousand time stamps in a row cost no virtual time."""
    for _ in range(1000):
        time.monotonic()
    assert elapsed() < 0.01


def test_a_thread_of_somebody_else_keeps_real_time(exchange):
    """A thread that was started before neither sees virtual time nor carries it."""
    stop, seen = threading.Event(), []

    def poll():
        while not stop.is_set():
            seen.append((time.monotonic() - time.clock_gettime(RAW), time.time()))
            time.sleep(0.001)

    other = threading.Thread(target=poll)
    other.start()
    try:
        with exchange():
            unix = time.time()
            began = clock.now()
            sleep(5000)
            pause = threading.Lock()
            pause.acquire()
            pause.acquire(timeout=0.02)
            sleep(5000)
            assert clock.now() - began == pytest.approx(10000)
    finally:
        stop.set()
        other.join()
    assert all(abs(offset) < 1 and abs(when - unix) < 60 for offset, when in seen)
    assert 3 < len(seen) < 5000
