"""Exchanges that hang are ended, in real time, with the client's own line."""

from __future__ import annotations

import asyncio
import queue
import socket
import subprocess
import sys
import threading
import time
import types

import pytest

from pytest_openbanking import clock
from pytest_openbanking.clock import HungExchange
from pytest_openbanking.scope import current_scope, open_scopes


def _spin():
    while True:
        pass


def _lock():
    lock = threading.Lock()
    lock.acquire()
    with lock:
        pass


def _receive():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.recv(1)


async def _never():
    await asyncio.Event().wait()


def _thread_that_waits():
    gate = threading.Semaphore(0)
    thread = threading.Thread(target=lambda: gate.acquire())
    thread.start()
    try:
        thread.join()
    finally:
        gate.release()


CERTAIN = {
    "threading.Event.wait": lambda: threading.Event().wait(),
    "queue.Queue.get": lambda: queue.Queue().get(),
    "threading.Thread.join": _thread_that_waits,
    "asyncio.locks.Event.wait": lambda: asyncio.run(_never()),
}


@pytest.mark.parametrize(("call", "hang"), CERTAIN.items(), ids=CERTAIN.keys())
def test_a_certain_deadlock_ends_at_once(call, hang):
    """Where nothing can ever wake the client, the exchange ends without waiting for the watchdog."""
    # In a process of its own: a thread that another test has left could wake the client, so nothing is certain.
    code = f"import runpy; runpy.run_path({__file__!r})['say_how_it_ends']({call!r})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "the exchange hung: test_hang.py:" in ran.stdout, ran.stderr
    assert call in ran.stdout
    assert "which nothing will set" in ran.stdout


def say_how_it_ends(call):
    scope = types.SimpleNamespace(answers=0, closed=False)
    open_scopes.append(scope)
    current_scope.set(scope)
    try:
        with clock.virtual_time(scope):
            CERTAIN[call]()
    except HungExchange as error:
        print(error)


@pytest.mark.parametrize("where", ["main thread", "another thread"])
@pytest.mark.parametrize(
    "hang",
    [_spin, _lock, _receive, lambda: threading.Event().wait(), lambda: asyncio.run(_never())],
    ids=["a busy loop", "a raw lock", "a socket", "an event", "a loop"],
)
def test_the_watchdog_ends_the_rest(hang, where, exchange):
    """Past the limit of real time the client is interrupted, whatever it is doing."""
    if where == "another thread" and hang in (_lock, _receive):
        pytest.skip("only the main thread can be interrupted in a system call")
    caught = []

    def run():
        with exchange() as scope:
            clock.watch(scope, 0.25)
            try:
                hang()
            except HungExchange as error:
                caught.append(str(error))

    if where == "main thread":
        run()
    else:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(20)
    assert len(caught) == 1
    assert not caught[0] or "test_hang.py:" in caught[0]


def test_the_task_that_entered_is_told(exchange):
    """An exchange entered in a coroutine raises where that coroutine waits."""

    async def client():
        inner = asyncio.create_task(_never())
        await inner

    async def session():
        with exchange():
            with pytest.raises(HungExchange, match=r"test_hang.py:\d+ in _never awaits asyncio.locks.Event.wait"):
                await client()
            began = clock.now()
            await asyncio.sleep(5)
            return clock.now() - began

    assert asyncio.run(session()) == pytest.approx(5)


def test_time_goes_on_after_a_hang(scope):
    """A test that catches the error can go on in the exchange."""
    with pytest.raises(HungExchange):
        threading.Event().wait()
    began = clock.now()
    time.sleep(9)
    assert clock.now() - began == pytest.approx(9)


def test_the_limit_comes_from_the_environment(monkeypatch, exchange):
    """OPENBANKING_WATCHDOG sets the limit in seconds."""
    monkeypatch.setenv("OPENBANKING_WATCHDOG", "0.04")
    with exchange(), pytest.raises(HungExchange, match=r"went on for 0.04 s of real time"):
        _spin()


def test_whoever_is_left_outside_may_still_wake_the_client(exchange):
    """A thread of somebody else that will set the event makes a deadlock uncertain."""
    event = threading.Event()
    other = threading.Thread(target=lambda: (time.sleep(0.05), event.set()))
    other.start()
    with exchange():
        assert event.wait()
    other.join()
