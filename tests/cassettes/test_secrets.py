"""What is found in a cassette without a look at the names of its fields, and what is left in peace."""

from __future__ import annotations

import base64
import json
import random
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_openbanking.cassettes.secrets import Suspect, suspects

if TYPE_CHECKING:
    from collections.abc import Callable


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def b64url(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def jwt(payload: dict[str, object], header: dict[str, object] | None = None) -> str:
    head = header or {"alg": "RS256", "typ": "JWT"}
    return f"{b64url(json.dumps(head))}.{b64url(json.dumps(payload))}.kXq3Zr8vT1mN5bW0yL7cJ2hF9sD4gA6eRtUoPiYwQzM"


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(character):04x}" for character in text)


def percented(text: str) -> str:
    return "".join(f"%{ord(character):02X}" for character in text)


# Written in two pieces, so that no scanner of this repository takes them for leaked keys.
STRIPE = "sk_" + "live_51HxQ2KJ8nVb3mZ"
AWS = "AKIA" + "IOSFODNN7QRSTUVW"
GITHUB = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"
HEX = "9f86d081884c7d659a2feaa0c55ad015"
ALNUM = "xK9vQ2mZr7LpT4wYb8NcJ5hD"
IBAN = "DE89370400440532013000"
CARD = "4539578763621486"
PAN = "BNZPM2501F"
AADHAAR = "234123412346"
MAIL = "asha.rao@okmail.in"
PHONE = "+919876543210"
TOKEN = jwt({"sub": "user-1", "exp": 4102444800})
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx9v2Kq\n-----END RSA PRIVATE KEY-----"

