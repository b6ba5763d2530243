"""What is a secret or personal by its name alone, and what is neither beside the same names."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, urlencode

import pytest

from pytest_openbanking.cassettes.secrets import suspects

PASSWORDS = """password passwd pwd passphrase userPassword user_password newPassword X-Password wsse:Password Passwort
PASSWORD confirm_password passwordConfirm password2 passcode memorableWord"""
CODES = """pin mpin mPIN tpin T-PIN otp OTP otpCode sms_code cvv CVV2 cvc card_cvc tan mTAN scaAuthenticationData
userPin X-PIN"""
TOKENS = """client_secret clientSecret X-Client-Secret api_key apikey apiKey X-Api-Key X-Auth-Token secret
access_token accessToken refresh_token id_token sessionToken session_id sessionId JSESSIONID app.secret
code_verifier Ocp-Apim-Subscription-Key"""
ANSWERS = """securityAnswer security_answer challengeAnswer mfa_answer secretAnswer answer_to_security_answer
memorable_place"""
SECRETS = [
    *(
        (name, value)
        for name in PASSWORDS.split()
        for value in ("hunter2", "hunter", "pässword!", "Summer-2024", "12345678")
    ),
    *((name, value) for name in CODES.split() for value in ("4821", "482913")),
    *(
        (name, value)
        for name in TOKENS.split()
        for value in ("k7Qz9a", "abcd-1234", "3dc3d5b3-7023-4848-9853-f5400a64e80f", "73920184")
    ),
    *((name, value) for name in ANSWERS.split() for value in ("Rex", "Fluffy the cat")),
]


def as_json(name: str, value: str) -> str:
    return json.dumps({"user": "u", name: value, "a": 1})


def as_part(name: str, value: str) -> str:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"\r\nContent-Type: text/plain\r\n\r\n{value}\r\n--b--'


def as_xml(name: str, value: str) -> str:
    tag = name.replace(" ", "")
    return f'<a:Login xmlns:a="urn:x"><{tag} Type="urn:y#PasswordText">{value}</{tag}></a:Login>'


WAYS = {
    "JSON": as_json,
    "escaped JSON": lambda name, value: json.dumps({"body": as_json(name, value)}),
    "JSON in a list": lambda name, value: json.dumps({"a": [{name: [value]}]}),
    "indented JSON": lambda name, value: json.dumps({"a": {name: value}}, indent=2),
    "name and value in JSON": lambda name, value: json.dumps([{"name": name, "required": True, "value": value}]),
    "a value in JSON": lambda name, value: json.dumps({name: {"value": value}}),
    "repr": lambda name, value: repr({"a": 1, name: value}),
    "ruby": lambda name, value: f'{{"{name}"=>"{value}"}}',
    "form": lambda name, value: urlencode({"user": "u", name: value, "z": "1"}),
    "last in a form": lambda name, value: urlencode({"user": "u", name: value}),
    "first in a form": lambda name, value: urlencode({name: value, "user": "u"}),
    "query": lambda name, value: f"https://bank.com/v1/login?{quote(name)}={quote(value)}&a=1",
    "fragment": lambda name, value: f"https://bank.com/cb#{quote(name)}={quote(value)}",
    "multipart": as_part,
    "XML": as_xml,
    "attribute": lambda name, value: f'<login user="u" {name}="{value}"/>',
    "CDATA": lambda name, value: f"<r><{name}><![CDATA[{value}]]></{name}></r>",
    "HTML form": lambda name, value: f'<input type="text" name="{name}" id="i" value="{value}">',
    "YAML": lambda name, value: f"login:\n  user: u\n  {name}: {value}\n  other: 1\n",
    "header line": lambda name, value: f"POST /login HTTP/1.1\r\nHost: a.b\r\n{name}: {value}\r\n\r\n",
    "CSV": lambda name, value: f"user,{name},city\nu,{value},Bonn\nv,,Rom\n",
    "semicolons": lambda name, value: f'"user";"{name}"\r\n"u";"{value}"\r\n',
}  # fmt: skip


def kinds(text: str, name: str = "body") -> list[str]:
    return [suspect.kind for suspect in suspects(text, name=name)]


@pytest.mark.parametrize("way", WAYS)
def test_weak_secrets(way: str) -> None:
    """A secret that anybody could guess is found by its name, in whichever way it is written."""
    missed = [(name, value) for name, value in SECRETS if not kinds(WAYS[way](name, value))]
    assert missed == []


def test_weak_secrets_in_headers() -> None:
    """A header's whole value is the secret that its name says."""
    assert [(name, value) for name, value in SECRETS if not kinds(value, name)] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hunter22", "Authorization"),
        ("Token hunter22", "Authorization"),
        ("ApiKey abc-1234", "Authentication"),
        ("sid=abcdefg", "Cookie"),
        ("lang=de; SESSION=a1b2c3d; theme=dark", "Cookie"),
        ("JSESSIONID=1A2B3C4D5E6F; Path=/; HttpOnly", "Set-Cookie"),
        ("x=7f9ab3c; Max-Age=3600", "set-cookie"),
        ('{"headers": {"Cookie": "a=7f9ab3c12"}}', "body"),
        ("GET / HTTP/1.1\r\nCookie: a=1; b=7f9ab3c12\r\n", "body"),
        ("grant_type=authorization_code&code=ab12cd34&redirect_uri=x", "body"),
        ("https://app.com/cb?code=ab12cd34&state=xyz", "Location"),
        ("Your OTP is 482913. It is valid for 5 minutes.", "body"),
        ("482913 is not your SMS code 482914", "body"),
        ("the mTAN is: 482913", "body"),
        ('{"password": "p\\"w1x", "a": 1}', "body"),
        ("login failed for u, password=hunter2, ip=10.0.0.1", "body"),
        ("login failed (password: hunter2)", "body"),
        ('{"securityQuestions": [{"question": "Pet?", "answer": "Rex"}]}', "body"),
        ('{"mfa": {"type": "x", "answer": "Rex"}}', "body"),
        ('{"credentials": [{"id": "LOGIN", "value": "u"}, {"id": "PASSWORD", "value": "hunter"}]}', "body"),
        ('{"otp": 482913}', "body"),
        ('{"pin":4821}', "body"),
        ("var config = {password: 'hunter2', user: 'u'}", "body"),
        ("https://bank.com/v1/otp/482913/verify", "uri"),
        ("session=abcdefgh", "Cookie"),
        ('{"errors": [{"field": "password", "rejectedValue": "hunter2"}]}', "body"),
        ('<credential><password value="hunter2"/></credential>', "body"),
        ('<param name="password" value="hunter2"/>', "body"),
        ("user[password]=hunter2&x=1", "body"),
        ("token = 'k7Qz9a'", "body"),
        ("password=/hunt!er2", "body"),
        ('{"message": "said \\"no\\" to 5\\" screens", "password": "hunter2"}', "body"),
    ],
)
def test_more_secrets(text: str, name: str) -> None:
    """A secret is found that something beside it names."""
    assert len(kinds(text, name)) == 1


