"""`--openbanking-record`: what the team's own tests get from the provider itself becomes cassettes."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.cassettes.capture import capturing
from pytest_openbanking.cassettes.recorder import NotWrittenError, Recorder, at_provider
from pytest_openbanking.cassettes.scrubbing import Scrubber
from pytest_openbanking.cassettes.sorting import operation_of, place_for, problem_of_success, with_suffix
from pytest_openbanking.claims import Claims, address_line
from pytest_openbanking.environment import from_environment, secrets_here
from pytest_openbanking.hosts import is_below
from pytest_openbanking.marks import recorded_provider
from pytest_openbanking.sandboxes.sandbox import base_url_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from pathlib import Path

    from pytest_openbanking.cassettes.capture import Captured
    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.network import NetworkSandbox
    from pytest_openbanking.settings import Settings

__all__ = ["Recording"]

OUTPUT = "openbanking_recorded"  # of a worker, for its controller


class Recording:
    """A plugin of one run: records the tests that pass, and says at the end what became of them."""

    def __init__(self, settings: Settings) -> None:
        assert settings.cassettes is not None
        self.settings = settings
        self.folder = settings.cassettes
        self.recorder = Recorder(self.folder, Scrubber(fields=settings.scrub, secrets=secrets_here()))
        self.claims = Claims()
        self.destinations: list[str] = []
        self.passed: set[str] = set()
        self.lines: list[str] = []
        self.failed = False
        self.full = False  # the disk takes no more

    @contextmanager
    def of(self, sandbox: NetworkSandbox, named: str | None) -> Iterator[None]:
        """Record a test: as one cassette where one is named, else each answer in its operation's place."""
        asked: list[str] = []
        with capturing(asked) as captured:
            yield
        self.lines.append(address_line(sandbox.provider.name, sandbox.base_url))
        if sandbox.test not in self.passed:
            self.lines.append(f"{sandbox.test} did not pass: nothing of it is recorded")
            return
        mine = [each for each in captured if operation_of(at_provider(each, sandbox.bases), sandbox.provider)]
        if not mine:
            self.lines.append(f"{sandbox.test} {nothing_of(asked, captured, sandbox)}")
        elif named:
            self.write(sandbox, {with_suffix(named): mine})
        else:
            self.write(sandbox, self.by_place([each for each in mine if self.readable(each, sandbox)], sandbox))

    def readable(self, captured: Captured, sandbox: NetworkSandbox) -> bool:
        """Tell whether an answer may stand for its operation: what looks like a success is one."""
        here = at_provider(captured, sandbox.bases)
        operation = operation_of(here, sandbox.provider)
        if operation is None or here["response"]["status"]["code"] >= 400:
            return True
        problem = problem_of_success(here, operation, sandbox.provider)
        if problem is not None:
            self.lines.append(f"{self.folder / str(place_for(here, sandbox.provider))} is not recorded: {problem}")
        return problem is None

    def by_place(self, captured: Sequence[Captured], sandbox: NetworkSandbox) -> dict[Path, list[Captured]]:
        """Return each answer with its place; of several of one kind the last stands."""
        placed = ((self.recorder.place(each, sandbox.provider, sandbox.bases), each) for each in captured)
        return {place: [each] for place, each in placed if place is not None}

    def write(self, sandbox: NetworkSandbox, cassettes: dict[Path, list[Captured]]) -> None:
        for place, captured in cassettes.items():
            if self.full:
                return
            try:
                self.lines.append(str(self.recorder.write(place, captured, sandbox.provider, sandbox.bases)))
            except NotWrittenError as error:
                self.failed, self.full = True, error.lasting
                rest = "; nor is anything after it" if error.lasting else ""
                self.lines.append(f"{self.folder / place} is not recorded: {error}{rest}")

    def pytest_report_header(self) -> str:
        return f"openbanking: recording into {self.folder}, from the network"

    @pytest.hookimpl(tryfirst=True)  # before the terminal shows what we have to say
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Let each provider have its variables, whichever of its tests comes first and in which process."""
        found = {each.name: each for item in session.items if (each := recorded_provider(item)) is not None}
        for name in sorted(found, key=lambda name: (name != self.settings.provider, name)):
            self.destinations.append(self.claims.problem(name) or address_line(name, self.base_url(found[name])))

    def pytest_report_collectionfinish(self) -> list[str]:
        return [f"openbanking: {line}" for line in self.destinations]

    def base_url(self, provider: Provider) -> str:
        documented = base_url_of(provider, self.settings.of(provider.name).environment)
        return from_environment(["base_url"], provider.name).get("base_url", documented)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        report = yield
        if report.when == "call" and report.passed:
            self.passed.add(item.nodeid)
        return report

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if hasattr(session.config, "workeroutput"):
            session.config.workeroutput[OUTPUT] = (self.lines, self.failed)
        elif self.failed and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        lines, failed = getattr(node, "workeroutput", {}).get(OUTPUT, ([], False))
        self.lines += lines
        self.failed = self.failed or failed

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("openbanking: recorded")
        for line in dict.fromkeys(self.lines or ["nothing: no test called the provider"]):
            terminalreporter.line(line)


def nothing_of(asked: Sequence[str], captured: Sequence[Captured], sandbox: NetworkSandbox) -> str:
    """Say why there is nothing of a test to record."""
    answered = [str(each["request"]["uri"]) for each in captured]
    missed = [url for url in asked if url not in answered and any(is_below(url, base) for base in sandbox.bases)]
    if missed:
        return f"had no answer from {sandbox.provider.name} at {sandbox.base_url}: nothing of it is recorded"
    return f"called no operation that {sandbox.provider.name} documents"
