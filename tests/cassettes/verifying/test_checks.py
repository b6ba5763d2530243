"""Each check finds what it is for, at the line where it is, and nothing else."""

from __future__ import annotations

import gzip
import json
import os
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pytest_openbanking.cassettes.cassette import KEY
from pytest_openbanking.cassettes.verifying.conforming import check_conforming
from pytest_openbanking.cassettes.verifying.subject import read_subject
from pytest_openbanking.cassettes.verifying.upkeep import MaxAge
from pytest_openbanking.catalogue.model import Provoke
from pytest_openbanking.settings import UsageError
from tests.cassettes.verifying.recorded import interaction, record_all, save
from tests.cassettes.verifying.scenes import (
    ACCOUNTS,
    EXPIRED,
    LIMIT,
    PAYMENT,
    Scene,
    line_with,
    provider,
    request,
    response,
    with_body,
)

PROVIDERS = ("aarthik", "aelix", "aerosync", "paysera")
IBAN = "GB33BUKB20201555555555"
BARE_TOKEN = "Bearer 7Gq2xVb91LkTz0PwYc4NsRm8HdJf5AuE"


CALL = "version: 1\ninteractions:\n- request: {{method: GET, uri: '{}'}}\n  response: {{status: 200}}\n"


def uri(text):
    return lambda content: request(content).update(uri=text)


def metadata(**words):
    return lambda content: content[KEY].update(words)


def status(number):
    return lambda content: response(content)["status"].update(code=number)


def code(text):
    return lambda content: with_body(content, lambda body: body["tppMessages"][0].update(code=text))


def answer(**headers):
    return lambda content: response(content)["headers"].update({name: [value] for name, value in headers.items()})


def without_answer(name):
    return lambda content: response(content)["headers"].pop(name)


def without(name):
    return lambda content: request(content)["headers"].pop(name)


def sent(text):
    return lambda content: request(content).update(body=text)


def body(text):
    return lambda content: response(content).update(body={"string": text})


def stale(content):
    uri("https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/accounts/42")(content)


def in_brotli(content):
    answer(**{"Content-Encoding": "br"})(content)
    body(bytes([139, 2, 128, 1, 255, 0]))(content)


def dated(content):
    answer(**{"Retry-After": "Fri, 20 Nov 2026 10:30:00 GMT"})(content)
    without_answer("Date")(content)


