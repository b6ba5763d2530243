"""asyncio and anyio in virtual time."""

from __future__ import annotations

import asyncio
import concurrent.futures
import socket
import sys
import threading
import time

import anyio
import pytest

from pytest_openbanking import clock

RAW = time.CLOCK_MONOTONIC


async def _wait_for():
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.sleep(86400), 5)


async def _timeout():
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await asyncio.Event().wait()


async def _move_on_after():
    with anyio.move_on_after(5) as scope:
        await anyio.sleep(86400)
    assert scope.cancelled_caught


async def _fail_after():
    with pytest.raises(TimeoutError), anyio.fail_after(5):
        await anyio.sleep(86400)


async def _call_later():
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(5, done.set_result, None)
    await done


async def _call_at():
    done = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_at(asyncio.get_running_loop().time() + 5, done.set_result, None)
    await done


async def _gather():
    await asyncio.gather(*(asyncio.sleep(n) for n in range(6)))


async def _task_group():
    async with asyncio.TaskGroup() as group:
        for n in range(6):
            group.create_task(asyncio.sleep(n))


async def _to_thread():
    await asyncio.gather(*(asyncio.to_thread(time.sleep, 5) for _ in range(3)))


async def _executor():
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, 5)


async def _anyio_thread():
    await anyio.to_thread.run_sync(time.sleep, 5)


async def _blocking():
    time.sleep(5)


async def _polling():
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        await asyncio.sleep(0.1)


async def _slow_thread_before_timer():
    async def ticks():
        for _ in range(20):
            await asyncio.sleep(1)

    slow = asyncio.create_task(ticks())
    await asyncio.to_thread(lambda: [time.sleep(1) for _ in range(5)])
    slow.cancel()


async def _from_thread():
    await anyio.to_thread.run_sync(lambda: anyio.from_thread.run(anyio.sleep, 5))


COROUTINES = [
    _wait_for, _timeout, _move_on_after, _fail_after, _call_later, _call_at, _gather, _task_group, _to_thread,
    _executor, _anyio_thread, _blocking, _polling, _slow_thread_before_timer, _from_thread,
    lambda: asyncio.sleep(5), lambda: anyio.sleep(5),
]  # fmt: skip


@pytest.mark.parametrize("coroutine", COROUTINES, ids=lambda one: one.__name__)
@pytest.mark.parametrize("where", ["a loop started inside", "an exchange entered in a running loop"])
def test_five_seconds_pass(coroutine, where, exchange):
    """Whatever waits five seconds does so in virtual time, and in next to no real time."""

    async def timed():
        began = clock.now()
        await coroutine()
        return clock.now() - began

    async def entered():
        with exchange():
            return await timed()

    real = time.clock_gettime(RAW)
    if where == "a loop started inside":
        with exchange():
            passed = asyncio.run(timed())
    else:
        passed = asyncio.run(entered())
    assert passed == pytest.approx(5, abs=0.11)
    if coroutine is not _polling:
        assert passed == pytest.approx(5, abs=1e-6)
    assert time.clock_gettime(RAW) - real < 4


def test_a_loop_that_outlives_exchanges(exchange):
    """A session's loop goes through several exchanges; timers keep what is left of them."""
    fired = []

    async def session():
        loop = asyncio.get_running_loop()
        for _ in range(3):
            with exchange():
                began = clock.now()
                await asyncio.sleep(3600)
                assert clock.now() - began == pytest.approx(3600)
                loop.call_later(0.02, lambda: fired.append(time.clock_gettime(RAW)))
                ended = time.clock_gettime(RAW)
            await asyncio.sleep(0.06)
            assert 0.0 <= fired[-1] - ended < 3
        assert type(loop._selector).__module__ == "selectors"

    asyncio.run(session())
    assert len(fired) == 3


def test_overlapping_exchanges_in_one_loop_share_the_time_line(exchange):
    """Two tasks, each with an exchange of its own, wait side by side."""

    async def one(seconds):
        with exchange():
            began = clock.now()
            await asyncio.sleep(seconds)
            return clock.now() - began

    async def both():
        began = time.clock_gettime(RAW)
        lengths = await asyncio.gather(one(30), one(50))
        assert time.clock_gettime(RAW) - began < 5
        return lengths

    assert asyncio.run(both()) == [pytest.approx(30), pytest.approx(50)]


