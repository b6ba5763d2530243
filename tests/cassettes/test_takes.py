"""What can be recorded of a provider itself, and why the rest cannot."""

from __future__ import annotations

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.asking import Credentials
from pytest_openbanking.cassettes.takes import ProviderItself, takes
from pytest_openbanking.network import reached_at


@pytest.mark.parametrize(
    ("token_url", "expected"),
    [
        (None, "https://auth.aelix.digitalapi.ai is another host; say with --token-url where it is"),
        ("https://login.bank.example/oauth2/token", None),
    ],
)
def test_no_credential_goes_to_a_host_that_nobody_named(token_url: str | None, expected: str | None) -> None:
    """The documented authorisation host is production's, and the secrets are those of a test environment."""
    provider = load_provider("aelix")
    source = ProviderItself(
        reached_at(provider, "https://test.bank.example", token_url), Credentials("t", "r", "k", "s"), {}, writes=True
    )
    (take,) = [take for take in takes(provider, ["POST /oauth2/token"]) if take.error is None]
    assert source.obstacle(take) == expected
