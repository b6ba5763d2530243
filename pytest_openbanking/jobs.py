"""Who sends a request: the task, the executor job or the thread, and how much was known when it was born."""

from __future__ import annotations

import functools
import sys
import threading
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

from pytest_openbanking.scope import current_scope, open_scopes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_openbanking.scope import Scope

__all__ = ["Carried", "Job", "Observer", "current_job", "find_scope", "install", "observe", "start_unseen"]


_numbers = count(1)


class Job:
    """What does one thing after another. `born` counts the answers of `scope` at its creation.

    `parent` is the number of the job that created it, 0 where no job did.
    """

    __slots__ = ("__weakref__", "born", "number", "parent", "scope")

    def __init__(self, scope: Scope | None, born: int, parent: int = 0) -> None:
        self.scope = scope
        self.born = born
        self.number = next(_numbers)
        self.parent = parent

    def born_in(self, scope: Scope) -> int:
        """Return `born` if it counts the answers of this scope, else 0."""
        return self.born if self.scope is scope else 0


class Carried:
    """A callable on its way to a worker of an executor, with its job; `pool` is the observer's."""

    __slots__ = ("function", "job", "pool")

    def __init__(self, function: Callable[..., Any], job: Job) -> None:
        self.function = function
        self.job = job
        self.pool: Any = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)


class Observer(Protocol):
    """What the clock is told of threads and executor jobs, in the thread that does it."""

    def starting(self, thread: threading.Thread) -> None: ...
    def failed(self, thread: threading.Thread) -> None: ...
    def began(self, thread: threading.Thread) -> None: ...
    def ended(self, thread: threading.Thread) -> None: ...

    def queueing(self, executor: Any, carried: Carried) -> None: ...
    def unqueued(self, carried: Carried) -> None:
        """It will not be worked on: refused, cancelled, or (harmlessly) done."""

    def working(self, carried: Carried) -> None: ...
    def worked(self, carried: Carried) -> None:
        """Its result has reached whoever asked to be told."""

    def closing(self, executor: Any) -> None: ...


_here = threading.local()
_tasks: WeakKeyDictionary[Any, Job] = WeakKeyDictionary()
_threads: WeakKeyDictionary[threading.Thread, Job] = WeakKeyDictionary()
_observers: list[Observer] = []
_installed: list[str] = []


def current_job() -> Job | None:
    """Return the job that is running: the asyncio task, else the executor job, else the thread."""
    asyncio: Any = sys.modules.get("asyncio")
    if asyncio is not None and (loop := asyncio._get_running_loop()) is not None:
        task = asyncio.current_task(loop)
        if task is not None:
            return _tasks.get(task) or _unseen(task)
    return getattr(_here, "job", None)


def find_scope() -> Scope | None:
    """Return the scope of this context, else of the job, else the only open one; it may be closed.

    A closed scope of a context says nothing: a loop that outlives a test keeps the context it was made in.
    What is really left over has a job of that scope.
    """
    scope = current_scope.get()
    if scope is not None and not scope.closed:
        return scope
    job = current_job()
    if job is not None and job.scope is not None:
        return job.scope
    return open_scopes[0] if len(open_scopes) == 1 else None


def observe(observer: Observer) -> None:
    """Tell an observer from now on."""
    _observers.append(observer)


def start_unseen(thread: threading.Thread) -> None:
    """Start a thread that is nobody's job."""
    start: Any = threading.Thread.start
    getattr(start, "__wrapped__", start)(thread)


def install() -> None:
    """Patch the places where jobs are created, once and for all."""
    if _installed:
        return
    _installed.append("jobs")
    from asyncio import BaseEventLoop
    from concurrent.futures import thread as pool

    _patch(threading.Thread, "start", _start)
    _patch(threading.Thread, "_bootstrap_inner", _bootstrap)
    _patch(pool.ThreadPoolExecutor, "submit", _submit)
    _patch(pool.ThreadPoolExecutor, "shutdown", _shutdown)
    _patch(pool._WorkItem, "run", _run)
    _patch(BaseEventLoop, "create_task", _create_task)


def _patch(owner: Any, name: str, wrap: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    original = getattr(owner, name)
    setattr(owner, name, functools.wraps(original)(wrap(original)))


def _unseen(task: Any) -> Job:
    # Made by `asyncio.Task(...)` itself, or with no exchange open: it may know nothing of any answer, and
    # belongs to what its thread belongs to.
    thread = getattr(_here, "job", None)
    job = _tasks[task] = Job(thread.scope if thread is not None else None, 0)
    return job


def _birth() -> Job | None:
    scope = find_scope() if open_scopes or _tasks or _threads else None
    if scope is None:
        return None
    parent = current_job()
    return Job(scope, scope.answers, parent.number if parent is not None else 0)


def _create_task(original: Callable[..., Any]) -> Callable[..., Any]:
    def create_task(self: Any, coro: Any, **options: Any) -> Any:
        job = _birth()
        task = original(self, coro, **options)
        if job is not None:
            _tasks[task] = job
        return task

    return create_task


def _start(original: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    def start(self: threading.Thread) -> None:
        # A pool's thread outlives the job that it was started for: each work item is its own job.
        job = None if _serves_pool(self) else _birth()
        if job is None:
            return original(self)
        _threads[self] = job
        for observer in _observers:
            observer.starting(self)
        try:
            return original(self)
        except BaseException:
            for observer in _observers:
                observer.failed(self)
            raise

    return start


def _bootstrap(original: Callable[[threading.Thread], None]) -> Callable[[threading.Thread], None]:
    def bootstrap(self: threading.Thread) -> None:
        _here.job = _threads.get(self)
        for observer in _observers:
            observer.began(self)
        try:
            return original(self)
        finally:
            for observer in _observers:
                observer.ended(self)

    return bootstrap


def _submit(original: Callable[..., Any]) -> Callable[..., Any]:
    def submit(self: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        job = _birth()
        if job is None:
            return original(self, fn, *args, **kwargs)
        carried = Carried(fn, job)
        for observer in _observers:
            observer.queueing(self, carried)
        try:
            future = original(self, carried, *args, **kwargs)
        except BaseException:
            _unqueue(carried)
            raise
        if carried.pool is not None:
            future.add_done_callback(lambda _: _unqueue(carried))
        return future

    return submit


def _run(original: Callable[..., None]) -> Callable[..., None]:
    def run(self: Any, *context: Any) -> None:
        carried = getattr(self, "fn", None)
        if type(carried) is not Carried:
            return original(self, *context)
        before = getattr(_here, "job", None)
        _here.job = carried.job
        for observer in _observers:
            observer.working(carried)
        try:
            return original(self, *context)
        finally:
            _here.job = before
            for observer in _observers:
                observer.worked(carried)

    return run


def _shutdown(original: Callable[..., None]) -> Callable[..., None]:
    def shutdown(self: Any, wait: bool = True, **options: Any) -> None:
        if open_scopes and wait:
            for observer in _observers:
                observer.closing(self)
        original(self, wait, **options)

    return shutdown


def _unqueue(carried: Carried) -> None:
    for observer in _observers:
        observer.unqueued(carried)


def _serves_pool(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    return getattr(target, "__module__", None) == "concurrent.futures.thread"