PLANTED: dict[str, tuple[str, str, str]] = {
    # name: text, kind, value
    "stripe in JSON": (json.dumps({"key": STRIPE}), "Stripe key", STRIPE),
    "stripe in a form": (f"grant_type=x&client={STRIPE}&scope=a", "Stripe key", STRIPE),
    "stripe in prose": (f"Invalid API Key provided: {STRIPE}.", "Stripe key", STRIPE),
    "stripe test key": ("sk_" + "test_4eC39HqLyjWDarjt", "Stripe key", "sk_" + "test_4eC39HqLyjWDarjt"),
    "stripe restricted": ("rk_" + "live_9aZb8Yc7Xd6We5", "Stripe key", "rk_" + "live_9aZb8Yc7Xd6We5"),
    "stripe publishable": ("pk_" + "live_9aZb8Yc7Xd6We5", "Stripe key", "pk_" + "live_9aZb8Yc7Xd6We5"),
    "stripe behind a bearer": (f"Bearer {STRIPE}", "Stripe key", STRIPE),
    "stripe after an escaped newline": (f'"a\\n{STRIPE}"', "Stripe key", STRIPE),
    "stripe in base64": (b64(json.dumps({"k": STRIPE})), "Stripe key", STRIPE),
    "stripe in base64 twice": (b64(b64(json.dumps({"k": STRIPE}))), "Stripe key", STRIPE),
    "stripe in base64 in a path": ("/v1/blob/" + b64url(f"key is {STRIPE} now"), "Stripe key", STRIPE),
    "stripe percent-encoded": (f"https://a.b/?k={percented(STRIPE)}", "Stripe key", STRIPE),
    "stripe percent-encoded twice": (quote(percented(STRIPE)), "Stripe key", STRIPE),
    "stripe in HTML": (f"<p>&quot;{STRIPE}&quot;</p>", "Stripe key", STRIPE),
    "webhook": ("whsec_" + "a8B7c6D5e4F3g2H1", "webhook secret", "whsec_" + "a8B7c6D5e4F3g2H1"),
    "github": (f"token {GITHUB}", "GitHub token", GITHUB),
    "github pat": ("github_" + "pat_11ABCDEFG0aBcDeFgHiJkL", "GitHub token", "github_" + "pat_11ABCDEFG0aBcDeFgHiJkL"),
    "gitlab": ("glpat-" + "aB3dE6gH9jK2mN5pQ8sT", "GitLab token", "glpat-" + "aB3dE6gH9jK2mN5pQ8sT"),
    "slack": ("xoxb-" + "123456789012-abcdefGHIJ", "Slack token", "xoxb-" + "123456789012-abcdefGHIJ"),
    "aws in a URL": (f"https://s3/?X-Amz-Credential={AWS}%2F20240115%2Feu", "AWS key id", AWS),
    "aws in base64": (b64(f'{{"id": "{AWS}"}}'), "AWS key id", AWS),
    "google": ("AIza" + "SyD3xQ9vB7mN2kL5pR8tW1yZ4cF6hJ0gAbU", "Google API key", "AIza" + "SyD3xQ9vB7mN2kL5pR8tW1yZ4cF6hJ0gAbU"),
    "google token": ("ya29." + "a0AfH6SMBx7yQ2vK9mZ4", "Google token", "ya29." + "a0AfH6SMBx7yQ2vK9mZ4"),
    "sendgrid": ("SG." + "aB3dE6gH9jK2mN5p.Qr8sT1vW4xY7zA0bC", "SendGrid key", "SG." + "aB3dE6gH9jK2mN5p.Qr8sT1vW4xY7zA0bC"),
    "shopify": ("shpat_" + HEX, "Shopify token", "shpat_" + HEX),
    "square": ("sq0atp-" + "aB3dE6gH9jK2mN5pQ8sT1v", "Square token", "sq0atp-" + "aB3dE6gH9jK2mN5pQ8sT1v"),
    "npm": ("npm_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0bC3dE6", "npm token", "npm_" + "aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0bC3dE6"),
    "digitalocean": ("dop_v1_" + HEX * 2, "DigitalOcean token", "dop_v1_" + HEX * 2),
    "facebook": ("EAAC" + "Edose0cBAaB3dE6gH9jK2mN5", "Facebook token", "EAAC" + "Edose0cBAaB3dE6gH9jK2mN5"),
    "razorpay": ("rzp_" + "live_aB3dE6gH9jK2mN", "Razorpay key", "rzp_" + "live_aB3dE6gH9jK2mN"),
    "jwt": (TOKEN, "JWT", TOKEN),
    "jwt as a bearer": (f"Bearer {TOKEN}", "JWT", TOKEN),
    "jwt in JSON": (json.dumps({"note": TOKEN}), "JWT", TOKEN),
    "jwt in a redirect": (f"https://a.b/cb#id_token={TOKEN}&state=1", "JWT", TOKEN),
    "jwt without a signature": (TOKEN.rsplit(".", 1)[0] + ".", "JWT", TOKEN.rsplit(".", 1)[0] + "."),
    "pem": (PEM, "PEM block", PEM),
    "pem in JSON": (json.dumps({"pem": PEM}), "PEM block", PEM),
    "pem in a header": (quote(PEM), "PEM block", PEM),
    "pem cut off": (PEM[:50], "PEM block", PEM[:50]),
    "certificate without edges": ("MIID" + "xK9vQ2mZr7LpT4wYb8Nc" * 4, "certificate or key", "MIID" + "xK9vQ2mZr7LpT4wYb8Nc" * 4),
    "opaque bearer": ("Bearer 2YotnFZFEjr1zCsicMWpAA", "Bearer token", "2YotnFZFEjr1zCsicMWpAA"),
    "short bearer": ("Bearer hunter", "Bearer token", "hunter"),
    "bearer in curl": ("curl -H 'Authorization: Bearer abc-12345'", "Bearer token", "abc-12345"),
    "bearer that is a uuid": ("Bearer 3dc3d5b3-7023-4848-9853-f5400a64e80f", "Bearer token", "3dc3d5b3-7023-4848-9853-f5400a64e80f"),
    "basic": ("Basic " + b64("client:hunter2"), "Basic credentials", b64("client:hunter2")),
    "basic in a log": (f"authorization: basic {b64('a:b')}, ok", "Basic credentials", b64("a:b")),
    "mac": ('MAC id="h480djs93hd8", ts="1336363200", nonce="dj83hs9s", mac="bhCQXTVyfj5cmA9uKkPFx1zeOXM="', "MAC credentials", "bhCQXTVyfj5cmA9uKkPFx1zeOXM="),
    "digest": ('Digest username="u", realm="r", uri="/", response="6629fae49393a05397450978507c4ef1"', "Digest credentials", "6629fae49393a05397450978507c4ef1"),
    "signature": ('keyId="SN=9FA1,CA=CN=D-TRUST",algorithm="rsa-sha256",headers="digest",signature="aB3dE6gH9jK2mN5pQ8sT1vW4"', "Signature credentials", "aB3dE6gH9jK2mN5pQ8sT1vW4"),
    "login in a URL": ("https://client:hunter2@api.bank.com/v1", "login in a URL", "client:hunter2"),
    "hex": (json.dumps({"note": HEX}), "high-entropy text", HEX),
    "hex behind a short prefix": ("st_sandbox_7d1f0b6e93c54a2f8be0c4d72a619f35", "high-entropy text", "st_sandbox_7d1f0b6e93c54a2f8be0c4d72a619f35"),
    "hex in a path": (f"/v1/magic-links/{HEX}/x", "high-entropy text", HEX),
    "hex in a session's id": (json.dumps({"session_id": HEX}), "high-entropy text", HEX),
    "capital hex": (HEX.upper() + " is it", "high-entropy text", HEX.upper()),
    "alphanumerics": (f"code={ALNUM}&state=1", "high-entropy text", ALNUM),
    "alphanumerics in a cookie": (f"session={ALNUM}; Path=/; HttpOnly", "high-entropy text", ALNUM),
    "small letters and digits": ("k7q2zr9v4m1x8w3n6b5t0y", "high-entropy text", "k7q2zr9v4m1x8w3n6b5t0y"),
    "base64": (json.dumps({"x": "vT1+mN5bW0y/L7cJ2hF9sD4gA6eRtUoPiYwQzMkXq3A="}), "high-entropy text", "vT1+mN5bW0y/L7cJ2hF9sD4gA6eRtUoPiYwQzMkXq3A="),
    "base64 of 16 bytes": ('{"x": "VHMsNomgoL46KQ/tLdKbXw=="}', "high-entropy text", "VHMsNomgoL46KQ/tLdKbXw=="),
    "base64url of 16 bytes": ('{"x": "lKVFsWU_YtH7W0MeMGiLuA"}', "high-entropy text", "lKVFsWU_YtH7W0MeMGiLuA"),
    "base64 with escaped slashes": ('{"x": "vT1+mN5bW0y\\/L7cJ2hF9sD4gA6eRtUoPiYwQzMkXq3A="}', "high-entropy text", "vT1+mN5bW0y/L7cJ2hF9sD4gA6eRtUoPiYwQzMkXq3A="),
    "key that says so": ("aerosync-sandbox-no-refresh-token-5c0d7e3f9a", "high-entropy text", "aerosync-sandbox-no-refresh-token-5c0d7e3f9a"),
    "hex behind a strange prefix in a path": (f"https://a.b/v1/st_{HEX}", "high-entropy text", f"st_{HEX}"),
    "live key": ("ak_live_sandbox_42e9b7d05fa81c63", "high-entropy text", "ak_live_sandbox_42e9b7d05fa81c63"),
    "iban": (json.dumps({"iban": IBAN}), "IBAN", IBAN),
    "iban in groups": ("Pay to DE89 3704 0044 0532 0130 00 today", "IBAN", IBAN),
    "iban in a form": ("to=GB82+WEST+1234+5698+7654+32&x=1", "IBAN", "GB82WEST12345698765432"),
    "iban in small letters": (f"/accounts/{IBAN.lower()}/balances", "IBAN", IBAN),
    "iban and currency": ("/accounts/LT121000011101001000EUR", "IBAN", "LT121000011101001000"),
    "two ibans": (f"{IBAN} FR1420041010050500013M02606", "IBAN", "FR1420041010050500013M02606"),
    "iban in base64": (b64(json.dumps({"a": IBAN})), "IBAN", IBAN),
    "card": (json.dumps({"n": CARD}), "card number", CARD),
    "card in groups": ("card 4539 5787 6362 1486.", "card number", CARD),
    "card with dashes": ("4539-5787-6362-1486", "card number", CARD),
    "card as a JSON number": ('{"n": 5555555555554444}', "card number", "5555555555554444"),
    "amex": ("3782 822463 10005", "card number", "378282246310005"),
    "card after a date": ("2024-01-15 4539 5787 6362 1486", "card number", CARD),
    "pan": (json.dumps({"doc": PAN}), "Indian PAN", PAN),
    "pan in a path": (f"/kyc/{PAN}/status", "Indian PAN", PAN),
    "aadhaar": (f'"{AADHAAR}"', "Aadhaar", AADHAAR),
    "aadhaar in groups": ("UID 2341 2341 2346", "Aadhaar", AADHAAR),
    "pan in a tax number": ("GSTIN 27BNZPM2501F1Z5", "Indian PAN", PAN),
    "upi": ("pay ravi.kumar@okaxis now", "UPI address", "ravi.kumar@okaxis"),
    "upi in a link": ("upi://pay?pa=shop4411%40icici&am=10.00", "UPI address", "shop4411@icici"),
    "account number": ('{"accountNumber": "38291745123"}', "account number", "38291745123"),
    "account number in XML": ("<AccountNo>38291745123</AccountNo>", "account number", "38291745123"),
    "national phone number": ("mobile=9876543210&x=1", "phone number", "9876543210"),
    "short key by its name": ('{"api_key": "V9OCvHFy5bcYtMYk"}', "high-entropy text", "V9OCvHFy5bcYtMYk"),
    "utf-16": (json.dumps({"x": IBAN}).encode("utf-16-le").decode(), "IBAN", IBAN),
    "mail": (f"Dear {MAIL}, welcome", "e-mail address", MAIL),
    "mail percent-encoded": (f"?q={quote(MAIL)}", "e-mail address", MAIL),
    "mail JSON-escaped": ('"asha.rao\\u0040okmail.in"', "e-mail address", MAIL),
    "mail all escaped": (f'"{escaped(MAIL)}"', "e-mail address", MAIL),
    "mail in HTML": (f"mailto:{MAIL.replace('@', '&#64;')}", "e-mail address", MAIL),
    "mail with a plus": ("a+b@uni.ac.uk", "e-mail address", "a+b@uni.ac.uk"),
    "mail in base64": (b64(f"hello {MAIL}"), "e-mail address", MAIL),
    "phone": (json.dumps({"p": PHONE}), "phone number", PHONE),
    "phone in groups": ("call +49 (0)30 1234567 now", "phone number", "+490301234567"),
    "phone in a form": ("p=%2B919876543210&x=1", "phone number", PHONE),
    "phone in a tel link": (f"tel:{PHONE}", "phone number", PHONE),
    "mail in a stand-in JWT": (jwt({"jti": "scrubbed-00001", "email": MAIL}), "e-mail address", MAIL),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "value"), PLANTED.values(), ids=PLANTED)
