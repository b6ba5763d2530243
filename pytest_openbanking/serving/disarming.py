"""Disarming what a test, or a wider fixture, has armed on the servers of a session, once that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from pytest_openbanking.sandboxes.arming import Armed
    from pytest_openbanking.serving.server import Server

__all__ = ["Disarming"]


class Disarming:
    """A plugin from the first server on: the servers live all session, and what a test arms is not for the next one."""

    def __init__(self, servers: Mapping[str, Server]) -> None:
        self.servers = servers
        self.kept: list[tuple[object, Armed]] = []  # by the fixture that armed it

    @property
    def armed(self) -> list[Armed]:
        return [armed for server in self.servers.values() for armed in server.armed]

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        before = set(map(id, self.armed))
        try:
            return (yield)
        finally:
            if fixturedef.scope != "function":
                self.kept += [(fixturedef, armed) for armed in self.armed if id(armed) not in before]

    def pytest_fixture_post_finalizer(self, fixturedef: pytest.FixtureDef[object]) -> None:
        self.kept = [(owner, armed) for owner, armed in self.kept if owner is not fixturedef]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self) -> Generator[None, None, None]:
        try:
            yield
        finally:
            for server in self.servers.values():
                server.disarm(keep=[armed for _, armed in self.kept])
