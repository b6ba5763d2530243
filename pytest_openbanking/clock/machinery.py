"""Whose code keeps real time even in a thread that takes part: the test machinery, and real processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["is_machinery"]

_MACHINERY = (
    "_pytest", "pytest", "pluggy", "pytest_asyncio", "pytest_timeout", "pytest_cov", "pytest_randomly",
    "xdist", "pytest_rerunfailures", "pytest_benchmark", "execnet", "coverage", "hypothesis", "faulthandler",
    "subprocess", "multiprocessing", "concurrent.futures.process",
    "cProfile", "profile", "pyinstrument", "pdb", "bdb", "debugpy", "pydevd",
)  # fmt: skip
# Who called these decides: they wait on somebody's behalf.
_AGENTS = (
    "threading", "queue", "concurrent.futures", "contextlib",
    "pytest_openbanking.jobs", "pytest_openbanking.clock",
)  # fmt: skip
_verdicts: dict[object, bool | None] = {}


def is_machinery(frame: FrameType | None) -> bool:
    """Tell whether this code is the test machinery's, by the name of its module."""
    while frame is not None:
        verdict = _verdict(frame.f_globals.get("__name__"))
        if verdict is not None:
            return verdict
        frame = frame.f_back
    return False


def _verdict(name: object) -> bool | None:
    try:
        return _verdicts[name]
    except KeyError:
        verdict = _verdicts[name] = _judge(name)
        return verdict
    except TypeError:  # not hashable: whatever it is, no module of the machinery
        return False


def _judge(name: object) -> bool | None:
    if not isinstance(name, str):
        return False
    if _is_in(name, _MACHINERY):
        return True
    return None if _is_in(name, _AGENTS) else False


def _is_in(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)
