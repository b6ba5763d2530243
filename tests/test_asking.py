"""The request that every operation wants, and the one that provokes an error, differing only as the data says."""

import json
import uuid
from dataclasses import replace
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from pytest_openbanking.asking import Credentials, ask, missing
from pytest_openbanking.catalogue.loader import BUILT_IN, load_folder
from pytest_openbanking.catalogue.model import Provoke
from pytest_openbanking.catalogue.schemas import breaches
from pytest_openbanking.opening import open_sandbox

PROVIDERS = {name: load_folder(BUILT_IN / name) for name in ("aarthik", "aelix", "aerosync", "paysera")}
OPERATIONS = [(provider, operation) for provider in PROVIDERS.values() for operation in provider.operations]
PROVOKED = [
    (provider, error) for provider in PROVIDERS.values() for error in provider.errors if error.provoke is not None
]
CREDENTIALS = Credentials("team-access-token", "team-refresh-token", "team-api-key", "team-api-secret")
HELD_BY_NO_SCHEMA = {
    "POST /v1/payments 400 MISSING_REQUIRED_FIELD": "aelix does not document which fields are required",
}
each_operation = pytest.mark.parametrize(
    ("provider", "operation"), OPERATIONS, ids=[f"{provider} {operation}" for provider, operation in OPERATIONS]
)
each_provoked = pytest.mark.parametrize(
    ("provider", "error"), PROVOKED, ids=[f"{provider} {error.key}" for provider, error in PROVOKED]
)


@pytest.fixture
def one_uuid(monkeypatch):
    """Every fresh UUID is the same."""
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=7))


def operation_of(provider, id):
    return next(operation for operation in PROVIDERS[provider].operations if operation.id == id)


def content(request):
    """Return the body as the content type says."""
    if "Content-Type" not in request.headers:
        assert request.body == b""
        return None
    if request.headers["Content-Type"] == "application/json":
        return json.loads(request.body)
    return dict(parse_qsl(request.body.decode(), strict_parsing=True))


def parts(request):
    """Return everything that requests can differ in: headers and body members, one by one."""
    found = {"method": request.method, "path": request.path, "query": request.query}
    found |= {f"header {name}": value for name, value in request.headers.items()}
    body = content(request)
    return found | flat(body) if isinstance(body, dict) else found


def flat(value, pointer=""):
    if not isinstance(value, dict):
        return {pointer: value}
    return {key: leaf for name, inner in value.items() for key, leaf in flat(inner, f"{pointer}/{name}").items()}


@each_operation
def test_a_request_is_what_the_operation_documents(provider, operation):
    """It leads back to its operation, its schema accepts the body, and it carries the documented credential."""
    request = ask(provider, operation, credentials=CREDENTIALS)
    assert provider.router.route(request.method, request.url).operation is operation
    assert request.headers["Accept"] == "application/json"
    assert request.headers["Accept-Encoding"] == "identity"
    assert (content(request) is None) == (operation.request_schema is None)
    if operation.request_schema is not None:
        assert request.headers["Content-Type"] == operation.content_type
        assert breaches(operation.request_schema, content(request)) == []
    credential = {"token": "Bearer team-access-token", "key": "Bearer team-api-key", None: None}
    assert request.headers.get("Authorization") == credential[operation.authorization]
    for header in filter(None, (operation.idempotency_key, operation.consent_header)):
        assert uuid.UUID(request.headers[header])
    assert len(request.headers) == len(request.headers.pairs)


@each_operation
def test_every_success_can_be_asked_of_the_sandbox(provider, operation):
    """The sandbox's own credentials are the default."""
    with open_sandbox(provider.name) as sandbox:
        assert sandbox.answer(ask(provider, operation), 0.0).response.status < 300


@pytest.mark.parametrize(
    ("provider", "id", "body"),
    [
        ("aarthik", "POST /sessions", {"borrowerExternalID": "CUST_0012"}),
        ("aerosync", "POST /token", {"apiKey": "team-api-key", "apiSecret": "team-api-secret"}),
        ("aelix", "POST /oauth2/token", {
            "grant_type": "client_credentials", "scope": "banking:read payments:write",
            "client_id": "team-api-key", "client_secret": "team-api-secret",
        }),
        ("paysera", "POST /oauth/token", {
            "grant_type": "refresh_token", "refresh_token": "team-refresh-token", "client_id": "team-api-key",
        }),
    ],
)  # fmt: skip
def test_a_token_is_asked_for_as_documented(provider, id, body):
    """With the credentials in use, form or JSON, and not with the operation's example."""
    assert content(ask(PROVIDERS[provider], operation_of(provider, id), credentials=CREDENTIALS)) == body


