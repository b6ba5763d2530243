"""`openbanking record`: from the served sandbox, or from the provider itself; whole or not at all."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.places import place_of
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.takes import ServedSandbox, Take
from pytest_openbanking.cli import main
from pytest_openbanking.exchange import Provenance
from pytest_openbanking.serving.server import serve
from tests.cassettes.bank import IBAN, TOKEN, bank
from tests.cassettes.verifying.bank import Answer
from tests.cassettes.verifying.bank import bank as any_bank

if TYPE_CHECKING:
    from pathlib import Path

ACCOUNTS = ("--operation", "GET /v1/accounts")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Record into an empty folder, as nobody in particular."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("OPENBANKING_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def base_url():
    with bank() as url:
        yield url


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_sandbox_is_recorded_with_what_it_served(tmp_path: Path, capsys) -> None:
    """One cassette for each documented error of the operation and one for its success, at the provider's address."""
    assert main(["record", "paysera", *ACCOUNTS]) == 0
    provider = load_provider("paysera")
    errors = [error for error in provider.errors if error.operation.id == "GET /v1/accounts"]
    places = {str(place_of(provider, errors[0].operation, error)): error for error in [*errors, None]}
    assert files(tmp_path / "cassettes").keys() == places.keys()
    for place, error in places.items():
        cassette = read_cassette(tmp_path / "cassettes" / place)
        (one,) = cassette.interactions
        assert one.request.url == provider.base_url + "/v1/accounts"
        assert one.request.headers["host"] == "open-banking-api.paysera.com"
        assert one.response.status == (error.status if error else 200)
        assert one.provenance is (Provenance.DOCUMENTED if error and error.documented else Provenance.GENERATED)
        assert "X-OpenBanking-Provenance" not in one.response.headers
        about = cassette.metadata
        assert (about.provider, about.operation, about.code) == ("paysera", "GET /v1/accounts", error and error.code)
        assert about.recorded_from == "the sandbox of pytest-openbanking"
        assert about.recorded_at is not None
        assert re.fullmatch(r"pytest-openbanking \d.*", about.recorded_by or "")
        assert provider.auth.access_token not in (tmp_path / "cassettes" / place).read_text()
    out = capsys.readouterr().out
    assert " 1/12  GET /v1/accounts  success  recorded" in out
    assert "12/12  GET /v1/accounts  503 SERVICE_UNAVAILABLE  recorded" in out
    assert "recorded 12 of 12 cassettes into " in out


def test_a_cassette_replays_what_the_sandbox_answered(tmp_path: Path) -> None:
    """The body is the served one, byte for byte, and so are the documented headers."""
    main(["record", "paysera", *ACCOUNTS, "--code", "ACCESS_EXCEEDED", "--to", "there"])
    (one,) = read_cassette(tmp_path / "there/paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml").interactions
    assert one.response.body.startswith(
        b'{"tppMessages":[{"category":"ERROR","code":"ACCESS_EXCEEDED","text":"Access freq'
    )
    assert one.response.headers["Retry-After"] == "86400"
    assert one.response.headers["X-RateLimit-Limit"] == "4"


