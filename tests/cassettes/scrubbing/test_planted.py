"""Secrets of every kind, in every place: none is left, in any encoding."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from pytest_openbanking.cassettes.scrubbing.checksums import gstin_letter
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
    ('{"account": "38291745"}', "38291745"),
    ('{"debtorAccount": {"identification": "38291745"}}', "38291745"),
    ('{"accounts": [{"number": "382917456"}]}', "382917456"),
    ('{"SchemeName": "UK.OBIE.SortCodeAccountNumber", "Identification": "20457738291745"}', "38291745"),
    ('{"ssn": "191-67-7610"}', "7610"),
    ('{"accountNumbers": ["75464615814"]}', "75464615814"),
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


SAID = [
    ("api_key=yLlzUAzVoOVj5DcyJRTu", "yLlzUAzVoOVj5DcyJRTu"),
    ("export DB_PASSWORD=g8FSdsSZ1V", "g8FSdsSZ1V"),
    ("client_secret: ImPywC1nPlAHXgRB4PFh\npage: 2\n", "ImPywC1nPlAHXgRB4PFh"),
    ("no such api key (api key: LjCs2qSoyydHDInHQMRg)", "LjCs2qSoyydHDInHQMRg"),
    ("The token 'm8aEFTQnr7vhkB6G' has expired", "m8aEFTQnr7vhkB6G"),
    ("Token m8aEFTQnr7vhkB6G was revoked.", "m8aEFTQnr7vhkB6G"),
    ("curl -H 'X-Api-Key: FffGmRb0rV2RmqJL' https://a.example", "FffGmRb0rV2RmqJL"),
    ("Your OTP is 716552, valid for 5 minutes", "716552"),
    ("Account number 60331534532306 is closed", "60331534532306"),
    ("A/c no 60331534532306 is closed", "60331534532306"),
    ("Mobile number 9876543210 is known", "9876543210"),
]


@pytest.mark.parametrize(("text", "secret"), SAID)
@pytest.mark.parametrize("place", ["text", "member", "header"])
def test_what_a_sentence_names_is_replaced(text: str, secret: str, place: str) -> None:
    """An error message echoes what it complains of."""
    if place == "header":
        text = text.replace("\n", " ")
    assert secret not in as_text(scrub(LOOK_PLACES[place](text)))


def test_an_account_number_is_known_by_its_place_in_the_path() -> None:
    """What follows /accounts/ is the number of one, if it is a number of eight digits or more."""
    [scrubbed] = scrub(recorded(uri="https://a.example/accounts/38291745/balances?page=2"))
    assert "38291745" not in as_text(scrubbed)
    assert scrubbed["request"]["uri"].endswith("/balances?page=2")


def test_a_tax_number_stays_valid() -> None:
    """The PAN in a GSTIN is the one that stands elsewhere, and the check digit is right."""
    pan, gstin = scrub_body("ABCPK1234F 27ABCPK1234F1Z5").split()
    assert gstin[2:12] == pan
    assert gstin == gstin[:-1] + gstin_letter(gstin[:-1])


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
