"""The servers of a test session: one for each provider, started on first use."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, NoReturn

from pytest_openbanking.marks import registry_of, stop
from pytest_openbanking.serving.disarming import Disarming
from pytest_openbanking.serving.server import Server, serve
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import pytest

__all__ = ["Servers"]


class Servers:
    """Starts servers; `close` ends them all. What a test arms on them is disarmed when that test has ended."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._registry = registry_of(config)
        self._started: dict[str, Server] = {}
        self._stack = ExitStack()
        self._disarming = Disarming(self._started)
        config.pluginmanager.register(self._disarming)

    def __getattr__(self, name: str) -> NoReturn:
        __tracebackhide__ = True
        if hasattr(Server, name):
            raise AttributeError(f'openbanking_server is called with a provider: openbanking_server("paysera").{name}')
        raise AttributeError(name)

    def __call__(self, provider: str | None = None) -> Server:
        """Return a provider's server; None is the `provider` of [tool.pytest-openbanking]."""
        __tracebackhide__ = True
        try:
            return self._server(provider or self._registry.settings.provider)
        except UsageError as error:
            stop(str(error))

    def _server(self, name: str | None) -> Server:
        if name is None:
            known = ", ".join(sorted(self._registry.folders))
            raise UsageError(
                f"openbanking_server() names no provider: name one, or set `provider` in [tool.pytest-openbanking]; "
                f"allowed: {known}"
            )
        if name not in self._started:
            serving = serve(self._registry.provider(name), library=self._registry.library(name))
            self._started[name] = self._stack.enter_context(serving)
        return self._started[name]

    def close(self) -> None:
        self._config.pluginmanager.unregister(self._disarming)
        self._stack.close()
