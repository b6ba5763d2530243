import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def anyio_backend() -> str:
    """Trio is refused by name, so anyio's tests run on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def without_reruns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave pytest-rerunfailures out of the runs within tests, but where it is asked for: it keeps a thread and a socket.

    With a foreign thread about, nothing tells at once that an exchange hangs.
    """
    if "pytester" in request.fixturenames and not request.node.get_closest_marker("reruns"):
        request.getfixturevalue("pytester")  # discards what is set before
        monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:rerunfailures", prepend=" ")
