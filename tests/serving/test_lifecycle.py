"""Starting and closing: quick, complete, and of no consequence to anybody else."""

import contextlib
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest

from pytest_openbanking import UsageError, jobs, load_provider, sandbox
from pytest_openbanking.clock.timeline import line
from pytest_openbanking.serving import server as servers
from pytest_openbanking.serving.server import serve


def dial(server):
    return socket.create_connection(("127.0.0.1", urlsplit(server.origin).port), timeout=10)


def ours():
    return [
        thread.name
        for thread in threading.enumerate()
        if thread.name in ("openbanking-server", "openbanking-connection")
    ]


def descriptors():
    return len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0


def test_twenty_servers_leave_nothing_behind():
    """No thread, no descriptor, no port; all of it in less time than one second each, with clients that stay."""
    provider, before = load_provider("paysera"), descriptors()
    began = time.perf_counter()
    for _ in range(20):
        with serve(provider) as server:
            idle, inside = dial(server), dial(server)
            inside.sendall(b"POST /v1/consents HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n{")
            assert inside.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
            idle.sendall(b"GET /v1/accounts HTTP/1.1\r\nHost: x\r\n\r\n")
            assert idle.recv(65536).startswith(b"HTTP/1.1 200 OK")
        with idle, inside:
            assert (idle.recv(1), inside.recv(1)) == (b"", b"")
        with pytest.raises(OSError, match=r".+"), dial(server):
            pass
    assert (ours(), descriptors()) == ([], before)
    assert time.perf_counter() - began < 20


def test_a_port_can_be_had_again_at_once():
    """Connections that linger in the kernel do not keep it."""
    with serve(load_provider("paysera")) as server:
        assert httpx.get(server.base_url + "/v1/accounts").status_code == 200
        port = urlsplit(server.origin).port
    with serve(load_provider("paysera"), port=port) as server:
        assert httpx.get(server.base_url + "/v1/accounts").status_code == 200


def test_a_port_that_cannot_be_had_is_one_line():
    """Taken, or out of range."""
    provider = load_provider("paysera")
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=f"^port {port} cannot be had on 127.0.0.1: Address already in use; take"):
            serve(provider, port=port).__enter__()
    with pytest.raises(UsageError, match=r"^port 65536 is out of range; allowed: 1 to 65535, or 0 for any free one$"):
        serve(provider, port=65536).__enter__()
    assert ours() == []


def test_an_answer_that_is_under_way_reaches_its_client():
    """Closing waits for it, a moment."""
    begun = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        opened = serve(load_provider("paysera"), log=lambda _: until_closed(server, begun))
        server = opened.__enter__()
        answer = pool.submit(httpx.get, server.base_url + "/v1/accounts", timeout=20)
        assert begun.wait(20)
        opened.__exit__(None, None, None)
        assert answer.result(20).status_code == 200


def until_closed(server, begun):
    begun.set()
    with contextlib.suppress(OSError):
        while True:
            dial(server).close()


def test_its_threads_are_nobody_s():
    """Started and called inside an exchange, it is no member of virtual time, and no job."""
    with sandbox("paysera"), serve(load_provider("paysera")) as server, httpx.Client() as client:
        assert client.get(server.base_url + "/v1/accounts").status_code == 200
        assert ours() == ["openbanking-server", "openbanking-connection"]
        assert list(line.members) == [threading.get_ident()]
        assert not [thread for thread in jobs._threads if thread.name.startswith("openbanking")]


def test_many_clients_at_once_are_all_in_the_exchange(server):
    """Each with its answer, numbered in the order in which they were answered."""
    with ThreadPoolExecutor(16) as pool, httpx.Client(base_url=server.base_url, timeout=20) as client:
        statuses = list(pool.map(lambda _: client.get("/v1/accounts").status_code, range(400)))
    assert statuses == [200] * 400
    assert [call.index for call in server.exchange] == list(range(400))
    assert [call.answered for call in server.exchange] == list(range(1, 401))


def test_only_the_newest_interactions_are_kept(server, monkeypatch):
    """A server may run for days."""
    monkeypatch.setattr(servers, "KEPT", 3)
    for _ in range(5):
        httpx.get(server.base_url + "/v1/acounts")
    assert [call.index for call in server.exchange] == [2, 3, 4]
    assert server._sandbox.undocumented == []


def test_each_request_is_logged():
    """Refused ones, too."""
    logged = []
    with serve(load_provider("paysera"), log=logged.append) as server:
        httpx.get(server.base_url + "/v1/accounts")
        httpx.get(server.base_url + "/v1/acounts")
    assert [bool(call.refused) for call in logged] == [False, True]


def test_trouble_of_our_own_is_told_and_ends_nothing(server, monkeypatch):
    """A client is told 501, not left without an answer."""
    with monkeypatch.context() as broken:
        broken.setattr(server._sandbox, "answer", lambda *_: 1 / 0)
        refused = httpx.get(server.base_url + "/v1/accounts")
    assert refused.status_code == 501
    assert "could not be answered: ZeroDivisionError('division by zero')" in refused.text
    assert httpx.get(server.base_url + "/v1/accounts").status_code == 200
