"""The four providers that ship: complete, consistent, each fact with its source."""

import json
from collections import Counter

import jsonschema
import pytest

from pytest_openbanking.catalogue.folder import Folder
from pytest_openbanking.catalogue.loader import BUILT_IN, load_folder
from pytest_openbanking.catalogue.model import Basis, Handling
from pytest_openbanking.catalogue.schemas import breaches, check_schemas
from pytest_openbanking.exchange import Request
from pytest_openbanking.opening import open_sandbox
from pytest_openbanking.sandboxes.selection import select_cases

PROVIDERS = ("aarthik", "aelix", "aerosync", "paysera")
CODES = {
    "paysera": "FORMAT_ERROR PARAMETER_NOT_SUPPORTED TOKEN_INVALID TOKEN_EXPIRED CONSENT_EXPIRED CERTIFICATE_INVALID"
    " CERTIFICATE_EXPIRED CONSENT_INVALID RESOURCE_FORBIDDEN RESOURCE_UNKNOWN REQUEST_TIMEOUT RESOURCE_CONFLICT"
    " ACCESS_EXCEEDED INTERNAL_SERVER_ERROR SERVICE_UNAVAILABLE",
    "aelix": "TOKEN_EXPIRED TOKEN_INVALID TOKEN_MISSING SCOPE_INSUFFICIENT IP_NOT_ALLOWED INVALID_PARAMETER"
    " MISSING_REQUIRED_FIELD VALIDATION_FAILED DUPLICATE_IDEMPOTENCY_KEY RESOURCE_NOT_FOUND ACCOUNT_CLOSED"
    " INSUFFICIENT_FUNDS RATE_LIMIT_EXCEEDED INTERNAL_SERVER_ERROR SERVICE_UNAVAILABLE",
    "aarthik": "AUTH_INVALID_API_KEY AUTH_INVALID_SESSION VALIDATION_FAILED OFFER_LOCK_CONFLICT RATE_LIMITED",
    "aerosync": "AC-001 AC-100 AC-101 AC-102 AC-103 AC-104 AC-105 AC-106 AC-107 AC-108 AC-109 AC-110 AC-111 AC-112"
    " AC-113 AC-114 AC-115",
}


@pytest.fixture(params=PROVIDERS)
def provider(request):
    """Each provider."""
    return load_folder(BUILT_IN / request.param)


def pointed(value, pointer):
    for step in pointer.split("/")[1:]:
        value = value[0] if step == "*" else value[int(step)] if isinstance(value, list) else value[step]
    return value


def test_every_code_of_the_documentation_is_there(provider):
    """No code is missing, and none is made up."""
    assert {error.code for error in provider.errors} == set(CODES[provider.name].split())


def test_aerosync_has_its_55_rows():
    """Operation, status and code as the errors page lists them."""
    rows = Counter(error.key for error in load_folder(BUILT_IN / "aerosync").errors)
    assert len(rows) == 55
    assert set(rows.values()) == {1}
    assert "POST /accounts/{user_id}/refresh 400 AC-102" in rows
    assert "GET /accounts/{user_id}/identity 404 AC-102" in rows
    assert "GET /accounts/{user_id}/balance 404 AC-102" not in rows


def test_errors_stand_only_where_their_cause_can_arise(provider):
    """404 where something is named by id, format errors where there is a body or query, consents on account reads."""
    for error in provider.errors:
        if error.code in ("RESOURCE_UNKNOWN", "AC-102", "AC-109"):
            assert "{" in error.operation.path
        if error.code in ("CONSENT_EXPIRED", "CONSENT_INVALID"):
            assert error.operation.consent_header
        if error.code in ("RESOURCE_CONFLICT", "OFFER_LOCK_CONFLICT", "DUPLICATE_IDEMPOTENCY_KEY"):
            assert not error.operation.safe


