"""Whose code keeps real time even in a thread that takes part: the test machinery, and real processes."""

from __future__ import annotations

from types import FrameType

__all__ = ["is_machinery"]

_MACHINERY = (
    "_pytest", "pytest", "pluggy", "pytest_asyncio", "pytest_timeout", "pytest_cov", "pytest_randomly",
    "pytest_rerunfailures", "pytest_benchmark", "xdist", "execnet", "coverage", "hypothesis", "faulthandler",
    "subprocess", "multiprocessing", "concurrent.futures.process", "cProfile", "profile", "pyinstrument", "pdb", "bdb", "debugpy", "pydevd",
)  # fmt: skip
_verdicts: dict[object, bool] = {}


def is_machinery(frame: FrameType) -> bool:
    """Tell whether this code is the test machinery's, by the name of its module."""
    name = frame.f_globals.get("__name__")
    try:
        return _verdicts[name]
    except KeyError:
        verdict = _verdicts[name] = _judge(name)
        return verdict
    except TypeError:  # not hashable: whatever it is, no module of the machinery
        return False


def _judge(name: object) -> bool:
    return isinstance(name, str) and any(name == one or name.startswith(one + ".") for one in _MACHINERY)