@pytest.mark.usefixtures("one_uuid")
@pytest.mark.parametrize("name", PROVIDERS)
def test_the_sandbox_asks_for_a_token_the_same_way(name):
    """There is one such request, wherever it is wanted."""
    with open_sandbox(name) as sandbox:
        operation = operation_of(name, sandbox.provider.auth.token_operation)
        asked, wanted = sandbox.token_request, ask(sandbox.provider, operation)
        assert (asked.url, asked.headers.pairs, asked.body) == (sandbox.token_url, wanted.headers.pairs, wanted.body)


def test_a_sandbox_of_an_environment_asks_there():
    """An operation of another host stays there."""
    with open_sandbox("aerosync", environment="sandbox") as sandbox:
        assert sandbox.token_request.url == sandbox.token_url == "https://api.sandbox.aerosync.com/v2/token"
    with open_sandbox("aelix", environment="sandbox") as sandbox:
        assert sandbox.token_request.url == sandbox.token_url == "https://auth.aelix.digitalapi.ai/oauth2/token"


def test_each_base_is_asked_where_it_is_served():
    """The caller says where, for the provider's host and for any other."""
    served = {"https://api.aelix.digitalapi.ai": "http://one", "https://auth.aelix.digitalapi.ai": "http://two/auth"}
    for id, url in (
        ("GET /v1/accounts", "http://one/v1/accounts"),
        ("POST /oauth2/token", "http://two/auth/oauth2/token"),
    ):
        assert ask(PROVIDERS["aelix"], operation_of("aelix", id), base_of=served.__getitem__).url == url


def test_parameters_are_filled_in_and_what_is_missing_is_said():
    """A value that is not given is made up; the consent is a parameter under its header's name."""
    operation = operation_of("paysera", "GET /v1/accounts/{accountId}/balances")
    given = {"accountId": "a/ b", "Consent-ID": "c-1", "other": "x"}
    request = ask(PROVIDERS["paysera"], operation, parameters=given)
    assert request.url.endswith("/v1/accounts/a%2F%20b/balances")
    assert PROVIDERS["paysera"].router.route("GET", request.url).parameters == {"accountId": "a/ b"}
    assert request.headers["Consent-ID"] == "c-1"
    assert missing(operation, given) == ()
    assert missing(operation, {}) == ("accountId", "Consent-ID")
    assert missing(operation, {}, Provoke(path=(("accountId", "nobody"),))) == ("Consent-ID",)
    assert ask(PROVIDERS["paysera"], operation).path.endswith("/v1/accounts/42/balances")
    payment = operation_of("paysera", "POST /v1/{payment-service}/{payment-product}")
    assert ask(PROVIDERS["paysera"], payment).path.endswith("/v1/payment-service/payment-product")


def test_an_api_key_is_sent_as_a_bearer():
    """Also where no token is asked for."""
    operation = replace(operation_of("aelix", "GET /v1/accounts"), authorization="key")
    request = ask(PROVIDERS["aelix"], operation, credentials=CREDENTIALS)
    assert request.headers["Authorization"] == "Bearer team-api-key"


def test_credentials_do_not_show():
    """Neither in a traceback nor in a log."""
    assert "team" not in repr(CREDENTIALS)


@pytest.mark.usefixtures("one_uuid")
@each_provoked
def test_what_provokes_an_error_differs_only_as_the_data_says(provider, error):
    """Nothing else can be the cause of the answer."""
    operation, provoke = error.operation, error.provoke
    plain = parts(ask(provider, operation))
    request = ask(provider, operation, provoke=provoke)
    assert provider.router.route(request.method, request.url).operation is operation
    if provoke.body is not None:
        assert request.body.decode() == provoke.body
        request = request._replace(body=ask(provider, operation).body)
    provoked = parts(request)
    differ = {part for part in plain | provoked if plain.get(part) != provoked.get(part)}
    assert differ == allowed(provider, operation, provoke, request)


