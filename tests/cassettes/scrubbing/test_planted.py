"""Secrets of every kind, in every place: none is left, in any encoding."""

from __future__ import annotations

import base64
import json
import re
from typing import Any
from urllib.parse import unquote

import pytest

from pytest_openbanking.cassettes.scrubbing.checksums import gstin_letter
from tests.cassettes.scrubbing.planted import BY_LOOK, ECHOES, FOUND, LOOK_PLACES, MARKED, NAMED, TOKEN
from tests.cassettes.scrubbing.recorded import URI, as_text, readable, recorded, scrub, scrub_body


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
    ('{"iban": "70451853945"}', "70451853945"),
    ('{"nrb": "61109010140000071219812874"}', "71219812874"),
    ('{"bank_acc": "4827232794", "sourceAcc": "4827232794"}', "4827232794"),
    ('{"field": "accountNumber", "rejectedValue": "4827232794"}', "4827232794"),
    ('{"mfa": {"code": "508205"}}', "508205"),
    ('{"landline": "080-25593456"}', "25593456"),
    ('{"mob_no": "9663794591"}', "9663794591"),
    ('{"cell": "6148142730", "gsm": "8158771183"}', "6148142730"),
    ('{"smsNumber": "8662230794"}', "8662230794"),
    ('{"contact": "07700 900861"}', "900861"),
    ('{"type": "MOBILE", "value": "6669679083"}', "6669679083"),
    ('{"scheme": "BBAN", "id": "27727090503"}', "27727090503"),
    ('{"id": "27727090503", "scheme": "BBAN"}', "27727090503"),
    ('{"ids": [{"type": "account_number", "value": "78811420600"}]}', "78811420600"),
    ('{"type": "SMS_OTP", "code": "487120"}', "487120"),
    ('{"telephonePin": "1766", "tpin": "4411", "ipin": "4045"}', "4045"),
    ('{"debtorAccount": {"other": {"identification": "8630111314"}}}', "8630111314"),
    ('{"Acct": {"Id": {"Othr": {"Id": "1849201075"}}}}', "1849201075"),
    ("<Acct><Id><Othr><Id>1849201075</Id></Othr></Id></Acct>", "1849201075"),
    ("<BANKACCTFROM><ACCTID>1919661812</BANKACCTFROM>", "1919661812"),
    ('{"accountIdentification": "11407886525"}', "11407886525"),
    ("<tr><th>Account Number</th><td>1849201075</td></tr>", "1849201075"),
    (":20:STARTUMS\n:25:10020030/1602049184\n", "1602049184"),
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
    ("We sent a code to 9876543210.", "9876543210"),
    ("tel. 7189298682", "7189298682"),
    ("registered mobile no. 7505558461", "7505558461"),
    ("We sent a code to 8 612 33214", "33214"),
    ("Call 004915179573521 instead", "15179573521"),
    ("a/c no. 668012345671 credited", "668012345671"),
    ("Your A/C 984812345678 is credited", "984812345678"),
    ("Acct# 123456789012", "123456789012"),
    ("Account No. 749512345678 is frozen", "749512345678"),
    ("20-04-15 35387447", "35387447"),
    ("?31482723279412?32KELLER", "482723279412"),
    ("Your verification code is 508205", "508205"),
    ("508205 is your OTP for the bank. Do not share.", "508205"),
    ("Array ( [access_token] => aB3dE5fG7hJ9kL1m )", "aB3dE5fG7hJ9kL1m"),
    ("Card 4475857674790 was declined", "4475857674790"),
    ("VISA 5080788844290314", "5080788844290314"),
    ("invalid pan lpaci5051b", "lpaci5051b"),
    ("PANVBLPS6712L is unknown", "VBLPS6712L"),
    ("IBANDE88186884518532399712 is unknown", "0532399712"),
    ("SVWZ+Rent?31DE94920526539100614547?32BOB", "0614547"),
    ("DE88186884518532399712EUR", "32399712"),
    ("X-API-Key -> DzES8u7VcRfsPgOjZ33lwdKghObtjr", "DzES8u7VcRfsPgOjZ33lwdKghObtjr"),
    ("map[X-Api-Key:[tgs7gc1R3yGFsBAMP7SIdijDi4VAsd]]", "tgs7gc1R3yGFsBAMP7SIdijDi4VAsd"),
    ("password 'Herbst3873' is wrong", "Herbst3873"),
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