def test_the_provider_itself_is_recorded_where_its_data_says_how(tmp_path: Path, base_url, monkeypatch, capsys) -> None:
    """Reads and provoked errors are recorded, by name; the rest says why not, and what would be needed."""
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
    assert (
        main(
            ["record", "paysera", "--base-url", base_url, "--param", "accountId=77", "account-id=77", "Consent-ID=c-1"]
        )
        == 1
    )
    out = capsys.readouterr().out
    assert files(tmp_path / "cassettes").keys() >= {
        "paysera/get-v1-accounts/success.yaml",
        "paysera/get-v1-accounts/401-TOKEN_INVALID.yaml",
        "paysera/get-v1-accounts-accountId/success.yaml",
        "paysera/get-v1-accounts-accountId/404-RESOURCE_UNKNOWN.yaml",
        "paysera/get-v1-accounts-account-id-transactions/400-FORMAT_ERROR.yaml",
        "paysera/post-v1-payments/400-FORMAT_ERROR.yaml",
    }
    assert "GET /v1/accounts  " in out
    assert re.search(r"429 ACCESS_EXCEEDED +not recorded: it is not documented how one request brings it about", out)
    assert re.search(
        r"POST /v1/payments +success +not recorded: it really acts \(money\); allow that with --writes", out
    )
    assert re.search(r"GET /v1/consents/\{consentId\} +success +not recorded: needs --param consentId=\.\.\.", out)
    assert re.search(
        r"GET /v1/accounts/\{accountId\}/balances +success +not recorded: answered 404 RESOURCE_UNKNOWN", out
    )
    assert re.search(
        r"recorded \d+ of 102 cassettes into .*; \d did not come about; \d+ could not be brought about", out
    )
    for place in files(tmp_path / "cassettes"):
        cassette = read_cassette(tmp_path / "cassettes" / place)
        assert cassette.interactions[0].provenance is Provenance.RECORDED
        assert cassette.metadata.recorded_from == base_url.removesuffix("/psd2")
        assert cassette.interactions[0].request.url.startswith("https://open-banking-api.paysera.com/xs2a/berlin/1.3/")
    everything = b"".join(files(tmp_path / "cassettes").values())
    for secret in (TOKEN, IBAN, "jonas@bank.lt", "s3cr3tsession0123456789", IBAN[4:]):
        assert secret.encode() not in everything


def test_without_credentials_it_says_which(base_url, capsys) -> None:
    assert main(["record", "paysera", "--base-url", base_url, *ACCOUNTS, "--param", "Consent-ID=1"]) == 0
    out = capsys.readouterr().out
    assert "GET /v1/accounts  success  not recorded: needs OPENBANKING_ACCESS_TOKEN" in out
    assert "GET /v1/accounts  401 TOKEN_INVALID  recorded" in out


def test_an_answer_that_is_not_the_wanted_one_leaves_the_old_cassette(
    tmp_path: Path, base_url, monkeypatch, capsys
) -> None:
    """It says what was answered instead; the exit code is 1."""
    main(["record", "paysera"])
    before = files(tmp_path / "cassettes")
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
    transactions = ("--operation", "GET /v1/accounts/{account-id}/transactions", "--code", "PARAMETER_NOT_SUPPORTED")
    assert (
        main(["record", "paysera", "--base-url", base_url, *transactions, "--param", "account-id=77", "Consent-ID=1"])
        == 1
    )
    assert files(tmp_path / "cassettes") == before
    assert "not recorded: answered 404 RESOURCE_UNKNOWN" in capsys.readouterr().out


def test_a_recording_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch, capsys) -> None:
    """A full disk, say: nothing half-written is left, and it is said once, as it would be so with every other one."""
    main(["record", "paysera", *ACCOUNTS])
    before = files(tmp_path / "cassettes")
    capsys.readouterr()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device", f"{tmp_path}/.success.yaml.1.tmp")

    monkeypatch.setattr("os.fsync", full)
    assert main(["record", "paysera", *ACCOUNTS]) == 1
    assert files(tmp_path / "cassettes") == before
    _, said, last = capsys.readouterr().out.splitlines()
    assert said.endswith("GET /v1/accounts  success  not recorded: it cannot be written: No space left on device")
    assert last.endswith("; 1 did not come about; stopped, 11 were not tried")


