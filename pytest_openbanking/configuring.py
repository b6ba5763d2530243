"""What a run's options ask for, checked and set up before any test is collected."""

from __future__ import annotations

import pytest

from pytest_openbanking.marks import RECORDING, registry_of
from pytest_openbanking.settings import UsageError

__all__ = ["configure"]


def configure(config: pytest.Config) -> None:
    """Set up what is asked for; raises pytest.UsageError, one line, where an option is wrong."""
    try:
        registry_of(config)
        if covers(config):
            from pytest_openbanking.coverage import session

            session.configure(config)
        if config.getoption("openbanking_record"):
            record(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def record(config: pytest.Config) -> None:
    from pytest_openbanking.environment import check_environment
    from pytest_openbanking.recording import Recording

    check_environment()
    config.pluginmanager.register(Recording(registry_of(config).settings), RECORDING)


def covers(config: pytest.Config) -> bool:
    """Tell whether anything is asked of coverage."""
    settings = registry_of(config).settings
    teams = any(team.fail_under is not None for team in settings.providers.values())
    named = settings.waive or settings.report or settings.baseline or settings.fail_under is not None
    return bool(
        named
        or teams
        or any(config.getoption(name) not in (None, []) for name in OPTIONS)
        or config.getoption("openbanking_gate") != "auto"
    )


OPTIONS = (
    "openbanking_report",
    "openbanking_fail_under",
    "openbanking_baseline",
    "openbanking_baseline_update",
)