NO_SECRETS = {
    # names: values
    ("password", "passwd", "pin", "otp", "cvv", "client_secret", "token", "access_token", "api_key", "secret", "sessionId"): (
        "", " ", "null", "None", "true", "false", "string", "<token>", "<your password>", "${TOKEN}", "{{secret}}", "{token}",
        "[REDACTED]", "[FILTERED]", "****", "****1234", "********", "xxxx", "XXXXXXXX", "XXXX-1234", "•••••", "sk_****abcd", "...",
        "invalid", "Invalid", "required", "is required", "missing", "expired", "must not be empty", "must not be blank",
        "This field is required.", "may not be null", "TOKEN_EXPIRED", "INVALID_PASSWORD", "PIN_LOCKED", "token_expired",
        "invalid_client_secret", "size must be between 8 and 64", "wrong", "is too short (minimum is 8 characters)",
        "your-api-key", "YOUR_API_KEY", "your_password_here", "redacted", "masked", "https://docs.bank.com/errors#token",
        "urn:ietf:params:oauth:token-type:jwt", "Darf nicht leer sein", "yes", "no", "N/A", "%s", "$TOKEN", "2024-01-15T10:30:00Z",
    ),
    ("password", "userPassword"): ("Password", "password", "Passwort", "Forgot your password?", "8-16 characters"),
    ("token", "access_token"): ("Bearer", "opaque", "jwt", "access_token", "refresh_token", "USDC"),
    ("token_type", "token_type_hint", "token_url", "tokenUrl", "expires_in", "password_policy", "passwordPolicy", "pinRequired",
     "pin_required", "secretQuestion", "keyId", "key_id", "tokenExpiry", "token_expires_at", "otpLength", "otpType", "pinTries",
     "passwordChangedAt", "pageToken", "next_page_token", "continuationToken", "pincode", "pin_code", "postal_pin", "stan",
     "tokenizationMethod", "apiKeyName", "public_key_token", "secretName", "sessionTimeout", "session_state", "secretariat",
     "monkey", "key", "spinner", "tanker", "compass", "passport_type", "bypass"): (
        "2", "Bearer", "560001", "abcd1234", "hunter2", "123456",
    ),
    ("pass", "test"): ("true", "passed", "ok", "7"),
    ("otp", "pin", "tan", "cvv"): ("SMS", "EMAIL", "M", "CHIPTAN", "0000", "000000", "1000", "6 digits", "sms-otp", "0.123456"),
}  # fmt: skip
QUIET = (
    "JSON",
    "escaped JSON",
    "JSON in a list",
    "name and value in JSON",
    "form",
    "query",
    "multipart",
    "CSV",
    "YAML",
    "HTML form",
)


