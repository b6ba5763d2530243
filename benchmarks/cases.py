"""What a test of one documented error costs beyond pytest's own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROUNDS = 7
CONFTEST = """
import httpx, pytest

CLIENT = httpx.Client()

class BankError(Exception):
    pass

@pytest.fixture
def call(openbanking):
    def call(operation, retry_after):
        url = openbanking.base_url + operation.path.replace("{", "").replace("}", "")
        answer = CLIENT.get(url, headers={"Authorization": f"Bearer {openbanking.access_token}"})
        if answer.status_code >= 400:
            raise BankError(answer.text, answer.headers.get("Retry-After"))
    return call
"""
OURS = """
import pytest
from conftest import BankError

@pytest.mark.openbanking("paysera", raises=BankError, ignore=["OB"])
@pytest.mark.parametrize("number", range(10))
@pytest.mark.openbanking_errors("GET /v1/accounts", "GET /v1/accounts/{id}", "GET /v1/accounts/{id}/balances")
def test_errors(openbanking_error, call, number):
    with openbanking_error.handled():
        call(openbanking_error.operation, None)
"""
BARE = """
import httpx, pytest
from conftest import CLIENT

BODY = b'{"tppMessages": [{"category": "ERROR", "code": "CONSENT_EXPIRED", "text": "The consent has expired"}]}'
MOCKED = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(401, content=BODY)))

@pytest.fixture
def one():
    yield 1

@pytest.fixture
def two(one):
    yield 2

@pytest.mark.parametrize("number", range(COUNT))
def test_errors(number, two):
    with pytest.raises(httpx.HTTPStatusError):
        MOCKED.get("https://bank.example/v1/accounts", headers={"Authorization": "Bearer x"}).raise_for_status()
"""


def spent(place: Path, file: str) -> float:
    command = [
        sys.executable,
        "-W",
        "ignore",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        file,
    ]
    before = os.times()
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return ((after.children_user + after.children_system) - (before.children_user + before.children_system)) * 1e3


def count(place: Path, file: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "--collect-only", "-p", "no:randomly", file]
    lines = subprocess.run(command, cwd=place, check=True, capture_output=True, text=True).stdout.splitlines()
    return sum("::" in line for line in lines)


def run() -> None:
    place = Path(tempfile.mkdtemp())
    place.joinpath("conftest.py").write_text(CONFTEST)
    place.joinpath("test_ours.py").write_text(OURS)
    cases = count(place, "test_ours.py")
    place.joinpath("test_bare.py").write_text(BARE.replace("COUNT", str(cases)))
    place.joinpath("test_nothing.py").write_text("def test_nothing():\n    pass\n")
    each = [(spent(place, "test_ours.py") - spent(place, "test_bare.py")) / cases for _ in range(ROUNDS)]
    middle = statistics.median(each)
    print(
        f"a test of one documented error costs {middle:6.2f} ms more than a bare test of one answer"
        f"   ({min(each):.2f} to {max(each):.2f}, {cases} tests)   bar 3.00"
    )