def test_what_is_wrong_with_one_place_stops_no_other(tmp_path: Path, capsys) -> None:
    """A file in the place of an operation's folder, say: it is named."""
    (tmp_path / "cassettes/paysera").mkdir(parents=True)
    (tmp_path / "cassettes/paysera/get-v1-accounts").write_text("mine")
    words = ["--operation", "GET /v1/accounts", "GET /v1/accounts/{accountId}", "--code", "TOKEN_EXPIRED"]
    assert main(["record", "paysera", *words]) == 1
    out = capsys.readouterr().out
    assert re.search(
        r"not recorded: it cannot be written: .*: \S*/cassettes/paysera/get-v1-accounts$", out, re.MULTILINE
    )
    assert "recorded 1 of 2 cassettes" in out


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_half_way_leaves_whole_cassettes_only(tmp_path: Path, number: int, code: int) -> None:
    """Ctrl-C in the middle of a long run: what there is can be read, and what there was has not been touched."""
    main(["record", "paysera"])
    before = files(tmp_path / "cassettes")
    command = [sys.executable, "-m", "pytest_openbanking", "record", "paysera"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if line.startswith(" 10/102"):
                run.send_signal(number)
                break
        out, err = run.communicate(timeout=30)
    assert re.fullmatch(r"recorded \d+ of 102 cassettes into .*; stopped, \d+ were not tried", out.splitlines()[-1])
    assert run.returncode == code
    assert "Traceback" not in err
    after = files(tmp_path / "cassettes")
    assert after.keys() == before.keys()
    renewed = [place for place in after if after[place] != before[place]]
    assert 0 <= len(renewed) < 60
    for place in after:
        assert read_cassette(tmp_path / "cassettes" / place).interactions


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "record: name a provider: aarthik, aelix, aerosync, paysera"),
        (("paysra",), "there is no provider 'paysra'; nearest: paysera"),
        (("paysera", "--code", "NOPE"), "paysera documents no code 'NOPE'; nearest: "),
        (("paysera", "--operation", "GET /v1/acounts"), "paysera has no operation 'GET /v1/acounts'; nearest: GET /v1/accounts"),
        (("paysera", *ACCOUNTS, "--code", "RESOURCE_CONFLICT"), "record: paysera documents no such error; see: openbanking errors"),
        (("paysera", "--writes"), "record: --writes goes with --base-url"),
        (("paysera", "--param", "a=1"), "record: --param goes with --base-url"),
        (("paysera", "--token-url", "http://127.0.0.1:9"), "record: --token-url goes with --base-url"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--token-url", "bank.example"), "record: argument --token-url: 'bank.example' is no URL like "),
        (("paysera", "--base-url", "bank.example"), "record: argument --base-url: 'bank.example' is no URL like https://host/path"),
        (("paysera", "--base-url", "https://jonas:geheim@bank.example"), "record: argument --base-url: holds a user name or password; credentials go into the environment: "),
        (("paysera", "--base-url", "https://bank.example?key=geheim"), "record: argument --base-url: holds a query or fragment, and must be like https://host/path; credentials go into the environment: "),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--token-url", "https://geheim@a/oauth/token"), "record: argument --token-url: holds a user name"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--param", "a"), "record: argument --param: 'a' must be NAME=VALUE, like accountId=123"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--param", "acountId=1"), "--param: paysera has no parameter 'acountId'; nearest: accountId, account-id"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--param", "Consent-ID=geheimß"), "--param Consent-ID holds a character that is no visible ASCII, which no header can carry"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--param", "Consent-ID=geheim\nX: 1"), "--param Consent-ID holds a character that is no visible ASCII"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--param", "accountId=\udcff"), "--param accountId is no UTF-8"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--code", "TOKEN_INVALID", "--param", "Consent-ID=1"), "http://127.0.0.1:9 cannot be reached: "),
        (("aelix", "--base-url", "http://127.0.0.1:9", "--token-url", "http://127.0.0.1:9/x"), "the token URL http://127.0.0.1:9/x must end in the path of POST "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(arguments, said: str, capsys, tmp_path: Path) -> None:
    assert main(["record", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"openbanking: {said}"), err
    assert err.count("\n") == 1
    assert "geheim" not in err
    assert files(tmp_path) == {}


@pytest.mark.parametrize(
    ("value", "said"),
    [("geheimß", "holds a character that is no visible ASCII"), ("geheim\nX-Evil: 1", "holds a line break")],
)
@pytest.mark.parametrize("variable", ["OPENBANKING_ACCESS_TOKEN", "OPENBANKING_PAYSERA_API_SECRET"])
def test_a_credential_that_no_header_can_carry_is_one_line(monkeypatch, capsys, variable, value, said: str) -> None:
    """Which names the variable, and not what it holds."""
    monkeypatch.setenv(variable, value)
    assert main(["record", "paysera", "--base-url", "http://127.0.0.1:9"]) == 2
    out, err = capsys.readouterr()
    assert err == f"openbanking: {variable}: {said}, which no header can carry\n"
    assert "geheim" not in out + err


def test_a_certificate_that_cannot_be_used_is_one_line(base_url, monkeypatch, capsys) -> None:
    monkeypatch.setenv("OPENBANKING_CLIENT_CERT", "none.pem")
    assert main(["record", "paysera", "--base-url", base_url]) == 2
    assert "OPENBANKING_CLIENT_CERT none.pem cannot be used: " in capsys.readouterr().err


@pytest.mark.parametrize("allowed", [False, True])
def test_what_acts_is_recorded_only_where_that_is_allowed(tmp_path: Path, base_url, monkeypatch, allowed: bool) -> None:
    """A payment, say; the errors that are provoked on it move no money."""
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
    payments = ("--operation", "POST /v1/payments", "--param", "Consent-ID=1")
    main(["record", "paysera", "--base-url", base_url, *payments, *["--writes"] * allowed])
    folder = "cassettes/paysera/post-v1-payments"
    assert (tmp_path / folder / "success.yaml").is_file() is allowed
    assert (tmp_path / folder / "400-FORMAT_ERROR.yaml").is_file()


def test_a_token_is_asked_for_only_where_writes_are_allowed(tmp_path: Path, base_url, monkeypatch, capsys) -> None:
    """A refresh token may be good for one time only."""
    monkeypatch.setenv("OPENBANKING_REFRESH_TOKEN", "the-only-one")
    words = ["record", "paysera", "--base-url", base_url, "--operation", "POST /oauth/token"]
    assert main(words) == 1
    assert (
        "success  not recorded: it issues a token, for which a refresh token may be spent; allow that with --writes"
        in (capsys.readouterr().out)
    )
    assert files(tmp_path) == {}
    assert main([*words, "--writes"]) == 0


def test_a_variable_of_the_provider_goes_before_the_one_for_all(base_url, monkeypatch, capsys) -> None:
    """With what a secret store leaves around it."""
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", "of another provider")
    monkeypatch.setenv("OPENBANKING_PAYSERA_ACCESS_TOKEN", f"{TOKEN}\n")
    assert main(["record", "paysera", "--base-url", base_url, *ACCOUNTS, "--param", "Consent-ID=1"]) == 0
    assert "GET /v1/accounts  success  recorded" in capsys.readouterr().out


def test_no_message_of_others_shows_a_credential(monkeypatch, capsys) -> None:
    """A provider that answers with what it was asked, say, in a way that is no HTTP."""
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
    echo = Answer(200, b"{}", ((f"Bearer {TOKEN}", "1"),))
    with any_bank(lambda _: echo) as running:
        main(["record", "aelix", "--base-url", running.origin, "--operation", "GET /v1/transactions"])
    out = capsys.readouterr().out
    assert "not recorded: no answer: RemoteProtocolError: illegal header line: bytearray(b'Bearer ***: 1')" in out
    assert TOKEN not in out


def test_a_code_asks_for_errors_only(tmp_path: Path) -> None:
    """And so does a status."""
    for option, word in (("code", "ACCESS_EXCEEDED"), ("status", "429")):
        assert main(["record", "paysera", *ACCOUNTS, f"--{option}", word, "--to", option]) == 0
        assert files(tmp_path / option).keys() == {"paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"}


@pytest.mark.parametrize(
    ("name", "said"), [("ACCESS_TOKEN", "not recorded: needs OPENBANKING_API_KEY"), ("API_KEY", "success  recorded")]
)
def test_an_operation_of_the_api_key_needs_that_one(monkeypatch, capsys, name: str, said: str) -> None:
    """Aarthik's sessions are begun with it; a token is no stand-in."""
    monkeypatch.setenv(f"OPENBANKING_{name}", "a-secret-of-the-team")
    with any_bank(lambda _: Answer(201)) as running:
        main(["record", "aarthik", "--base-url", running.origin, "--operation", "POST /sessions", "--writes"])
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200), "recorded"),
        (Answer(206), "recorded"),
        (Answer(200, b'{"quite": "other"}'), "recorded"),
        (Answer(302), "not recorded: answered 302$"),
        (Answer(307, b"", (("Location", "https://bank.example/new?token=geheim"),)), "not recorded: answered 307 to https://bank.example/new$"),
        (Answer(204, b""), "not recorded: there is no body$"),
        (Answer(200, b'{"accounts": ['), "not recorded: the body is no JSON$"),
        (Answer(200, b"<h1>soon", (("Content-Type", "text/html"),)), "not recorded: the body is text/html, not application/json$"),
        (Answer(200, b"[]"), "not recorded: the body is an array, not an object$"),
        (Answer(None), "not recorded: no answer: RemoteProtocolError: "),
        (Answer(200, b"\xff\x00?", (("Content-Encoding", "x-odd"),)), "not recorded: .*a body is encoded as 'x-odd'"),
        (Answer(200, b"{}", (("Content-Encoding", "gzip"),)), "not recorded: no answer: DecodingError: "),
    ],
)  # fmt: skip
def test_a_success_is_recorded_whatever_2xx_it_is(
    tmp_path: Path, monkeypatch, capsys, answer: Answer, said: str
) -> None:
    """If it can be read as one; all else is named, ends no run, and leaves the old cassette."""
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
    old = tmp_path / "cassettes/aelix/get-v1-transactions/success.yaml"
    old.parent.mkdir(parents=True)
    old.write_text("the old one")
    with any_bank(lambda _: answer) as running:
        main(["record", "aelix", "--base-url", running.origin, "--operation", "GET /v1/transactions"])
    out = capsys.readouterr().out
    assert re.search(rf"^ 1/11  GET /v1/transactions  success  {said}", out, re.MULTILINE), out
    assert (old.read_text() == "the old one") is (said != "recorded")
    assert "\n11/11  GET /v1/transactions  503 SERVICE_UNAVAILABLE  " in out


