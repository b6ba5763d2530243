"""Which of the provider's URLs a request means that came to the one origin."""

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.serving.addresses import provider_url, served_at

PAYSERA = "https://open-banking-api.paysera.com"
AELIX = "https://api.aelix.digitalapi.ai"


@pytest.mark.parametrize(
    ("provider", "method", "target", "url"),
    [
        ("paysera", "GET", "/xs2a/berlin/1.3/v1/accounts", f"{PAYSERA}/xs2a/berlin/1.3/v1/accounts"),
        ("paysera", "GET", "/v1/accounts?limit=2&x=%20", f"{PAYSERA}/v1/accounts?limit=2&x=%20"),
        ("paysera", "GET", "http://127.0.0.1:8080/v1/accounts?limit=2", f"{PAYSERA}/v1/accounts?limit=2"),
        ("paysera", "GET", "/nowhere", f"{PAYSERA}/nowhere"),
        ("paysera", "OPTIONS", "*", f"{PAYSERA}/*"),
        ("aelix", "POST", "/oauth2/token", "https://auth.aelix.digitalapi.ai/oauth2/token"),
        ("aelix", "HEAD", "/v1/accounts", f"{AELIX}/v1/accounts"),
        ("aelix", "GET", "/oauth2/token", f"{AELIX}/oauth2/token"),
        ("aerosync", "GET", "/v2/accounts/u", "https://api.aerosync.com/v2/accounts/u"),
    ],
)
def test_a_path_is_looked_up_below_every_address(provider, method, target, url):
    """The base URL first; a path that is documented nowhere is the base URL's host's."""
    assert provider_url(load_provider(provider), method, target) == url


@pytest.mark.parametrize("name", ["aarthik", "aelix", "aerosync", "paysera"])
def test_every_operation_is_reached_below_every_base(name):
    """Where an operation is served, its own URL is what a request there means."""
    provider = load_provider(name)
    for operation in provider.operations:
        target = served_at("", operation.base) + operation.path
        url = provider_url(provider, operation.method, target)
        assert url == operation.base + operation.path
        assert provider.router.route(operation.method, url).operation is operation
