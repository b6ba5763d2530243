"""What a run is asked for: reports, a gate, a baseline; by its command line, else by pyproject.toml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.coverage.gate import percentage
from pytest_openbanking.coverage.outputs import ANNOTATIONS, parse, trouble_with
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

    from pytest_openbanking.coverage.outputs import Output
    from pytest_openbanking.settings import Settings

__all__ = ["Asked", "asked_of"]

GATES = ("auto", "always", "never")


@dataclass(frozen=True)
class Asked:
    """`fail_under` is for providers that have none of their own; files are absolute."""

    settings: Settings
    reports: tuple[Output, ...] = ()
    fail_under: float | None = None
    gate: str = "auto"
    baseline: Path | None = None
    update: Path | None = None

    def wanted(self, provider: str) -> float | None:
        """Return how many per cent of a provider's errors must be handled."""
        own = self.settings.of(provider).fail_under
        return self.fail_under if own is None else own

    @property
    def gates(self) -> bool:
        return self.fail_under is not None or any(
            each.fail_under is not None for each in self.settings.providers.values()
        )

    @property
    def anything(self) -> bool:
        return bool(self.gates or self.reports or self.baseline or self.update)


def asked_of(config: pytest.Config, settings: Settings) -> Asked:
    """Return what a run is asked for; raises UsageError, one line, where something is wrong."""
    root, here = settings.root or config.rootpath, config.invocation_params.dir
    option = config.getoption
    given, wanted, gate = option("openbanking_report"), option("openbanking_fail_under"), option("openbanking_gate")
    if gate not in GATES:
        close = nearest(gate, GATES, most=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        raise UsageError(f"--openbanking-gate: unknown {gate!r}{hint}; allowed: {', '.join(GATES)}")
    return Asked(
        settings=settings,
        reports=reports_of(settings, given),
        fail_under=settings.fail_under if wanted is None else percent(wanted),
        gate=gate,
        baseline=file_of(option("openbanking_baseline"), here) or file_of(settings.baseline, root),
        update=to_write(option("openbanking_baseline_update"), here),
    )


def reports_of(settings: Settings, given: Sequence[str]) -> tuple[Output, ...]:
    """Return where reports go; paths in pyproject.toml begin where it is."""
    own = [of_options(settings.root, text) for text in settings.report]
    return tuple(dict.fromkeys([*own, *map(parse, given)]))


def of_options(root: Path | None, text: str) -> Output:
    try:
        parse(text)
    except UsageError as error:
        raise UsageError(f"{root / 'pyproject.toml' if root else 'pyproject.toml'}: {error}") from None
    return parse(below(root, text))


def below(root: Path | None, text: str) -> str:
    kind, _, where = text.partition(":")
    return text if root is None or not where.strip() or kind == ANNOTATIONS else f"{kind}:{root / where}"


def percent(text: str) -> float:
    try:
        return percentage(text)
    except UsageError as error:
        raise UsageError(f"--openbanking-fail-under: {error}") from None


def file_of(name: str | None, folder: Path) -> Path | None:
    return folder / name if name is not None else None


def to_write(name: str | None, folder: Path) -> Path | None:
    """Return the file to be written; one that cannot be is said before the tests run."""
    file = file_of(name, folder)
    if file is None:
        return None
    why = trouble_with(file)
    if why is not None:
        raise UsageError(f"--openbanking-baseline-update: {file} cannot be written: {why}")
    return file