def test_planted(text: str, kind: str, value: str) -> None:
    """A secret is found under its kind, once, and not shown."""
    found = [suspect for suspect in suspects(text) if suspect.kind == kind]
    assert f"{value[: min(4, len(value) // 4)]}...{len(value)}" in [suspect.shown for suspect in found]
    assert len({suspect.start for suspect in found}) == len(found)
    assert not any(value in suspect.shown or text[suspect.start : suspect.start + 8] == "" for suspect in found)


HARMLESS: dict[str, tuple[str, str]] = {
    # name: text, what it is called
    "accounts": ('{"accounts": [{"resourceId": "3dc3d5b3-7023-4848-9853-f5400a64e80f", "currency": "EUR", "product": "Girokonto", "cashAccountType": "CACC", "name": "Main Account", "_links": {"balances": {"href": "/v1/accounts/3dc3d5b3-7023-4848-9853-f5400a64e80f/balances"}}}]}', "body"),
    "transactions": ('{"transactions": {"booked": [{"transactionId": "1234567890123456", "creditorName": "John Miles", "mandateId": "Mandate-2018-04-20-1234", "bookingDate": "2017-10-25", "valueDate": "2017-10-26", "transactionAmount": {"currency": "EUR", "amount": "-256.67"}, "remittanceInformationUnstructured": "Example 1"}]}}', "body"),
    "id of hex": ('{"transactionId": "9f86d081884c7d659a2feaa0c55ad015", "amount": 10}', "body"),
    "id of alphanumerics": ('{"paymentId": "xK9vQ2mZr7LpT4wYb8NcJ5hD"}', "body"),
    "object id": ('{"_id": "507f1f77bcf86cd799439011"}', "body"),
    "request id with a prefix": ('{"code": "req_9f86d081884c7d659a2feaa0c55ad015"}', "body"),
    "trace id with a prefix": ('{"error": {"code": "rate_limited", "trace_id": "trc_9f86d081884c7d659a2feaa0c55ad015"}}', "body"),
    "hash": ('{"contentHash": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}', "body"),
    "etag in JSON": ('{"etag": "33a64df551425fcc55e4d42a148795d9f25f89d4"}', "body"),
    "error": ('{"tppMessages": [{"category": "ERROR", "code": "CONSENT_EXPIRED", "text": "The consent was created by this TPP but has expired and needs to be renewed."}]}', "body"),
    "oauth error": ('{"error": "invalid_token", "error_description": "The access token is missing, expired or revoked"}', "body"),
    "token answer without tokens": ('{"token_type": "Bearer", "expires_in": 3600, "scope": "banking:read payments:write"}', "body"),
    "uk error": ('{"Code": "400 BadRequest", "Id": "0f4b1c4e-5bd3-4a3d-8f4e-0fd25ef5ad5a", "Errors": [{"ErrorCode": "UK.OBIE.Field.Missing", "Path": "Data.Initiation.InstructedAmount"}]}', "body"),
    "uk scheme": ('{"SchemeName": "UK.OBIE.SortCodeAccountNumber", "Identification": "00000000012345"}', "body"),
    "balance": ('{"balanceType": "interimAvailable", "balanceAmount": {"currency": "EUR", "amount": "500.00"}, "lastChangeDateTime": "2024-01-15T10:30:00.000Z"}', "body"),
    "consent links": ('{"consentId": "1234-wertiq-983", "consentStatus": "received", "_links": {"scaRedirect": {"href": "https://www.testbank.com/authentication/1234-wertiq-983"}, "status": {"href": "/v1/consents/1234-wertiq-983/status"}}}', "body"),
    "identification scheme": ('{"financialInstitutionIdentification": "COBADEFFXXX", "endToEndIdentification": "NOTPROVIDED"}', "body"),
    "pain": ("<GrpHdr><MsgId>MSG-20240115-000001</MsgId><CreDtTm>2024-01-15T10:30:00</CreDtTm><NbOfTxs>1</NbOfTxs></GrpHdr>", "body"),
    "xml id": ("<TransactionId>9f86d081884c7d659a2feaa0c55ad015</TransactionId>", "body"),
    "bad gateway": ("<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.25.3</center>\r\n</body>\r\n</html>", "body"),
    "css": (".btn-primary:hover{background-color:#0b5ed7;border-color:#0a58ca}@media (min-width:768px){.col-md-6{width:50%}}", "body"),
    "script of a build": ('<script src="/static/js/main.3f8a9b2c1d4e5f6a7b8c.js"></script>', "body"),
    "picture in a page": ('<img src="data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==">', "body"),
    "picture for two pixels": ("background: url(logo@2x.png)", "body"),
    "decorator": ("f'@pytest.mark.slow'", "body"),
    "slug": ("how-to-handle-errors-and-retries-in-your-integration-2024", "body"),
    "screaming case": ("SERVICE_INVALID_OR_CONSENT_UNKNOWN_2", "body"),
    "snake case": ("remittance_information_unstructured_v2", "body"),
    "camel case": ('{"proprietaryBankTransactionCodeAndRemittanceInformation": true}', "body"),
    "epoch milliseconds": ('{"createdAt": 1705314600000, "updatedAt": 1705314600123}', "body"),
    "epoch nanoseconds": ('{"at": 1705314600123456789}', "body"),
    "moments in one piece": ("20240115103000 202401151030 20240115 20240115T103000Z", "body"),
    "decimals": ('{"rate": 0.4539578763621486, "lat": 52.520006599, "x": 1234567.2341234123, "y": 0.234123412346}', "body"),
    "numbers without check digits": ('{"a": "4539578763621487", "b": "234123412347", "c": "DE88370400440532013000"}', "body"),
    "bank reference of 12 digits": ('{"rrn": "234123412346", "transactionRef": "234123412346"}', "body"),
    "short id": ('{"paymentId": "V9OCvHFy5bcYtMYk", "idempotency_key": "V9OCvHFy5bcYtMYk"}', "body"),
    "bank's own numbers": ('{"accountId": "382917451234", "accountCount": 10000000, "balance": 382917451}', "body"),
    "zeros": ('{"accountNumber": "0000000000012345", "cardNumber": "0000000000000000"}', "body"),
    "masked numbers": ('{"maskedPan": "453957******1486", "account": "XXXXXXXX1234"}', "body"),
    "pan of no kind of holder": ('{"pan": "ABCDE1234F"}', "body"),
    "mail of nobody": ("asha.rao@example.com, b@mail.example.org, c@bank.test, d@x.invalid, e@y.example", "body"),
    "words on bearers": ("Use Bearer authentication. A Bearer token is required. Bearer tokens expire.", "body"),
    "words on basic": ("Basic authentication is not supported; choose the Basic plan or Basic access.", "body"),
    "sentence": ("Your payment of EUR 1,234.56 to Müller GmbH (invoice 2024/00123) was booked on 15 January 2024 at 10:30.", "body"),
    "sandbox page": ("See https://developers.paysera.com/guides/open-banking/guides/error-handling#rate-limit-exceeded-429", "body"),
    "cursor": (f'{{"next": "https://api.bank.com/v1/transactions?cursor={b64url(json.dumps({"page": 2, "after": "2024-01-15"}))}"}}', "body"),
    "json in base64": (b64('{"message": "Nothing to see here", "page": 3}'), "body"),
    "query": ("https://api.bank.com/v1/accounts?dateFrom=2024-01-01&dateTo=2024-03-31&bookingStatus=booked&limit=100&offset=200", "uri"),
    "path of uuids": ("https://api.bank.com/xs2a/v1/accounts/3dc3d5b3-7023-4848-9853-f5400a64e80f/transactions/5e0c1c52-8a3f-4f0e-9a57-6d3d1b7f2c90", "uri"),
    "path of words": ("https://api.credit.aarthiklabs.com/api/v1/headless/journeys/state/PERSONAL_LOAN_2024/additionalInformation", "uri"),
    "id in a query": ("/v1/status?request_id=9f86d081884c7d659a2feaa0c55ad015&x=1", "uri"),
    "id with a prefix in a path": ("/v1/requests/req_9f86d081884c7d659a2feaa0c55ad015/status", "uri"),
    "encoded query": ("/v1/a?redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback%3Fstep%3D2&scope=accounts%20payments", "uri"),
    "Date": ("Mon, 15 Jan 2024 10:30:00 GMT", "Date"),
    "Server": ("Apache/2.4.58 (Unix) OpenSSL/3.0.12 mod_jk/1.2.49", "Server"),
    "CSP": ("default-src 'self'; script-src 'self' 'nonce-2726c7f26c5d4e8f9a0b1c2d' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' https://cdn.example.com; frame-ancestors 'none'", "Content-Security-Policy"),
    "HSTS": ("max-age=31536000; includeSubDomains; preload", "Strict-Transport-Security"),
    "Permissions-Policy": ("accelerometer=(), camera=(), geolocation=(self), microphone=()", "Permissions-Policy"),
    "User-Agent": ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.224 Safari/537.36", "User-Agent"),
    "python agent": ("python-requests/2.32.3 CPython/3.11.7 Linux/5.15.0-91-generic", "User-Agent"),
    "Accept": ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", "Accept"),
    "Content-Type": ("multipart/form-data; boundary=----WebKitFormBoundary", "Content-Type"),
    "vendor type": ("application/vnd.openbanking.accounts.v2+json;charset=UTF-8", "Content-Type"),
    "ETag": ('W/"33a64df551425fcc55e4d42a148795d9f25f89d4"', "ETag"),
    "If-None-Match": ('"xK9vQ2mZr7LpT4wYb8NcJ5hD"', "If-None-Match"),
    "traceparent": ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "traceparent"),
    "traceparent in a log": ("sent 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 upstream", "body"),
    "X-B3-TraceId": ("80f198ee56343ba864fe8b2a57d3eff7", "X-B3-TraceId"),
    "X-Request-ID": ("9f86d081884c7d659a2feaa0c55ad015", "X-Request-ID"),
    "X-Correlation-ID": ("xK9vQ2mZr7LpT4wYb8NcJ5hD", "X-Correlation-ID"),
    "Idempotency-Key": ("9f86d081884c7d659a2feaa0c55ad015", "Idempotency-Key"),
    "amazon trace": ("Root=1-67891233-abcdef012345678912345678", "X-Amzn-Trace-Id"),
    "cloudfront": ("9bVxK9vQ2mZr7LpT4wYb8NcJ5hDkXq3Zr8vT1mN5bW0yL7cJ2hF9sD==", "X-Amz-Cf-Id"),
    "CF-RAY": ("845e1a2b3c4d5e6f-FRA", "CF-RAY"),
    "Digest": ("SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=", "Digest"),
    "Content-Digest": ("sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:", "Content-Digest"),
    "X-RateLimit-Limit": ("1000", "X-RateLimit-Limit"),
    "X-RateLimit-Reset": ("1705314600", "X-RateLimit-Reset"),
    "RateLimit": ('"default";r=50;t=30, 100;w=60', "RateLimit"),
    "Link": ('<https://api.bank.com/v1/accounts?page=2&per_page=50>; rel="next"', "Link"),
    "WWW-Authenticate": ('Bearer realm="api", error="invalid_token", error_description="The token expired"', "WWW-Authenticate"),
    "Via": ("1.1 varnish, 1.1 4c3b2a1d.cloudfront.net (CloudFront)", "Via"),
    "Cache-Control": ("no-store, no-cache, must-revalidate, max-age=0, private", "Cache-Control"),
    "Vary": ("Accept-Encoding, Origin, Access-Control-Request-Headers", "Vary"),
    "CORS": ("Authorization,Content-Type,X-Request-ID,PSU-IP-Address,TPP-Redirect-URI,Consent-ID", "Access-Control-Allow-Headers"),
    "PSU-IP-Address": ("192.168.8.78", "PSU-IP-Address"),
    "PSU-Geo-Location": ("GEO:52.506931;13.144558", "PSU-Geo-Location"),
    "nothing": ("", ""),
}  # fmt: skip