# scene, what is wrong, code, text of the line that is named (the first one that holds it), words of the message
TABLE = [
    (LIMIT, uri("https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/acounts"), "OBC101", "uri:",
     "GET /v1/acounts is no operation that paysera documents; nearest: GET /v1/accounts"),
    (LIMIT, uri("https://other.example/v1/accounts"), "OBC101", "uri:",
     "GET https://other.example/v1/accounts is no address of paysera; known: https://open-banking-api.paysera.com"),
    (LIMIT, status(418), "OBC102", "code: 418", "GET /v1/accounts documents no 418 ACCESS_EXCEEDED; documented there:"),
    (LIMIT, code("ACCESS_EXCEDED"), "OBC102", "code: 429", "429 ACCESS_EXCEDED; documented there: "),
    (LIMIT, metadata(operation="GET /v1/consents/{consentId}"), "OBC103", "operation:",
     "its metadata says operation GET /v1/consents/{consentId}; recorded: GET /v1/accounts answered 429"),
    (LIMIT, metadata(status=403), "OBC103", "status: 403", "its metadata says status 403; recorded: GET /v1/accounts"),
    (LIMIT, metadata(code="OTHER"), "OBC103", "code: OTHER", "its metadata says code OTHER; recorded: GET /v1/accounts"),
    (LIMIT, metadata(provider="paysara"), "OBC104", "provider:", "there is no provider 'paysara'; nearest: paysera"),
    (LIMIT, metadata(provenance="recorded"), "OBC103", "provenance:",
     "its metadata says provenance recorded, and was recorded from the sandbox of pytest-openbanking, not the provider"),
    (LIMIT, metadata(provenance=["recorded"]), "OBC103", "- recorded", "its metadata says provenance recorded"),
    (ACCOUNTS, body('{"accounts": ['), "OBC205", "string:", "answered 200: the success cannot be read: the body is no JSON"),
    (ACCOUNTS, body(""), "OBC205", "string:", "the success cannot be read: there is no body"),
    (ACCOUNTS, body("[]"), "OBC205", "string:", "the success cannot be read: the body is an array, not an object"),
    (EXPIRED, body("<html>"), "OBC201", "<html>", "the body is not the documented error body: it is not JSON"),
    (EXPIRED, body(""), "OBC201", "string: ''", "there is none"),
    (EXPIRED, lambda content: with_body(content, lambda body: body["tppMessages"][0].pop("category")), "OBC201", "string:",
     "tppMessages/0: 'category' is a required property"),
    (EXPIRED, body("[" * 100_000), "OBC201", "string:", "it is not JSON"),
    (LIMIT, without_answer("Retry-After"), "OBC202", "Content-Type", "the documented Retry-After is missing"),
    (PAYMENT, sent('{"amount": 0}'), "OBC203", "body: '{", "POST /v1/payments was sent a body that is not as documented: "),
    (PAYMENT, sent(None), "OBC203", "body: null", "as documented: there is none"),
    (PAYMENT, sent("[" * 100_000), "OBC203", "body:", "it is nested too deeply"),
    (PAYMENT, without("Idempotency-Key"), "OBC203", "Accept", "was sent without the documented Idempotency-Key"),
    (LIMIT, without("Authorization"), "OBC203", "Accept", "GET /v1/accounts was sent without the documented Authorization"),
    (LIMIT, answer(**{"Retry-After": "soon"}), "OBC204", "soon", "Retry-After 'soon' is neither seconds nor an HTTP date"),
    (LIMIT, dated, "OBC204", "Fri, 20 Nov 2026 10:30", "Retry-After is a date, and no Date says how long that is"),
    (LIMIT, lambda content: request(content)["headers"].update(Authorization=[BARE_TOKEN]), "OBC301", BARE_TOKEN,
     "Bearer token 7Gq2...32 in the request's header Authorization"),
    (LIMIT, lambda content: content[KEY].update(recorded_by=IBAN), "OBC302", IBAN, "IBAN GB33...22 in x-openbanking.recorded_by"),
    (LIMIT, lambda content: content[KEY].update(note={"of": [IBAN]}), "OBC302", IBAN, "in x-openbanking.note.of.0"),
    (LIMIT, lambda content: response(content)["body"].update(first={"line": IBAN}), "OBC302", IBAN, "in the response's body"),
    (LIMIT, lambda content: content.update(recorded_with=IBAN), "OBC302", IBAN, "in recorded_with"),
    (LIMIT, lambda content: response(content)["headers"].update({IBAN: "1"}), "OBC302", IBAN, "in the response's header GB33...22"),
    (LIMIT, lambda content: response(content)["status"].update(message=IBAN), "OBC302", IBAN, "in the response's status"),
    (ACCOUNTS, lambda content: with_body(content, lambda body: body["accounts"][0].update(iban=IBAN)), "OBC302", IBAN,
     "IBAN GB33...22 in the response's body"),
    (LIMIT, lambda content: uri(request(content)["uri"] + "?iban=" + IBAN)(content), "OBC302", IBAN, "in the request's uri"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("scene", "change", "code", "at", "says"), TABLE, ids=[f"{row[2]}-{number}" for number, row in enumerate(TABLE)]
)
def test_one_thing_wrong_is_one_finding(lint, tmp_path, scene, change, code, at, says):
    """Its code, its line, and what it says."""
    path = scene.write(tmp_path, change)
    found = lint(tmp_path)
    assert [(each.code, each.line) for each in found] == [(code, line_with(path, at))], found
    assert says in found[0].message
    assert found[0].path == path


@pytest.mark.parametrize("name", PROVIDERS)
def test_what_the_sandbox_answers_is_sound(lint, tmp_path, name):
    """No false finding in a cassette for every success and documented error; nothing is missing either."""
    count = record_all(tmp_path, provider(name))
    assert count > len(provider(name).errors)
    assert lint(tmp_path, ignore=()) == []


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_documented_error_without_a_cassette_is_named(lint, tmp_path, name):
    """One line for each, at the place where it is expected."""
    data = provider(name)
    record_all(tmp_path, data)
    for file in (tmp_path / name).rglob("[45]*.yaml"):
        file.unlink()
    found = lint(tmp_path, ignore=())
    assert {each.code for each in found} == {"OBC403"}
    assert sorted(each.message.split(" is documented")[0] for each in found) == sorted(e.key for e in data.errors)
    assert all(each.line == 1 and each.path.is_relative_to(tmp_path / name) for each in found)
    assert lint(tmp_path / name, ignore=()) == found
    assert lint(next((tmp_path / name).rglob("success.yaml")), ignore=()) == []


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("version: 1\ninteractions: []\n", 2, "holds no interaction"),
        ("version: 2\n", 1, "only vcrpy's version 1 is read"),
        ("a: [\n", 2, "is not valid YAML"),
        (CALL.format("https://a:99999/b"), 3, "uri must be a URL with https:// or http://, not 'https://a:99999/b'"),
        (CALL.format("https://[::1/b"), 3, "uri must be a URL with https:// or http://, not 'https://[::1/b'"),
        ("version: !!python/object:os.system 1\n", 1, "has the tag"),
    ],
)
def test_what_cannot_be_read_says_where(lint, tmp_path, content, line, says):
    """The reader's own line, and the others are still verified."""
    (tmp_path / "broken.yaml").write_text(content)
    LIMIT.write(tmp_path, code("NOPE"))
    broken, other = lint(tmp_path)
    assert (broken.code, broken.line, other.code) == ("OBC001", line or broken.line, "OBC102")
    assert says in broken.message


