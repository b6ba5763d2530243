"""Replaying against a live provider: each drift under its code, and none where nothing has changed."""

from __future__ import annotations

import gzip
import json
import socket
from threading import Event

import pytest

from pytest_openbanking import network
from pytest_openbanking.asking import Credentials
from pytest_openbanking.cassettes.verifying.codes import Wanted
from pytest_openbanking.cassettes.verifying.files import files_in
from pytest_openbanking.cassettes.verifying.live import Live, replay
from pytest_openbanking.serving.server import serve
from pytest_openbanking.settings import UsageError
from tests.cassettes.verifying.bank import Answer, bank
from tests.cassettes.verifying.recorded import changed, record_all
from tests.cassettes.verifying.scenes import ACCOUNTS, LIMIT, PAYMENT, Scene, line_with, provider

BASE = "/xs2a/berlin/1.3"
TOKEN = Credentials(access_token="mine", api_key="my-key", api_secret="my-secret")


@pytest.fixture
def run(owners, tmp_path):
    """Replay the cassettes of a folder."""

    def run(base_url, *, credentials=TOKEN, progress=None, ignore=(), **options):
        files = files_in([tmp_path / "cassettes"], owners.names)
        live = Live(base_url, credentials=credentials, **options)
        return replay(files, owners, live, wanted=Wanted(ignore=ignore), progress=progress)

    return run


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cassettes"


def swap(old, new, count=-1):
    return lambda text: text.replace(old, new, count)


def in_error(code, old, new):
    """Change the entry of one error."""

    def change(text):
        start = text.index(f'code = "{code}"')
        start = text.rindex("[[errors]]", 0, start)
        end = text.find("[[", start + 2)
        return text[:start] + text[start:end].replace(old, new) + text[end:]

    return change


def without_delay(text):
    """Take Retry-After from an error; its handling `wait` goes with it."""
    return in_error("ACCESS_EXCEEDED", '"wait"', '"backoff"')(
        in_error("ACCESS_EXCEEDED", "retry_after", "# retry_after")(text)
    )


