"""A malformed request: what the provider answers it with, and how the client is judged that met it."""

from __future__ import annotations

import httpx
import pytest

import pytest_openbanking
from pytest_openbanking import ErrorCase, Sandbox, UsageError, load_provider
from pytest_openbanking.exchange import Outcome
from pytest_openbanking.findings import judge
from pytest_openbanking.malformed.case import MalformedRequest
from pytest_openbanking.malformed.expected import expected_error, validation_error
from pytest_openbanking.malformed.sites import Site
from pytest_openbanking.rules import BUILT_IN

AMOUNT, CURRENCY = "instructedAmount.amount", "instructedAmount.currency"


class BankError(Exception):
    """What the client promises."""


def operation(sandbox: Sandbox, wanted: str) -> pytest_openbanking.Operation:
    return next(each for each in sandbox.provider.operations if each.id == wanted)


def case_of(sandbox: Sandbox, wanted: str, pointer: str, keyword: str = "pattern") -> MalformedRequest:
    documented = validation_error(sandbox.provider, operation(sandbox, wanted))
    return MalformedRequest(documented, Site(pointer, keyword), sandbox)


@pytest.mark.parametrize(
    ("provider", "wanted", "pointer", "status", "code", "fields"),
    [
        ("aelix", "POST /v1/payments", "/currency", 422, "VALIDATION_FAILED", ["currency"]),
        ("aelix", "POST /v1/payments", "/reference", 422, "VALIDATION_FAILED", ["reference"]),
        ("aelix", "POST /v1/payments", "", 422, "VALIDATION_FAILED", []),
        ("paysera", "POST /v1/payments", "/instructedAmount/amount", 400, "FORMAT_ERROR", [AMOUNT]),
        ("paysera", "POST /v1/payments", "/instructedAmount/currency", 400, "FORMAT_ERROR", [CURRENCY]),
        ("paysera", "POST /v1/payments", "", 400, "FORMAT_ERROR", []),
        ("paysera", "POST /v1/consents", "/access", 400, "FORMAT_ERROR", ["access"]),
        ("aarthik", "PUT /profile", "/pan", 400, "VALIDATION_FAILED", None),
        ("aerosync", "POST /token", "/apiKey", 400, "AC-100", None),
        ("aerosync", "POST /accounts/{user_id}/transactions", "/page", 400, "AC-100", None),
    ],
)
def test_the_provider_answers_with_its_own_error_for_the_field(provider, wanted, pointer, status, code, fields):
    """Whatever is sent; where a list of fields is documented, it names this one, and no other."""
    with pytest_openbanking.sandbox(provider, raises=BankError) as sandbox:
        case = case_of(sandbox, wanted, pointer)
        case.arm()
        answer = httpx.request(
            case.operation.method, case.operation.base + case.operation.path.replace("{user_id}", "42"), json={}
        )
    assert (answer.status_code, code in answer.text) == (status, True)
    if provider == "aelix":
        assert [detail["field"] for detail in answer.json()["error"]["details"]] == fields
    elif provider == "paysera":
        assert [message["path"] for message in answer.json()["tppMessages"] if "path" in message] == fields
    else:
        assert fields is None
        assert case.expected_error.fields == ()


def test_the_documented_error_is_served_as_it_is_where_it_is_about_that_field():
    """With its message, and as documented; about another field it is made, without a message that would be wrong."""
    provider = load_provider("paysera")
    payment = next(each for each in provider.operations if each.id == "POST /v1/payments")
    documented = validation_error(provider, payment)
    assert expected_error(documented, AMOUNT) is documented
    other = expected_error(documented, CURRENCY)
    assert (other.documented, other.message, other.fields) == (False, None, (CURRENCY,))


@pytest.mark.parametrize(("provider", "wanted"), [("paysera", "POST /oauth/token"), ("aarthik", "POST /journeys")])
def test_an_operation_without_a_documented_error_says_so(provider, wanted):
    """Nothing is invented; what would work is named."""
    found = load_provider(provider)
    under_test = next(each for each in found.operations if each.id == wanted)
    with pytest.raises(UsageError, match=r"documents no error for a malformed .*; allowed: .*, or part="):
        validation_error(found, under_test)