@pytest.mark.parametrize(
    ("scene", "change"),
    [
        (Scene("paysera", "POST /v1/payments", "400 FORMAT_ERROR"), sent("{")),
        (Scene("aelix", "GET /v1/accounts", "401 TOKEN_MISSING"), without("Accept")),  # has no Authorization
        (Scene("paysera", "POST /v1/payments", "400 PARAMETER_NOT_SUPPORTED"), sent("{")),
        (LIMIT, metadata(operation=None, code=None)),
        (LIMIT, metadata(operation="GET  /v1/accounts")),
        (LIMIT, lambda content: content.pop(KEY)),
        (LIMIT, uri("https://open-banking-api.paysera.com/v1/accounts")),
        (LIMIT, answer(**{"Retry-After": "Fri, 20 Nov 2026 10:30:00 GMT"})),
        (LIMIT, in_brotli),
        (ACCOUNTS, in_brotli),
        (ACCOUNTS, body('{"what": "the provider really answers"}')),
        (LIMIT, metadata(provenance="recorded", recorded_from="https://bank.example")),
    ],
)
def test_what_is_right_is_not_flagged(lint, tmp_path, scene, change):
    """A request that an error is about, metadata that says less, another documented address, a date."""
    path = scene.write(tmp_path, change)
    assert lint(path) == []


@pytest.mark.parametrize(
    "provoke",
    [Provoke(body="{"), Provoke(set=(("/amount", 0),)), Provoke(without=("/amount",)), Provoke(query=(("a", "1"),))],
)
def test_a_request_that_is_to_bring_the_error_about_is_not_flagged(owners, tmp_path, provoke):
    """Whatever its status is; without that, it is."""
    scene = Scene("aelix", "POST /v1/payments", "403 SCOPE_INSUFFICIENT")
    subject = read_subject(scene.write(tmp_path, sent('{"amount": 0}')), owners)
    (call,) = subject.calls
    assert [each.code for each in check_conforming(subject)] == ["OBC203"]
    meant = replace(call, error=replace(call.error, provoke=provoke))
    assert list(check_conforming(replace(subject, calls=(meant,)))) == []