@pytest.mark.parametrize(("text", "name"), HARMLESS.values(), ids=HARMLESS)
def test_harmless(text: str, name: str) -> None:
    """Texts of ordinary traffic hold no suspect."""
    assert list(suspects(text, name=name)) == []


def pem_of(body: str) -> str:
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


STAND_INS = {
    "token": "scrubbed-access-token-00001",
    "bearer": "Bearer scrubbed-access-token-00001",
    "in JSON": '{"client_secret": "scrubbed-client-secret-00012", "refresh_token": "scrubbed-refresh-token-00013"}',
    "in a form": "client_secret=scrubbed-client-secret-00012&code=scrubbed-code-00002",
    "oauth 2 kind": "scrubbed-oauth2-token-00001",
    "login in a URL": "https://scrubbed-user-00001:scrubbed-password-00002@bank.com/",
    "signature": 'keyId="scrubbed-key-00001",algorithm="rsa-sha256",signature="scrubbed-signature-00001"',
    "mac": 'MAC id="scrubbed-mac-00001", ts="1336363200", mac="scrubbed-mac-00002"',
    "basic": "Basic " + b64("scrubbed:scrubbed-00001"),
    "jwt": jwt({"jti": "scrubbed-00001"}),
    "jwt as a bearer": "Bearer " + jwt({"jti": "scrubbed-00001", "exp": 4102444800}),
    "jwt in JSON": json.dumps({"access_token": jwt({"jti": "scrubbed-00042"})}),
    "pem": pem_of("scrubbed-certificate-00001"),
    "pem in base64": pem_of(b64("scrubbed-certificate-00001")),
    "pem in a header": quote(pem_of(b64("scrubbed-certificate-00001"))),
    "pem in JSON": json.dumps({"cert": pem_of("scrubbed-certificate-00001")}),
    "certificate without edges": b64("scrubbed-certificate-00001"),
    "iban of digits": "DE86000000000000000001",
    "iban of letters": "GB48XXXX00000000000001",
    "iban in groups": "GB48 XXXX 0000 0000 0000 01",
    "iban of a short country": "NO8300000000001",
    "visa": "4500000000000015",
    "amex": "370000000000019",
    "card in groups": "4500 0000 0000 0015",
    "pan": '{"pan": "ZZZPZ9999A"}',
    "aadhaar": "200000000019",
    "aadhaar in groups": "2000 0000 0019",
    "phone": "+9100000012345",
    "phone of three digits": "+4910000012345",
    "phone in a form": "p=%2B9100000012345",
    "mail": "person-00001@example.com",
    "upi": "person-00001@upi",
    "phone of its country": '{"mobile": "9000012345", "phone": 1000012345}',
    "account in numbers": '{"accountNumber": 100012345}',
    "account": '{"accountNumber": "0000012345", "bban": "000000000000012345"}',
}


