"""Real servers, and plain clients for them."""

from __future__ import annotations

import http.client
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.serving.server import serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.serving.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    """Paysera, served."""
    with serve(load_provider("paysera")) as server:
        yield server


@pytest.fixture
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    """One connection that stays open."""
    with closing(http.client.HTTPConnection("127.0.0.1", urlsplit(server.origin).port, timeout=10)) as connection:
        yield connection
