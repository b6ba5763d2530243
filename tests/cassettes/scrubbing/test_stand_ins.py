"""Stand-ins have the form of what they stand for; equal values stay equal, and other values other."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from pytest_openbanking.cassettes.scrubbing import Scrubber
from pytest_openbanking.cassettes.scrubbing.checksums import aba_valid, iban_valid, luhn_valid, verhoeff_valid
from pytest_openbanking.cassettes.scrubbing.numbering import Numbering
from tests.cassettes.scrubbing.planted import JWT, PEM
from tests.cassettes.scrubbing.recorded import recorded, scrub, scrub_body

FORMS = [
    ("GB82 WEST 1234 5698 7654 32", r"GB\d\d XXXX 0000 0000 0\d{3} \d{2}"),
    ("de89370400440532013000", r"de\d\d0{13}\d{5}"),
    ("4242 4242 4242 4242", r"42\d\d \d{4} \d{4} \d{4}"),
    ("3782-822463-10005", r"37\d\d-\d{6}-\d{5}"),
    ("ABCPK1234F", r"ZZZPZ\d{4}[A-Z]"),
    ("4991 1866 5246", r"2000 00\d\d \d{4}"),
    ("+44 (0) 7700-900123", r"\+44 \(0\) 0000-0\d{5}"),
    ("bob@bank.org", r"person-\d{5}@example\.com"),
    ("sk_live_51H8xAbCdEf", r"scrubbed-key-\d{5}"),
]


@pytest.mark.parametrize(("value", "form"), FORMS)
def test_a_stand_in_keeps_the_form(value: str, form: str) -> None:
    """Length, grouping, case and prefix are what a client may look at."""
    assert re.fullmatch(form, scrub_body(value))


def test_a_routing_number_stays_one() -> None:
    """The check digit is that of real ones, and other numbers have other stand-ins."""
    real = ["021000021", "122105155", "011401533"]
    assert all(map(aba_valid, real))
    scrubbed = [json.loads(scrub_body(json.dumps({"routingNumber": each})))["routingNumber"] for each in real]
    assert all(map(aba_valid, scrubbed))
    assert len({*scrubbed, *real}) == 6


def test_notations_of_one_value_stay_equal() -> None:
    """Large and small letters of an address, and the two ways to call a country."""
    [one, other] = scrub_body("Bob@Bank.org bob@bank.org").split()
    assert one == other
    body = json.loads(scrub_body('{"phone": "+4915179573521", "mobile": "004915179573521"}'))
    assert body["phone"].removeprefix("+") == body["mobile"].removeprefix("00")


def test_check_digits_are_right() -> None:
    """What validates an IBAN, a card or an Aadhaar number accepts its stand-in."""
    ibans = [
        "GB82WEST12345698765432",
        "NO9386011117947",
        "MT84MALT011000012345MTLCAST001S",
        "BR1800360305000010009795493C1",
    ]
    assert all(iban_valid(scrub_body(iban)) for iban in ibans)
    assert all(re.fullmatch(r"[A-Z]{2}\d\d[0X]*\d{5}", scrub_body(iban)) for iban in ibans)
    assert all(
        luhn_valid(scrub_body(card)) for card in ["4242424242424242", "378282246310005", "4000056655665556123"[:16]]
    )
    assert verhoeff_valid(scrub_body("499118665246"))


@pytest.mark.parametrize(("digits", "check"), [("236", "3"), ("12345", "1"), ("142857", "0")])
def test_verhoeff_is_as_published(digits: str, check: str) -> None:
    """The examples that the algorithm is published with."""
    assert verhoeff_valid(digits + check)
    assert not verhoeff_valid(digits + str((int(check) + 1) % 10))


def test_a_jwt_keeps_its_times() -> None:
    """A client that reads when a token expires reads the same."""
    header, payload, signature = (base64.urlsafe_b64decode(part + "==") for part in scrub_body(JWT).split("."))
    claims = json.loads(payload)
    assert json.loads(header) == {"alg": "none", "typ": "JWT"}
    assert re.fullmatch(r"scrubbed-\d{5}", claims.pop("jti"))
    assert claims == {"iat": 1700000000, "exp": 1700003600}
    assert signature == b"scrubbed"


def test_a_pem_block_keeps_its_label() -> None:
    """A certificate stays between its lines."""
    scrubbed = scrub_body(PEM)
    assert re.fullmatch(r"-----BEGIN CERTIFICATE-----\nscrubbed-certificate-\d{5}\n-----END CERTIFICATE-----", scrubbed)


def test_basic_stays_base64() -> None:
    """Whoever decodes Basic credentials finds a user and a password."""
    secret = base64.b64encode(b"bob:hunter2").decode()
    [scrubbed] = scrub(recorded(sent_headers={"Authorization": f"Basic {secret}"}))
    scheme, value = scrubbed["request"]["headers"]["Authorization"][0].split()
    assert scheme == "Basic"
    assert re.fullmatch(rb"scrubbed:scrubbed-\d{5}", base64.b64decode(value))


@pytest.mark.parametrize(
    ("body", "form"),
    [
        ('{"accountNumber": "0038-291745"}', r"0000-0\d{5}"),
        ('{"accountNumber": 9938291745}', r"1000\d{6}"),
        ('{"secret": 9938291745}', r"10000\d{5}"),
        ('{"bban": "NWBK60161331926819"}', r"XXXX0{9}\d{5}"),
        ('{"phone": "9876543210"}', r"90000\d{5}"),
        ('{"phone": 9876543210}', r"90000\d{5}"),
        ('{"pin": 1234}', "1000"),
    ],
)
def test_named_numbers_keep_their_form(body: str, form: str) -> None:
    """A number stays a number, of the same length."""
    assert re.fullmatch(form, str(next(iter(json.loads(scrub_body(body)).values()))))


def test_equal_stays_equal_over_cassettes() -> None:
    """The same value has the same stand-in in every file and every run, with spaces or without."""
    values = ["bob@bank.org", "GB82WEST12345698765432", "sk_live_51H8xAbCdEf", "+447700900123", JWT]
    scrubber = Scrubber()
    for value in values:
        bodies = [recorded(body=value), recorded(body=json.dumps([f"x {value}"])), recorded(body=f"<a>{value}</a>")]
        one = scrubber.scrub([bodies[0]])[0]["response"]["body"]["string"]  # type: ignore[index]
        for scrubbed in (*scrubber.scrub(bodies), *Scrubber().scrub(bodies)):
            assert one in scrubbed["response"]["body"]["string"]  # type: ignore[index]
    spaced = scrub_body("GB82 WEST 1234 5698 7654 32")
    assert spaced.replace(" ", "") == scrub_body("GB82WEST12345698765432")


def test_other_values_stay_other() -> None:
    """Five digits collide; within one run the next free number is taken."""
    scrubbed = json.loads(scrub_body(json.dumps([f"user{number}@bank.org" for number in range(3000)])))
    assert len(set(scrubbed)) == 3000


def test_numbers_do_not_run_out() -> None:
    """After a hundred thousand values numbers repeat, rather than never end."""
    numbering = Numbering()
    numbers = [numbering.number("x", str(number)) for number in range(100_010)]
    assert len(set(numbers)) == 100_000
    assert all(re.fullmatch(r"\d{5}", number) for number in numbers)


def test_a_token_has_one_stand_in_wherever_it_is_named() -> None:
    """One secret under two names is one secret."""
    scrubbed = json.loads(scrub_body('{"access_token": "abcdefgh1", "password": "abcdefgh1", "note": "abcdefgh1"}'))
    assert len(set(scrubbed.values())) == 1


@pytest.mark.parametrize("word", ["password", "access_token", "client_secret"])
def test_a_word_as_a_secret_renames_no_members(word: str) -> None:
    """`password` as a password is replaced where it is one, and nowhere else."""
    assert re.fullmatch(
        rf'{{"{word}": "scrubbed-[a-z]+-\d{{5}}", "x": 1}}', scrub_body(f'{{"{word}": "{word}", "x": 1}}')
    )


@pytest.mark.parametrize("value", ["+44 7700 900123", "bob@bank.org", PEM, "GB82 WEST 1234 5698 7654 32"])
def test_a_stand_in_is_encoded_as_its_value_was(value: str) -> None:
    """A query is parsed, and a JSON string read, to the same stand-in."""
    uri = "https://a.example/?" + urlencode({"x": value, "y": "1"})
    [scrubbed] = scrub(recorded(uri=uri, body=json.dumps({"x": value, "y": "1"})))
    members = json.loads(scrubbed["response"]["body"]["string"])
    assert dict(parse_qsl(urlsplit(scrubbed["request"]["uri"]).query)) == members
    assert members["x"] == scrub_body(value)


def test_the_parameters_of_a_scheme_stay() -> None:
    """Of `MAC id=...` the secrets are replaced one by one."""
    [scrubbed] = scrub(recorded(sent_headers={"Authorization": 'MAC id="abcdefgh", ts="13", mac="bhCQX="'}))
    form = r'MAC id="scrubbed-token-\d{5}", ts="13", mac="scrubbed-signature-\d{5}"'
    assert re.fullmatch(form, scrubbed["request"]["headers"]["Authorization"][0])