@pytest.mark.parametrize("text", STAND_INS.values(), ids=STAND_INS)
def test_stand_in(text: str) -> None:
    """What stands in for a secret is none."""
    assert list(suspects(text)) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("scrubbed-access-token-00001" + ALNUM, "high-entropy text"),
        ("scrubbed-access-token-00001xK9vQ2mZ", "high-entropy text"),
        (f"scrubbed-access-token-00001-{HEX}", "high-entropy text"),
        ("Basic " + b64("scrubbed:hunter2"), "Basic credentials"),
        ("Basic " + b64("scrubbed:scrubbed-00001x"), "Basic credentials"),
        (jwt({"jti": "scrubbed-00001x"}), "JWT"),
        (jwt({"jti": "7", "sub": "scrubbed-00001"}), "JWT"),
        (pem_of("scrubbed-certificate-00001\nMIIEowIBAAKCAQEAx9v2Kq"), "PEM block"),
        ("DE89000000000000123456 DE87123456781234567890", "IBAN"),
    ],
)
def test_nearly_a_stand_in(text: str, kind: str) -> None:
    """A secret is not hidden by a stand-in around it."""
    assert [suspect.kind for suspect in suspects(text)] == [kind]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (f"to: {MAIL}", 4),
        (f'{{"a": "\\u0041", "m": "{MAIL}"}}', 22),
        (f"%41%42 {MAIL}", 7),
        (f"?m={percented(MAIL)}", 3),
        (f'{{"a\\/b": "{escaped(MAIL)}"}}', 10),
    ],
)
def test_where(text: str, start: int) -> None:
    """A suspect's start is its offset in the text that was given, escapes and all."""
    assert [suspect.start for suspect in suspects(text)] == [start]


