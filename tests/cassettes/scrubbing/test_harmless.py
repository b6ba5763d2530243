"""What is no secret stays byte for byte, and so does everything around a secret."""

from __future__ import annotations

import json

import pytest

from tests.cassettes.scrubbing.recorded import recorded, scrub, scrub_body

HARMLESS = [
    "550e8400-e29b-41d4-a716-446655440000",
    "446655440000-1",
    "55008400-1293-4144-8716-499118665246",
    "4242424242424241",
    "req_8f14e45fceea167a5a36dedd4bea2543",
    "2024-01-02T03:04:05.678+00:00",
    "2024-01-02T03:04:05+05:30",
    "Wed, 21 Oct 2026 07:28:00 GMT",
    "1700000000000",
    "1700000000123456",
    "1700000000",
    "12.50",
    "-1234567890.12",
    "0.4242424242424242",
    "+12345678.90",
    "123,456,789.00 EUR",
    "TOKEN_EXPIRED",
    "The access token has expired.",
    "Your password must be changed; see the token page.",
    "Bearer authentication is required",
    "Invalid client secret",
    "secret=missing",
    "password=<redacted>&token=[FILTERED]",
    "mobile app 20260928 required",
    "OTP expired; ask for a new OTP",
    "Error 40312: token limit 5000 exceeded",
    "signature: RS256, certificate: X509v3",
    "The certificate 2026-10-21T07:28:00Z is no name",
    "Card declined (code 51), account 22289",
    "eyAibWVzc2FnZSI6ICJOb3RoaW5nIHRvIHNlZSBoZXJlIiB9",
    "https://api.bank.example/v1/accounts/3dc3d5b3-7023-4848-9853-f5400a64e80f/balances?code=EUR&key=amount",
    "d41d8cd98f00b204e9800998ecf8427e",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "https://api.bank.example/v1/accounts?page=2&limit=50&from=2024-01-01",
    "https://auth.bank.example/oauth/token",
    "/v1/accounts/acc-1/transactions",
    "DE00370400440532013000",
    "1234567812345678",
    "sk-8 size L",
    "git+https://example.org/repo",
    "logo@2x.png",
    "left-pad@1.3.0",
    "<html><head><title>Session expired</title></head><body class='token'><p>Log in</p><code>x</code></body></html>",
    '<input type="password" name="password">',
    "a=b&page=2&token_type=Bearer&expires_in=3600&grant_type=authorization_code",
    "99391c7e-ad88-49ec-a2ad-99ddcb1f7722",  # its end would pass for an IBAN
    "2026-01-31 10:15:30",
    "01-02-2026 1030",
    "31/01/2026 10:15",
    "Order 0042-123456 shipped",
    "192.168.10.20",
    "amount 1 000 000.00 EUR",
    "call limit 1000, account limit 250000 reached",
    "sent to queue 20260131",
    "account opened 2026-01-31, balance 12345678",
    "txn 123-456-7890-12, ref 415-55-9402, ISBN 978-3-16-148410-0",
    "card expired 12/27; contact support 24/7",
    "0123456789012",
    "field 'clientSecret' and token 'accessToken' are unknown",
    "==== token ==== [info] {x}",
    "100% sure, %zz",
    "",
    " ",
    "caf\u00e9 \U0001f600",
    "\x00\x01\x02",
]
MEMBERS: list[object] = [
    {"token_type": "Bearer", "expires_in": 3600, "refresh_token_expires_at": 1700000000},
    {"token_endpoint": "https://a.example/token", "token_url": "https://a.example/t", "cookie_policy": "x"},
    {"password": None, "has_token": True, "pin_required": False, "token": ""},
    {"code": "AUTH_0042", "error_code": "TOKEN_EXPIRED", "token": "TOKEN_INVALID"},
    {"error": "invalid_token", "error_description": "The token expired"},
    {"errors": {"password": ["must be at least 8 characters", "is required"]}},
    {"errors": [{"key": "pin", "value": "required"}], "message": "required", "password": "invalid"},
    {"errors": {"password": "can't be blank", "pin": ["doesn't match confirmation"]}},
    {"otp_attempts_left": 2, "otpSent": True, "accounts": 12345678, "account": "main", "idempotency_key": "order-1"},
    {"author": "Bob", "shipping": "x", "opinion": "y", "keyboard": "qwerty", "secretary": "Ann"},
    {"key": "value", "name": "token", "id": 7},
    {"Idempotency-Key": "order-12345", "public_key": "abc", "sort_key": "a", "key_id": "k1"},
    {"password": "********", "cardNumber": "**** **** **** 1111", "accountNumber": "****6789"},
    {"account_id": "acc-12345678", "accountType": "savings", "phone_type": "mobile", "mobile": True},
    {"usage": {"total_tokens": 1500, "tokens": 12}, "passwordPolicy": "strong"},
    {"amount": 4242.42, "epoch": 1700000000000, "big": 12345678901234567890, "f": 1e10, "n": -4242424242424242},
    {"next_page_token": "2", "pageToken": "page-2", "token": 0, "tan": "5"},
    {"client_secret": ["This field is required."], "name": ["This field is required."]},
    {"token": "This field is required.", "detail": "name: This field is required.", "cookie": "must be set"},
    {"password": ["This field may not be blank."], "secret": "must not be blank", "api_key": "is missing"},
    {"pin": ["PIN must be numeric"], "cvv": "Invalid CVV", "session": "Session expired", "access_token": "n/a"},
    {"authorization": "Authorization header is missing", "errors": {"password": "too_short"}},
    {"address": {"pinCode": "560001", "pin": "560001"}, "credentialsId": "6f0b2c511d3e4b7c8a431f2a3b4c5d6e"},
    {"account": [{"id": 10775818}], "accounts": {"AccountId": "31820012"}, "certificateSerial": "12345678"},
    {"days_since_password_change": 150, "max_session": 900, "link_sessions": {"days_since_first_link_session": 150}},
    {"error_uri": "https://identity.bank.example/error?code=70008", "sentTo": "m***@gmail.com"},
    [{"id": "1747127672", "name": "accountNumber"}],
    {"secretQuestion": "Pet?", "pincode": "560001", "type": "mobile", "value": "yes"},
    {"type": "accounts", "id": "acc-1", "code": "487120"},
    {"x\\y": "a\\b", "e": "\u00e9", "s": "a/b"},
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_texts_stay_as_they_are(text: str) -> None:
    """In a body, in a member, in a header: nothing is changed that is no secret."""
    interaction = recorded(sent=text, body=json.dumps({"note": text, "more": [text]}), headers={"X-Note": text})
    assert scrub(interaction) == [interaction]
    assert scrub_body(text.encode()) == text.encode()


@pytest.mark.parametrize("members", MEMBERS)
@pytest.mark.parametrize("indent", [None, 3])
def test_harmless_members_stay_as_they_are(members: object, indent: int | None) -> None:
    """A name with the word token in it is not enough."""
    body = json.dumps(members, indent=indent)
    assert scrub_body(body, Content_Type="application/json") == body


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Request-ID": "99391c7e-ad88-49ec-a2ad-99ddcb1f7721", "Date": "Wed, 21 Oct 2026 07:28:00 GMT"},
        {"WWW-Authenticate": 'Bearer realm="x", error="invalid_token", error_description="The token expired"'},
        {"ETag": '"33a64df551425fcc55e4d42a148795d9f25f89d4"', "Retry-After": "30", "Content-Length": "999"},
        {"Location": "/v1/consents/7?state=xyz", "Link": '</a?page=2>; rel="next"'},
        {"X-Idempotency-Key": "order-2026-000184", "X-Key-Id": "main", "Surrogate-Key": "accounts/77"},
        {"PSU-Device-ID": "99435c7e-ad88-49ec-a2ad-99ddcb1f5555", "X-Page-Token": "2"},
        {"Idempotency-Key": "5ab1-77", "X-RateLimit-Reset": "1700000000", "Strict-Transport-Security": "max-age=1"},
    ],
)
def test_harmless_headers_stay_as_they_are(headers: dict[str, str]) -> None:
    """Nor is a body's length corrected where the body is the same."""
    interaction = recorded(headers=headers, sent_headers=headers, body="x")
    assert scrub(interaction) == [interaction]


def test_only_the_secret_changes() -> None:
    """White space, order, escapes and duplicates around a secret stay."""
    body = '{ "a" :\t1.50,"a":"\\/\\u00e9", "note": "x\\u0020y bob@bank.org\\/y" ,"e":1E5 }\n'
    before, after = body.split("bob@bank.org")
    scrubbed = scrub_body(body)
    assert scrubbed.startswith(before)
    assert scrubbed.endswith(after)
    assert "bob@" not in scrubbed


def test_cookie_attributes_and_schemes_stay() -> None:
    """What says how a secret is used is none."""
    headers = {"Set-Cookie": "sid=abcdefgh; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/; HttpOnly; SameSite=Lax"}
    [scrubbed] = scrub(recorded(headers=headers, sent_headers={"Authorization": "Bearer abcdefgh"}))
    cookie = scrubbed["response"]["headers"]["Set-Cookie"][0]
    assert cookie.startswith("sid=scrubbed-")
    assert cookie.endswith("; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Path=/; HttpOnly; SameSite=Lax")
    assert scrubbed["request"]["headers"]["Authorization"][0].startswith("Bearer scrubbed-")
