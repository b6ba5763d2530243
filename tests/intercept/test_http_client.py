"""http.client's own parser reads the answers of a connection in memory."""

from __future__ import annotations

import http.client
import select
import urllib.error
import urllib.request

import pytest

from pytest_openbanking.exchange import Response
from pytest_openbanking.intercept.framing import RequestReader
from tests.intercept.provider import HOST, JSON, OK, Provider


@pytest.fixture
def connection(provider: Provider) -> http.client.HTTPSConnection:
    return http.client.HTTPSConnection("api.bank.example", timeout=0.1)


def test_a_connection_is_kept_alive(provider: Provider, connection: http.client.HTTPSConnection) -> None:
    """Several requests go through one connection, each with its own answer."""
    provider.answer = lambda request: Response(200, JSON, request.path.encode())
    sockets = set()
    for path in ("/1", "/2", "/3"):
        connection.request("GET", path)
        assert connection.getresponse().read() == path.encode()
        sockets.add(id(connection.sock))
    assert len(sockets) == 1


def test_answers_come_in_the_order_of_requests(provider: Provider, connection: http.client.HTTPSConnection) -> None:
    """Requests that are sent at once are answered one after the other."""
    provider.answer = lambda request: Response(200, JSON, request.path.encode())
    connection.connect()
    connection.send(b"GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n")
    sent = connection.sock.recv(65536) + connection.sock.recv(65536)
    assert sent.index(b"\r\n\r\n/1") < sent.index(b"\r\n\r\n/2")
    assert [request.path for request in provider.requests] == ["/1", "/2"]


def test_a_chunked_upload_is_read(provider: Provider, connection: http.client.HTTPSConnection) -> None:
    """An iterable body is sent in chunks, and seen joined."""
    connection.request("POST", "/", body=iter([b"ab", b"cde"]))
    connection.getresponse().read()
    assert provider.requests[0].body == b"abcde"


def test_a_client_may_wait_for_100_continue(provider: Provider, connection: http.client.HTTPSConnection) -> None:
    """The connection becomes readable when the header fields are in, and the body may follow."""
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "3")
    connection.putheader("Expect", "100-continue")
    connection.endheaders()
    assert select.select([connection.sock], [], [], 0)[0]
    assert provider.interactions == []
    connection.send(b"abc")
    assert connection.getresponse().read() == OK.body
    assert provider.requests[0].body == b"abc"


def test_an_unfinished_request_times_out(provider: Provider, connection: http.client.HTTPSConnection) -> None:
    """A client that never sends its whole body waits for its own time-out."""
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "3")
    connection.endheaders(b"ab")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    assert provider.interactions == []


def test_an_idle_connection_has_nothing_to_read(connection: http.client.HTTPSConnection) -> None:
    """An open connection in memory looks alive to `select`."""
    connection.request("GET", "/")
    connection.getresponse().read()
    assert not select.select([connection.sock], [], [], 0)[0]


def test_a_tunnel_is_not_dug(provider: Provider) -> None:
    """A connection through a proxy leads to the sandbox; nobody is sent CONNECT."""
    connection = http.client.HTTPSConnection("proxy.example", 3128)
    connection.set_tunnel("api.bank.example", 443)
    connection.request("GET", "/v1")
    assert connection.getresponse().status == 200
    assert [(request.method, request.url) for request in provider.requests] == [("GET", f"{HOST}/v1")]


def test_an_opened_connection_is_refused_at_its_request(provider: Provider) -> None:
    """`connect()` alone dials nobody; the request says what is wrong."""
    connection = http.client.HTTPSConnection("other.example")
    connection.connect()
    with pytest.raises(ConnectionRefusedError, match=r"openbanking refused GET https://other\.example/x"):
        connection.request("GET", "/x")


def test_urllib_raises_its_own_http_error(provider: Provider) -> None:
    """An error status becomes urllib's HTTPError, its body readable."""
    provider.answer = Response(429, JSON, b'{"code": "ACCESS_EXCEEDED"}')
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(HOST)
    with caught.value as error:
        assert (error.code, error.read()) == (429, b'{"code": "ACCESS_EXCEEDED"}')


WIRE = (
    b"POST /a HTTP/1.1\r\nHost: x\r\nX-Two:  spaced \r\nContent-Length: 3\r\n\r\nabc",
    b"PUT /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3;ext=1\r\ncde\r\n0\r\n\r\n",
    b"GET /c?d HTTP/1.1\r\nHost: x\r\n\r\n",
)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_requests_are_read_however_they_are_cut(size: int) -> None:
    """The reader finds the same requests whatever pieces the bytes come in."""
    wire = b"".join(WIRE)
    reader = RequestReader()
    found = [request for at in range(0, len(wire), size) for request in reader.feed(wire[at : at + size])]
    assert [(request.method, request.target, request.body) for request in found] == [
        ("POST", "/a", b"abc"),
        ("PUT", "/b", b"abcde"),
        ("GET", "/c?d", b""),
    ]
    assert ("X-Two", " spaced ") in found[0].headers
