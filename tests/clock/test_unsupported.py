"""Event loops whose time cannot be made virtual are refused by name."""

from __future__ import annotations

import asyncio
import sys
import types

import pytest
import trio

from pytest_openbanking import clock
from pytest_openbanking.clock import UnsupportedLoop


def test_trio_is_refused(exchange):
    """An exchange under trio says that trio is not supported."""

    async def main():
        with exchange():
            pass

    with pytest.raises(UnsupportedLoop, match="trio"):
        trio.run(main)


def test_trio_inside_an_exchange_is_refused_at_its_first_request(scope):
    """The sandbox asks for the time at each request; under trio that is refused."""

    async def main():
        clock.now()

    with pytest.raises(UnsupportedLoop, match="trio"):
        trio.run(main)


def test_uvloop_is_refused(monkeypatch, exchange):
    """A running loop of uvloop's is refused by name."""
    monkeypatch.setitem(sys.modules, "uvloop", types.ModuleType("uvloop"))
    uv = type("Loop", (asyncio.SelectorEventLoop,), {"__module__": "uvloop.loop"})

    async def main():
        with exchange():
            pass

    with asyncio.Runner(loop_factory=uv) as runner, pytest.raises(UnsupportedLoop, match="uvloop"):
        runner.run(main())


@pytest.mark.parametrize(
    ("patched", "parent"), [(True, None), (False, object())], ids=["monkey-patched", "in a greenlet"]
)
def test_gevent_is_refused(patched, parent, monkeypatch, exchange):
    """Under gevent it is refused where gevent has replaced the clock or runs the calling code."""
    gevent, monkey = types.ModuleType("gevent"), types.ModuleType("gevent.monkey")
    gevent.getcurrent = lambda: types.SimpleNamespace(parent=parent)
    monkey.is_module_patched = lambda name: patched
    monkeypatch.setitem(sys.modules, "gevent", gevent)
    monkeypatch.setitem(sys.modules, "gevent.monkey", monkey)
    with pytest.raises(UnsupportedLoop, match="gevent"), exchange():
        pass


def test_what_is_installed_but_does_not_run_is_no_matter(scope):
    """Having trio imported refuses nothing."""
    assert "trio" in sys.modules
    assert clock.now() > 0