def test_every_entry_has_a_source_and_a_basis(provider):
    """A documented handling says where; an accepted one says on what basis."""
    for error in provider.errors:
        assert error.source.url.startswith("https://")
        assert error.handlings
        for accepted in error.handlings:
            assert accepted.text
            assert accepted.source is not None or accepted.basis is not Basis.DOCUMENTED


def test_schemas_and_examples_are_sound(provider):
    """Every schema is one, accepts its example, and every success is JSON."""
    folder = Folder(BUILT_IN / provider.name)
    check_schemas(provider, folder)


def test_every_error_body_fits_the_envelope(provider):
    """Code, message and fields sit where the envelope says."""
    with open_sandbox(provider.name) as sandbox:
        for error, lasts in select_cases(provider):
            sandbox.arm([error], lasts)
            response = sandbox.answer(Request(error.operation.method, url_of(error.operation)), 0.0).response
            body = response.json()
            assert response.status == error.status
            assert pointed(body, provider.envelope.code) == error.code
            assert pointed(body, provider.envelope.message)
            assert breaches(provider.envelope.schema, body) == []
            assert "${" not in response.body.decode()
            if error.fields and provider.envelope.fields:
                assert pointed(body, provider.envelope.fields) == error.fields[0]


def url_of(operation):
    return operation.base + operation.path.replace("{", "my-").replace("}", "")


def test_every_success_is_served_and_is_json(provider):
    """Path parameters take any value."""
    with open_sandbox(provider.name) as sandbox:
        for operation in provider.operations:
            answer = sandbox.answer(Request(operation.method, url_of(operation)), 0.0)
            assert answer.operation is operation
            assert 200 <= answer.response.status < 300
            assert json.loads(answer.response.body)
            assert b"${" not in answer.response.body


def test_what_is_assumed_says_so():
    """Undocumented paths are marked, and only those."""
    marked = {name: {o.id for o in load_folder(BUILT_IN / name).operations if o.assumed} for name in PROVIDERS}
    assert marked["aelix"] == {"POST /v1/payments"}
    assert "POST /offers/{offerID}/proceed" in marked["aarthik"]
    assert not marked["paysera"]
    assert not marked["aerosync"]


@pytest.mark.parametrize(
    ("name", "code", "remedies"),
    [
        ("paysera", "TOKEN_EXPIRED", {Handling.REFRESH_TOKEN}),
        ("paysera", "CERTIFICATE_INVALID", {Handling.FAIL_FAST}),
        ("paysera", "CONSENT_EXPIRED", {Handling.RENEW_CONSENT}),
        ("aerosync", "AC-108", {Handling.FAIL_FAST, Handling.BACKOFF}),
        ("aelix", "TOKEN_INVALID", {Handling.FIX_REQUEST, Handling.REFRESH_TOKEN}),
        ("aelix", "INSUFFICIENT_FUNDS", {Handling.FAIL_FAST, Handling.RELOAD_STATE}),
    ],
)
def test_the_remedy_belongs_to_the_code(name, code, remedies):
    """Three 401s of one provider have three remedies."""
    found = {error.accepts for error in load_folder(BUILT_IN / name).errors if error.code == code}
    assert found == {frozenset(remedies)}


def test_trouble_without_a_code_is_kept_as_notes():
    """CORS, the closed connection, 410, and the expired redirect."""
    notes = {name: " ".join(note.text for note in load_folder(BUILT_IN / name).notes) for name in PROVIDERS}
    assert "CORS" in notes["aelix"]
    assert "410" in notes["aelix"]
    assert "QWAC" in notes["paysera"]
    assert "redirect" in notes["aarthik"]


def test_documented_request_schemas_refuse_what_the_provider_refuses():
    """A payment's documented constraints."""
    paysera = load_folder(BUILT_IN / "paysera")
    payment = next(o for o in paysera.operations if o.id == "POST /v1/payments")
    validator = jsonschema.Draft202012Validator(payment.request_schema)
    body = json.loads(json.dumps(payment.request_example))
    assert validator.is_valid(body)
    body["instructedAmount"]["amount"] = "1.5"
    assert not validator.is_valid(body)
