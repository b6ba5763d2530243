"""How an interaction's answer, or its fault, reaches a client of any library: the waits and the troubles."""

from __future__ import annotations

import time
from contextlib import closing
from enum import Enum
from typing import TYPE_CHECKING

from pytest_openbanking.exchange import Fault

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from pytest_openbanking.exchange import Interaction, Response
    from pytest_openbanking.scope import Scope

__all__ = ["PATIENCE", "Trouble", "Wire", "deliver", "deliver_async", "lose"]

PATIENCE = 300.0
"""Seconds after which the peer resets a connection whose client has no time-out of its own."""


class Wire(Enum):
    """What went wrong below HTTP; each library has a native exception for each."""

    REFUSED = "connection refused"
    CONNECT_TIMEOUT = "connect timed out"
    CONNECT_RESET = "connection reset while connecting"
    READ_TIMEOUT = "read timed out"
    RESET = "connection reset by peer"


class Trouble(Exception):  # noqa: N818 (no error, but a fault on its way)
    """A fault has reached the client; `text` is the message of a refusal."""

    def __init__(self, wire: Wire, text: str = "") -> None:
        super().__init__(text or wire.value)
        self.wire = wire
        self.text = text


def deliver(scope: Scope, interaction: Interaction, connect: float | None, read: float | None) -> Response:
    """Wait as the client would, end the interaction, and return its response or raise `Trouble`."""
    response = interaction.response
    if response is not None and not response.delay and interaction.refused is None:
        scope.end(interaction)
        return response
    steps = _steps(scope, interaction, connect, read)
    with closing(steps):
        while True:
            try:
                seconds = next(steps)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            time.sleep(seconds)


async def deliver_async(
    scope: Scope,
    interaction: Interaction,
    connect: float | None,
    read: float | None,
    sleep: Callable[[float], Awaitable[object]],
) -> Response:
    """Do the same as `deliver`, awaiting `sleep`."""
    response = interaction.response
    if response is not None and not response.delay and interaction.refused is None:
        scope.end(interaction)
        return response
    steps = _steps(scope, interaction, connect, read)
    with closing(steps):
        while True:
            try:
                seconds = next(steps)
            except StopIteration as done:
                return done.value  # type: ignore[no-any-return]
            await sleep(seconds)


def lose(interaction: Interaction) -> None:
    """Note that the client gave up before the answer came."""
    if interaction.response is not None:
        interaction.response = None
        interaction.fault = interaction.fault or Fault.ANSWER_LOST


def _steps(
    scope: Scope, interaction: Interaction, connect: float | None, read: float | None
) -> Generator[float, None, Response]:
    try:
        if interaction.refused is not None:
            raise Trouble(Wire.REFUSED, interaction.refused)
        if interaction.response is None:
            yield from _fail(interaction.fault, connect, read)
        return (yield from _late(interaction, read))
    except GeneratorExit:  # cancelled while it waited
        lose(interaction)
        raise
    finally:
        scope.end(interaction)


def _late(interaction: Interaction, read: float | None) -> Generator[float, None, Response]:
    response = interaction.response
    assert response is not None
    if read is not None and response.delay > read:
        yield read
        lose(interaction)
        raise Trouble(Wire.READ_TIMEOUT)
    if response.delay:
        yield response.delay
    return response


def _fail(fault: Fault | None, connect: float | None, read: float | None) -> Generator[float, None, None]:
    if fault is Fault.CONNECT_TIMEOUT:
        yield PATIENCE if connect is None else connect
        raise Trouble(Wire.CONNECT_RESET if connect is None else Wire.CONNECT_TIMEOUT)
    if fault in (Fault.READ_TIMEOUT, Fault.ANSWER_LOST):
        yield PATIENCE if read is None else read
        raise Trouble(Wire.RESET if read is None else Wire.READ_TIMEOUT)
    raise Trouble(Wire.RESET)
