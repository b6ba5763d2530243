"""What comes over the wire: the provider's answers as they are, and refusals that nobody takes for them."""

import http.client
import json
import socket
import urllib.request
from urllib.parse import urlsplit

import httpx
import pytest
import requests

from pytest_openbanking import load_provider
from pytest_openbanking.catalogue.routing import PARAMETER
from pytest_openbanking.serving.server import serve

PROVIDERS = ["aarthik", "aelix", "aerosync", "paysera"]


def ask(connection, method, path, body=None, **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    return answer, answer.read()


def raw(server, data):
    """Send bytes, and return all that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", urlsplit(server.origin).port), timeout=10) as client:
        client.sendall(data)
        received = b""
        while chunk := client.recv(65536):
            received += chunk
        return received


def accounts(server):
    return urlsplit(server.base_url).path + "/v1/accounts"


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_documented_error_is_had_by_asking(name):
    """Each operation's success and each of its errors, on one connection."""
    provider = load_provider(name)
    with serve(provider) as server:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(server.origin).port, timeout=10)
        for operation in provider.operations:
            path = urlsplit(server.url(operation.base)).path + PARAMETER.sub("some-id", operation.path)
            answer, _ = ask(connection, operation.method, path)
            assert answer.status == operation.success.status
            assert answer.headers["X-OpenBanking-Provenance"] in ("documented", "generated")
            for error in provider.errors:
                if error.operation is operation:
                    answer, body = ask(connection, operation.method, path, X_OpenBanking_Error=str(error))
                    assert (answer.status, error.code in body.decode()) == (error.status, True)
        assert [str(call.error) for call in server.exchange if call.error] == [str(e) for e in provider.errors]
        assert all(provider.router.serves(call.request.url) for call in server.exchange)
        connection.close()


def test_an_answer_has_its_headers_and_nothing_else(server):
    """In the sandbox's order and spelling; one Date, one length, no Server."""
    server.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts")
    head, _, body = raw(
        server, f"GET {accounts(server)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    ).partition(b"\r\n\r\n")
    status, *lines = head.decode().split("\r\n")
    assert status == "HTTP/1.1 429 Too Many Requests"
    assert [line.partition(":")[0] for line in lines] == [
        "Content-Type",
        "Content-Length",
        "Date",
        "X-RateLimit-Limit",
        "X-RateLimit-Remaining",
        "X-RateLimit-Reset",
        "Retry-After",
        "X-OpenBanking-Provenance",
        "Connection",
    ]
    assert len(body) == int(lines[1].partition(": ")[2])


def test_requests_on_one_connection_are_kept_apart(server):
    """Also where they come all at once, with bodies of both framings; a HEAD has no body."""
    path = accounts(server)
    consents = path.replace("accounts", "consents")
    received = raw(
        server,
        f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n"
        f"POST {consents} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}"
        f"POST {consents} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n"
        f"HEAD {path} HTTP/1.1\r\nHost: x\r\n\r\n"
        f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode(),
    )
    assert [call.request.body for call in server.exchange] == [b"", b"{}", b"[1,2]", b"", b""]
    assert received.count(b"HTTP/1.1 200 OK\r\n") == 3
    assert received.count(b'{"accounts":') == 2


def test_the_request_reaches_the_exchange_as_it_was_sent(server, connection):
    """Names of headers, the query and the provider's own URL."""
    ask(connection, "GET", accounts(server) + "?a=%20b", X_Request_ID="7")
    [call] = server.exchange
    assert call.request.url == "https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/accounts?a=%20b"
    assert ("X-Request-ID", "7") in call.request.headers.pairs
    assert (call.index, call.operation.id, call.provenance) == (0, "GET /v1/accounts", "generated")


def test_a_client_may_wait_for_100_continue(server):
    """It is told once."""
    head = f"POST {accounts(server).replace('accounts', 'consents')} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    received = raw(server, head.encode() + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}")
    assert received.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\n")
    assert received.count(b"100 Continue") == 1


@pytest.mark.parametrize(
    ("method", "path", "asked", "said"),
    [
        (
            "GET",
            "/v1/acounts",
            None,
            "GET /v1/acounts is no operation that paysera documents; nearest: GET /v1/accounts",
        ),
        ("DELETE", "/v1/accounts", None, "DELETE /v1/accounts is no operation that paysera documents"),
        ("GET", "/v1/accounts", "TOKEN_EXPIRD", "GET /v1/accounts documents no TOKEN_EXPIRD; documented there: 401 "),
        (
            "GET",
            "/v1/accounts",
            "500 TOKEN_EXPIRED",
            "documents no 500 TOKEN_EXPIRED; ask for one of: 401 TOKEN_EXPIRED",
        ),
    ],
)
def test_a_refusal_says_what_is_documented(server, connection, method, path, asked, said):
    """501 in plain text, of no provenance; the connection stays."""
    for _ in range(2):
        answer, body = ask(connection, method, path, **({"X_OpenBanking_Error": asked} if asked else {}))
        assert answer.status == 501
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert said in answer.headers["X-OpenBanking-Refused"]
        assert body.decode() == answer.headers["X-OpenBanking-Refused"] + "\n"
        assert "X-OpenBanking-Provenance" not in answer.headers
        assert said in server.exchange[-1].refused


def test_a_status_tells_two_errors_of_one_code_apart():
    """Where a code has several, the refusal names them."""
    from dataclasses import replace

    provider = load_provider("paysera")
    error = next(error for error in provider.errors if str(error) == "500 INTERNAL_SERVER_ERROR")
    with serve(replace(provider, errors=(*provider.errors, replace(error, status=502)))) as server:
        url = server.url(error.operation.base) + error.operation.path
        code = {"X-OpenBanking-Error": error.code}
        refused = httpx.request(error.operation.method, url, headers=code)
        assert refused.text.endswith("ask for one of: 500 INTERNAL_SERVER_ERROR, 502 INTERNAL_SERVER_ERROR\n")
        exact = {"X-OpenBanking-Error": f"502 {error.code}"}
        assert httpx.request(error.operation.method, url, headers=exact).status_code == 502


@pytest.mark.parametrize(
    "data",
    [
        b"not HTTP at all\r\n\r\n",
        b"POST /v1/consents HTTP/1.1\r\nHost: x\r\nContent-Length: two\r\n\r\n{}",
        b"POST /v1/consents HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + 70_000 * b"x" + b" HTTP/1.1\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /v1/consents HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    ],
    ids=["words", "length", "chunk", "long", "address", "endless"],
)
def test_what_is_no_http_is_refused_and_closed(server, data):
    """Nobody can know where the next request begins."""
    received = raw(server, data)
    assert received.startswith(b"HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain")
    assert len(server.exchange) == 0


@pytest.mark.parametrize(
    "get",
    [lambda url: httpx.get(url).json(), lambda url: requests.get(url, timeout=10).json()],
    ids=["httpx", "requests"],
)
def test_http_libraries_get_on_with_it(server, get):
    """As with any server."""
    assert get(server.base_url + "/v1/accounts")["accounts"]


def test_a_token_is_had_as_the_provider_wants_it_asked_for():
    """The token request leads to this server, whichever host the provider has for it."""
    with serve(load_provider("aelix")) as server:
        wanted = server.token_request
        assert wanted.url == server.token_url == server.origin + "/oauth2/token"
        sent = urllib.request.Request(wanted.url, wanted.body, dict(wanted.headers.pairs), method=wanted.method)
        with urllib.request.urlopen(sent, timeout=10) as answer:
            assert json.load(answer)["access_token"]