@pytest.mark.parametrize("way", QUIET)
def test_no_secrets(way: str) -> None:
    """A word about a secret is none, nor is a value beside a name that only contains a secret's."""
    found = [
        (name, value, kinds(WAYS[way](name, value)))
        for names, values in NO_SECRETS.items()
        for name in names
        for value in values
        if kinds(WAYS[way](name, value))
    ]
    assert found == []


def test_no_secrets_in_headers() -> None:
    """Headers that are called like secrets may hold words, too."""
    found = [
        (name, value)
        for names, values in NO_SECRETS.items()
        for name in names
        for value in values
        if kinds(value, name)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"password": {"type": "string", "minLength": 8, "format": "password"}}', "body"),
        ('{"required": ["username", "password"], "password": ["too short", "This field is required."]}', "body"),
        ('{"errors": [{"field": "password", "code": "TOO_SHORT", "value": "", "message": "too short"}]}', "body"),
        ('{"token": {"id": "1", "type": "x"}, "pass": true, "pin": null, "otp": false}', "body"),
        ('{"address": {"city": "Pune", "pin": "411001"}}', "body"),
        ("Unexpected token: abc123 in JSON at position 0", "body"),
        ("Unexpected token '<' at 1:1", "body"),
        ("The password must have 8 characters. PIN: 4 digits. Token: expired.", "body"),
        ("e.token=t.value,n.password=this.getPassword(r),o={password:r.password,pin:i}", "body"),
        ("if(password==null){token=undefined}", "body"),
        ("login({\n  password: readPassword,\n  token: Buffer.from(value).data(\n  otp: a.otp || b.otp\n})", "body"),
        ("const token = attr[pos1]; let password=readSecret1(x)", "body"),
        ("Pune, PIN 411001. Error code 40012.", "body"),
        ("docker run -v $PWD:/tmp image", "body"),
        (
            '<label for="password">Password</label><input type="password" name="password" placeholder="Password">',
            "body",
        ),
        ('<xs:element name="Password" type="xs:string"/>', "body"),
        ("client_id=app&grant_type=refresh_token&response_type=code&scope=openid", "body"),
        ("https://a.b/cb?error=access_denied&code=403&state=1", "Location"),
        ("lang=de-DE; theme=dark; region=eu-west-1; consent=accepted", "Cookie"),
        ("sid=deleted; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0", "Set-Cookie"),
        ("sid=; Path=/; SameSite=Lax", "Set-Cookie"),
        ("Bearer", "Authorization"),
        ("Authorization, X-Api-Key, X-Auth-Token", "Access-Control-Allow-Headers"),
        ('Basic realm="bank"', "WWW-Authenticate"),
        ("https://bank.com/oauth2/token/revoke", "uri"),
        ("https://bank.com/v1/otp/verify", "uri"),
        ("https://bank.com/reset-password/confirm", "uri"),
        ("user,password\nu,\nv,****\n", "body"),
        ("name,token_type,amount\na,Bearer,12345678\n", "body"),
    ],
)
def test_traffic(text: str, name: str) -> None:
    """Traffic about secrets that holds none gives no finding."""
    assert kinds(text, name) == []


