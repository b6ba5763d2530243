"""Run with `pytest examples/careful`, or `pytest` in this folder: each documented error is handled."""

import pytest
from bank import BankError

pytestmark = pytest.mark.openbanking("paysera", raises=BankError)

PAYMENT = {
    "instructedAmount": {"amount": "150.00", "currency": "EUR"},
    "creditorAccount": {"iban": "LT121000011101001000"},
    "creditorName": "Recipient Name",
}


def test_accounts(bank):
    assert bank.accounts()["accounts"]  # the sandbox answers with the documented success


@pytest.mark.openbanking_errors("GET /v1/accounts")
def test_accounts_errors(openbanking_error, bank):  # one test for each documented error
    with openbanking_error.handled():
        bank.accounts()


def test_pay(bank):
    assert bank.pay(PAYMENT)["paymentId"]


@pytest.mark.openbanking_errors("POST /v1/payments")
def test_pay_errors(openbanking_error, bank):
    with openbanking_error.handled():
        bank.pay(PAYMENT)


@pytest.mark.openbanking("aelix", raises=BankError)
@pytest.mark.openbanking_errors("GET /v1/accounts")
def test_accounts_errors_of_another_provider(openbanking_error, bank):
    with openbanking_error.handled():
        bank.accounts()