def judged(case: ErrorCase, *, called: bool = False, **out: object) -> list[str]:
    """Return the codes of what is found where the client raised, or returned, before or after a call."""
    sandbox = case.sandbox
    exchange = sandbox.begin_exchange()
    if called:
        case.arm()
        url = case.operation.base + case.operation.path
        sandbox.end(sandbox.begin("POST", url, [("Authorization", "Bearer one"), ("Idempotency-Key", "k")], b"{}"))
    outcome = Outcome(**{"promised": (BankError,), **out})  # type: ignore[arg-type]
    return [finding.code for finding in judge(case, exchange, outcome, BUILT_IN, select=["OB"], ignore=[])]


class Refused:
    """An error value."""

    def __init__(self, text: str) -> None:
        self.text = text


@pytest.mark.parametrize(
    ("pointer", "out", "codes"),
    [
        ("/instructedAmount/currency", {"exceptions": (BankError("currency is no code"),)}, []),
        ("/instructedAmount/currency", {"exceptions": (BankError("instructed_amount.currency"),)}, []),
        ("/instructedAmount/currency", {"exceptions": (BankError("not valid"),)}, ["OB404"]),
        ("/creditorAccount", {"exceptions": (BankError("iban is missing"),)}, []),
        ("/creditorAccount", {"exceptions": (BankError("creditorName is missing"),)}, []),
        ("/creditorName", {"exceptions": (BankError("name: has no letter"),)}, []),
        ("/creditorName", {"exceptions": (BankError("no such thing"),)}, ["OB404"]),
        ("", {"exceptions": (BankError("not valid"),)}, []),
        ("/creditorName", {"exceptions": (KeyError("creditorName"),)}, ["OB402"]),
        ("/creditorName", {"result": Refused("creditorName"), "has_result": True, "accepted": True}, []),
        ("/creditorName", {"result": Refused("no"), "has_result": True, "accepted": True}, ["OB404"]),
        ("/creditorName", {}, ["OB001"]),
        ("/creditorName", {"result": None, "has_result": True}, ["OB001"]),
        ("/creditorName", {"stopped": True}, ["OB001", "OB103"]),
    ],
)
def test_a_client_that_refuses_by_itself(pointer, out, codes):
    """It passes where its promised error names a member, or a word of the field's name; the provider's code it cannot know."""
    assert judged(case_of(Sandbox(load_provider("paysera")), "POST /v1/payments", pointer), **out) == codes


@pytest.mark.parametrize(
    ("out", "codes"),
    [
        ({"exceptions": (BankError("FORMAT_ERROR", CURRENCY),)}, []),
        ({"exceptions": (BankError("FORMAT_ERROR"),)}, ["OB404"]),
        ({"exceptions": (BankError("currency"),)}, ["OB403"]),
        ({"exceptions": (ValueError("FORMAT_ERROR", CURRENCY),)}, ["OB402"]),
        ({}, ["OB401"]),
    ],
)
def test_a_client_that_called_is_judged_by_the_answer(out, codes):
    """As for any documented error, for the field of the site."""
    case = case_of(Sandbox(load_provider("paysera")), "POST /v1/payments", "/instructedAmount/currency")
    assert judged(case, called=True, **out) == codes


def test_a_refusal_without_a_call_is_none_for_a_documented_error():
    """Only a malformed payload can be refused beforehand: else a client that raises without a call never called."""
    sandbox = Sandbox(load_provider("paysera"))
    documented = validation_error(sandbox.provider, operation(sandbox, "POST /v1/payments"))
    case = next(each for each in sandbox.cases("POST /v1/payments") if each.error is documented)
    assert judged(case, exceptions=(BankError(AMOUNT),)) == ["OB001"]


def test_no_list_of_fields_documented_means_none_is_asked_for():
    """Aarthik and Aerosync name no fields in their errors."""
    case = case_of(Sandbox(load_provider("aerosync")), "POST /token", "/apiKey")
    assert judged(case, called=True, exceptions=(BankError("AC-100"),)) == []
    assert judged(case, exceptions=(BankError("no"),)) == ["OB404"]
