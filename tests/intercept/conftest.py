from collections.abc import Iterator

import pytest

from tests.intercept.callers import CALLERS, Call
from tests.intercept.provider import Provider


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider, its exchange open."""
    with Provider().opened() as opened:
        yield opened


@pytest.fixture(params=CALLERS)
def call(request: pytest.FixtureRequest) -> Call:
    """A call through each of the HTTP libraries."""
    return CALLERS[request.param]


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