def test_where_in_base64() -> None:
    """What base64 hides begins inside the base64."""
    text = "note=" + b64(f"hello {MAIL}, this is it")
    assert [suspect.start for suspect in suspects(text)] == [5 + 8]


def test_order() -> None:
    """Suspects come in the order of the text, whatever their kinds and layers."""
    text = f"{b64(f'hello {MAIL}')} {IBAN} {HEX} {STRIPE}"
    assert [suspect.kind for suspect in suspects(text)] == [
        "e-mail address",
        "IBAN",
        "high-entropy text",
        "Stripe key",
    ]


def test_shown() -> None:
    """A suspect shows four characters and a length."""
    assert list(suspects(f"x {IBAN}")) == [Suspect(kind="IBAN", shown="DE89...22", start=2)]


@pytest.mark.parametrize("value", [value for _, _, value in PLANTED.values()])
def test_never_shown(value: str) -> None:
    """No suspect's text holds a value, nor six characters of its beginning."""
    assert not any(value[:6] in suspect.shown for suspect in suspects(f"{{'x': '{value}'}}"))


@pytest.mark.parametrize("encode", [bytes.hex, base64.b64encode, base64.urlsafe_b64encode])
@settings(max_examples=10, deadline=None)
@given(seed=st.integers())
def test_random_keys(encode: Callable[[bytes], str | bytes], seed: int) -> None:
    """Of a thousand random keys of 32 bytes in a member called note, at least 99 of 100 are found."""
    rng = random.Random(seed)
    found = [any(suspects(note(encode(rng.randbytes(32))))) for _ in range(1000)]
    assert sum(found) >= 990


