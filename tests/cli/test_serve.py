"""`openbanking serve`: what it prints, and how it ends."""

import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager, suppress
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pytest

from pytest_openbanking import load_provider


@contextmanager
def serving(*arguments, cwd):
    """Run the command; yield the process and what it printed before it was ready."""
    command = [sys.executable, "-W", "error", "-m", "pytest_openbanking", "serve", *arguments]
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        ready = []
        for line in process.stdout:
            ready.append(line)
            if ready[-1:] == ["\n"] and ready.count("\n") == 3:
                break
        yield process, dict(re.findall(r"^([A-Z_]+)=(.+)$", "".join(ready), re.MULTILINE)), "".join(ready)
    finally:
        process.kill()
        process.communicate()


def get(url, **headers):
    sent = urllib.request.Request(url, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(sent, timeout=20) as answer:
            return answer.status
    except HTTPError as error:
        with error:
            return error.code


def dial(url, data):
    parts = urlsplit(url)
    client = socket.create_connection((parts.hostname, parts.port), timeout=20)
    client.sendall(data)
    return client


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_it_serves_until_a_signal_ends_it(number, tmp_path):
    """Exit code 0 and one closing line, with connections open and in mid-request, however often it is signalled."""
    with serving("paysera", cwd=tmp_path) as (process, values, _):
        url = values["BASE_URL"] + "/v1/accounts"
        assert get(url + "?limit=2") == 200
        assert get(url, X_OpenBanking_Error="ACCESS_EXCEEDED") == 429
        assert get(url + "s") == 501
        begun = b"POST /v1/consents HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n{"
        with (
            dial(url, b"GET /v1/accounts HTTP/1.1\r\nHost: x\r\n\r\n") as idle,
            dial(url, begun) as inside,
        ):
            assert idle.recv(65536).startswith(b"HTTP/1.1 200 OK")
            assert inside.recv(65536).startswith(b"HTTP/1.1 100 Continue")
            began = time.perf_counter()
            while process.poll() is None and time.perf_counter() - began < 5:
                process.send_signal(number)
                with suppress(subprocess.TimeoutExpired):
                    process.wait(0.001)
            assert time.perf_counter() - began < 5
            out, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
        lines = [re.sub(r"^\d\d:\d\d:\d\d", "TIME", line) for line in out.splitlines()]
        assert lines[0] == "TIME  GET /xs2a/berlin/1.3/v1/accounts?limit=2  200 (generated)"
        assert lines[1] == "TIME  GET /xs2a/berlin/1.3/v1/accounts  429 ACCESS_EXCEEDED (documented)"
        assert lines[2].startswith("TIME  GET /xs2a/berlin/1.3/v1/accountss  501 refused: GET /v1/accountss is no ")
        assert lines[3:] == ["TIME  GET /v1/accounts  200 (generated)", "served 4 requests"]


def test_what_is_printed_builds_a_client(tmp_path):
    """Lines that a shell and an .env file read."""
    with serving("aelix", cwd=tmp_path) as (_, values, ready):
        provider = load_provider("aelix")
        credentials = ("access_token", "refresh_token", "api_key", "api_secret")
        there = {name.upper(): value for name in credentials if (value := getattr(provider.auth, name))}
        assert {name: value for name, value in values.items() if not name.endswith("_URL")} == there
        assert ready.startswith(f"aelix is served at {values['BASE_URL']} until Ctrl-C\n")
        assert values["TOKEN_URL"] == f"{values['BASE_URL']}/oauth2/token"


def test_errors_are_armed(tmp_path):
    """On every operation that documents them, or on one; where several meet, the last one answers."""
    arguments = ["--error", "TOKEN_EXPIRED", "500", "INTERNAL_SERVER_ERROR", "--operation", "GET", "/v1/accounts"]
    with serving("paysera", *arguments, cwd=tmp_path) as (_, values, ready):
        assert "armed: 401 TOKEN_EXPIRED on 1 operation; 1 of them answer what is armed after it\n" in ready
        assert "armed: 500 INTERNAL_SERVER_ERROR on 1 operation\n" in ready
        assert [get(values["BASE_URL"] + path) for path in ("/v1/accounts", "/v1/accounts/1")] == [500, 200]
    with serving("paysera", "--error", "TOKEN_EXPIRED", cwd=tmp_path) as (_, values, _):
        assert [get(values["BASE_URL"] + path) for path in ("/v1/accounts", "/v1/accounts/1")] == [401, 401]


def test_a_reader_that_leaves_ends_it(tmp_path):
    """`openbanking serve paysera | head -3` says nothing of a broken pipe."""
    with serving("paysera", cwd=tmp_path) as (process, values, _):
        process.stdout.close()
        assert get(values["BASE_URL"] + "/v1/accounts") == 200
        assert process.wait(timeout=20) == 141
        assert process.stderr.read() == ""
        process.stdout = None


WRONG = [
    ("serve", "serve: name a provider: aarthik, aelix, aerosync, paysera"),
    ("serve paysara", "there is no provider 'paysara'; nearest: paysera"),
    ("serve paysera --port 70000", "port 70000 is out of range; allowed: 1 to 65535, or 0"),
    ("serve paysera --port x", "invalid int value: 'x'"),
    ("serve paysera --error TOKEN_EXPIRD", "no code 'TOKEN_EXPIRD'; nearest: TOKEN_EXPIRED"),
    ("serve paysera --error RESOURCE_CONFLICT --operation GET /v1/accounts", "does not document RESOURCE_CONFLICT"),
    ("serve paysera --error 429", "paysera documents no 429; ask for one of: 429 ACCESS_EXCEEDED\n"),
    (
        "serve paysera --error 400 ACCESS_EXCEEDED",
        "paysera documents no 400 ACCESS_EXCEEDED; ask for one of: 429 ACCESS_EXCEEDED\n",
    ),
    (
        "serve paysera --error 429 ACCESS_EXCEDED",
        "paysera documents no 429 ACCESS_EXCEDED; ask for one of: 429 ACCESS_EXCEEDED",
    ),
    ("serve paysera --error 999", "paysera documents no 999; see: openbanking errors paysera\n"),
    ("serve paysera --operation GET /v1/accounts", "--operation says where an --error is armed; name one"),
    ("serve paysera --prot 1", "there is no option '--prot'; nearest: --port"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[words for words, _ in WRONG])
def test_a_mistake_is_one_line(cli, words, said):
    """Nothing on standard output, one line on standard error, exit code 2."""
    ran = cli(*words.split(" "))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


def test_help_says_how_to_ask(cli):
    """The header, the provenance, the extra; and the front page names the command."""
    shown = cli("serve", "--help").out
    for word in (
        "X-OpenBanking-Error: ACCESS_EXCEEDED",
        "X-OpenBanking-Provenance",
        "pytest-openbanking[serve]",
        "--port N",
    ):
        assert word in shown
    assert "  serve " in cli("--help").out
    assert "openbanking serve paysera" in cli("--help").out


def test_a_taken_port_is_one_line(cli):
    """Named, with what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = cli("serve", "paysera", "--port", str(port))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert f"port {port} cannot be had on 127.0.0.1: Address already in use; take another" in ran.err


def test_missing_werkzeug_is_one_line(cli, monkeypatch):
    """With the command that installs it."""
    monkeypatch.setitem(sys.modules, "werkzeug", None)
    monkeypatch.delitem(sys.modules, "werkzeug.serving", raising=False)
    ran = cli("serve", "paysera")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith('serving a sandbox needs Werkzeug: pip install "pytest-openbanking[serve]"\n')
    assert ran.err.count("\n") == 1


def test_signals_are_given_back(cli):
    """A mistake leaves the handlers as they were."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    cli("serve", "paysera", "--port", "70000")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
