"""`openbanking record`: from the served sandbox, or from the provider itself; whole or not at all."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.places import place_of
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cli import main
from pytest_openbanking.exchange import Provenance
from tests.cassettes.bank import IBAN, TOKEN, bank

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
    """A full disk, say: nothing half-written is left, and the run goes on to say so."""
    main(["record", "paysera", *ACCOUNTS])
    before = files(tmp_path / "cassettes")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert main(["record", "paysera", *ACCOUNTS]) == 1
    assert files(tmp_path / "cassettes") == before
    assert "not recorded: [Errno 28] No space left on device" in capsys.readouterr().out


def test_stopping_half_way_leaves_whole_cassettes_only(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a long run: what there is can be read, and what there was has not been touched."""
    main(["record", "paysera"])
    before = files(tmp_path / "cassettes")
    command = [sys.executable, "-m", "pytest_openbanking", "record", "paysera"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as run:
        assert run.stdout is not None
        for line in run.stdout:
            if line.startswith(" 10/102"):
                run.send_signal(signal.SIGINT)
                break
        _, err = run.communicate(timeout=30)
    assert run.returncode == 130
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
        (("paysera", "--base-url", "bank.example"), "record: 'bank.example' is no URL; it must begin with https:// or http://"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--param", "a"), "record: --param takes NAME=VALUE, not 'a'"),
        (("paysera", "--base-url", "http://127.0.0.1:9", "--code", "TOKEN_INVALID", "--param", "Consent-ID=1"), "http://127.0.0.1:9 cannot be reached: "),
        (("aelix", "--base-url", "http://127.0.0.1:9", "--token-url", "http://127.0.0.1:9/x"), "the token URL http://127.0.0.1:9/x must end in the path of POST "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_line(arguments, said: str, capsys, tmp_path: Path) -> None:
    assert main(["record", *arguments]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"openbanking: {said}"), err
    assert err.count("\n") == 1
    assert files(tmp_path) == {}


def test_a_certificate_that_cannot_be_used_is_one_line(base_url, monkeypatch, capsys) -> None:
    monkeypatch.setenv("OPENBANKING_CLIENT_CERT", "none.pem")
    assert main(["record", "paysera", "--base-url", base_url]) == 2
    assert "OPENBANKING_CLIENT_CERT none.pem cannot be used: " in capsys.readouterr().err