ACCOUNT = "38291745123"
ACCOUNTS = [
    '{"account": {"number": "%s"}}',
    '{"account": {"type": "checking", "number": %s}}',
    '{"accounts": [{"id": "1", "number": "%s"}]}',
    '{"accountNumber": "%s"}',
    '{"account_no": "%s"}',
    '{"accountIdentification": "%s"}',
    '{"DebtorAccount": {"SchemeName": "UK.OBIE.SortCodeAccountNumber", "Identification": "%s"}}',
    '{"SchemeName": "UK.OBIE.SortCodeAccountNumber", "Identification": "%s", "Name": "x"}',
    '{"x": "{\\"CreditorAccount\\": {\\"Identification\\": \\"%s\\"}}"}',
    '{"Account": [{"Identification": "%s", "SchemeName": "UK.OBIE.SortCodeAccountNumber"}]}',
    '{"debtorAccount": {"other": {"identification": "%s", "schemeNameCode": "BBAN"}}}',
    '{"debtorAccount": {"bban": "%s"}}',
    '{"numbers": {"ach": [{"account": "%s", "account_id": "x", "routing": "011401533"}], "bacs": []}}',
    '{"fromAccount": "%s", "toAccount": "****1234"}',
    '{"toAccount": "%s"}',
    "account[number]=%s&x=1",
    "x=1&account.number=%s",
    "https://bank.com/v1/account-number/%s/balance",
    "https://bank.com/v1/accounts/%s/transactions",
    '{"links": {"self": "/v1/accounts/%s"}}',
    "date,account number,amount\n2024-01-15,%s,10.00\n",
    "Account number %s is closed",
    "account no. %s",
    "A/C No. %s has no funds",
    "acct #%s",
    "Acct: %s",
    "Account %s not found",
    "<DbtrAcct><Id><Othr><Id>%s</Id></Othr></Id></DbtrAcct>",
    "<AccountNo>%s</AccountNo>",
    "AccountNo: %s",
]  # fmt: skip


@pytest.mark.parametrize("written", ACCOUNTS)
@pytest.mark.parametrize("number", [ACCOUNT, "74950021", "20304055667788"])
def test_accounts(written: str, number: str) -> None:
    """An account's number is known by what it is called."""
    assert kinds(written % number) == ["account number"]


def test_account_in_a_header() -> None:
    """A header may be an account's number."""
    assert kinds("74950021", "X-Account-Number") == ["account number"]


@pytest.mark.parametrize("written", ACCOUNTS)
@pytest.mark.parametrize("number", ["0000012345", "1000012345", "00000000012345", "XXXX0000012345"])
def test_accounts_of_nobody(written: str, number: str) -> None:
    """A stand-in is no account's number, whatever it is called."""
    assert kinds(written % number) == []


PHONES = [
    "07700 900235", "(415) 555-8811", "0151 43681056", "06 12 34 12 96", "8 612 33214", "9876543210", "020 7946 1958",
    "0412 345 678", "06.12.34.12.96", "415-555-8811", "415.555.8811", "0049 151 43681056", "004915143681056", "(02) 9374 4123",
    "030/12345678", "07700\u00a0900235", "+44 7700 900235", "+447700900235",
]  # fmt: skip
PHONE_NAMES = """phone tel mobile mob cell gsm whatsapp fax msisdn contact phoneNumber phone_no mobileNo contactNumber
homePhone X-Customer-Mobile customer_mobile PhneNb telephone mobile_number"""


@pytest.mark.parametrize("way", [*QUIET, "header line"])
def test_phones(way: str) -> None:
    """A phone's number is known by its name, in any grouping."""
    missed = [
        (name, number)
        for name in PHONE_NAMES.split()
        for number in PHONES
        if "phone number" not in kinds(WAYS[way](name, number))
    ]
    assert missed == []