CATEGORY = '"category": "ERROR", '
DRIFTS = [
    (LIMIT, in_error("ACCESS_EXCEEDED", "status = 429", "status = 403"), "OBC501", "  code: 429", "now 403 ACCESS_EXCEEDED"),
    (LIMIT, swap("ACCESS_EXCEEDED", "LIMIT_EXCEEDED"), "OBC502", "string:", "; now it documents no 429 ACCESS_EXCEEDED; documented there: "),
    (LIMIT, without_delay, "OBC503", "'86400'", "the header Retry-After is gone"),
    (LIMIT, swap(CATEGORY, ""), "OBC504", "string:", "/tppMessages/*/category is gone"),
    (LIMIT, swap(CATEGORY, CATEGORY + '"more": 1, '), "OBC505", "string:", "/tppMessages/*/more is new"),
    (LIMIT, swap('"category": "ERROR"', '"category": 1'), "OBC506", "string:", "/tppMessages/*/category was string, and is number"),
    (LIMIT, in_error("ACCESS_EXCEEDED", 'message = "', 'message = "Now: '), "OBC507", "string:", "the message was "),
    (ACCOUNTS, swap('"resourceId": "123", "iban"', '"iban"'), "OBC504", "string:", "/accounts/*/resourceId is gone"),
    (ACCOUNTS, swap('"resourceId": "123", "iban"', '"resourceId": 123, "iban"'), "OBC506", "string:", "/accounts/*/resourceId was"),
    (Scene("aelix", "GET /v1/accounts"), swap('headers = { X-Response-Time = "12" }\n', ""), "OBC503", "'12'", "X-Response-Time is gone"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scene", "change", "code", "at", "says"), DRIFTS, ids=[f"{row[2]}-{number}" for number, row in enumerate(DRIFTS)]
)
def test_a_served_sandbox_that_has_changed(run, folder, tmp_path, scene, change, code, at, says):
    """One finding, of that drift; before the change none."""
    path = scene.write(folder)
    with serve(provider(scene.provider)) as unchanged:
        before = run(unchanged.base_url)
    assert (before.findings, before.replayed, dict(before.skipped)) == ((), 1, {})
    with serve(changed(tmp_path / "changed", scene.provider, change)) as server:
        found = run(server.base_url).findings
    assert [(each.code, each.path, each.line) for each in found] == [(code, path, line_with(path, at))], found
    assert says in found[0].message


@pytest.mark.parametrize("name", ["aarthik", "aelix", "aerosync", "paysera"])
def test_a_served_sandbox_that_has_not_changed(run, folder, name):
    """Every success and documented error is replayed, and nothing is found."""
    count = record_all(folder, provider(name))
    shown = []
    with serve(provider(name)) as server:
        found = run(server.base_url, credentials=Credentials(), progress=lambda *step: shown.append(step))
        calls = [each for each in server.exchange if each.error or each.index]  # the first is to see what is there
    assert (found.findings, found.replayed, dict(found.skipped)) == ((), count, {})
    assert shown == [(number, count) for number in range(1, count + 1)]
    auth = provider(name).auth
    held = {f"Bearer {auth.access_token}", f"Bearer {auth.api_key}"}
    for call in (call for call in calls if call.operation.authorization):
        provoke = call.error.provoke if call.error else None
        wrong = provoke is not None and provoke.credential is not None
        assert (call.request.headers.get("Authorization") in held) is not wrong


def test_an_operation_that_is_gone(run, folder, tmp_path):
    """Its success and its errors are found under one code."""
    paths = [ACCOUNTS.write(folder), LIMIT.write(folder)]
    Scene("paysera", "GET /v1/accounts/{accountId}").write(folder)
    with serve(changed(tmp_path / "changed", "paysera", swap('"GET /v1/accounts"', '"GET /v1/accountz"'))) as server:
        found = run(server.base_url)
    expected = sorted((str(path), line_with(path, "uri:"), "OBC510") for path in paths)
    assert [each.order for each in found.findings] == expected
    assert all("GET /v1/accounts is no operation that paysera documents" in each.message for each in found.findings)
    assert found.replayed == 3


# What a provider answers a GET of the accounts with, and what is found; its cassette is ACCOUNTS'.
SOUND = {"accounts": [{"resourceId": "9", "iban": "LT9", "currency": "USD"}]}
REAL = [
    (Answer(200, json.dumps(SOUND).encode()), []),
    (Answer(200, b'{"accounts": []}'), []),
    (Answer(200, json.dumps(SOUND).encode(), (("Content-Type", "application/json; charset=utf-8"),)), []),
    (Answer(404, b'{"tppMessages": [{"code": "RESOURCE_UNKNOWN"}]}'), ["OBC501 GET /v1/accounts answered 200; now 404 RESOURCE_UNKNOWN"]),
    (Answer(302, b"", (("Location", "/elsewhere"),)), ["OBC501 GET /v1/accounts answered 200; now 302"]),
    (Answer(200, b"<html>", (("Content-Type", "text/html"),)), ["OBC508 GET /v1/accounts answered 200 with application/json; now text/html"]),
    (Answer(200, b"<html>"), ["OBC508 GET /v1/accounts answered 200: the body is no JSON any more"]),
    (Answer(200, b""), ["OBC504 GET /v1/accounts answered 200: the body is gone (the cassette was generated, not recorded)"]),
    (Answer(200, json.dumps(SOUND).encode(), ()), ["OBC503 GET /v1/accounts answered 200: the header Content-Type is gone"]),
    (Answer(None), ["OBC509 GET /v1/accounts has no answer: RemoteProtocolError: Server disconnected without sending a response."]),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "expected"), REAL)
def test_a_provider_that_is_no_sandbox(run, folder, answer, expected):
    """Its answer is compared with the recorded one."""
    ACCOUNTS.write(folder)

    def answers(asked):
        return answer if "authorization" in asked.headers else Answer(401)

    with bank(answers) as there:
        found = run(there.origin + BASE)
    assert [f"{each.code} {each.message}" for each in found.findings] == expected
    assert there.asked[-1].headers["authorization"] == "Bearer mine"
    assert there.asked[-1].path == BASE + "/v1/accounts"
    assert len(there.asked) == 2  # one to see whether it is a sandbox; no retry, no redirect
    assert not any("x-openbanking" in name for asked in there.asked for name in asked.headers)


