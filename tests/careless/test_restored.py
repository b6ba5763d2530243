"""After any outcome time, network and logging are as they were."""

from __future__ import annotations

import asyncio
import http.server
import logging
import os
import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import httpx
import pytest
import requests

from pytest_openbanking import Mishandled, Sandbox, sandbox
from pytest_openbanking.scope import current_scope, open_scopes
from tests.careless.bank import Bank, BankError
from tests.careless.verdict import PROVIDERS, call_of, judged, opened, site_of, verdict
from tests.careless.wires import Aiohttp, Httpx, Requests

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CODE = "INTERNAL_SERVER_ERROR"


def use(box: Sandbox) -> None:
    """Call the provider and let time pass, as a client does."""
    Httpx().run(Bank(site_of(box), Httpx()).send(call_of(box.provider.operations[0], box), None, 1))
    time.sleep(5000)


def ends(raised: BaseException) -> Callable[[Sandbox], None]:
    def end(box: Sandbox) -> None:
        use(box)
        raise raised

    return end


def is_careful(box: Sandbox) -> None:
    bank = Bank(site_of(box), Httpx())
    bank.wire.run(bank.call(call_of(box.provider.operations[0], box)))


def returns(box: Sandbox) -> None:
    use(box)


def calls_pytest_fail(box: Sandbox) -> None:
    use(box)
    pytest.fail("the team's own")


def calls_pytest_skip(box: Sandbox) -> None:
    use(box)
    pytest.skip("the team's own")


def calls_pytest_xfail(box: Sandbox) -> None:
    use(box)
    pytest.xfail("the team's own")


def is_cancelled(box: Sandbox) -> None:
    async def client() -> None:
        asyncio.get_running_loop().call_later(7, task.cancel)
        await asyncio.sleep(5000)

    async def main() -> None:
        nonlocal task
        task = asyncio.create_task(client())
        await task

    task: asyncio.Task[None]
    asyncio.run(main())


def times_out(box: Sandbox) -> None:
    async def client() -> None:
        await asyncio.wait_for(asyncio.sleep(5000), 5)

    asyncio.run(client())


def swallows_the_stop(box: Sandbox) -> None:
    bank = Bank(site_of(box), Httpx())
    try:
        while True:
            bank.wire.run(bank.send(call_of(box.provider.operations[0], box), None, 1))
    except BaseException:
        return


def leaves_a_thread_behind(box: Sandbox) -> None:
    use(box)
    threading.Thread(target=time.sleep, args=(0.01,), daemon=True).start()


FINDING = r"^OB\d{3} "
ENDINGS = {
    "is careful": (is_careful, type(None), ""),
    "returns": (returns, Mishandled, "^OB106 "),
    "raises its promise": (ends(BankError(CODE, "said so")), Mishandled, FINDING),
    "raises another": (ends(KeyError("code")), Mishandled, FINDING),
    "raises a group": (ends(ExceptionGroup("several", [ValueError()])), Mishandled, FINDING),
    "an assertion of the team's": (ends(AssertionError("no")), AssertionError, "^no$"),
    "KeyboardInterrupt": (ends(KeyboardInterrupt()), KeyboardInterrupt, ""),
    "SystemExit": (ends(SystemExit(2)), SystemExit, "2"),
    "GeneratorExit": (ends(GeneratorExit()), GeneratorExit, ""),
    "CancelledError": (ends(asyncio.CancelledError()), asyncio.CancelledError, ""),
    "pytest.fail": (calls_pytest_fail, pytest.fail.Exception, "^the team's own$"),
    "pytest.skip": (calls_pytest_skip, pytest.skip.Exception, "^the team's own$"),
    "pytest.xfail": (calls_pytest_xfail, pytest.xfail.Exception, "^the team's own$"),
    "a task is cancelled": (is_cancelled, asyncio.CancelledError, ""),
    "a wait times out": (times_out, Mishandled, "^OB001 "),
    "the stop is swallowed": (swallows_the_stop, Mishandled, "^OB103 "),
    "a thread is left": (leaves_a_thread_behind, Mishandled, FINDING),
}


