"""The provider itself: where it is reached, as whom, and by a client that adds nothing of its own."""

from __future__ import annotations

import os

import pytest

from pytest_openbanking import UsageError, load_provider
from pytest_openbanking.environment import credentials_of
from pytest_openbanking.network import NetworkSandbox, client_for, reached_at
from pytest_openbanking.settings import Settings
from tests.cassettes.verifying.bank import Answer, bank

API, AUTH = "https://api.aelix.digitalapi.ai", "https://auth.aelix.digitalapi.ai"


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say nothing in the environment."""
    for name in [name for name in os.environ if name.startswith("OPENBANKING_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("base_url", "token_url", "expected"),
    [
        (API, None, {API: API, AUTH: AUTH}),
        ("https://test.bank.example/api/", None, {API: "https://test.bank.example/api"}),
        ("http://127.0.0.1:8000", None, {API: "http://127.0.0.1:8000", AUTH: "http://127.0.0.1:8000"}),
        ("http://localhost:8000/api", None, {API: "http://localhost:8000/api", AUTH: "http://localhost:8000"}),
        ("https://one.example", "https://two.example/x/oauth2/token", {API: "https://one.example", AUTH: "https://two.example/x"}),
    ],
)  # fmt: skip
def test_every_base_is_reached_somewhere(base_url: str, token_url: str | None, expected: dict[str, str]) -> None:
    """On this machine everything has one origin, as a served sandbox has; elsewhere nobody's token goes to a host unsaid."""
    assert reached_at(load_provider("aelix"), base_url, token_url) == expected


def test_tokens_are_not_asked_for_at_a_host_that_nobody_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The documented one is production's."""
    monkeypatch.setenv("OPENBANKING_BASE_URL", "https://test.bank.example")
    sandbox = NetworkSandbox(load_provider("aelix"))
    with pytest.raises(
        UsageError, match=r"^OPENBANKING_TOKEN_URL is not set: tokens of https://test.bank.example are not"
    ):
        _ = sandbox.token_url


def test_a_token_url_moves_no_base_that_has_other_operations() -> None:
    """Paysera issues tokens below its base URL: where the tokens come from says nothing of the rest."""
    provider = load_provider("paysera")
    assert reached_at(provider, "https://one.example", "https://two.example/oauth/token") == {
        provider.base_url: "https://one.example"
    }


def test_a_sandbox_is_who_and_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """And every address that is called leads back to a documented one."""
    told = {
        "base_url": "https://test.bank.example/api/",
        "token_url": "https://login.bank.example/oauth2/token",
        "access_token": "team-access",
        "refresh_token": "team-refresh",
        "api_key": "team-key",
        "api_secret": "team-secret",
    }
    for name, value in told.items():
        monkeypatch.setenv(f"OPENBANKING_{name.upper()}", value)
    sandbox = NetworkSandbox(load_provider("aelix"))
    assert {name: getattr(sandbox, name) for name in told} == {**told, "base_url": "https://test.bank.example/api"}
    assert sandbox.bases == {
        "https://test.bank.example/api": API,
        "https://login.bank.example": AUTH,
        "https://login.bank.example/oauth2/token": f"{AUTH}/oauth2/token",
    }
    assert sandbox.token_request.url == told["token_url"]
    assert b"team-secret" in sandbox.token_request.body
    assert not sandbox.virtual


def test_one_origin_for_everything_is_the_base_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A served sandbox answers for several hosts: all but the token call leads back to the provider's base URL."""
    monkeypatch.setenv("OPENBANKING_BASE_URL", "http://127.0.0.1:8000")
    assert NetworkSandbox(load_provider("aelix")).bases == {
        "http://127.0.0.1:8000": API,
        "http://127.0.0.1:8000/oauth2/token": f"{AUTH}/oauth2/token",
    }


def test_what_the_environment_leaves_empty_it_does_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline may define a secret that is not there."""
    for name in ("BASE_URL", "TOKEN_URL", "ACCESS_TOKEN", "REFRESH_TOKEN", "API_KEY", "API_SECRET"):
        monkeypatch.setenv(f"OPENBANKING_{name}", "")
    sandbox, provider = NetworkSandbox(load_provider("aelix")), load_provider("aelix")
    assert (sandbox.base_url, sandbox.access_token) == (provider.base_url, provider.auth.access_token)
    assert (sandbox.token_url, sandbox.api_key) == (f"{AUTH}/oauth2/token", provider.auth.api_key)
    assert credentials_of("aelix").access_token == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://test.bank.example/api/v1/accounts", True),
        ("https://test.bank.example/api", True),
        ("https://test.bank.example/api?a=1", True),
        ("https://test.bank.example/apis/v1/accounts", False),
        ("https://test.bank.example/other", False),
        ("https://login.bank.example/oauth2/token", True),
        ("https://login.bank.example.org/oauth2/token", False),
        (f"{API}/v1/accounts", True),
        (f"{AUTH}/oauth2/token", True),
        ("https://metrics.example/", False),
        ("https://logs.example/", True),
    ],
)
def test_only_the_provider_and_the_allowed_hosts_are_called(monkeypatch, url: str, expected: bool) -> None:
    """At its documented addresses, and where the environment says; the sandbox answers none of them itself."""
    monkeypatch.setenv("OPENBANKING_BASE_URL", "https://test.bank.example/api")
    monkeypatch.setenv("OPENBANKING_TOKEN_URL", "https://login.bank.example/oauth2/token")
    sandbox = NetworkSandbox(load_provider("aelix"), settings=Settings(allow_hosts=("logs.example",)))
    assert sandbox.allows(url) is expected
    assert not sandbox.serves(url)


def test_no_error_can_be_ordered_of_it() -> None:
    with pytest.raises(UsageError, match=r"^no error can be ordered of a real provider: "):
        NetworkSandbox(load_provider("aelix")).fail_with("TOKEN_INVALID")


def test_a_plain_client_follows_nothing_and_goes_through_no_proxy_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recorded is the one answer to the one request."""
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    moved = Answer(302, b"", (("Location", "/elsewhere"),))
    with bank(lambda asked: moved) as running, client_for(running.origin) as http:
        assert http.get(running.origin + "/here").status_code == 302
        assert [asked.path for asked in running.asked] == ["/here"]
        assert running.asked[0].headers["user-agent"] == "pytest-openbanking"
        assert http.timeout.read == http.timeout.connect == 30


@pytest.mark.parametrize(("key", "expected"), [("key.pem", "key.pem"), ("", None)])
def test_a_client_shows_the_certificate_that_the_environment_names(monkeypatch, key: str, expected: str | None) -> None:
    """With its key, unless that is in the same file."""
    shown: list[tuple[object, ...]] = []
    monkeypatch.setattr("ssl.SSLContext.load_cert_chain", lambda _, *files: shown.append(files))
    monkeypatch.setenv("OPENBANKING_CLIENT_CERT", "client.pem")
    monkeypatch.setenv("OPENBANKING_CLIENT_KEY", key)
    client_for("https://bank.example").close()
    assert shown == [("client.pem", expected)]


def test_a_provider_elsewhere_may_need_a_proxy() -> None:
    """The environment's is used there, as everybody's is."""
    with client_for("https://bank.example") as away, client_for("http://localhost:1") as here:
        assert (away.trust_env, here.trust_env) == (True, False)