def test_an_error_of_another_code_is_not_the_wanted_one(capsys) -> None:
    """Even under its status."""
    body = b'{"tppMessages": [{"category": "ERROR", "code": "CERTIFICATE_INVALID"}]}'
    with any_bank(lambda _: Answer(401, body)) as running:
        words = [*ACCOUNTS, "--code", "TOKEN_INVALID", "--param", "Consent-ID=1"]
        assert main(["record", "paysera", "--base-url", running.origin, *words]) == 1
    assert "not recorded: answered 401 CERTIFICATE_INVALID" in capsys.readouterr().out


def test_another_name_of_an_error_is_the_wanted_one(monkeypatch, capsys) -> None:
    """If it is documented for that very error."""
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
    provider = load_provider("aelix")
    error = next(error for error in provider.errors if error.code == "RESOURCE_NOT_FOUND" and error.provoke)
    body = b'{"error": {"code": "NOT_FOUND", "message": "no such account"}}'
    words = ["--operation", error.operation.id, "--code", error.code]
    with any_bank(lambda _: Answer(404, body)) as running:
        assert main(["record", "aelix", "--base-url", running.origin, *words]) == 0
    assert "404 RESOURCE_NOT_FOUND  recorded" in capsys.readouterr().out


def test_a_host_that_is_not_there_ends_no_run_that_has_begun(monkeypatch, capsys) -> None:
    """Where tokens come from, say: the others have answered."""
    for name in ("ACCESS_TOKEN", "API_KEY", "API_SECRET"):
        monkeypatch.setenv(f"OPENBANKING_{name}", "a-secret-of-the-team")
    with any_bank(lambda _: Answer(200)) as running:
        words = ["--operation", "GET /v1/accounts", "POST /oauth2/token", "--writes"]
        token = ["--token-url", "http://127.0.0.1:9/oauth2/token"]
        assert main(["record", "aelix", "--base-url", running.origin, *token, *words]) == 1
    out = capsys.readouterr().out
    assert "GET /v1/accounts    success  recorded" in out
    assert re.search(r"POST /oauth2/token +success +not recorded: no answer: ", out)


