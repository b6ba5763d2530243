"""What the environment says of a provider: for it alone or for all, and never repeated in a message."""

from __future__ import annotations

import os

import pytest

from pytest_openbanking import UsageError
from pytest_openbanking.claims import Claims
from pytest_openbanking.environment import (
    check_environment,
    credentials_of,
    from_environment,
    problem_of_address,
    secrets_here,
    variables,
    without_secrets,
)


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Say nothing in the environment."""
    for name in [name for name in os.environ if name.startswith("OPENBANKING_")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("provider", "own"),
    [("paysera", "PAYSERA"), ("my-bank.2", "MY_BANK_2"), ("bänk", "B_NK"), ("a b", "A_B")],
)
def test_a_variable_is_called_after_its_provider(provider: str, own: str) -> None:
    """In capitals, with _ for what is no letter or digit of ASCII; the one for all comes after it."""
    assert variables("base_url", provider) == (f"OPENBANKING_{own}_BASE_URL", "OPENBANKING_BASE_URL")
    assert variables("base_url") == ("OPENBANKING_BASE_URL",)


@pytest.mark.parametrize(
    ("own", "general", "expected"),
    [
        ("mine", "ours", "mine"),
        (None, "ours", "ours"),
        ("mine", None, "mine"),
        ("", "ours", ""),
        (None, "", ""),
        (" mine\n", None, "mine"),
        (None, "\tours\r\n", "ours"),
    ],
)
def test_the_providers_own_goes_first(monkeypatch, own: str | None, general: str | None, expected: str) -> None:
    """Also where it is left empty, which says: none; white space around a value is a secret store's."""
    for name, value in (("OPENBANKING_PAYSERA_API_KEY", own), ("OPENBANKING_API_KEY", general)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert credentials_of("paysera").api_key == expected


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ACCESS_TOKEN", "geheim\nX-Evil: 1", "holds a line break, which no header can carry"),
        ("PAYSERA_API_SECRET", "geheim\rx", "holds a line break, which no header can carry"),
        ("REFRESH_TOKEN", "geheimß", "holds a character that is no visible ASCII, which no header can carry"),
        ("API_KEY", "geheim\tx", "holds a character that is no visible ASCII, which no header can carry"),
        ("BASE_URL", "https://jonas:geheim@bank.example", "holds a user name or password; credentials go into"),
        ("PAYSERA_TOKEN_URL", "https://bank.example/oauth/token?k=geheim", "holds a query or fragment, and must be"),
        ("BASE_URL", "bank.example", "'bank.example' is no URL like https://host/path"),
    ],
)
def test_a_wrong_value_names_its_variable_and_says_no_secret(monkeypatch, variable: str, value: str, said: str) -> None:
    """Wherever it is read, and before anything is called."""
    monkeypatch.setenv(f"OPENBANKING_{variable}", value)
    name = variable.removeprefix("PAYSERA_").lower()
    for read in (check_environment, lambda: from_environment([name], "paysera")):
        with pytest.raises(UsageError) as raised:
            read()
        assert str(raised.value).startswith(f"OPENBANKING_{variable}: {said}")
        assert "geheim" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://bank.example/api", None),
        ("http://127.0.0.1:8000", None),
        ("https://bank.example/~a/@me", None),
        ("https://geheim@bank.example", "holds a user name"),
        ("https://:geheim@bank.example/", "holds a user name"),
        ("jonas:geheim@bank.example/api", "holds a user name"),
        ("https://jonas:ge/heim@bank.example", "is no URL like https://host/path"),
        ("https://bank.example?", "holds a query or fragment"),
        ("https://bank.example/#geheim", "holds a query or fragment"),
        ("https://bank.example/a b", "'https://bank.example/a b' is no URL like"),
        ("https://bank.example/\n", "'https://bank.example/\\n' is no URL like"),
        ("https://", "'https://' is no URL like"),
        ("https://[::1", "'https://[::1' is no URL like"),
    ],
)
def test_an_address_is_a_host_and_a_path(url: str, said: str | None) -> None:
    """What may be a secret in it is not repeated."""
    problem = problem_of_address(url)
    assert (problem or "").startswith(said or "") is True
    assert (problem is None) is (said is None)
    assert "heim" not in (problem or "")


def test_every_credential_is_scrubbed_whatever_provider_it_is_for(monkeypatch) -> None:
    """And no address is taken for one."""
    for name in ("API_KEY", "PAYSERA_ACCESS_TOKEN", "MY_BANK_2_API_SECRET", "BASE_URL"):
        monkeypatch.setenv(f"OPENBANKING_{name}", f" https://{name} ")
    found = {value.removeprefix("https://") for value in secrets_here()}
    assert found == {"API_KEY", "PAYSERA_ACCESS_TOKEN", "MY_BANK_2_API_SECRET"}


def test_a_text_of_others_is_shown_without_secrets() -> None:
    """Also where it writes them out as Python does; the longer one first."""
    text = "illegal: b'Bearer to\\\\ken' and token, abc"
    assert without_secrets(text, ["to\\ken", "token", "abc", ""]) == "illegal: b'Bearer ***' and ***, abc"


def test_a_variable_without_a_name_is_for_one_provider(monkeypatch) -> None:
    """The first one; the second is told which to set, unless it has its own, or none."""
    monkeypatch.setenv("OPENBANKING_BASE_URL", "https://paysera.example")
    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", "geheim")
    claims = Claims()
    assert claims.problem("paysera") is None
    assert claims.problem("aelix") == (
        "OPENBANKING_BASE_URL, OPENBANKING_ACCESS_TOKEN: for paysera in this run; "
        "for aelix set OPENBANKING_AELIX_BASE_URL, OPENBANKING_AELIX_ACCESS_TOKEN (to nothing where it has none)"
    )
    monkeypatch.setenv("OPENBANKING_AELIX_BASE_URL", "https://aelix.example")
    monkeypatch.setenv("OPENBANKING_AELIX_ACCESS_TOKEN", "")
    assert claims.problem("aelix") is None
    assert claims.problem("paysera") is None
