"""`make bench`: the costs that matter, side by side with the peers'. Machines differ; quote the ratios."""

from __future__ import annotations

import importlib
import sys

ALL = ("interaction", "cases", "cassettes", "malformed", "page", "startup")

for name in sys.argv[1:] or ALL:
    importlib.import_module(f"benchmarks.{name}").run()