@pytest.mark.parametrize(
    "text",
    [
        "We sent to 07700 900235 a code.", "Please call (415) 555-8811.", "call 415-555-8811 now", "SMS sent to 9876543210",
        "my number 0151 43681056", "06 12 34 12 96", "0412 345 678", "mobile 9876543210", "Tel. 030 12345678", "tel: 030/12345678",
        "phone number is 8 612 33214", "dial 0049 151 43681056", "0049 151 43681056.", "whatsapp: 9876543210", "(020) 7946 1958",
        "or 020 7946 1958, at once", '{"note": "ring 07700 900235"}', '{"phones": ["07700 900235"]}',
        '{"phones": [{"type": "home", "number": "8 612 33214"}]}', '{"phone": 9876543210}', '{"message": "The mobile number 9876543210 is in use"}',
        '{"note": "004915143681056"}', "phones[]=9876543210", '{"phoneNumber": {"countryCode": "91", "nationalNumber": "9876543210"}}',
    ],
)  # fmt: skip
def test_phones_in_texts(text: str) -> None:
    """A phone's number is known by its groups, or by the word in front of it."""
    assert kinds(text) == ["phone number"]


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-15 10:30:00", "01-02-2024 10:30", "01/02/2024 10:30:00", "01.02.2024 10:30", "15 01 2024", "09:30:15.123456",
        "0123456789", "012 345", "0.123 456 789", "1 234 567 890,00", "EUR 1,234,567.00", "v1.02.03.04", "10.0.13.255", "192.168.100.200",
        "0123-4567-8901-2345", "01-02-03-04", "sort code 20-30-40", "12-34-56", "last call 1705314600", "call 01-02-2024 1030", "0399 0308 0300", "API call 42 took 0.5 s",
        "Invoice 030 12345678", "ref: 0301 234 5678", '{"transactionId": "0049151436810561"}', '{"paymentRef": "415-555-8811"}',
        '{"contact": "2024-01-15"}', '{"mobile": true, "phoneVerified": 1}', '{"tel": "192.168.100.200"}', "ISBN 978-3-16-148410-0",
        "0000 1111 2222", "000000123456", "00000000012345", "3dc3d5b3-7023-4848-9853-f5400a64e80f", "Chrome/120.0.6099.224", "0x0412345678",
        "IBAN DE88 3704 0044 0532 0130 00", "x=0412345678&y=1", "amount 0412 345", "1705314600123",
    ],
)  # fmt: skip
def test_no_phones(text: str) -> None:
    """Days, times, amounts, versions, addresses and ids are no phones."""
    assert kinds(text) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "IBAN"),
        ("DE89\u202f3704\u202f0044\u202f0532\u202f0130\u202f00", "IBAN"),
        ("DE89&nbsp;3704&nbsp;0044&nbsp;0532&nbsp;0130&nbsp;00", "IBAN"),
        ("DE89.3704.0044.0532.0130.00", "IBAN"),
        ("IBANDE89370400440532013000", "IBAN"),
        ("IBAN:DE89370400440532013000.", "IBAN"),
        (":86:166?00SEPA?31DE89370400440532013000?32JOHN MILES", "IBAN"),
        ("GB82-WEST-1234-5698-7654-32", "IBAN"),
        ("4539\u00a05787\u00a06362\u00a01486", "card number"),
        ("card 45395787 63621486", "card number"),
        ("card number: 453957 8763621486", "card number"),
        ("Maestro card 675964 9826438453003", "card number"),
        ("Card 4222222222222", "card number"),
        ('{"cardNumber": "9792030394440796"}', "card number"),
        ('{"pan": "bnzpm2501f"}', "Indian PAN"),
        ("PAN no: bnzpm2501f", "Indian PAN"),
        ("2341\u00a02341\u00a02346", "Aadhaar"),
    ],
)
def test_forms(text: str, kind: str) -> None:
    """A number is found in whichever groups it is written, some behind a word for it only."""
    assert kinds(text) == [kind]