def test_nothing_recorded_is_no_success(base_url, capsys) -> None:
    """Also where nothing could be tried."""
    assert main(["record", "paysera", "--base-url", base_url, *ACCOUNTS, "--code", "ACCESS_EXCEEDED"]) == 1
    assert re.search(
        r"recorded 0 of 1 cassette into .*; 1 could not be brought about$", capsys.readouterr().out.strip()
    )


@pytest.mark.parametrize(("words", "folder"), [((), "tapes"), (("--to", "there"), "there")])
def test_the_projects_options_hold(tmp_path: Path, monkeypatch, words, folder: str) -> None:
    """Its folder, unless another is named; its own fields, and what the environment holds, are scrubbed."""
    (tmp_path / "pyproject.toml").write_text("[tool.pytest-openbanking]\ncassettes = 'tapes'\nscrub = ['shoe_size']\n")
    monkeypatch.setenv("OPENBANKING_API_SECRET", "open sesame now")
    body = json.dumps({"shoeSize": "fortyfour", "note": "the word is: open sesame now", "kept": "this"}).encode()
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
    with any_bank(lambda _: Answer(200, body)) as running:
        main(["record", "aelix", "--base-url", running.origin, "--operation", "GET /v1/accounts", *words])
    path = tmp_path / folder / "aelix/get-v1-accounts/success.yaml"
    assert "this" in path.read_text()
    assert not re.search("fortyfour|sesame", path.read_text())