def test_what_cannot_be_brought_about_is_counted(run, folder):
    """Of a real provider: reads, and errors that one request brings about; writes only where they are asked for."""
    data = provider("aelix")
    record_all(folder, data)
    with bank(lambda asked: Answer(418)) as there:
        found = run(there.origin)
        asked_for = [(asked.method, asked.path) for asked in there.asked[1:]]
        writing = run(there.origin, writes=True)
    provoked = [error for error in data.errors if error.provoke]
    reads = [operation for operation in data.operations if operation.safe]
    assert found.replayed == len(provoked) + len(reads) == len(found.findings)
    assert {each.code for each in found.findings} == {"OBC501"}
    rest, writes = len(data.errors) - len(provoked), len(data.operations) - len(reads)
    assert dict(found.skipped) == {"cannot be brought about": rest, "writes without --writes": writes}
    assert ("GET", "/v1/accounts?limit=many") in asked_for
    assert dict(writing.skipped) == {"cannot be brought about": rest}
    assert writing.replayed == found.replayed + writes


def test_credentials_and_parameters_are_put_in(run, folder):
    """A token, a path parameter, a consent; a fresh idempotency key; but a wrong credential stays wrong."""
    Scene("paysera", "GET /v1/accounts/{accountId}").write(folder)
    Scene("paysera", "GET /v1/accounts/{accountId}", "401 TOKEN_INVALID").write(folder)
    with bank(lambda asked: Answer(500)) as there:
        run(there.origin + BASE, parameters={"accountId": "a b", "Consent-ID": "mine too"})
    _, invalid, details = there.asked
    assert invalid.path == details.path == BASE + "/v1/accounts/a%20b"
    assert details.headers["authorization"] == "Bearer mine"
    assert details.headers["consent-id"] == "mine too"
    assert "mine" not in invalid.headers["authorization"]


def test_a_write_has_an_idempotency_key_of_its_own(run, folder):
    """The recorded one is spent."""
    path = PAYMENT.write(folder)
    with bank(lambda asked: Answer(500)) as there:
        run(there.origin, writes=True)
        run(there.origin, writes=True)
    keys = [asked.headers["idempotency-key"] for asked in there.asked if asked.method == "POST"]
    assert len(set(keys)) == 2
    assert not any(key in path.read_text("utf-8") for key in keys)
    assert json.loads(there.asked[-1].body)["currency"] == "EUR"


def test_another_host_of_the_provider_is_below_the_same_origin_or_where_it_is_said_to_be(run, folder):
    """Aelix asks for tokens at an auth host."""
    Scene("aelix", "POST /oauth2/token").write(folder)
    with bank(lambda asked: Answer(500)) as there:
        run(there.origin + "/api", writes=True)
        assert there.asked[-1].path == "/oauth2/token"
        assert there.asked[0].path.startswith("/api/v1/")
        run(there.origin + "/api", writes=True, token_url=there.origin + "/auth/oauth2/token")
        assert there.asked[-1].path == "/auth/oauth2/token"
    assert b"client_id=my-key&client_secret=my-secret" in there.asked[-1].body


def test_without_the_credentials_nothing_is_sent_that_needs_them(run, folder):
    """It is said which variable is missing; where that leaves nothing, it is a mistake."""
    ACCOUNTS.write(folder)
    with bank(lambda asked: Answer(500)) as there:
        with pytest.raises(UsageError, match=r"nothing was replayed: needs OPENBANKING_ACCESS_TOKEN \(1\)"):
            run(there.origin + BASE, credentials=Credentials())
        Scene("paysera", "GET /v1/accounts", "401 TOKEN_INVALID").write(folder)
        found = run(there.origin + BASE, credentials=Credentials())
    assert (found.replayed, dict(found.skipped)) == (1, {"needs OPENBANKING_ACCESS_TOKEN": 1})


@pytest.mark.parametrize(("provenance", "found"), [("recorded", True), ("documented", True), ("generated", False)])
def test_messages_are_compared_by_their_words(run, folder, provenance, found):
    """Ids and dates in them may differ; words that were made up are no provider's, and say nothing of it."""
    scene = Scene("paysera", "GET /v1/accounts", "401 TOKEN_INVALID")

    def say(content):
        response = content["interactions"][0]["response"]
        body = json.loads(response["body"]["string"])
        body["tppMessages"][0]["text"] = "Token abc123 ended at 2026-01-01."
        response["body"]["string"] = json.dumps(body)
        content["x-openbanking"].update(provenance=provenance, recorded_from="https://bank.example")

    path = scene.write(folder, say)
    said = []
    for text in ("Token xyz987 ended at 2026-11-20.", "Token xyz987 has ended."):
        body = json.dumps({"tppMessages": [{"category": "ERROR", "code": "TOKEN_INVALID", "text": text}]}).encode()
        with bank(lambda asked, body=body: Answer(401, body)) as there:
            said.append([(each.code, each.line) for each in run(there.origin + BASE).findings])
    assert said == [[], [("OBC507", line_with(path, "string:"))] * found]


