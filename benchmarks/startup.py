"""What the plugin adds to the start of a run that does not use it, beside what its dependencies' own plugins cost."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 15
OTHERS = {
    "hypothesis": "hypothesispytest",
    "respx": "respx",
    "time-machine": "time_machine",
    "anyio (with httpx)": "anyio",
}


def run_once(place: Path, off: list[str]) -> float:
    """Return the CPU milliseconds of one run."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    for plugin in off:
        command += ["-p", f"no:{plugin}"]
    before = os.times()
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = os.times()
    spent = (after.children_user + after.children_system) - (before.children_user + before.children_system)
    return spent * 1e3


def added(place: Path, plugin: str, always_off: list[str]) -> tuple[float, float, float]:
    """Return the median, least and most milliseconds that a plugin adds, measured in turn."""
    run_once(place, always_off), run_once(place, [plugin, *always_off])
    differences = [run_once(place, always_off) - run_once(place, [plugin, *always_off]) for _ in range(ROUNDS)]
    return statistics.median(differences), min(differences), max(differences)


def run() -> None:
    place = Path(tempfile.mkdtemp())
    place.joinpath("test_nothing.py").write_text("def test_nothing():\n    pass\n")
    off = ["randomly", "asyncio", "recording", "pytest_httpx", "xdist", "xdist.looponfail"]
    middle, low, high = added(place, "openbanking", off)
    print(f"installed but unused, pytest-openbanking adds {middle:6.1f} ms   ({low:.1f} to {high:.1f})   bar 3.0")
    for name, plugin in OTHERS.items():
        middle, low, high = added(place, plugin, off)
        print(f"    beside it, the plugin of {name:<20} {middle:6.1f} ms   ({low:.1f} to {high:.1f})")