@pytest.mark.parametrize("place", ["reset-password", "token", "sca", "sessions", "authorize"])
def test_a_token_is_known_by_its_place_in_the_path(place: str) -> None:
    """A link that is good once holds its token in the path; other ids stay."""
    token, other = "NZq8LUSlEyWOrmtAtzkIRuLdymSZO5Ne", "3dc3d5b3-7023-4848-9853-f5400a64e80f"
    [scrubbed] = scrub(recorded(uri=f"https://a.example/{place}/{token}/x", headers={"Location": f"/v1/token/{other}"}))
    assert token not in as_text(scrubbed)
    assert other in as_text(scrubbed)


@pytest.mark.parametrize("name", ["acmeRef", "acmeRefs", "X-Acme-Ref"])
def test_what_is_below_a_teams_own_name_is_secret(name: str) -> None:
    """In an object, in an array, in the singular and plural; and where a text names it."""
    body = json.dumps({name: {"id": "one-two", "more": [{"n": "x-y-z"}, 1234567]}, "text": "acmeRef u8vw is wrong"})
    scrubbed = as_text(scrub(recorded(body=body), fields=["acme_ref"]))
    assert not any(secret in scrubbed for secret in ("one-two", "x-y-z", "1234567", "u8vw"))


def test_certificates_and_keys_are_replaced_as_octets() -> None:
    """In DER, which is no text."""
    der = b"\x30\x82\x01\x00" + bytes(range(256))
    scrubbed = scrub_body(der, Content_Type="application/pkix-cert")
    assert scrubbed.startswith(b"scrubbed-certificate-")
    assert scrub_body(der[:-1]) == der[:-1]  # no DER


def test_what_is_folded_in_base64_keeps_its_form() -> None:
    """A client that opens it finds the same members."""
    inner = base64.b64encode(b'{"client_secret": "q9Zk2vXw81LmPo", "page": 2}').decode()
    scrubbed = json.loads(scrub_body(json.dumps({"cursor": inner})))["cursor"]
    assert json.loads(base64.b64decode(scrubbed)).keys() == {"client_secret", "page"}
    assert "q9Zk2vXw81LmPo" not in base64.b64decode(scrubbed).decode()


def test_a_code_that_was_sent_is_found_in_the_answer() -> None:
    """However the error speaks of it: six digits that stand by themselves are enough."""
    for body in ('{"text": "The TAN 508205 is wrong"}', '{"detail": [{"loc": ["body", "otp"], "input": "508205"}]}'):
        [scrubbed] = scrub(recorded(sent='{"otp": "508205"}', body=body))
        assert "508205" not in as_text(scrubbed)


def test_one_of_several_secrets_is_known_by_what_holds_it() -> None:
    """`sandbox` says nothing; an object of secrets does."""
    body = scrub_body('{"secrets": {"sandbox": "b60b5201d006ca5a7081d27c824d77", "note": "two", "id": 7}}')
    assert json.loads(body)["secrets"] | {"sandbox": ""} == {"sandbox": "", "note": "two", "id": 7}
    assert "b60b5201" not in body


def test_a_plus_in_a_form_is_a_space_and_a_plus() -> None:
    """As a form writes it, and as people do."""
    [scrubbed] = scrub(recorded(uri=URI + "?phone=%2B49+171+7446979&mobile=+491717446979"))
    one, other = re.findall("=([^&]*)", scrubbed["request"]["uri"])
    assert unquote(one).replace(" ", "") == unquote(other)
    assert unquote(one).startswith("+491 ") or unquote(one).startswith("+49 1")


def test_xml_stays_well_formed() -> None:
    """An attribute behind a telling name is no value of it."""
    body = '<e><wsse:BinarySecurityToken EncodingType="http://x#Base64Binary">q9Zk2vXw81LmPo</wsse:BinarySecurityToken></e>'
    scrubbed = scrub_body(body, Content_Type="text/xml")
    assert scrubbed.startswith('<e><wsse:BinarySecurityToken EncodingType="http://x#Base64Binary">scrubbed-')


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
