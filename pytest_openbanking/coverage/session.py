"""The coverage of one run: a plugin that is registered when something is asked for, or with the first check."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pytest_openbanking.catalogue.loader import load_folder
from pytest_openbanking.coverage import outputs
from pytest_openbanking.coverage.asked import Asked, asked_of
from pytest_openbanking.coverage.attempts import Attempts
from pytest_openbanking.coverage.baseline import read_baseline
from pytest_openbanking.coverage.partial import chosen_parts
from pytest_openbanking.coverage.tolerance import Tolerance
from pytest_openbanking.coverage.waivers import Waivers, check_waivers
from pytest_openbanking.marks import registry_of
from pytest_openbanking.registry import current

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.coverage.checks import Check

__all__ = ["ENDING", "NAME", "Coverage", "configure", "coverage_of", "take"]

OURS = "pytest_openbanking"
NO_RUN = ("collectonly", "setuponly", "setupplan")  # options with which no test is run
NAME, ENDING = "openbanking-coverage", "openbanking-ending"
OUTPUT = "openbanking_coverage"  # of a worker, for its controller
EARLY = (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)


class Coverage:
    """What a run has shown so far, and what is asked of it."""

    def __init__(self, config: pytest.Config, asked: Asked) -> None:
        self.config = config
        self.asked = asked
        self.day = datetime.now(UTC).date().isoformat()
        self.waivers = Waivers(asked.settings.waive, self.day)
        self.baseline = self._read_baseline()
        self.tolerance = Tolerance(self.waivers, self.baseline, asked.baseline.name if asked.baseline else "")
        self.attempts = Attempts()
        self.folders: dict[str, str] = {}  # of the providers that were checked
        self.deselected = 0
        self.looped = False  # whether tests were to be run at all: not for --fixtures, --collect-only and the like
        self.collected: set[str] = set()
        self.ended: set[str] = set()
        self.broken = 0  # files that could not be collected
        self.stopped = ""

    def _read_baseline(self) -> frozenset[Any]:
        file, update = self.asked.baseline, self.asked.update
        if file is None or (file == update and not file.exists()):
            return frozenset()
        return read_baseline(file)

    def meet(self, checks: Sequence[Check]) -> None:
        """Remember where the data of a check's provider is: another process may not know."""
        for name in {check.error.provider for check in checks} - self.folders.keys():
            folder = current().folders.get(name)
            if folder is not None:
                self.folders[name] = str(folder.resolve())

    # What pytest tells.

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        self.looped = True
        self.collected |= {item.nodeid for item in session.items}

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: object, ids: Sequence[str]) -> None:
        self.collected |= set(ids)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        self.ended.add(nodeid)

    def pytest_deselected(self, items: Sequence[pytest.Item]) -> None:
        self.deselected += sum(map(may_judge, items))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.broken += report.failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.attempts.take(report)

    def pytest_keyboard_interrupt(self) -> None:
        self.stopped = "it was interrupted"

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        told = getattr(node, "workeroutput", {}).get(OUTPUT)
        if told:
            self.folders |= told["folders"]
            self.deselected = max(self.deselected, told["deselected"])  # every worker collects all tests

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(self.config, "workeroutput", None)
        if output is not None:
            output[OUTPUT] = {"folders": self.folders, "deselected": self.deselected}
            return
        from pytest_openbanking.coverage.ending import Ending

        wanted = self.attempts or (self.asked.anything and self.looped)
        if not wanted or any(self.config.getoption(name, False) for name in NO_RUN):
            return
        ending = Ending(self, tuple(self.parts(session)))
        ending.finish()
        if ending.fails and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self.config.pluginmanager.register(ending, ENDING)

    def parts(self, session: pytest.Session) -> Iterator[str]:
        """Yield why the run is partial."""
        yield from chosen_parts(self.config)
        if self.deselected:
            yield f"{self.deselected} deselected"
        if self.broken:
            yield f"{self.broken} not collected"
        stopped = session.shouldfail or session.shouldstop
        left = len(self.collected - self.ended)
        if left and not (self.stopped or stopped):
            yield f"{left} not run"
        if self.stopped or stopped or session.exitstatus in EARLY:
            yield self.stopped or (stopped if isinstance(stopped, str) else "it stopped early")

    # What the report is of.

    def providers(self) -> list[Provider]:
        """Return the providers that were checked, or, where something is asked for, that the options name."""
        settings = self.asked.settings
        names = {check.error.provider for check in self.attempts}
        if self.asked.anything:
            names |= {*settings.providers, *([settings.provider] if settings.provider else [])}
        return [found for name in sorted(names) if (found := self._provider(name)) is not None]

    def _provider(self, name: str) -> Provider | None:
        registry = registry_of(self.config)
        folder: str | Path | None = self.folders.get(name) or registry.folders.get(name)
        if folder is None:  # a crashed worker's
            return None
        from pathlib import Path

        return load_folder(Path(folder).resolve())


def may_judge(item: pytest.Item) -> bool:
    """Tell whether a test may judge errors: it has our fixture, or its module has something of ours."""
    if "openbanking" in getattr(item, "fixturenames", ()):
        return True
    held = vars(getattr(item, "module", None) or object).values()
    return any(
        str(getattr(each, "__module__", None) or getattr(each, "__name__", "")).startswith(OURS) for each in held
    )


def configure(config: pytest.Config) -> None:
    """Take part in a run from its start, where something is asked of it; raises UsageError where that is wrong."""
    registry = registry_of(config)
    check_waivers(registry)
    asked = asked_of(config, registry.settings)
    if not hasattr(config, "workerinput"):
        outputs.check(asked.reports, {"the baseline": asked.baseline, "the new baseline": asked.update})
    if asked.anything:
        if registry.settings.provider is not None:
            registry.provider(registry.settings.provider)  # raises, with the nearest, where there is none
        register(config, asked)


def coverage_of(config: pytest.Config) -> Coverage:
    """Return the run's coverage, which begins with its first check at the latest."""
    found: Coverage | None = config.pluginmanager.get_plugin(NAME)
    return found or register(config, asked_of(config, registry_of(config).settings))


def register(config: pytest.Config, asked: Asked) -> Coverage:
    coverage = Coverage(config, asked)
    config.pluginmanager.register(coverage, NAME)
    return coverage


def take(config: pytest.Config, report: pytest.TestReport) -> None:
    """Take a worker's report with checks, where none has come before: later ones come by the hook."""
    if not config.pluginmanager.has_plugin(NAME):
        coverage_of(config).attempts.take(report)