@pytest.mark.parametrize("provenance", ["recorded", "generated"])
def test_a_body_that_was_generated_is_compared_and_says_so(run, folder, provenance):
    """Its members are the documented ones, or were made from a schema."""
    about = {"provenance": provenance, "recorded_from": "https://bank.example"}
    ACCOUNTS.write(folder, lambda content: content["x-openbanking"].update(about))
    account = {"resourceId": 9, "currency": "USD", "more": 1}
    with bank(lambda asked: Answer(200, json.dumps({"accounts": [account]}).encode())) as there:
        found = run(there.origin + BASE).findings
    said = " (the cassette was generated, not recorded)" if provenance == "generated" else ""
    assert [each.code for each in found] == ["OBC504", "OBC505", "OBC506"]
    assert [each.message.endswith("recorded)") for each in found] == [bool(said)] * 3
    assert found[0].message.endswith(f"/accounts/*/iban is gone{said}")


def test_what_a_documented_message_leaves_open_may_differ(run, folder):
    """Its placeholders, whatever they are filled with."""
    scene = Scene("aerosync", "GET /accounts/{user_id}", "404 AC-102")
    assert scene.found()[2].message == "User ${user_id} not found"

    path = scene.write(folder, lambda content: say(content, "User alice not found"))
    body = json.loads(path.read_text("utf-8").partition("string: '")[2].partition("'")[0])
    found = []
    for text in ("User bob not found", "User bob is unknown"):
        body["error"]["message"] = text
        with bank(lambda asked: Answer(404, json.dumps(body).encode())) as there:
            found.append([each.code for each in run(there.origin + "/v2").findings])
    assert found == [[], ["OBC507"]]


def say(content, text):
    content["x-openbanking"].update(provenance="documented")
    response = content["interactions"][0]["response"]
    body = json.loads(response["body"]["string"])
    body["error"]["message"] = text
    response["body"]["string"] = json.dumps(body)


def test_another_code_under_the_same_status(run, folder):
    """It is said alone, without the message that comes with it."""
    Scene("paysera", "GET /v1/accounts", "401 TOKEN_INVALID").write(folder)
    body = b'{"tppMessages": [{"category": "ERROR", "code": "TOKEN_UNKNOWN", "text": "What?"}]}'
    with bank(lambda asked: Answer(401, body)) as there:
        (found,) = run(there.origin + BASE).findings
    assert (found.code, found.message) == (
        "OBC502",
        "GET /v1/accounts answered 401 TOKEN_INVALID: the code is now TOKEN_UNKNOWN",
    )


def test_an_answer_that_comes_compressed_is_read(run, folder):
    """Though it is not asked for."""
    Scene("paysera", "GET /v1/accounts", "401 TOKEN_INVALID").write(folder)
    body = gzip.compress(b'{"tppMessages": [{"category": "ERROR", "code": "TOKEN_UNKNOWN", "text": "What?"}]}')
    headers = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    said = []
    for status in (401, 403):
        with bank(lambda asked, status=status: Answer(status, body, headers)) as there:
            said += [each.message for each in run(there.origin + BASE).findings]
    assert said == [
        "GET /v1/accounts answered 401 TOKEN_INVALID: the code is now TOKEN_UNKNOWN",
        "GET /v1/accounts answered 401 TOKEN_INVALID; now 403 TOKEN_UNKNOWN",
    ]


