"""`--openbanking-record`: what the team's own tests get from the provider itself becomes cassettes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.cassettes.capture import capturing
from pytest_openbanking.cassettes.recorder import Recorder, at_provider
from pytest_openbanking.cassettes.scrubbing import Scrubber, UnscrubbableError
from pytest_openbanking.cassettes.sorting import place_for, with_suffix
from pytest_openbanking.network import CREDENTIALS, from_environment

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from pytest_openbanking.cassettes.capture import Captured
    from pytest_openbanking.network import NetworkSandbox
    from pytest_openbanking.settings import Settings

__all__ = ["Recording"]

OUTPUT = "openbanking_recorded"  # of a worker, for its controller


class Recording:
    """A plugin of one run: records the tests that pass, and says at the end what became of them."""

    def __init__(self, settings: Settings) -> None:
        assert settings.cassettes is not None
        self.folder = settings.cassettes
        self.scrubber = Scrubber(fields=settings.scrub, secrets=from_environment(CREDENTIALS).values())
        self.passed: set[str] = set()
        self.lines: list[str] = []

    @contextmanager
    def of(self, sandbox: NetworkSandbox, named: str | None) -> Iterator[None]:
        """Record a test: as one cassette where one is named, else each answer in its operation's place."""
        with capturing() as captured:
            yield
        if sandbox.test not in self.passed:
            self.lines.append(f"{sandbox.test} did not pass: nothing of it is recorded")
            return
        mine = [each for each in captured if place_of_answer(each, sandbox) is not None]
        if not mine:
            self.lines.append(f"{sandbox.test} called no operation that {sandbox.provider.name} documents")
        self.write(sandbox, {with_suffix(named): mine} if named and mine else by_place(mine, sandbox))

    def write(self, sandbox: NetworkSandbox, cassettes: dict[Path, list[Captured]]) -> None:
        recorder = Recorder(self.folder, self.scrubber)
        for place, captured in cassettes.items():
            try:
                self.lines.append(str(recorder.write(place, captured, sandbox.provider, sandbox.bases)))
            except (UnscrubbableError, OSError) as error:
                self.lines.append(f"{self.folder / place} is not recorded: {error}")

    def pytest_report_header(self) -> str:
        return f"openbanking: recording into {self.folder}, from the network"

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "call" and report.passed:
            self.passed.add(item.nodeid)
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[OUTPUT] = self.lines

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        self.lines += getattr(node, "workeroutput", {}).get(OUTPUT, [])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("openbanking: recorded")
        for line in dict.fromkeys(self.lines or ["nothing: no test called the provider"]):
            terminalreporter.line(line)


def by_place(captured: Sequence[Captured], sandbox: NetworkSandbox) -> dict[Path, list[Captured]]:
    """Return each answer with its place; of several of one kind the last stands."""
    placed = ((place_of_answer(each, sandbox), each) for each in captured)
    return {place: [each] for place, each in placed if place is not None}


def place_of_answer(captured: Captured, sandbox: NetworkSandbox) -> Path | None:
    return place_for(at_provider(captured, sandbox.bases), sandbox.provider)
