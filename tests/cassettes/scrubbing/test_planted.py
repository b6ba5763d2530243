"""Secrets of every kind, in every place: none is left, in any encoding."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.cassettes.scrubbing.planted import BY_LOOK, ECHOES, FOUND, LOOK_PLACES, MARKED, NAMED, TOKEN
from tests.cassettes.scrubbing.recorded import as_text, readable, recorded, scrub, scrub_body


@pytest.mark.parametrize("place", LOOK_PLACES)
@pytest.mark.parametrize("secret", BY_LOOK)
def test_what_looks_secret_is_replaced_anywhere(secret: str, place: str) -> None:
    """A value that is known by its look is found wherever it stands."""
    interaction = LOOK_PLACES[place](secret)
    scrubbed = scrub(interaction)
    assert not readable(secret, scrubbed)
    assert "example.com" in as_text(scrubbed) or scrubbed != [interaction]


@pytest.mark.parametrize("secret", [TOKEN, "hunter2", "12345678901"])
@pytest.mark.parametrize("place", NAMED)
def test_what_is_named_secret_is_replaced(place: str, secret: str) -> None:
    """A value without a look of its own is found by the name of what holds it, however short it is."""
    assert not readable(secret, scrub(NAMED[place](secret)))


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("first", [True, False])
def test_what_was_found_once_is_replaced_everywhere(echo: str, first: bool) -> None:
    """A token from a header is found in other interactions, before and after, in every encoding."""
    interactions = [FOUND, ECHOES[echo](TOKEN)] if first else [ECHOES[echo](TOKEN), FOUND]
    assert not readable(TOKEN, scrub(*interactions))


@pytest.mark.parametrize("echo", ECHOES)
@pytest.mark.parametrize("secret", [TOKEN, MARKED])
def test_what_recording_used_is_replaced_everywhere(echo: str, secret: str) -> None:
    """A secret that the caller knows needs no name and no look."""
    assert not readable(secret, scrub(ECHOES[echo](secret), secrets=[secret]))


def test_a_basic_password_is_found_elsewhere() -> None:
    """The password inside Basic credentials is a secret of its own."""
    basic = base64.b64encode(b"bob:hunter2hunter2").decode()
    scrubbed = scrub(recorded(sent_headers={"Authorization": f"Basic {basic}"}, body=f"{basic} hunter2hunter2"))
    assert not readable("hunter2hunter2", scrubbed)
    assert basic not in as_text(scrubbed)


@pytest.mark.parametrize("name", ["acmePass", "Acme-Pass", "ACME_PASS"])
def test_a_teams_own_names_are_secret(name: str) -> None:
    """Case and punctuation of a field's name do not matter."""
    interaction = recorded(
        uri=f"https://a.example/?{name}=one-two", body=f'{{"{name}": "x-y-z"}}', headers={name: "uvw"}
    )
    scrubbed = as_text(scrub(interaction, fields=["acme_pass"]))
    assert not any(secret in scrubbed for secret in ("one-two", "x-y-z", "uvw"))


NUMBERS: list[tuple[str, Any]] = [
    ('{"pin": 1234}', "1234"),
    ('{"otp": 493817}', "493817"),
    ('{"accountNumber": 38291745}', "38291745"),
    ('{"account": {"number": "38291745"}}', "38291745"),
    ('{"account_no": "12-3456-7891"}', "3456"),
    ('{"bban": "NWBK60161331926819"}', "60161331926819"),
    ('{"routing_number": "122105155"}', "122105155"),
    ('{"mobile": "9876543210"}', "9876543210"),
    ('{"phone": {"value": "(555) 123-4567"}}', "123-4567"),
    ('{"contactNumber": 9876543210}', "9876543210"),
    ('{"cardNumber": "4111111111111112"}', "4111111111111112"),
    ('{"pan": "abcpk1234f"}', "abcpk1234f"),
    ('{"aadhaar": 499118665247}', "499118665247"),
    ('{"x": [4242424242424242]}', "4242424242424242"),
    ('{"iban": "DE00370400440532013000"}', "0532013000"),
]


@pytest.mark.parametrize(("body", "secret"), NUMBERS)
def test_numbers_are_replaced_by_numbers(body: str, secret: str) -> None:
    """What is named an account, a phone, a card or a PIN is replaced, and stays JSON."""
    scrubbed = scrub_body(body)
    assert secret not in scrubbed
    assert len(scrubbed) == len(body)


def test_an_account_number_is_found_in_the_path() -> None:
    """An account number that a body names is the same one in a URL."""
    [one, two] = scrub(
        recorded(uri="https://a.example/accounts/38291745"), recorded(body='{"accountNumber": "38291745"}')
    )
    assert one["request"]["uri"].removeprefix("https://a.example/accounts/") in two["response"]["body"]["string"]
    assert "38291745" not in as_text([one, two])


def test_utf_16_is_read() -> None:
    """A byte order mark says how to read a body, and it is written so again."""
    scrubbed = scrub_body('{"password": "hunter2", "x": 1}'.encode("utf-16"))
    assert json.loads(scrubbed.decode("utf-16")).keys() == {"password", "x"}
    assert "hunter2" not in scrubbed.decode("utf-16")