def test_nothing_there_is_one_mistake(run, folder):
    """And not a finding for each cassette."""
    record_all(folder, provider("paysera"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(UsageError, match=f"nothing answers at http://127.0.0.1:{port}: ConnectError"):
        run(f"http://127.0.0.1:{port}")


def test_an_answer_that_does_not_come(run, folder, monkeypatch):
    """One finding for it; where it is the very first, one mistake."""
    path = ACCOUNTS.write(folder)
    monkeypatch.setattr(network, "PATIENCE", 0.3)
    over = Event()

    def answer(asked):
        over.wait(10 if "authorization" in asked.headers else 0)
        return Answer(401)

    with bank(answer) as there:
        (found,) = run(there.origin + BASE).findings
        over.set()
    assert (found.code, found.path) == ("OBC509", path)
    assert "ReadTimeout" in found.message
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        pytest.raises(UsageError, match=r"nothing answers at .*ReadTimeout"),
    ):
        run(f"http://127.0.0.1:{silent.getsockname()[1]}")


def test_cassettes_of_two_providers_are_not_replayed_against_one(run, folder, owners):
    """Unless one of them is named."""
    LIMIT.write(folder)
    PAYMENT.write(folder)
    with pytest.raises(UsageError, match=r"cassettes of aelix, paysera.*--provider NAME"):
        run("http://127.0.0.1:9")
    with serve(provider("paysera")) as server:
        found = replay(files_in([folder], owners.names), owners, Live(server.base_url), provider="paysera")
    assert (found.cassettes, found.replayed, found.findings) == (1, 1, ())


def test_a_parameter_that_nothing_has(run, folder):
    """The nearest are named."""
    ACCOUNTS.write(folder)
    with pytest.raises(
        UsageError, match="--param: paysera has no parameter 'acountId'; nearest: accountId, account-id"
    ):
        run("http://127.0.0.1:9", parameters={"acountId": "1"})


def test_no_proxy_leads_to_this_machine(run, folder, monkeypatch):
    """Whatever the environment says."""
    ACCOUNTS.write(folder)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with serve(provider("paysera")) as server:
        assert run(server.base_url).findings == ()


def test_a_cassette_that_cannot_be_read_is_found_here_as_well(run, folder):
    """And the others are replayed."""
    ACCOUNTS.write(folder)
    (folder / "a.yaml").write_text("version: 2\n")
    with serve(provider("paysera")) as server:
        found = run(server.base_url)
    assert ([each.code for each in found.findings], found.cassettes, found.replayed) == (["OBC001"], 2, 1)


def test_what_belongs_to_the_recorded_connection_is_not_sent_again(run, folder):
    """Its host, length and framing are those of the new one; no compressed answer is asked for."""

    def record_connection(content):
        old = {"Host": ["open-banking-api.paysera.com"], "Content-Length": ["7"], "Connection": ["close"]}
        content["interactions"][0]["request"]["headers"] |= {**old, "Accept-Encoding": ["br"], "X-Own": ["kept"]}

    ACCOUNTS.write(folder, record_connection)
    with bank(lambda asked: Answer(500)) as there:
        run(there.origin + BASE)
    sent = there.asked[-1].headers
    assert sent["host"] == there.origin.removeprefix("http://")
    assert (sent.get("content-length"), sent["connection"]) == (None, "keep-alive")
    assert (sent["accept-encoding"], sent["x-own"]) == ("identity", "kept")


def test_no_secret_goes_to_a_host_that_nobody_named(run, folder, monkeypatch):
    """Another host of the provider's is only where --token-url says; nothing is sent there else."""
    Scene("aelix", "POST /oauth2/token").write(folder)
    monkeypatch.setattr("pytest_openbanking.network.is_local", lambda url: False)
    with bank(lambda asked: Answer(500)) as there:
        with pytest.raises(UsageError, match=r"nothing was replayed: needs --token-url \(1\)"):
            run(there.origin + "/api", writes=True)
        assert run(there.origin + "/api", writes=True, token_url=there.origin + "/auth/oauth2/token").replayed == 1


def test_no_message_of_others_shows_a_credential(run, folder):
    """A provider that answers with what it was asked, in a way that is no HTTP."""
    ACCOUNTS.write(folder)
    token = "correct horse"

    def echo(asked):
        return Answer(200, b"{}", ((asked.headers.get("authorization", "X-A"), "1"),))

    with bank(echo) as there:
        (found,) = run(there.origin + BASE, credentials=Credentials(access_token=token)).findings
    assert (found.code, token in found.message) == ("OBC509", False)
    assert "illegal header line: bytearray(b'Bearer ***" in found.message
