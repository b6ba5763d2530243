"""What a thread is doing, told from its frames and, on Linux, from the kernel's account of it."""

from __future__ import annotations

import dis
import sys
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType, FrameType

__all__ = ["Sample", "is_in_lock", "native_ids", "sample"]

_LOCK_CALLS = frozenset(("acquire", "__enter__", "_acquire_restore", "get", "put", "join"))


@dataclass(frozen=True)
class Sample:
    """Where one thread was at one moment; two equal ones tell that it did not run in between.

    A thread that waits for the GIL wakes every switch interval, which counts as a switch; one that could
    run but is not scheduled is not asleep. So equal samples further apart than that tell a blocked thread.
    """

    frame: int
    instruction: int
    switches: str | None
    asleep: bool


def sample(frame: FrameType, native: int | None) -> Sample:
    """Take a sample of a thread, given its innermost frame."""
    switches, asleep = _kernel(native)
    return Sample(id(frame), frame.f_lasti, switches, asleep)


def is_in_lock(frame: FrameType) -> bool:
    """Tell whether the innermost frame is at a `with` or at a call that takes a lock or a C queue."""
    return _takes_lock(frame.f_code, frame.f_lasti)


def native_ids() -> dict[int, int | None]:
    """Return the kernel's ids of Python's threads."""
    import threading

    return {thread.ident: thread.native_id for thread in threading.enumerate() if thread.ident}


def _kernel(native: int | None) -> tuple[str | None, bool]:
    if native is None or sys.platform != "linux":
        return None, True
    try:
        with open(f"/proc/self/task/{native}/status") as status:
            lines = dict(line.split(":", 1) for line in status if ":" in line)
    except OSError:
        return None, True
    switches = lines.get("voluntary_ctxt_switches", "") + lines.get("nonvoluntary_ctxt_switches", "")
    return switches, lines.get("State", "S").strip().startswith("S")


@lru_cache(maxsize=512)
def _takes_lock(code: CodeType, offset: int) -> bool:
    before: list[dis.Instruction] = []
    for instruction in dis.get_instructions(code):
        before.append(instruction)
        if instruction.offset == offset:
            break
    if not before or before[-1].opname == "BEFORE_WITH":
        return bool(before)
    if not before[-1].opname.startswith("CALL"):
        return False
    return any(one.argval in _LOCK_CALLS for one in before[-12:] if one.opname in ("LOAD_ATTR", "LOAD_METHOD"))
