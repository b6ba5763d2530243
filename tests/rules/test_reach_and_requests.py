"""OB001 and OB5xx at the boundaries of what they speak on."""

from __future__ import annotations

import pytest

from tests.rules.scene import Promised, Scene, speaks

ACCOUNTS, PAY = "GET /v1/accounts", "POST /v1/payments"
GOOD = {
    "instructedAmount": {"amount": "150.00", "currency": "EUR"},
    "creditorAccount": {"iban": "LT123456789012345678"},
    "creditorName": "Recipient Name",
}


def test_OB001_speaks_until_the_operation_is_called() -> None:
    """Another operation, or one that is not documented, is not the one under test."""
    scene = Scene("aelix", ACCOUNTS, "INVALID_PARAMETER")
    assert speaks("OB001", scene, result=[])
    scene.call(0, "GET /v1/transactions")
    scene.call(0, refused="GET /v1/acounts is no operation")
    assert speaks("OB001", scene, result=[])
    scene.fails(1)
    assert not speaks("OB001", scene, result=[])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (GOOD, False),
        ({**GOOD, "remittanceInformationUnstructured": "rent"}, False),
        ({**GOOD, "unknown": 1}, False),
        ({**GOOD, "instructedAmount": {"amount": 150.0, "currency": "EUR"}}, True),
        ({**GOOD, "instructedAmount": {"amount": "150", "currency": "EUR"}}, True),
        ({**GOOD, "instructedAmount": {"amount": "150.00"}}, True),
        (None, True),
        (b"amount=150", True),
        ([], True),
    ],
)
def test_OB501_holds_a_body_against_the_documented_schema(body: object, expected: bool) -> None:
    """A documented constraint is broken, or it is not; members that are not documented are no breach."""
    scene = Scene("paysera", PAY, "TOKEN_EXPIRED")
    scene.fails(0, body=body)
    assert speaks("OB501", scene, raised=Promised()) is expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [("FORMAT_ERROR", False), ("PARAMETER_NOT_SUPPORTED", False), ("RESOURCE_CONFLICT", True)],
)
def test_OB501_leaves_tests_of_validation_alone(code: str, expected: bool) -> None:
    """A test of a validation error may well send something invalid."""
    scene = Scene("paysera", PAY, code)
    scene.fails(0, body={})
    assert speaks("OB501", scene, raised=Promised()) is expected


def test_OB501_speaks_where_the_error_is_about_an_id() -> None:
    """A 404 is to be fixed in the path, and is no licence for a broken body."""
    scene = Scene("aelix", PAY, "RESOURCE_NOT_FOUND")
    scene.fails(0, body={"amount": 25.5, "currency": "EUR"})
    assert speaks("OB501", scene, raised=Promised())


def test_OB501_is_silent_on_operations_without_a_schema_and_on_token_calls() -> None:
    """What has no documented body cannot break it; how a token is asked for is another test's."""
    scene = Scene("paysera", ACCOUNTS, "TOKEN_EXPIRED")
    scene.fails(0, body={"x": 1})
    scene.call(1, "POST /oauth/token", body=b"grant_type=client_credentials")
    assert not speaks("OB501", scene, raised=Promised())


def test_OB502_speaks_of_what_no_operation_documents() -> None:
    """The sandbox refused it, and says which are nearest."""
    scene = Scene("aelix", ACCOUNTS, "INVALID_PARAMETER")
    scene.fails(0)
    assert not speaks("OB502", scene, raised=Promised())
    scene.call(1, refused="GET /v1/acounts is no operation that aelix documents; nearest: GET /v1/accounts")
    assert speaks("OB502", scene, raised=Promised())