def test_a_loop_in_a_thread_of_its_own(elapsed):
    """run_coroutine_threadsafe waits in virtual time for a loop that the client started."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        assert asyncio.run_coroutine_threadsafe(asyncio.sleep(5, "done"), loop).result(60) == "done"
        assert elapsed() == pytest.approx(5)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_a_loop_in_a_thread_that_was_there_before(exchange):
    """A client's background loop that is older than the exchange takes part once it is handed work."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        for _ in range(3):
            with exchange():
                began = clock.now()
                slow = asyncio.run_coroutine_threadsafe(asyncio.sleep(50), loop)
                with pytest.raises(concurrent.futures.TimeoutError):
                    slow.result(7)
                assert clock.now() - began == pytest.approx(7)
                slow.cancel()
                asyncio.run_coroutine_threadsafe(asyncio.sleep(5), loop).result(60)
                assert clock.now() - began == pytest.approx(12)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def test_an_open_connection_does_not_stop_time(exchange):
    """A file descriptor that nobody writes to, such as a pooled connection, costs only a short real wait."""
    ours, theirs = socket.socketpair()

    async def session():
        reader, writer = await asyncio.open_connection(sock=ours)
        with exchange():
            began = clock.now()
            await asyncio.sleep(600)
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(reader.read(1), 60)
            assert clock.now() - began == pytest.approx(660)
        writer.close()

    with theirs:
        asyncio.run(session())


def test_a_real_answer_beats_a_virtual_timeout(exchange):
    """A connection that answers after a few real milliseconds is waited for."""
    ours, theirs = socket.socketpair()

    def answer():
        threading.Lock().acquire()
        theirs.recv(1)
        time.sleep(0.005)
        theirs.send(b"pong")

    thread = threading.Thread(target=answer)
    thread.start()

    async def ask():
        reader, writer = await asyncio.open_connection(sock=ours)
        writer.write(b"?")
        answer = await asyncio.wait_for(reader.read(4), 60)
        writer.close()
        return answer

    with exchange(), theirs:
        assert asyncio.run(ask()) == b"pong"
        thread.join()


async def _talk(host, port):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(b"hello\n")
    line = await asyncio.wait_for(reader.readline(), 5)
    writer.close()
    await writer.wait_closed()
    return line


def test_a_server_in_the_same_loop(exchange):
    """A test server on localhost, in the client's own loop, answers; sleeps beside it are virtual."""

    async def serve(reader, writer):
        await asyncio.sleep(2)
        writer.write(await reader.readline())
        writer.close()

    async def session():
        with exchange():
            server = await asyncio.start_server(serve, "127.0.0.1", 0)
            async with server:
                began = clock.now()
                assert await _talk(*server.sockets[0].getsockname()) == b"hello\n"
                assert clock.now() - began == pytest.approx(2)
                await asyncio.sleep(30)

    asyncio.run(session())


def test_a_child_process_is_waited_for_in_real_time(exchange):
    """Subprocesses of asyncio work in real time, under time-outs of their own."""

    async def session():
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            "import time; time.sleep(0.05); print('done')",
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await asyncio.wait_for(child.communicate(), 20)
        return out.strip()

    with exchange():
        assert asyncio.run(session()) == b"done"


def test_a_child_process_without_pipes(exchange):
    """A subprocess that nothing reads from is waited for as well."""

    async def session():
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(0.05)")
        return await asyncio.wait_for(child.wait(), 20)

    with exchange():
        assert asyncio.run(session()) == 0


def test_cancelled_work_in_threads_holds_no_clock(elapsed):
    """A cancelled to_thread is forgotten once its thread is done."""

    async def session():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.to_thread(time.sleep, 20), 5)
        await asyncio.sleep(1)
        return elapsed()

    assert asyncio.run(session()) == pytest.approx(6)


def test_a_crowd_of_tasks(elapsed):
    """Hundreds of timers fire in order, each at its moment."""
    wrong = []

    async def one(number):
        await asyncio.sleep(number / 8)
        if abs(elapsed() - number / 8) > 1e-6:
            wrong.append((number, elapsed()))

    async def crowd():
        await asyncio.gather(*map(one, range(400)))

    asyncio.run(crowd())
    assert wrong == []


def test_turning_without_waiting_moves_time_only_after_long(elapsed):
    """Two thousand turns of the loop in a row, as under a batch of requests, cost no virtual time."""

    async def turns():
        for _ in range(2000):
            await asyncio.sleep(0)

    asyncio.run(turns())
    assert elapsed() < 0.5
