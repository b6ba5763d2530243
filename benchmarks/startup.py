"""What the plugin adds to the start of a run that does not use it, beside what its dependencies' own plugins cost.

Each plugin's loading, and its work until the first test is collected, is timed inside pytest: two whole runs differ by more
than either takes, on any machine.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 15
OURS = "openbanking"
OTHERS = {
    "respx": "respx, which loads httpx",
    "hypothesispytest": "hypothesis",
    "time_machine": "time-machine",
    "anyio": "anyio",
}
TIMED = """
import functools, importlib.metadata, json, sys, time, pytest

spent = {}
load = importlib.metadata.EntryPoint.load

def timed(name, call):
    @functools.wraps(call)
    def run(*args, **options):
        started = time.process_time()
        try:
            return call(*args, **options)
        finally:
            spent[name] = spent.get(name, 0) + (time.process_time() - started) * 1e3
    return run

def load_timed(self):
    plugin = timed(self.name, load)(self)
    if self.name == "openbanking":
        for hook in ("pytest_addhooks", "pytest_configure"):
            setattr(plugin, hook, timed(self.name, getattr(plugin, hook)))
    return plugin

importlib.metadata.EntryPoint.load = load_timed
assert pytest.main(["-q", "-p", "no:cacheprovider", "-W", "ignore", *sys.argv[1:]]) == 0
print(json.dumps(spent))
"""


def spent(place: Path, off: list[str]) -> dict[str, float]:
    """Return the CPU milliseconds of each plugin in one run."""
    options = [option for plugin in off for option in ("-p", f"no:{plugin}")]
    command = [sys.executable, "-W", "ignore", "-c", TIMED, *options]
    ran = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True)
    times: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return times


def run() -> None:
    place = Path(tempfile.mkdtemp())
    place.joinpath("test_nothing.py").write_text("def test_nothing():\n    pass\n")
    off = ["randomly", "asyncio", "recording", "pytest_httpx", "xdist", "xdist.looponfail", "timeout"]
    rounds = [spent(place, off) for _ in range(ROUNDS + 1)][1:]
    ours = [times[OURS] for times in rounds]
    print(
        f"installed but unused, pytest-openbanking adds {statistics.median(ours):6.1f} ms"
        f"   ({min(ours):.1f} to {max(ours):.1f})   bar 3.0"
    )
    for plugin, name in OTHERS.items():
        others = [times[plugin] for times in rounds if plugin in times]
        if others:
            print(f"    beside it, the plugin of {name:<24} {statistics.median(others):6.1f} ms")
