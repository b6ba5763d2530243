"""The end of a run: its report is made, written and shown, and the gate is held."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.baseline import better, known_of, new, write_baseline
from pytest_openbanking.coverage.checks import Result
from pytest_openbanking.coverage.entries import entries_of
from pytest_openbanking.coverage.gate import under
from pytest_openbanking.coverage.outputs import write
from pytest_openbanking.coverage.report import Run
from pytest_openbanking.coverage.statuses import report_of
from pytest_openbanking.coverage.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from pytest_openbanking.coverage.report import Report
    from pytest_openbanking.coverage.session import Coverage

__all__ = ["Ending"]


class Ending:
    """What a run comes to. `failures` fail it, `notes` are for whoever tends waivers and baseline."""

    def __init__(self, coverage: Coverage, parts: tuple[str, ...]) -> None:
        self.coverage = coverage
        self.asked = coverage.asked
        self.parts = parts
        self.failures: list[str] = []
        self.said: list[str] = []  # of what was asked for: also in quiet runs
        self.notes: list[str] = []
        self.log: list[str] = []  # what goes to a CI service, as it is
        self.report = self._report()

    @property
    def fails(self) -> bool:
        return bool(self.failures)

    @property
    def binding(self) -> bool:
        """Whether what was not checked counts against the run."""
        return self.asked.gate == "always" or (self.asked.gate == "auto" and not self.parts)

    def _report(self) -> Report:
        coverage = self.coverage
        providers = coverage.providers()
        entries = [
            entry
            for provider in providers
            for entry in entries_of(provider, self.asked.settings.of(provider.name).operations, coverage.waivers)
        ]
        titles = {provider.name: provider.title for provider in providers}
        run = Run(datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), own_version(), self.parts)
        return report_of(titles, entries, coverage.attempts, [run], day=coverage.day)

    def finish(self) -> None:
        """Hold the gate and the baseline, and write what is asked for."""
        self.notes += self.coverage.waivers.notes(self.report.errors)
        if self.asked.gates or (self.asked.baseline and not self.asked.update):
            self.hold()
        if self.asked.baseline and not self.asked.update:
            self.compare()
        if self.asked.update:
            self.update()
        self.failures += write(self.report, self.asked.reports, os.environ, self.log.append)
        warning = summarise(self.report, os.environ)
        self.notes += [warning] if warning else []

    def hold(self) -> None:
        """Fail a whole run in which too few errors are handled."""
        if not self.binding:
            why = (
                "--openbanking-gate=never" if self.asked.gate == "never" else f"a partial run: {', '.join(self.parts)}"
            )
            hint = "" if self.asked.gate == "never" else "; --openbanking-gate=always gates it all the same"
            self.said.append(f"nothing is gated ({why}){hint}")
        else:
            self.failures += self.too_few()

    def too_few(self) -> Iterator[str]:
        if self.asked.gates and not self.report.providers:
            yield "fail-under: no provider was checked, and none is named in [tool.pytest-openbanking]"
        for provider in self.report.providers:
            wanted = self.asked.wanted(provider.name)
            said = under(provider, wanted) if wanted is not None else None
            if said is not None:
                yield f"fail-under: {said}"

    def compare(self) -> None:
        """Hold a run against its baseline: what is new fails it, what has become better is told."""
        assert self.asked.baseline is not None
        name, known = self.asked.baseline.name, self.coverage.baseline
        if self.binding:
            self.failures += [
                f"baseline: new, which fails the run; not in {name}: {each}"
                for each in new(known_of(self.report), known)
            ]
        gone = [] if self.parts else better(known, self.report)
        self.notes += [f"no longer true in {name}: {each}" for each in gone]
        if gone:
            self.notes.append(f"let it shrink: --openbanking-baseline-update={name}")

    def update(self) -> None:
        """Write the baseline of a whole run."""
        file = self.asked.update
        assert file is not None
        if self.parts:
            why = f"this is a partial run ({', '.join(self.parts)}), whatever --openbanking-gate says"
            self.failures.append(f"{file.name} is not written: {why}")
            return
        known = known_of(self.report)
        try:
            write_baseline(file, known)
        except OSError as error:
            self.failures.append(f"{file.name} is not written: {error}")
        else:
            self.said.append(f"{file.name} is written: {len(known)} {'entry' if len(known) == 1 else 'entries'}")
            plain = sum(check.failure is not None and check.result is Result.MISHANDLED for check in self.report.checks)
            if plain:
                self.said.append(f"{plain} of the checks fail without a finding: no baseline lets those pass")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        from pytest_openbanking.coverage.terminal import show

        show(self, terminalreporter)


def own_version() -> str:
    try:
        return version("pytest-openbanking")
    except PackageNotFoundError:  # a copy that is not installed
        return "unknown"