def note(key: str | bytes) -> str:
    return json.dumps({"note": key if isinstance(key, str) else key.decode().rstrip("=")})


SENTENCES = """the payment was not booked because of an internationally unstructured misunderstanding between account-holder and
bank, please retry after 2024-01-15 or 30 seconds (error 429) with Strong-Customer-Authentication; EUR 1,234.56 to
O'Neil & Sons, re: invoice #10023/A, "Straße" at 10:30 Uhr, BIC DEUTDEFF, step 2/3 of rate-limit-exceeded ok"""
WORDS = st.sampled_from(SENTENCES.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS | st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=15), max_size=60))
def test_sentences(words: list[str]) -> None:
    """Sentences hold no suspect."""
    assert list(suspects(" ".join(words))) == []


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text("%\\u0041&#;=+/-@.:eyJ", max_size=200) | st.binary().map(lambda raw: raw.decode("latin-1")))
def test_any_text(text: str) -> None:
    """Any text is searched without an error, and every start lies in it."""
    assert all(0 <= suspect.start < len(text) for suspect in suspects(text))


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "@", "a@a.", "eyJ", "eyJhbGciOi.", "-----BEGIN X-----", "%25", "\\", "\\u0041", "4539 ", "+1", "DE89 ", "sk_live_", "SG.", "Bearer ", "Digest a=", "://a:", "MII", "aGVsbG8gd29ybGQgeW91 ", "scrubbed-", "A1b2"],
)  # fmt: skip
@pytest.mark.timeout(120)  # no measure of speed, but an end to what anything quadratic would take: hours
def test_a_long_text_is_no_trap(unit: str) -> None:
    """A long text of what looks like the beginning of a secret is searched through once."""
    assert all(suspect.start < 300_000 for suspect in suspects(unit * (300_000 // len(unit))))