def test_a_file_at_another_place_than_it_was_recorded_for(lint, tmp_path):
    """Its name, its folder, or its provider's folder."""
    content = LIMIT.document()
    del content[KEY]
    wrong_name = save(tmp_path / "paysera/get-v1-accounts/503-SERVICE_UNAVAILABLE.yaml", content)
    wrong_folder = save(tmp_path / "paysera/get-v1-accounts-accountId/429-ACCESS_EXCEEDED.yaml", content)
    success = save(tmp_path / "paysera/get-v1-accounts/success.yaml", content)
    content = LIMIT.document()
    other = save(tmp_path / "aelix/get-v1-accounts/429-RATE_LIMIT_EXCEEDED.yaml", content)
    found = {each.path: each for each in lint(tmp_path)}
    assert {path: each.code for path, each in found.items()} == dict.fromkeys(
        (wrong_name, wrong_folder, success, other), "OBC103"
    )
    assert found[wrong_name].line == line_with(wrong_name, "code: 429")
    assert (
        "its place says GET /v1/accounts 503 SERVICE_UNAVAILABLE; recorded: GET /v1/accounts answered 429"
        in found[wrong_name].message
    )
    assert "its place says GET /v1/accounts success" in found[success].message
    assert found[other].message == "stands below aelix, and is of paysera"
    assert found[other].line == line_with(other, "provider:")


def test_what_nothing_looks_up(lint, tmp_path):
    """A place of no documented error or success; a flow stands at none."""
    content = LIMIT.document()
    unused = [
        save(tmp_path / "paysera/get-v1-accounts/429-ACCESS_EXCEDED.yaml", content),
        save(tmp_path / "paysera/get-v1-account/success.yaml", content),
    ]
    for flow in ("paysera/login.yaml", "paysera/flows/login.yaml", "flows/a/b/429-X.yaml", "paysera/x/y/success.yaml"):
        save(tmp_path / flow, content)
    found = lint(tmp_path)
    assert sorted((each.path, each.line, each.code) for each in found) == sorted((path, 1, "OBC402") for path in unused)
    assert any("nearest: paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml" in each.message for each in found)


@pytest.mark.parametrize("name", ["RATE_LIMITED", "RATE_LIMIT_EXCEEDED"])
def test_an_error_has_the_other_names_that_are_documented_for_it(lint, tmp_path, name):
    """In its body and at its place, where it is looked up, too, and so is not missed."""
    scene = Scene("aelix", "GET /v1/accounts", "429 RATE_LIMIT_EXCEEDED")
    content = scene.document()
    content[KEY].update(code="RATE_LIMITED")
    text = response(content)["body"]["string"].replace("RATE_LIMIT_EXCEEDED", "RATE_LIMITED")
    response(content)["body"]["string"] = text
    save(tmp_path / f"aelix/get-v1-accounts/429-{name}.yaml", content)
    found = [each for each in lint(tmp_path / "aelix", ignore=()) if each.path.parent.name == "get-v1-accounts"]
    assert {each.code for each in found} == {"OBC403"}
    assert not [each for each in found if "429" in each.path.name]


MISPLACED = [
    ("Paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml", "paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"),
    ("psysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml", "paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"),
    ("bank/get-v1-accounts/success.yaml", "paysera/get-v1-accounts/success.yaml"),
    ("psysera/get-v1-acounts/success.yaml", "paysera/get-v1-accounts/success.yaml"),
    ("x/paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml", "paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"),
]


@pytest.mark.parametrize(("place", "nearest"), MISPLACED)
@pytest.mark.parametrize("told", ["by its metadata", "by its hosts"])
def test_a_place_below_a_folder_that_is_no_providers(lint, tmp_path, place, nearest, told):
    """Nothing looks there up; the nearest place is named, also where nothing but its hosts says whose it is."""
    content = LIMIT.document()
    if told == "by its hosts":
        del content[KEY]
    path = save(tmp_path / place, content)
    (found,) = lint(tmp_path, team=tmp_path)
    assert (found.path, found.line, found.code) == (path, 1, "OBC402")
    assert f"looked up here; nearest: {nearest}" in found.message


def test_a_folder_of_cassettes_may_be_anywhere(lint, tmp_path):
    """In a project, in a folder of several, beside others; a place is one below it."""
    for place in ("cassettes", "a/cassettes", "cassettes/team-a"):
        LIMIT.write(tmp_path / place)
    for path in (
        "a",
        "a/cassettes",
        "a/cassettes/paysera",
        "cassettes/team-a",
        "cassettes/team-a/paysera/get-v1-accounts",
    ):
        assert lint(tmp_path / path, team=tmp_path / "cassettes") == []
    found = [str(each.path.relative_to(tmp_path)) for each in lint(tmp_path, team=tmp_path / "cassettes")]
    assert found == ["cassettes/team-a/paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"]