def test_a_parameter_may_hold_an_equals_sign(monkeypatch) -> None:
    """It ends the name once."""
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
    words = ["--operation", "GET /v1/accounts/{accountId}", "--param", "accountId=a=b", "Consent-ID=c==="]
    with any_bank(lambda _: Answer(200)) as running:
        main(["record", "paysera", "--base-url", running.origin, *words])
    assert "/v1/accounts/a%3Db" in [asked.path for asked in running.asked]
    assert {asked.headers["consent-id"] for asked in running.asked} == {"c==="}


def test_a_folder_that_is_a_file_is_one_line(tmp_path: Path, capsys) -> None:
    (tmp_path / "cassettes").write_text("mine")
    assert main(["record", "paysera"]) == 2
    assert capsys.readouterr().err == f"openbanking: record: {tmp_path / 'cassettes'} is no folder\n"
    assert files(tmp_path) == {"cassettes": b"mine"}


def test_a_served_sandbox_answers_each_take_with_what_it_is_of() -> None:
    """Whatever was asked of it before; the status tells two errors of one code apart."""
    provider = load_provider("paysera")
    error = next(error for error in provider.errors if str(error) == "500 INTERNAL_SERVER_ERROR")
    other = replace(error, status=502)
    with serve(replace(provider, errors=(*provider.errors, other))) as server:
        source = ServedSandbox(server)
        for wanted in (other, error, None, other):
            request = source.request(Take(server.provider, error.operation, wanted))
            answer = httpx.request(request.method, request.url, headers=dict(request.headers), content=request.body)
            assert answer.status_code == (wanted or error.operation.success).status
