"""Real things in and around an exchange: signals, local servers, and threads that wait for sockets."""

from __future__ import annotations

import asyncio
import http.client
import http.server
import os
import signal
import threading
import time

import pytest

from pytest_openbanking import clock

RAW = time.CLOCK_MONOTONIC


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        gate = threading.Lock()
        gate.acquire()
        gate.acquire(timeout=0.01)  # a raw lock waits in real time
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


def _ask(server):
    connection = http.client.HTTPConnection(*server.server_address, timeout=5)
    connection.request("GET", "/")
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as one:
        yield one
        one.shutdown()


def test_a_local_server_that_was_there_before(server, exchange):
    """A request to localhost takes real time, and no virtual time."""
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    with exchange():
        began = clock.now()
        assert _ask(server) == 200
        assert clock.now() == began


def test_a_local_server_started_inside(server, elapsed):
    """A server in a daemon thread of the exchange answers, and does not stop the client's sleeps."""
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    assert _ask(server) == 200
    before = elapsed()
    time.sleep(30)
    assert _ask(server) == 200
    assert elapsed() - before == pytest.approx(30, abs=0.1)


@pytest.mark.parametrize(
    "wait",
    [lambda: threading.Event().wait(), lambda: asyncio.run(asyncio.Event().wait())],
    ids=["event", "loop"],
)
def test_ctrl_c_interrupts_a_virtual_wait(wait, exchange):
    """SIGINT ends a wait that is blocked on the time line, and time is real afterwards."""
    gate = threading.Lock()
    gate.acquire()

    def interrupt():
        gate.acquire(timeout=0.03)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt), exchange():
        wait()
    thread.join()


def test_the_patrol_costs_next_to_nothing(exchange):
    """An exchange of one thread is not slowed down by being watched."""
    with exchange():
        began = time.clock_gettime(RAW)
        for _ in range(2000):
            time.sleep(1)
        assert time.clock_gettime(RAW) - began < 1
