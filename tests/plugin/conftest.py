"""A team's project: its client, its conftest.py, its tests."""

from collections.abc import Callable
from textwrap import dedent

import httpx  # noqa: F401
import pytest
import yaml  # noqa: F401

# pytester forgets what a run has imported; hooks must not be installed twice by two copies of us.
from pytest_openbanking import intercept

intercept.install()

BANK = """
import time
import httpx


class BankError(Exception):
    def __init__(self, status, code, text, retry_after):
        super().__init__(f"{status} {code}: {text}")
        self.code, self.retry_after = code, retry_after


class BankClient:
    def __init__(self, base_url, token, token_url, refresh_token):
        self.http = httpx.Client(base_url=base_url)
        self.token, self.token_url, self.refresh_token = token, token_url, refresh_token

    def refresh(self):
        form = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        self.token = self.http.post(self.token_url, data=form).json()["access_token"]

    def accounts(self):
        refreshed = False
        for attempt in range(4):
            answer = self.http.get("/v1/accounts", headers={"Authorization": f"Bearer {self.token}"})
            if answer.status_code < 400:
                return answer.json()["accounts"]
            message, delay = answer.json()["tppMessages"][0], answer.headers.get("Retry-After")
            if message["code"] in ("TOKEN_EXPIRED", "TOKEN_INVALID") and not refreshed:
                refreshed = True
                self.refresh()
            elif message["code"] in ("REQUEST_TIMEOUT", "INTERNAL_SERVER_ERROR") and attempt < 3:
                time.sleep(2**attempt)
            else:
                raise BankError(answer.status_code, message["code"], message["text"], delay)
"""

CONFTEST = """
import pytest
from bank import BankClient


@pytest.fixture
def bank(openbanking):
    return BankClient(openbanking.base_url, token=openbanking.access_token,
                      token_url=openbanking.token_url, refresh_token=openbanking.refresh_token)
"""

HEAD = """
import pytest
from bank import BankError

pytestmark = pytest.mark.openbanking("paysera", raises=BankError)
"""

Team = Callable[..., pytest.Pytester]


@pytest.fixture(name="pytester")
def _pytester(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Runs in which pytest-asyncio has nothing to warn of."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-o asyncio_default_fixture_loop_scope=function")
    return pytester


@pytest.fixture
def team(pytester: pytest.Pytester) -> Team:
    """Write a team's project around the body of a test file."""

    def write(
        body: str, *, bank: str = BANK, conftest: str = "", head: str = HEAD, pyproject: str = ""
    ) -> pytest.Pytester:
        pytester.makepyfile(bank=bank)
        pytester.makeconftest(CONFTEST + dedent(conftest))
        pytester.makepyfile(test_bank=head + dedent(body))
        if pyproject:
            pytester.makepyprojecttoml(dedent(pyproject))
        return pytester

    return write
