"""A provider that is wrong in any way gets one line: file, entry, what is wrong, what is allowed."""

import shutil

import pytest

from pytest_openbanking.catalogue.entry import ProviderError
from pytest_openbanking.catalogue.loader import BUILT_IN, load_folder

FAIL_FAST = (
    '{ handling = "fail_fast", basis = "inferred", text = "4xx: do not retry, raise" },\n]\nsource = "errors: Resource'
)

NONE = 'provoke = { credential = "none" }'
EMPTY = 'provoke = { body = "{}" }'
ALIAS = '{ code = "RATE_LIMITED", source = "retries: HTTP Status Code Reference" }'
BREAKS = [
    ("title = ", "titel = ", "the key 'title' is missing"),
    ('name = "aelix"', 'name = "other"', "name is 'other', but the folder is 'aelix'; they must be the same"),
    ('base_url = "https://api', 'base_url = "ftp://api', "base_url 'ftp://api.aelix.digitalapi.ai' must start with https://"),
    ("variants = ", "varients = ", "unknown key 'varients' (did you mean 'variants'?); allowed: auth, base_url"),
    ('handling = "backoff"', 'handling = "bakoff"', "unknown handling 'bakoff'; allowed: fix_request, refresh_token"),
    ('basis = "standard"', 'basis = "rumour"', "unknown basis 'rumour'; allowed: documented, standard, inferred"),
    ('schema = "payment.json"', 'schema = "paymnt.json"', "schema 'paymnt.json' is not in the folder; there is: error.json"),
    ('operations = ["@query", ', 'operations = ["@qeury", ', "operations: '@qeury' is not there; allowed: @query"),
    ('operations = ["@query", ', 'operations = [', "operations selects none; name at least one operation or @tag"),
    ('operations = ["@query", ', 'operations = ["GET /v1/acounts", ', "'GET /v1/acounts' is not there; allowed: GET /v1/accounts"),
    ('code = "ACCOUNT_CLOSED"', 'code = "INSUFFICIENT_FUNDS"', "two errors are POST /v1/payments 409 INSUFFICIENT_FUNDS"),
    ('code = "ACCOUNT_CLOSED"', 'validation = true\ncode = "ACCOUNT_CLOSED"', "validation: 422 VALIDATION_FAILED answers a malformed POST /v1/payments already; only one error can"),
    ('source = "pagination"\nauthorization', 'source = "paging"\nauthorization', "source 'paging' is not among [sources]; allowed: pagination"),
    ("status = 422", "status = 200", "status 200 is no error; allowed: 400 to 599"),
    ("status = 422", 'status = "422"', "status must be a whole number, not '422'"),
    ("retryable = true", "retriable = true", "unknown key 'retriable' (did you mean 'retryable'?)"),
    ("retry_after = 30\n", "", "retry_after_basis without retry_after"),
    ('retry_after = 30\nretry_after_basis = "inferred"\n', "", "the handling 'wait' needs retry_after, the seconds that are served"),
    ('id = "GET /v1/accounts"', 'id = "FETCH /v1/accounts"', 'id must be a method and a path, like "GET /v1/accounts"; methods: GET'),
    ('id = "GET /v1/audit-logs"', 'id = "GET /v1/accounts"', "two operations are GET /v1/accounts"),
    ('acts = "money"', 'acts = "mony"', "acts 'mony' is unknown; allowed: money, job, consent, state"),
    ('token_operation = "POST /oauth2/token"', 'token_operation = "GET /v1/accounts"', "issues no tokens; allowed: POST /oauth2/token"),
    ("${new_token}", "${new_tokn}", "unknown placeholder ${new_tokn}; allowed:"),
    ("${now-1d}", "${now-1d|iso}", "unknown format 'iso' in ${now-1d|iso}; allowed for times: date, unix, http, millis"),
    ("'''{\"amount\": 2550, \"currency\": \"EUR\"}'''", "'''{\"amount\": 0, \"currency\": \"EUR\"}'''", "the schema refuses the example: amount: 0 is less than"),
    ("'''{\"amount\": 2550, \"currency\": \"EUR\"}'''", "'''{\"amount\": '''", "example is not valid JSON"),
    ('code = "/error/code"', 'code = "error.code"', "code 'error.code' must be a JSON pointer, starting with a slash"),
    ("[sources.troubleshooting]", "[sources.troubleshooting", "is not valid TOML"),
    ("[[notes]]", "[[note]]", "unknown key 'note' (did you mean 'notes'?)"),
    ("reports_fields = true", 'reports_fields = "yes"', "reports_fields must be true or false, not 'yes'"),
    ('basis = "documented", text = "request a new access token", source = "errors: Authentication Errors (401 / 403)"',
     'basis = "documented", text = "request a new access token"', "a documented handling needs its source"),
    (ALIAS, '"RATE_LIMITED"', "aliases[1]: must be a table, not 'RATE_LIMITED'"),
    (ALIAS, '{ code = "RATE_LIMITED" }', "aliases[1] RATE_LIMITED: the key 'source' is missing"),
    (ALIAS, '{ code = "RATE_LIMITED", source = "rumours" }', "source 'rumours' is not among [sources]; allowed:"),
    (ALIAS, '{ code = "RATE_LIMITED", soruce = "retries" }', "the key 'source' is missing"),
    (ALIAS, ALIAS + ", " + ALIAS, "aliases[2] RATE_LIMITED: code 'RATE_LIMITED' is a name of the error already"),
    (ALIAS, ALIAS.replace("RATE_LIMITED", "RATE_LIMIT_EXCEEDED"), "code 'RATE_LIMIT_EXCEEDED' is a name of the error already"),
    ('code = "ACCOUNT_CLOSED"', 'code = "ACCOUNT_CLOSED"\naliases = [' + ALIAS.replace("RATE_LIMITED", "DUPLICATE_IDEMPOTENCY_KEY") + "]",
     "DUPLICATE_IDEMPOTENCY_KEY names POST /v1/payments 409 DUPLICATE_IDEMPOTENCY_KEY already; a name must lead to one error"),
    ('code = "DUPLICATE_IDEMPOTENCY_KEY"', 'code = "DUPLICATE_IDEMPOTENCY_KEY"\naliases = [' + ALIAS.replace("RATE_LIMITED", "ACCOUNT_CLOSED") + "]",
     "ACCOUNT_CLOSED: ACCOUNT_CLOSED names POST /v1/payments 409 DUPLICATE_IDEMPOTENCY_KEY already"),
    ('code = "/error/code"', 'warning = { category = "WARNING" }\ncode = "/error/code"', "warning tells items of a list, but code '/error/code' leads into none"),
    ('code = "/error/code"', 'warning = { category = 1 }\ncode = "/error/code"', "warning.category must be a string, not 1"),
    (NONE, 'provoke = "none"', "TOKEN_MISSING: provoke must be a table, not 'none'"),
    (NONE, "provoke = {}", "TOKEN_MISSING provoke: is empty; one of: credential, path, query, body, set, without"),
    (NONE, 'provoke = { credential = "nine" }', "credential 'nine' is unknown; allowed: wrong, none"),
    (NONE, 'provoke = { credentail = "none" }', "unknown key 'credentail' (did you mean 'credential'?); allowed: body, credential"),
    (NONE, 'provoke = { path = { accountId = "42" } }', "path: 'accountId' is in none of the error's operations; allowed: none"),
    (NONE, 'provoke = { query = { limit = 1 } }', "query.limit must be a string, not 1"),
    ('operations = ["POST /v1/payments"]', 'operations = ["POST /oauth2/token"]\nprovoke = { credential = "none" }',
     "credential fits none of the error's operations; one with authorization is needed"),
    (EMPTY, 'provoke = { query = { limit = "many" } }', "query fits none of the error's operations; one with a method that only reads is needed"),
    (EMPTY, 'provoke = { without = ["/amuont"] }', "without: '/amuont' is in none of the error's operations; allowed: /amount"),
    (EMPTY, 'provoke = { without = ["/amount", "/amount/value"] }', "'/amount/value' is inside '/amount'; name one of them"),
    (EMPTY, 'provoke = { without = ["/amount"], body = "{" }', "body and without both fit POST /v1/payments; only one thing may be wrong"),
    ('query = { limit = "many" }', 'body = "{"', "body fits none of the error's operations; one with a request body is needed"),
    ('"/amount" = -1', '"/amuont" = -1', "set: '/amuont' is in none of the error's operations; allowed: /amount"),
    ('"/amount" = -1', '"/amount" = 2550', "set: '/amount' is 2550 in the example already"),
    ('"/amount" = -1', '"/amount" = 2026-02-10', "set: '/amount' must be a JSON value, not datetime.date(2026, 2, 10)"),
]  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """A copy of a provider's folder."""
    return shutil.copytree(BUILT_IN / "aelix", tmp_path / "aelix")