@pytest.fixture
def as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hold everything that an exchange touches against what it was."""
    root = logging.getLogger()
    before = root.level, list(root.handlers), [handler.level for handler in root.handlers], root.filters[:]
    started = os.times().elapsed
    yield
    assert os.times().elapsed - started < 20, "virtual waits were waited for"
    assert (
        root.level,
        list(root.handlers),
        [handler.level for handler in root.handlers],
        root.filters[:],
    ) == before
    assert current_scope.get() is None
    assert open_scopes == []
    time_is_real(tmp_path)
    network_is_real(monkeypatch)


def time_is_real(folder: Path) -> None:
    (folder / "now").write_text("")
    assert abs(time.time() - (folder / "now").stat().st_mtime) < 2
    for wait in (
        lambda: time.sleep(0.06),
        lambda: threading.Event().wait(0.06),
        lambda: asyncio.run(asyncio.sleep(0.06)),
    ):
        started = os.times().elapsed
        wait()
        assert os.times().elapsed - started >= 0.04


def network_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(*args: object, **more: object) -> object:
        asked.append(args[0])
        raise socket.gaierror("the real network")

    asked: list[object] = []
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for get, error in ((httpx.get, httpx.ConnectError), (requests.get, requests.ConnectionError)):
        with pytest.raises(error):
            get("https://open-banking-api.paysera.com/v1/accounts")
    assert len(asked) == 2


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize(("ending", "kind", "text"), ENDINGS.values(), ids=list(ENDINGS))
def test_everything_is_real_again(ending: Callable[[Sandbox], None], kind: type[BaseException], text: str) -> None:
    """However a check ends, it ends as it must, and nothing of it is left."""
    ended: BaseException | None = None
    try:
        with sandbox("paysera", raises=BankError) as box:
            persistence = "always" if ending is swallows_the_stop else "once"
            case = next(box.cases("GET /v1/accounts", code=CODE, persistence=persistence))
            with case.handled():
                ending(box)
    except BaseException as raised:
        ended = raised
    assert isinstance(ended, kind)
    assert re.search(text, str(ended))


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize(
    "ended",
    [KeyboardInterrupt(), SystemExit(2), AssertionError("no"), asyncio.CancelledError(), GeneratorExit()],
    ids=lambda ended: type(ended).__name__,
)
def test_what_is_none_of_the_clients_passes_through(ended: BaseException) -> None:
    """Interrupts, exits, cancellation and assertions come out as they went in."""
    with (
        pytest.raises(type(ended)) as raised,
        opened("paysera") as box,
        next(box.cases("GET /v1/accounts", code=CODE)).handled(),
    ):
        raise ended
    assert raised.value is ended


@pytest.mark.usefixtures("as_before")
def test_an_exchange_that_follows_another_is_fresh() -> None:
    """Cases of several providers, one after the other, over libraries that keep their sessions."""
    wires = (Httpx(), Requests(), Aiohttp())
    for provider in PROVIDERS:
        with opened(provider) as box:
            for case, wire in zip(box.cases(), wires * 20, strict=False):
                assert verdict(case, Bank, lambda wire=wire: wire) is None
        assert open_scopes == []


def logs_and_is_interrupted() -> None:
    logging.getLogger("acme").debug("quiet")
    logging.getLogger("acme").warning("loud")
    raise KeyboardInterrupt


@pytest.mark.usefixtures("as_before")
def test_levels_of_handlers_come_back() -> None:
    """A handler that was quiet is quiet again, and heard nothing that it would not have heard."""
    heard: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            heard.append(record.getMessage())

    ear, root = Ear(), logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.WARNING)
    try:
        with pytest.raises(KeyboardInterrupt), opened("paysera") as box:
            judged(next(box.cases()), logs_and_is_interrupted)
        logging.getLogger("acme").info("quiet")
        assert heard == ["loud"]
        assert (ear.level, root.level) == (logging.NOTSET, logging.WARNING)
    finally:
        root.removeHandler(ear)
        root.setLevel(level)


def test_the_network_on_this_machine_stays_real() -> None:
    """A server of the team's own on localhost is reached inside an exchange, and after it."""

    class Hello(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

        def log_message(self, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Hello) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        try:
            with opened("paysera"):
                assert requests.get(url, timeout=5).text == "hello"
            assert httpx.get(url).text == "hello"
        finally:
            server.shutdown()
            thread.join()


FIXTURES = """
    import time
    import pytest
    from pytest_openbanking.scope import current_scope, open_scopes

    pytestmark = pytest.mark.openbanking("paysera")

    @pytest.fixture
    def broken(openbanking):
        raise RuntimeError("a fixture of the team's")

    @pytest.fixture
    def breaks_later(openbanking):
        yield
        raise RuntimeError("at teardown")

    @pytest.mark.openbanking_errors("GET /v1/accounts", code="TOKEN_EXPIRED", persistence="once")
    def test_setup(openbanking_error, broken):
        pass

    def test_teardown(openbanking, breaks_later):
        time.sleep(5000)

    def test_fails(openbanking):
        time.sleep(5000)
        assert False

    def test_skips(openbanking):
        pytest.skip("enough")
"""
AFTER = """
    def test_real():
        import os, time
        assert current_scope.get() is None
        assert open_scopes == []
        started = os.times().elapsed
        time.sleep(0.06)
        assert os.times().elapsed - started >= 0.04
"""


def test_after_a_fixture_error_everything_is_real_again(pytester: pytest.Pytester) -> None:
    """A fixture that breaks, before or after the test, leaves nothing behind for the next test."""
    pytester.makepyfile(FIXTURES + AFTER)
    result = pytester.runpytest_inprocess("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:asyncio")
    result.assert_outcomes(passed=2, failed=1, errors=2, skipped=1)
