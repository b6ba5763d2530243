"""Which job sends a request, and what was known when it was born."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import timeit
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_openbanking import jobs
from pytest_openbanking.scope import current_scope, open_scopes


class FakeScope:
    def __init__(self):
        self.answers = 0
        self.closed = False


@pytest.fixture
def scope():
    jobs.install()
    one = FakeScope()
    open_scopes.append(one)
    token = current_scope.set(one)
    yield one
    current_scope.reset(token)
    open_scopes.remove(one)


def here():
    return jobs.current_job()


async def here_async():
    return jobs.current_job()


def in_thread(scope):
    found = []
    thread = threading.Thread(target=lambda: found.append(here()))
    thread.start()
    thread.join()
    return found[0]


def in_executor(scope):
    with ThreadPoolExecutor(1) as pool:
        pool.submit(int).result()
        return pool.submit(here).result()


def in_map(scope):
    with ThreadPoolExecutor(1) as pool:
        return next(iter(pool.map(lambda _: here(), [1])))


def in_task(scope):
    return asyncio.run(here_async())


def in_wait_for(scope):
    async def main():
        return await asyncio.wait_for(asyncio.create_task(here_async()), 1)

    return asyncio.run(main())


def in_group(scope):
    async def main():
        async with asyncio.TaskGroup() as group:
            task = group.create_task(here_async())
        return task.result()

    return asyncio.run(main())


def in_to_thread(scope):
    async def main():
        return await asyncio.to_thread(here)

    return asyncio.run(main())


def in_run_in_executor(scope):
    async def main():
        return await asyncio.get_running_loop().run_in_executor(None, here)

    return asyncio.run(main())


WAYS = [in_thread, in_executor, in_map, in_task, in_wait_for, in_group, in_to_thread, in_run_in_executor]


@pytest.mark.parametrize("way", WAYS, ids=lambda one: one.__name__)
def test_a_job_knows_its_scope_and_what_was_answered_before_it(way, scope):
    """Each way of starting work gives it a job of its own, born with the answers so far."""
    scope.answers = 3
    first = way(scope)
    scope.answers = 4
    second = way(scope)
    assert first is not second
    assert (first.scope, first.born, first.born_in(scope)) == (scope, 3, 3)
    assert (second.scope, second.born, second.born_in(FakeScope())) == (scope, 4, 0)


def test_siblings_are_born_before_any_answer(scope):
    """Tasks of one gather know nothing of each other's answers, however late they run."""

    async def one():
        job = jobs.current_job()
        scope.answers += 1
        await asyncio.sleep(0)
        assert jobs.current_job() is job
        return job.born

    async def main():
        return await asyncio.gather(*(one() for _ in range(4)))

    assert asyncio.run(main()) == [0, 0, 0, 0]


def test_jobs_of_a_busy_executor_are_born_when_submitted(scope):
    """What waits in an executor's queue knows what was known when it was submitted."""

    def work():
        scope.answers += 1
        return jobs.current_job().born

    with ThreadPoolExecutor(1) as pool:
        assert next(one.result() for one in [pool.submit(work) for _ in range(4)]) == 0
        scope.answers = 9
        assert pool.submit(work).result() == 9


def test_a_retry_in_a_new_task_is_born_after_the_answer(scope):
    """asyncio.wait_for around a coroutine: the next try knows the answer to the one before."""

    async def attempt():
        born = jobs.current_job().born
        scope.answers += 1
        return born

    async def main():
        return [await asyncio.wait_for(asyncio.ensure_future(attempt()), 1) for _ in range(3)]

    assert asyncio.run(main()) == [0, 1, 2]


def test_one_task_stays_one_job(scope):
    """A coroutine that is merely awaited belongs to the task that awaits it."""

    async def main():
        return jobs.current_job(), await here_async()

    first, second = asyncio.run(main())
    assert first is second is not None


def test_an_unseen_task_is_born_at_zero(scope):
    """A task made directly is a job of its own, which may have known nothing."""
    scope.answers = 5

    async def main():
        direct = asyncio.Task(here_async())
        other = asyncio.Task(here_async())
        return await direct, await other

    first, second = asyncio.run(main())
    assert (first.born, second.born) == (0, 0)
    assert first is not second


def test_a_thread_of_nobody_has_no_job():
    """With no exchange open, threads and executors carry nothing."""
    jobs.install()
    assert in_thread(None) is None
    assert in_executor(None) is None
    assert jobs.current_job() is None


def test_the_scope_is_the_context_s_then_the_job_s_then_the_only_open_one(scope):
    """find_scope looks in the context, then at the job, then for a single open exchange."""
    other = FakeScope()
    bare = contextvars.Context()
    assert jobs.find_scope() is scope
    assert bare.run(jobs.find_scope) is scope
    open_scopes.append(other)
    try:
        assert bare.run(jobs.find_scope) is None
        found = []
        thread = threading.Thread(target=lambda: found.append(jobs.find_scope()))
        thread.start()
        thread.join()
        assert found == [scope]
    finally:
        open_scopes.remove(other)
    found = []
    gate = threading.Event()
    left = threading.Thread(target=lambda: (gate.wait(), found.append(jobs.find_scope())))
    left.start()
    scope.closed = True
    gate.set()
    left.join()
    assert found[0].closed


def test_an_executor_job_belongs_to_who_submitted_it(scope):
    """A worker started under one exchange works for another one's job under that job's scope."""
    other = FakeScope()
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(jobs.find_scope).result() is scope
        open_scopes.append(other)
        token = current_scope.set(other)
        try:
            assert pool.submit(jobs.find_scope).result() is other
            assert pool.submit(lambda: jobs.current_job().scope).result() is other
        finally:
            current_scope.reset(token)
            open_scopes.remove(other)


def test_installing_twice_patches_once(scope):
    """Installing again changes nothing."""
    start, submit = threading.Thread.start, ThreadPoolExecutor.submit
    jobs.install()
    assert threading.Thread.start is start
    assert ThreadPoolExecutor.submit is submit
    assert not hasattr(start.__wrapped__, "__wrapped__")


def test_asking_is_cheap(scope):
    """current_job costs about a microsecond; the bound leaves room for a loaded machine."""
    assert min(timeit.repeat(jobs.current_job, number=1000, repeat=5)) / 1000 < 20e-6
