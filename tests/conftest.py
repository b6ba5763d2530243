import pytest

pytest_plugins = ["pytester"]


@pytest.fixture
def anyio_backend() -> str:
    """Trio is refused by name, so anyio's tests run on asyncio."""
    return "asyncio"
