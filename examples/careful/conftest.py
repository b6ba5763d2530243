import pytest
from bank import CLIENTS


@pytest.fixture
def bank(openbanking):
    client = CLIENTS[openbanking.provider.name]
    return client(
        openbanking.base_url,
        token=openbanking.access_token,
        token_url=openbanking.token_url,
        refresh_token=openbanking.refresh_token,
        api_key=openbanking.api_key,
        api_secret=openbanking.api_secret,
    )
