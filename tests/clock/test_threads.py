"""Threads, executors and queues in virtual time."""

from __future__ import annotations

import concurrent.futures
import multiprocessing.pool
import queue
import threading
import time

import pytest

from pytest_openbanking import clock

RAW = time.CLOCK_MONOTONIC


def test_parallel_sleeps_take_as_long_as_one(elapsed):
    """Sixteen threads that sleep 10 s three times take 30 s."""
    threads = [threading.Thread(target=lambda: [time.sleep(10) for _ in range(3)]) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert elapsed() == pytest.approx(30)


@pytest.mark.parametrize(("length", "alive", "passed"), [(3, False, 3), (30, True, 10)])
@pytest.mark.parametrize("daemon", [False, True])
def test_join_with_a_timeout(length, alive, passed, daemon, elapsed):
    """Thread.join returns when the thread ends or after its timeout, whichever comes first."""
    thread = threading.Thread(target=time.sleep, args=(length,), daemon=daemon)
    thread.start()
    thread.join(10)
    assert (thread.is_alive(), elapsed()) == (alive, pytest.approx(passed))
    thread.join()
    assert elapsed() == pytest.approx(length)


@pytest.mark.parametrize(
    "wait",
    [
        lambda: threading.Event().wait(8),
        lambda: threading.Semaphore(0).acquire(timeout=8),
        lambda: _in(threading.Condition(), lambda one: one.wait(8)),
        lambda: _in(threading.Condition(), lambda one: one.wait_for(lambda: False, 8)),
        lambda: _raises(threading.BrokenBarrierError, lambda: threading.Barrier(2).wait(8)),
        lambda: _raises(queue.Empty, lambda: queue.Queue().get(timeout=8)),
        lambda: _raises(queue.Full, lambda: _full().put(2, timeout=8)),
        lambda: _raises(TimeoutError, lambda: _pending().result(8)),
        lambda: concurrent.futures.wait([_pending()], 8),
        lambda: _raises(TimeoutError, lambda: [*concurrent.futures.as_completed([_pending()], 8)]),
        lambda: _timer(8),
    ],
    ids=["Event", "Semaphore", "Condition.wait", "Condition.wait_for", "Barrier", "Queue.get", "Queue.put",
         "result", "wait", "as_completed", "Timer"],
)  # fmt: skip
def test_timeouts_of_waits(wait, elapsed):
    """Every wait of the standard library's threads times out in virtual time."""
    began = time.clock_gettime(RAW)
    wait()
    assert elapsed() == pytest.approx(8)
    assert time.clock_gettime(RAW) - began < 5


def _in(condition, act):
    with condition:
        assert not act(condition)


def _raises(error, act):
    with pytest.raises(error):
        act()


def _pending():
    return concurrent.futures.Future()


def _full():
    one = queue.Queue(1)
    one.put(1)
    return one


def _timer(seconds):
    fired = threading.Event()
    threading.Timer(seconds, fired.set).start()
    assert fired.wait(100)


@pytest.mark.parametrize("zero", [0, -1, 0.0])
def test_a_wait_of_no_length_does_not_wait(zero, elapsed):
    """Event.wait(0) and Condition.wait(0) are immediate."""
    assert not threading.Event().wait(zero)
    assert elapsed() == 0


def test_an_event_set_by_another_thread_after_a_sleep(elapsed):
    """A wait ends at the moment at which another thread ends it."""
    event = threading.Event()
    threading.Thread(target=lambda: (time.sleep(4), event.set())).start()
    assert event.wait(60)
    assert elapsed() == pytest.approx(4)


def test_a_queue_between_a_producer_and_a_consumer(elapsed):
    """Each item is received at the moment at which it was produced."""
    items, received = queue.Queue(), []

    def consume():
        while (item := items.get()) is not None:
            received.append((item, elapsed()))
            time.sleep(0.5)

    consumer = threading.Thread(target=consume)
    consumer.start()
    for number in range(5):
        time.sleep(2)
        items.put(number)
    items.put(None)
    consumer.join()
    assert received == [(number, pytest.approx(2 * number + 2)) for number in range(5)]


@pytest.mark.parametrize(("workers", "passed"), [(2, 50), (4, 30), (10, 10)])
def test_an_executor_works_in_parallel(workers, passed, elapsed):
    """Ten jobs of 10 s take as long as that many workers need."""
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        assert list(pool.map(lambda n: (time.sleep(10), n)[1], range(10))) == list(range(10))
    assert elapsed() == pytest.approx(passed)


def test_an_executor_that_outlives_exchanges(exchange):
    """A pool of the session works in one exchange after the other, and in real time between them."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for _ in range(3):
            pool.submit(time.sleep, 0.001).result()
            with exchange():
                began = clock.now()
                assert [f.result() for f in [pool.submit(time.sleep, 5) for _ in range(4)]] == [None] * 4
                assert clock.now() - began == pytest.approx(10)


def test_cancelled_jobs_hold_no_clock(elapsed):
    """Jobs that are cancelled before a worker took them up are forgotten."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    first = pool.submit(time.sleep, 10)
    rest = [pool.submit(time.sleep, 10) for _ in range(5)]
    assert all(one.cancel() for one in rest)
    first.result()
    pool.shutdown()
    time.sleep(1)
    assert elapsed() == pytest.approx(11)


def test_cancelled_by_shutdown(elapsed):
    """shutdown(cancel_futures=True) waits for what runs, and for nothing else."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    for _ in range(5):
        pool.submit(time.sleep, 10)
    pool.shutdown(cancel_futures=True)
    assert elapsed() <= 20
    assert elapsed() % 10 == pytest.approx(0, abs=1e-6)


def test_an_executor_that_refuses_holds_no_clock(elapsed):
    """A job that is refused after shutdown counts for nothing."""
    pool = concurrent.futures.ThreadPoolExecutor(1)
    pool.shutdown()
    with pytest.raises(RuntimeError):
        pool.submit(time.sleep, 1)
    time.sleep(3)
    assert elapsed() == pytest.approx(3)


def test_result_with_a_timeout(elapsed):
    """Future.result gives up before a job that takes longer, and the job goes on."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        job = pool.submit(time.sleep, 20)
        with pytest.raises(TimeoutError):
            job.result(5)
        assert elapsed() == pytest.approx(5)
        job.result(60)
    assert elapsed() == pytest.approx(20)


@pytest.mark.parametrize("make", [threading.Lock, threading.RLock], ids=["Lock", "RLock"])
def test_a_lock_held_across_a_sleep(make, elapsed):
    """Threads that queue for a raw lock, as under a rate limiter, do not stop the clock."""
    lock = make()

    def work():
        with lock:
            time.sleep(10)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert elapsed() == pytest.approx(40)


def test_busy_computation_holds_the_clock(elapsed):
    """While one thread computes, another's sleep does not end before it."""
    order = []

    def compute():
        sum(n * n for n in range(300_000))
        order.append("computed")

    thread = threading.Thread(target=compute)
    thread.start()
    time.sleep(1)
    order.append("slept")
    thread.join()
    assert order == ["computed", "slept"]


def test_a_daemon_thread_that_blocks_for_real_stops_nothing(elapsed):
    """A daemon thread in a system call or a raw lock does not hold the clock."""
    gate = threading.Lock()
    gate.acquire()
    thread = threading.Thread(target=gate.acquire, daemon=True)
    thread.start()
    time.sleep(60)
    assert elapsed() == pytest.approx(60)
    gate.release()


def test_a_daemon_thread_that_computes_on_and_on_stops_nothing(elapsed):
    """A daemon thread that never waits does not hold the clock for ever."""
    stop = []

    def compute():
        while not stop:
            sum(range(100))

    thread = threading.Thread(target=compute, daemon=True)
    thread.start()
    time.sleep(60)
    stop.append(True)
    thread.join()
    assert elapsed() == pytest.approx(60)


def test_exchanges_within_the_threads_of_an_exchange(exchange, elapsed):
    """A thread that enters and leaves an exchange of its own stays a member of the one it was started in."""

    def work():
        with exchange():
            time.sleep(5)
        time.sleep(5)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        thread = threading.Thread(target=work)
        thread.start()
        job = pool.submit(work)
        thread.join()
        job.result()
    assert elapsed() == pytest.approx(10)


def test_a_thread_pool_of_multiprocessing(elapsed):
    """multiprocessing.pool.ThreadPool sleeps in virtual time."""
    with multiprocessing.pool.ThreadPool(4) as pool:
        pool.map(lambda seconds: time.sleep(seconds), [10] * 4, chunksize=1)
    assert elapsed() == pytest.approx(10)


def test_threads_left_over_go_on_in_real_time(exchange):
    """A thread that still waits when the exchange ends waits what is left of it in real time."""
    done = []
    event = threading.Event()
    with exchange():
        short = threading.Thread(target=lambda: (time.sleep(30.02), done.append("slept")))
        other = threading.Thread(target=lambda: (event.wait(), done.append("set")))
        short.start()
        other.start()
        time.sleep(30)
    short.join(5)
    event.set()
    other.join(5)
    assert done == ["slept", "set"]


def test_the_last_thread_to_end_lets_time_go_on(elapsed):
    """A thread that ends without a word hands the clock over."""
    for _ in range(20):
        threading.Thread(target=lambda: None).start()
        time.sleep(1)
    assert elapsed() == pytest.approx(20)


def test_hundreds_of_hand_overs_are_right(elapsed):
    """Threads that wake one another in a ring never let time run ahead."""
    size, rounds = 8, 60
    baton = [threading.Semaphore(0) for _ in range(size)]
    wrong = []

    def runner(mine):
        for turn in range(rounds):
            baton[mine].acquire()
            if abs(elapsed() - (turn * size + mine) * 0.5) > 1e-6:
                wrong.append((mine, turn, elapsed()))
            time.sleep(0.5)
            baton[(mine + 1) % size].release()

    threads = [threading.Thread(target=runner, args=(mine,)) for mine in range(size)]
    for thread in threads:
        thread.start()
    baton[0].release()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert elapsed() == pytest.approx(size * rounds * 0.5)
