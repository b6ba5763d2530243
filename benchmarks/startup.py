"""What the plugin adds to the start of a run that does not use it, beside what its dependencies' own plugins cost."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 21
OTHERS = {
    "hypothesis": "hypothesispytest",
    "respx": "respx",
    "time-machine": "time_machine",
    "anyio (with httpx)": "anyio",
}


def run_once(place: Path, off: list[str]) -> float:
    """Return the CPU milliseconds of one run."""
    command = [sys.executable, "-W", "ignore", "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    for plugin in off:
        command += ["-p", f"no:{plugin}"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) * 1e3


def added(place: Path, plugin: str, always_off: list[str]) -> tuple[float, float]:
    """Return what a plugin adds, in milliseconds, measured in turn: by the medians, and by the least of each."""
    run_once(place, always_off), run_once(place, [plugin, *always_off])
    pairs = [(run_once(place, always_off), run_once(place, [plugin, *always_off])) for _ in range(ROUNDS)]
    with_it, without = zip(*pairs, strict=True)
    return statistics.median(with_it) - statistics.median(without), min(with_it) - min(without)


def run() -> None:
    place = Path(tempfile.mkdtemp())
    place.joinpath("test_nothing.py").write_text("def test_nothing():\n    pass\n")
    off = ["randomly", "asyncio", "recording", "pytest_httpx", "xdist", "xdist.looponfail"]
    middle, least = added(place, "openbanking", off)
    print(f"installed but unused, pytest-openbanking adds {middle:6.1f} ms   (by the least: {least:.1f})   bar 3.0")
    for name, plugin in OTHERS.items():
        middle, least = added(place, plugin, off)
        print(f"    beside it, the plugin of {name:<20} {middle:6.1f} ms   (by the least: {least:.1f})")
