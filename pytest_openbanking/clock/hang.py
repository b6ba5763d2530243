"""An exchange that hangs: what hung, in the client's own words, and how its thread is told."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import sysconfig
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_openbanking.clock.machinery import is_machinery
from pytest_openbanking.clock.original import real
from pytest_openbanking.clock.timeline import line

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from pytest_openbanking.clock.members import Member

__all__ = ["HungExchange", "Watch", "accept_signal", "describe_task", "hang", "nobody_else_could_wake"]

_SIGNAL = getattr(signal, "SIGURG", None)  # ignored by default, and hardly ever used
_LIBRARY = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
_OWN = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
_STAND_INS = {
    "_wait.<locals>.wait": "threading.Condition.wait",
    "_join.<locals>.join": "threading.Thread.join",
}
_accepted: list[bool] = []
_raised: dict[int, HungExchange] = {}  # by thread, for the signal handler


class HungExchange(BaseException):
    """Nothing in an exchange can go on, or it has gone on for too long in real time."""


@dataclass
class Watch:
    """One exchange that is watched, with the thread that entered it."""

    member: Member
    until: float
    seconds: float


def hang(watch: Watch, *, certain: bool) -> None:
    """Raise HungExchange in the thread that entered the exchange."""
    member = watch.member
    if line.members.get(member.ident) is not member:
        return
    watch.until = real.monotonic() + watch.seconds  # if this is swallowed, it is told again
    if _is_debugged(sys._current_frames().get(member.ident)):
        return
    error = HungExchange(_message(watch, certain))
    wait = member.wait
    if wait is not None and line.interrupt(wait, error):
        return
    frame = sys._current_frames().get(member.ident)
    if frame is None:
        return
    if member.ident == threading.main_thread().ident and _signals():
        _raised[member.ident] = error
        signal.pthread_kill(member.ident, _SIGNAL)  # type: ignore[arg-type]
        return
    kind = type("HungExchange", (HungExchange,), {"__init__": lambda self: HungExchange.__init__(self, str(error))})
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(member.ident), ctypes.py_object(kind))


def accept_signal() -> None:
    """Let the watchdog interrupt a raw lock or a system call of the main thread; call it there."""
    if _SIGNAL is None or _accepted or threading.current_thread() is not threading.main_thread():
        return
    _accepted.append(True)
    if signal.getsignal(_SIGNAL) is signal.SIG_DFL:
        signal.signal(_SIGNAL, _on_signal)


def nobody_else_could_wake(members: set[int]) -> bool:
    """Tell whether no thread outside the exchange is left that might wake one of its members."""
    others = {ident: frame for ident, frame in sys._current_frames().items() if ident not in members}
    names = {thread.ident: thread for thread in threading.enumerate()}
    return all(_is_idle(frame, names.get(ident)) for ident, frame in others.items())


def _is_idle(frame: FrameType, thread: threading.Thread | None) -> bool:
    if getattr(getattr(thread, "function", None), "__module__", "") == "pytest_timeout":
        return True
    if _rests(frame):
        return True
    one: FrameType | None = frame
    while one is not None:
        name = str(one.f_globals.get("__name__"))
        if name.partition(".")[0] in ("execnet", "xdist", "pytest_timeout"):
            return True
        one = one.f_back
    return False


def _is_debugged(frame: FrameType | None) -> bool:
    while frame is not None:
        if str(frame.f_globals.get("__name__")).partition(".")[0] in ("pdb", "bdb", "pydevd", "IPython"):
            return True
        frame = frame.f_back
    return False


def _rests(frame: FrameType) -> bool:
    """Tell whether a thread waits, without limit, for somebody to wake it."""
    match frame.f_globals.get("__name__"), frame.f_code.co_name:
        case "concurrent.futures.thread", "_worker":
            return True
        case "threading", "wait":
            return frame.f_locals.get("timeout") is None
        case "pytest_openbanking.clock.timeline", "_finish_really":
            return getattr(frame.f_locals.get("wait"), "left", 0) is None
    return False


def _signals() -> bool:
    return _SIGNAL is not None and signal.getsignal(_SIGNAL) is _on_signal


def _on_signal(number: int, frame: FrameType | None) -> None:
    error = _raised.pop(threading.get_ident(), None)
    if error is not None:
        raise error


def _message(watch: Watch, certain: bool) -> str:
    others = [one for one in line.members.values() if one is not watch.member]
    lines = [_describe(one, certain) for one in [watch.member, *others]]
    told = [text for text in lines if text]
    cause = "" if certain else f" (it went on for {watch.seconds:g} s of real time)"
    return f"the exchange hung{cause}: " + ("; ".join(told[:8]) or "nothing of the client's is running")


def _describe(member: Member, certain: bool) -> str:
    frame = sys._current_frames().get(member.ident)
    if frame is None:
        return ""
    task = describe_task(member.ident)
    if task:
        return task
    call, client = _split(frame)
    where = f"{os.path.basename(client.f_code.co_filename)}:{client.f_lineno} in {client.f_code.co_name}"
    if member.wait is None:
        return f"{where} is busy" + (f" in {call}" if call else "")
    nothing = ", which nothing will set" if certain else ""
    return f"{where} waits for {call or 'a lock'}{nothing}"


def _split(frame: FrameType) -> tuple[str, FrameType]:
    """Return the outermost library call above the client's innermost frame, and that frame."""
    call, one = "", frame
    while one.f_back is not None and _is_library(one.f_code):
        if one.f_code.co_filename.startswith(_OWN):
            call = _STAND_INS.get(one.f_code.co_qualname, call)
        else:
            call = f"{one.f_globals.get('__name__')}.{one.f_code.co_qualname}"
        one = one.f_back
    return (call, frame) if is_machinery(one) else (call, one)


def _is_library(code: CodeType) -> bool:
    file = code.co_filename
    return file.startswith((*_LIBRARY, _OWN, "<frozen")) or "site-packages" in file


def describe_task(ident: int) -> str:
    """Say where the tasks of a loop in that thread wait, if it runs one."""
    asyncio: Any = sys.modules.get("asyncio")
    if asyncio is None:
        return ""
    told = []
    for task in _tasks(asyncio, ident):
        place = _place(task.get_coro())
        if place:
            told.append(place)
    return "; ".join(dict.fromkeys(told))


def _tasks(asyncio: Any, ident: int) -> list[Any]:
    from pytest_openbanking.clock.loops import loops_of

    return [task for loop in loops_of(ident) for task in asyncio.all_tasks(loop)]


def _place(coroutine: Any) -> str:
    client, call = None, ""
    while coroutine is not None:
        frame = (
            getattr(coroutine, "cr_frame", None)
            or getattr(coroutine, "gi_frame", None)
            or getattr(coroutine, "ag_frame", None)
        )
        if frame is None:
            break
        if not _is_library(frame.f_code):
            client, call = frame, ""
        elif not call:
            call = f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"
        coroutine = (
            getattr(coroutine, "cr_await", None)
            or getattr(coroutine, "gi_yieldfrom", None)
            or getattr(coroutine, "ag_await", None)
        )
    if client is None:
        return ""
    where = f"{os.path.basename(client.f_code.co_filename)}:{client.f_lineno} in {client.f_code.co_name}"
    return f"{where} awaits {call or 'something'}, which nothing will set"
