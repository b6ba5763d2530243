"""Run with `pytest examples/careless`, or `pytest` in this folder: good days pass, bad ones do not."""

import pytest
from bank import BankError

pytestmark = pytest.mark.openbanking("paysera", raises=BankError)

PAYMENT = {
    "instructedAmount": {"amount": "150.00", "currency": "EUR"},
    "creditorAccount": {"iban": "LT121000011101001000"},
    "creditorName": "Recipient Name",
}


def test_accounts(bank):
    assert bank.accounts()["accounts"]


@pytest.mark.openbanking_errors("GET /v1/accounts")
def test_accounts_errors(openbanking_error, bank):
    with openbanking_error.handled():
        bank.accounts()


def test_pay(bank):
    assert bank.pay(PAYMENT)["paymentId"]


@pytest.mark.openbanking_errors("POST /v1/payments")
def test_pay_errors(openbanking_error, bank):
    with openbanking_error.handled():
        bank.pay(PAYMENT)
