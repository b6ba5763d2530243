import pytest
from bank import BankClient


@pytest.fixture
def bank(openbanking):
    return BankClient(openbanking.base_url, openbanking.access_token, sign_in=openbanking.token_request)