@pytest.mark.parametrize(
    "text",
    [
        '{"lei": "529900T8BM49AURSDO55"}',
        '{"slug": "bnzpm2501f"}',
        '{"account": "1234567"}',
        "order 45395787 63621486",
        '{"note": "9792030394440796"}',
        "Legal entity 529900T8BM49AURSDO55 is lapsed",
        '{"cin": "U74999MH2015PTC123456"}',
        "company U74999MH2015PTC123456",
        '{"note": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}',
        "01hqz4y7m2x9k3v8w5n6p1r0tb",
        "Internal error, trace id 4bf92f3577b34da6a3ce929d0e0e4736",
        "Internal error (request id: 4bf92f3577b34da6a3ce929d0e0e4736)",
        "Please quote correlation ID 4bf92f3577b34da6a3ce929d0e0e4736.",
        '{"sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}',
        '{"sha1": "33a64df551425fcc55e4d42a148795d9f25f89d4", "md5": "9f86d081884c7d659a2feaa0c55ad015"}',
        '{"checksum": "9f86d081884c7d659a2feaa0c55ad015", "etag": "33a64df551425fcc55e4d42a148795d9f25f89d4"}',
        '{"keys": [{"kty": "EC", "crv": "P-256", "kid": "xK9vQ2mZr7LpT4wYb8NcJ5hD", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}',
        "99391c7e-ad88-49ec-a2ad-99ddcb1f7722",
        "payment99391c7e-ad88-49ec-a2ad-99ddcb1f7722",
        "ad88-49ec-a2ad-99ddcb1f7722",
        '{"authorisationId": "xK9vQ2mZr7LpT4wYb8NcJ5hD", "paymentRef": "xK9vQ2mZr7LpT4wYb8NcJ5hD"}',
        '{"apiKeyId": "xK9vQ2mZr7LpT4wYb8NcJ5hD"}',
        "https://bank.com/v1/accounts/xK9vQ2mZr7LpT4wYb8NcJ5hD/balances",
        "https://bank.com/v1/consents/9f86d081884c7d659a2feaa0c55ad015",
        '{"href": "/v1/payments/xK9vQ2mZr7LpT4wYb8NcJ5hD"}',
        "/v1/payments/sepa-credit-transfers/xK9vQ2mZr7LpT4wYb8NcJ5hD/authorisations/9f86d081884c7d659a2feaa0c55ad015",
        "https://api.aerosync.com/v2/user/fdd3007a951b436c81e46ffe2483ea3a/jobs/9f86d081884c7d659a2feaa0c55ad015/mfa",
        '{"message": "User fdd3007a951b436c81e46ffe2483ea3a not found"}',
        "No account was found for user fdd3007a951b436c81e46ffe2483ea3a and job 9f86d081884c7d659a2feaa0c55ad015",
        '{"pagination": {"next_cursor": "cur_fdd3007a951b436c81e46ffe2483ea3a"}}',
        "/v1/accounts?cursor=cur_aGVsbG8gd29ybGQgMTIzNDU2Nzg5MA&next=fdd3007a951b436c81e46ffe2483ea3a",
        "https://a.example/cb?code=scrubbed-code-85967&state=PpfEtyu94fPaTvnEnbiLGpKJ94QPr7ANXZ4OEhz2SYp",
        "https://a.example/authorize?code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&x=1",
        "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
        "--0f1e2d3c4b5a69788796a5b4c3d2e1f0\r\nContent-Disposition: form-data",
        '{"encryptedFI": "Qw3Er5Ty7Ui9Op1As2Df5Gh8Jk1Lz4Xc"}',
        '{"credentialsId": "6f0b2c511d3e4b7c8a431f2a3b4c5d6e"}',
        '{"jwt": "malformed", "authorization": "Bearer {token}"}',
        "BIL/INFT/001234567890/Rent",
        '{"etag": "W/\\"33a64df551425fcc55e4d42a148795d9f25f89d4\\""}',
    ],
)  # fmt: skip
def test_public_identifiers(text: str) -> None:
    """What identifies a company, a request or a resource is no key."""
    assert kinds(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "529900T8BM49AURSDO56",
        '{"kty": "EC", "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}',
        '{"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}',
        "/v1/tokens/xK9vQ2mZr7LpT4wYb8NcJ5hD",
        "/v1/password-resets/xK9vQ2mZr7LpT4wYb8NcJ5hD",
        "/v1/sessions/xK9vQ2mZr7LpT4wYb8NcJ5hD",
        "/v1/reset/xK9vQ2mZr7LpT4wYb8NcJ5hD",
        "/webhooks/xK9vQ2mZr7LpT4wYb8NcJ5hD",
        '{"session_id": "xK9vQ2mZr7LpT4wYb8NcJ5hD"}',
        '{"tokenId": "xK9vQ2mZr7LpT4wYb8NcJ5hD"}',
        "key 4bf92f3577b34da6a3ce929d0e0e4736",
    ],
)
def test_no_public_identifiers(text: str) -> None:
    """A key beside or near such an identifier's place is found."""
    assert len(kinds(text)) == 1


def test_shown() -> None:
    """No more than a quarter of a short secret is shown."""
    assert [suspect.shown for suspect in suspects('{"pin": "4821", "password": "hunter2"}')] == ["4...4", "h...7"]


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