@pytest.mark.parametrize(("old", "new", "message"), BREAKS, ids=[message[:50] for _, _, message in BREAKS])
def test_what_is_wrong_is_one_line(folder, old, new, message):
    """The line names the file, the entry and what is allowed."""
    file = folder / "provider.toml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(ProviderError) as caught:
        load_folder(folder)
    line = str(caught.value)
    assert message in line
    assert str(folder) in line
    assert "\n" not in line


def test_a_copy_that_is_right_loads(folder):
    """The table above breaks a sound provider."""
    assert load_folder(folder).name == "aelix"


def test_an_alias_may_be_the_name_of_an_error_elsewhere(folder):
    """With another status, or on other operations, it leads to one error all the same."""
    file = folder / "provider.toml"
    elsewhere = ALIAS.replace("RATE_LIMITED", "INVALID_PARAMETER")
    file.write_text(file.read_text("utf-8").replace(ALIAS, f"{ALIAS}, {elsewhere}"), "utf-8")
    (error,) = {error.aliases for error in load_folder(folder).errors if error.status == 429}
    assert error == ("RATE_LIMITED", "INVALID_PARAMETER")


def test_the_token_operation_goes_by_its_own_id(folder):
    """However it is spelled where it is named."""
    file = folder / "provider.toml"
    file.write_text(file.read_text("utf-8").replace('n = "POST /oauth2', 'n = "POST  /oauth2'), "utf-8")
    assert load_folder(folder).auth.token_operation == "POST /oauth2/token"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("provider.toml", "é".encode("latin-1"), "is not UTF-8 at byte 0; TOML files must be UTF-8"),
        ("provider.toml", None, "there is no such file; a provider is a folder with a provider.toml"),
        ("payment.json", b"{", "schema 'payment.json' is not valid JSON in UTF-8"),
        ("payment.json", b"[]", "schema 'payment.json' must be a JSON object"),
        ("payment.json", b'{"type": "strng"}', "is no JSON Schema (2020-12) at type"),
    ],
)
def test_a_broken_file_is_one_line(folder, name, content, message):
    """Encoding, syntax and absence are said, not raised as tracebacks."""
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(ProviderError) as caught:
        load_folder(folder)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
