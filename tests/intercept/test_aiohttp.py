"""aiohttp's own protocol asks the sandbox when the whole request is there."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.intercept.provider import HOST, Provider

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

SHORT = aiohttp.ClientTimeout(total=2)


async def post(**options: object) -> str:
    async with (
        aiohttp.ClientSession(timeout=SHORT) as session,
        session.post(HOST, **options) as answer,  # type: ignore[arg-type]
    ):
        return await answer.text()


def test_the_body_follows_100_continue(provider: Provider) -> None:
    """A client that expects it is told to continue, and then sends its body."""
    assert asyncio.run(post(data=b"abc", expect100=True)) == '{"ok": true}'
    assert provider.requests[0].body == b"abc"


async def broken() -> AsyncIterator[bytes]:
    yield b"a"
    raise ValueError("no more")


def test_a_body_that_breaks_is_no_request(provider: Provider) -> None:
    """An error in the client's own generator comes out as aiohttp's, and the provider sees nothing."""
    with pytest.raises(aiohttp.ClientConnectionError, match="Failed to send bytes"):
        asyncio.run(post(data=broken()))
    assert provider.interactions == []


def test_an_upload_that_outlives_the_exchange_is_refused() -> None:
    """The exchange is asked for again when the request is complete."""

    async def main() -> None:
        ended = asyncio.Event()

        async def slow() -> AsyncIterator[bytes]:
            yield b"a"
            await ended.wait()

        with Provider().opened() as provider:
            task = asyncio.create_task(post(data=slow()))
            await asyncio.sleep(0.05)
        ended.set()
        with pytest.raises(aiohttp.ClientConnectorError, match="openbanking refused POST"):
            await task
        assert provider.interactions == []

    asyncio.run(main())