def allowed(provider, operation, provoke, request):
    """Return the parts in which a provoking request may, and must, differ; check their values on the way."""
    if provoke.credential:
        secret = provider.auth.api_key if operation.authorization == "key" else provider.auth.access_token
        sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
        assert sent != secret
        if operation.id == provider.auth.token_operation and not operation.authorization:
            return set(flat(dict(provider.auth.token_body)))
        assert ("Authorization" in request.headers) == (provoke.credential == "wrong")
        return {"header Authorization"}
    if provoke.path:
        given = provider.router.route(request.method, request.url).parameters
        assert dict(provoke.path).items() <= given.items()
        return {"path"}
    if provoke.query:
        assert parse_qs(urlsplit(request.url).query) == {name: [value] for name, value in provoke.query}
        return {"query"}
    body = flat(content(request))
    leaves = {pointer: leaf for at, value in provoke.set for pointer, leaf in flat(value, at).items()}
    assert leaves.items() <= body.items()
    assert not {pointer for pointer in body if pointer.startswith(provoke.without)}
    return {*leaves, *provoke.without}


@each_provoked
def test_a_body_that_provokes_an_error_breaks_the_schema(provider, error):
    """Once for each member; where no constraint is documented that a schema could hold, the reason is given."""
    if not (error.provoke.set or error.provoke.without or error.provoke.body is not None):
        return
    request = ask(provider, error.operation, provoke=error.provoke)
    try:
        broken = len(breaches(error.operation.request_schema, content(request)))
    except ValueError:  # no JSON
        broken = 1
    members = len(error.provoke.set) + len(error.provoke.without)
    assert broken == (0 if error.key in HELD_BY_NO_SCHEMA else members or 1), HELD_BY_NO_SCHEMA.get(error.key)


@pytest.mark.parametrize(
    ("name", "count", "codes"),
    [
        ("aarthik", 14, "AUTH_INVALID_API_KEY AUTH_INVALID_SESSION VALIDATION_FAILED"),
        ("aelix", 14, "INVALID_PARAMETER MISSING_REQUIRED_FIELD RESOURCE_NOT_FOUND TOKEN_INVALID TOKEN_MISSING VALIDATION_FAILED"),
        ("aerosync", 24, "AC-001 AC-100 AC-101 AC-102 AC-109"),
        ("paysera", 17, "FORMAT_ERROR PARAMETER_NOT_SUPPORTED RESOURCE_UNKNOWN TOKEN_INVALID"),
    ],
)  # fmt: skip
def test_only_what_the_documentation_gives_a_way_to_is_provoked(name, count, codes):
    """Expired tokens, conflicts, limits and 5xx are not."""
    provoked = [error for provider, error in PROVOKED if provider.name == name]
    assert {error.code for error in provoked} == set(codes.split())
    assert len(provoked) == count


def test_nothing_that_would_be_carried_out_where_it_is_ignored_is_sent():
    """An odd query parameter is put on reads only."""
    assert all(error.operation.safe for _, error in PROVOKED if error.provoke.query)


@each_provoked
def test_a_wrong_credential_gives_none_away(provider, error):
    """It is made up, in the provider's form, and never of the one in use."""
    if error.provoke.credential == "wrong":
        request = ask(provider, error.operation, credentials=CREDENTIALS, provoke=error.provoke)
        assert "team" not in repr(request.headers.pairs) + request.body.decode()


def test_members_are_found_by_pointer():
    """Inside objects and lists; `~1` is a slash and `~0` a tilde (RFC 6901). The example stays as it was."""
    operation = operation_of("aelix", "POST /v1/payments")
    example = {"a/b": {"~": 1, "c": 2}, "list": [{"d": 3}, {"d": 4}]}
    operation = replace(operation, request_example=example)
    provoke = Provoke(set=(("/a~1b/~0", None), ("/list/1/d", [5])))
    assert ask(PROVIDERS["aelix"], operation, provoke=provoke).json() == {
        "a/b": {"~": None, "c": 2},
        "list": [{"d": 3}, {"d": [5]}],
    }
    left = ask(PROVIDERS["aelix"], operation, provoke=Provoke(without=("/a~1b/c", "/list/0/d"))).json()
    assert left == {"a/b": {"~": 1}, "list": [{}, {"d": 4}]}
    odd = replace(operation, request_example={"~1": 1, "/": 2})
    assert ask(PROVIDERS["aelix"], odd, provoke=Provoke(without=("/~01",))).json() == {"/": 2}
    assert example == {"a/b": {"~": 1, "c": 2}, "list": [{"d": 3}, {"d": 4}]}