JWT = f"{b64(json.dumps({'alg': 'none', 'typ': 'JWT'}))}.{b64(json.dumps({'jti': 'scrubbed-12345'}))}.c2NydWJiZWQ".replace(
    "=", ""
)
PEM = f"-----BEGIN CERTIFICATE-----\n{b64('scrubbed-certificate-12345')}\n-----END CERTIFICATE-----\n"
STAND_INS = [
    "scrubbed-password-12345", "scrubbed-token-12345", "Bearer scrubbed-token-12345", "scrubbed%2Dtoken%2D12345",
    "Basic " + b64("scrubbed:scrubbed-12345"), b64("scrubbed:scrubbed-12345"), b64("scrubbed-certificate-12345"), JWT, b64(PEM),
    "person-12345@example.com", "person-12345@upi", "DE86000000000000000001", "GB48XXXX00000000000001", "4500000000000015",
    "ZZZPZ9999A", "200000000019", "+9100000012345", "+919000012345", "+44 7000 012345", "00000012345", "0000 001 2345", "500-001-3628",
    "00491 0000 12345", "(400) 001-2345", "9000012345", "0012345", "XXXX0000012345", "0000012345", "00000000012345", "100012345", "1000000012345",
    "000123456", "0000", "000000", "1000", "100000",
]  # fmt: skip
NAMES = (
    *(
        "password",
        "client_secret",
        "access_token",
        "api_key",
        "sessionId",
        "otp",
        "pin",
        "cvv",
        "securityAnswer",
        "phone",
    ),
    *(
        "mobile",
        "accountNumber",
        "toAccount",
        "privateKey",
        "X-Password",
        "note",
        "pan",
        "cardNumber",
        "iban",
        "aadhaar",
    ),
)


@pytest.mark.parametrize("way", [way for way in WAYS if way != "ruby"])
def test_stand_ins(way: str) -> None:
    """A stand-in gives no finding, beside whichever name and in whichever way it is written."""
    found = [
        (name, value, kinds(WAYS[way](name, value)))
        for name in NAMES
        for value in STAND_INS
        if kinds(WAYS[way](name, value))
    ]
    assert found == []


def test_stand_ins_in_headers() -> None:
    """A stand-in gives no finding as the whole of a header."""
    headers = (*NAMES, "Authorization", "Authentication", "X-Api-Key", "X-Account-Number", "X-Customer-Mobile")
    assert [(name, value) for name in headers for value in STAND_INS if kinds(value, name)] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("sid=scrubbed-cookie-12345; Path=/; HttpOnly", "Set-Cookie"),
        ("a=scrubbed-cookie-12345; b=scrubbed-cookie-23456", "Cookie"),
        ("Call 0000 001 2345 or (400) 001-2345, sent to +9100000012345", "body"),
        ("Account number 0000012345 is closed; acct #XXXX0000012345; A/C No. 100012345", "body"),
        ('{"phone": 9000012345, "accountNumber": 100012345, "otp": 100000, "pin": 1000, "token": 1000012345}', "body"),
        ("Your OTP is 000000", "body"),
        ("https://app.com/cb?code=scrubbed-code-12345&state=scrubbed-state-12345", "Location"),
        ('{"numbers": {"ach": [{"account": "0000012345", "routing": "000123456"}]}}', "body"),
        (PEM, "X-Client-Cert"),
        (json.dumps({"private_key": PEM}), "body"),
    ],
)
def test_scrubbed_texts(text: str, name: str) -> None:
    """What holds stand-ins only gives no finding."""
    assert kinds(text, name) == []


@pytest.mark.parametrize(
    "unit",
    [
        '"password":"', '"a":{', "[{", '{"a":[', "<a>", "<a ", "</a>", "password=", "password: ", "password: a\n", ":=", "'", '"', "a,b\n",
        "pin,otp\n", "/a/b", "/accounts/", "name=\"password\"\r\n\r\n", "form-data; name=\"a\"\r\n", "Cookie: a=", "0", "0 ", "07700 ", "(415) ",
        "call ", "tel. to to ", "account ", "A/C No. ", "IBAN", "IBANDE89", "?31DE", "card 4", "x.x", "xxx", "****", "Your ", "a a ", " = ",
        "value=\"a\" name=\"b\" ", "{{", "a.b.c.", "\\\"password\\\":\\\"", "code=a&state=",
    ],
)  # fmt: skip
@pytest.mark.timeout(120)  # no measure of speed, but an end to what anything quadratic would take: hours
def test_a_long_text_is_no_trap(unit: str) -> None:
    """A long text of names, signs and beginnings of numbers is searched through once."""
    assert all(suspect.start < 300_000 for suspect in suspects(unit * (300_000 // len(unit))))