def test_another_suffix_is_not_looked_up(lint, tmp_path):
    """A cassette of that name is found; what belongs to other programs is left alone."""
    content = LIMIT.document()
    flow = save(tmp_path / "paysera/flow.yml", content)
    place = save(tmp_path / "paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yml", content)
    (tmp_path / "compose.yml").write_text("services: {}\n")
    LIMIT.write(tmp_path)
    found = {each.path: (each.code, each.message) for each in lint(tmp_path)}
    assert found == {
        flow: ("OBC402", "only *.yaml is looked up; call it flow.yaml"),
        place: ("OBC402", "only *.yaml is looked up; call it 429-ACCESS_EXCEEDED.yaml"),
    }
    assert [each.code for each in lint(flow)] == ["OBC402"]


def test_a_flow_is_judged_call_by_call(lint, tmp_path):
    """Each interaction has its own findings; what is no provider's is left alone where only the hosts tell the provider."""
    data, operation, error = LIMIT.found()
    calls = [interaction(data, operation, error) for _ in range(3)]
    del calls[1]["response"]["headers"]["Retry-After"]
    calls[2]["request"]["uri"] = "https://hooks.example/send"
    path = save(tmp_path / "flows" / "day.yaml", {"version": 1, "interactions": calls})
    (found,) = lint(tmp_path)
    assert (found.code, found.line) == ("OBC202", found.line)
    lines = path.read_text("utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if line.startswith("- request")][1] < found.line
    moved = save(tmp_path / "paysera" / "day.yaml", {"version": 1, "interactions": calls})
    assert sorted(each.code for each in lint(moved)) == ["OBC101", "OBC202"]


def test_a_cassette_of_nobody(lint, tmp_path):
    """Without metadata, folder or a known host."""
    content = LIMIT.document()
    del content[KEY]
    uri("https://hooks.example/send")(content)
    path = save(tmp_path / "flows" / "day.yaml", content)
    (found,) = lint(tmp_path)
    assert (found.code, found.line) == ("OBC104", line_with(path, "uri:"))
    assert "https://hooks.example/send is no address of a known provider; known: aarthik, aelix" in found.message


@pytest.mark.parametrize(
    ("coding", "squeeze"),
    [("gzip", gzip.compress), ("deflate", zlib.compress), ("Deflate", lambda raw: zlib.compress(raw)[2:-4])],
)
def test_compressed_bodies_are_read(lint, tmp_path, coding, squeeze):
    """The code is found in them, and what must not be; a raw deflate is read as well."""

    def compress(content):
        text = json.dumps({"tppMessages": [{"category": "ERROR", "code": "TOKEN_EXPIRED", "text": IBAN}]})
        response(content)["body"]["string"] = squeeze(text.encode())
        answer(**{"Content-Encoding": coding})(content)

    EXPIRED.write(tmp_path, compress)
    assert [each.code for each in lint(tmp_path)] == ["OBC302"]


def test_age(lint, tmp_path):
    """Older than asked for, or of unknown age; only where it is asked for."""
    path = LIMIT.write(tmp_path)  # recorded_at 2026-02-10T10:30:00Z
    unknown = EXPIRED.write(tmp_path, lambda content: content[KEY].pop("recorded_at"))
    now = datetime(2026, 2, 20, 10, 30, tzinfo=UTC)
    limits = [("10d", timedelta(days=10)), ("239h", timedelta(hours=239))]
    found = [lint(tmp_path, max_age=MaxAge(text, limit, now)) for text, limit in limits]
    assert [[each.path for each in some] for some in found] == [[unknown], [unknown, path]]
    assert found[1][1].message == "was recorded 10 days ago, on 2026-02-10; --max-age is 239h"
    assert found[1][1].line == line_with(path, "recorded_at")
    assert "its age is unknown" in found[0][0].message
    assert lint(tmp_path) == []


def test_a_date_to_come_is_no_age(lint, tmp_path):
    """Such a cassette would never grow old; a day is left to clocks that differ."""
    path = LIMIT.write(tmp_path)  # recorded_at 2026-02-10T10:30:00Z
    days = [datetime(2026, 2, day, 10, 29, tzinfo=UTC) for day in (9, 10)]
    found = [lint(tmp_path, max_age=MaxAge("10d", timedelta(days=10), day)) for day in days]
    assert [[each.message for each in some] for some in found] == [
        ["was recorded on 2026-02-10, which is still to come: its age is unknown"],
        [],
    ]
    assert found[0][0].line == line_with(path, "recorded_at")


def test_texts_of_others_stay_one_printable_line(lint, tmp_path):
    """What a cassette holds does not reach the terminal as it is."""
    EXPIRED.write(tmp_path, code("A\x1b[31m\nB" + "x" * 5000))
    (found,) = lint(tmp_path)
    assert found.message.isprintable()
    assert "A\\x1b[31m B" in found.message
    assert len(found.message) <= 400


def test_a_finding_s_line_is_that_of_the_value_in_any_form_of_yaml(lint, tmp_path):
    """Headers as text, or in another case; a body in one piece."""
    path = tmp_path / "paysera" / "flow.yaml"
    path.parent.mkdir()
    path.write_text(
        "version: 1\n"
        "interactions:\n"
        "- request:\n"
        "    method: GET\n"
        "    uri: https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/accounts\n"
        "    headers: {Accept: a/b,\n"
        f"      authorization: {BARE_TOKEN}}}\n"
        "  response:\n"
        "    status: 429\n"
        "    headers:\n"
        "      date: now\n"
        "      retry-after: soon\n"
        "    body: '{}'\n"
    )
    assert [(each.line, each.code) for each in lint(path)] == [(7, "OBC301"), (12, "OBC204"), (13, "OBC201")]


def test_a_finding_tells_no_secret(lint, tmp_path):
    """It ends up in logs: what it quotes is masked."""
    secret = "sk_live_51HxYz9Qw3RtUv7LmNp2"
    PAYMENT.write(tmp_path, sent(json.dumps({"amount": 1, "currency": IBAN, "note": secret})))
    LIMIT.write(tmp_path, uri(f"https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/{IBAN}/{secret}?a={secret}"))
    found = lint(tmp_path)
    assert {each.code for each in found} == {"OBC101", "OBC203", "OBC301", "OBC302"}
    for each in found:
        assert IBAN not in each.message
        assert secret not in each.message
    assert any("GET /v1/GB33...22" in each.message for each in found)


def test_a_path_is_what_it_leads_to(lint, tmp_path, monkeypatch):
    """With `..` in it as well."""
    LIMIT.write(tmp_path)
    monkeypatch.chdir(tmp_path)
    (missing,) = lint(Path("paysera/get-v1-accounts/../get-v1-accounts/429-ACCESS_EXCEEDED.yaml"), max_age=MaxAge(
        "1d", timedelta(days=1), datetime(2027, 1, 1, tzinfo=UTC)
    ))  # fmt: skip
    assert missing.path == LIMIT.place().absolute()


def test_headers_that_someone_else_filtered_are_not_missed(lint, tmp_path):
    """Vcrpy's users take Authorization out; our own recorder leaves a stand-in."""

    def filtered(content):
        content["interactions"][0]["request"]["headers"] = {}

    path = LIMIT.write(tmp_path, filtered)
    assert [found.code for found in lint(path)] == ["OBC203"]
    content = LIMIT.document()
    filtered(content)
    del content["x-openbanking"]
    assert lint(save(path, content)) == []


def test_a_folder_that_cannot_be_read_is_said(lint, tmp_path, monkeypatch):
    """What is in it is not left out in silence."""
    LIMIT.write(tmp_path)
    scandir = os.scandir

    def shut(place):
        if str(place).endswith("get-v1-accounts"):
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(place)

    monkeypatch.setattr(os, "scandir", shut)
    with pytest.raises(UsageError, match=r"verify: .*get-v1-accounts cannot be read: Permission denied"):
        lint(tmp_path)
