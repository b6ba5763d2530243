"""A team's project: its client, its conftest.py, its tests."""

import importlib
from collections.abc import Callable
from textwrap import dedent

import httpx  # noqa: F401
import pytest
import yaml  # noqa: F401

# pytester forgets what a run has imported; hooks must not be installed twice by two copies of us.
from pytest_openbanking import intercept, judgements

for module in (
    "configuring",
    "coverage.entries",
    "coverage.noting",
    "coverage.ending",
    "coverage.terminal",
    "coverage.stored",
):
    importlib.import_module(f"pytest_openbanking.{module}")
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
    """Runs in which pytest-asyncio has nothing to warn of, and that add to no summary of a job."""
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-o asyncio_default_fixture_loop_scope=function", prepend=" ")
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


# For tests of coverage: a client that raises what it should, or returns as if all were well.
CALLS = """
import re
import httpx
import pytest

HTTP = httpx.Client()


class BankError(Exception):
    pass


@pytest.fixture
def call(openbanking):
    def call(operation="GET /v1/accounts", sound=True):
        url = openbanking.base_url + re.sub(r"{.*?}", "1", str(operation).partition(" ")[2])
        answer = HTTP.get(url, headers={"Authorization": "Bearer " + openbanking.access_token})
        if answer.status_code >= 400 and sound:
            raise BankError(answer.text, answer.headers.get("Retry-After"))
    return call
"""
ERRORS = """
import pytest
from conftest import BankError

pytestmark = pytest.mark.openbanking("paysera", raises=BankError, ignore=["OB102", "OB206"])
errors = pytest.mark.openbanking_errors
"""


class Ended:
    """A plugin that keeps what a run has come to."""

    def __init__(self) -> None:
        self.ending: object = None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self.ending = session.config.pluginmanager.get_plugin("openbanking-ending")


class Ran:
    """A run: its exit status, its output, and the report that it made."""

    def __init__(self, result: pytest.RunResult, ending: object) -> None:
        self.ret, self.stdout, self.stderr, self.ending = result.ret, result.stdout, result.stderr, ending
        self.report = getattr(ending, "report", None)

    def states(self, code: str | None = None) -> dict[str, str]:
        """Return "state RULES" of each error that is exercised or waived, by its operation and code."""
        return {
            f"{entry.key.operation} {entry.key.code}": " ".join([entry.status, *entry.rules])
            for entry in self.report.errors
            if entry.status != "not exercised" or any(check.error == entry.key for check in self.report.checks)
        }

    def lines(self) -> list[str]:
        """Return what coverage says in the terminal."""
        start = next((n for n, line in enumerate(self.stdout.lines) if "openbanking: documented" in line), None)
        return [] if start is None else [line for line in self.stdout.lines[start + 1 : -1] if line]


@pytest.fixture
def covered(pytester: pytest.Pytester) -> Callable[..., Ran]:
    """Run tests of a client in this process, and return what became of each error."""

    def run(body: str = "", *options: str, pyproject: str = "", conftest: str = "") -> Ran:
        if body:
            pytester.makeconftest(CALLS + dedent(conftest))
            pytester.makepyfile(test_bank=ERRORS + dedent(body))
        if pyproject:
            pytester.makepyprojecttoml("[tool.pytest-openbanking]\n" + dedent(pyproject))
        ended = Ended()
        result = pytester.runpytest_inprocess("-p", "no:randomly", *options, plugins=[ended], no_reraise_ctrlc=True)
        judgements.take()  # of a test that was interrupted: it is no test of ours
        return Ran(result, ended.ending)

    return run
