"""Careful clients in tests as teams write them, with the plugin's own markers and fixtures, are clean."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.careful.errors import BankError
from tests.careful.knowledge import (
    BACKOFF,
    REFRESH,
    WAIT,
    Access,
    Call,
    access_to,
    call_of,
    problem_in,
    token_call,
    token_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking import ErrorCase, Sandbox

log = logging.getLogger("acme.fixtures")


class Bank:
    """A client for the whole session: one connection pool, one token, kept across tests."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        self.http = httpx.Client()

    def send(self, call: Call) -> httpx.Response:
        return self.http.request(call.method, call.url, headers=self.access.key_or(self.token, call), content=call.body)

    def perform(self, call: Call) -> object:
        refreshed, pauses = False, [1, 2, 4]
        while (response := self.send(call)).is_error:
            problem = problem_in(response.status_code, response.headers, response.content)
            log.info("%s answered %s", call.url, problem.code)
            remedy = self.access.remedy(problem.code)
            if remedy == REFRESH and not refreshed:
                refreshed, self.token = True, token_in(self.send(token_call(self.access)).content)
            elif remedy == WAIT and pauses.pop(0) and pauses and problem.retry_after < 90:
                time.sleep(problem.retry_after)
            elif remedy == BACKOFF and pauses and call.harmless:
                time.sleep(pauses.pop(0))
            else:
                raise BankError.of(problem)
        return response.json()


banks: dict[str, Bank] = {}


@pytest.fixture(scope="module", autouse=True)
def _closed() -> Iterator[None]:
    yield
    for bank in banks.values():
        bank.http.close()
    banks.clear()


@pytest.fixture
def bank(openbanking: Sandbox) -> Bank:
    """The client of the provider, made when it is first asked for."""
    access = access_to(openbanking)
    return banks.setdefault(access.provider, Bank(access))


def check(openbanking_error: ErrorCase, bank: Bank) -> None:
    with openbanking_error.handled():
        bank.perform(call_of(openbanking_error.operation, bank.access))


@pytest.mark.openbanking("paysera", raises=BankError)
@pytest.mark.openbanking_errors("GET /v1/accounts", "POST /v1/payments", "POST /v1/consents")
def test_paysera_errors(openbanking_error: ErrorCase, bank: Bank) -> None:
    """Each error of three operations is handled."""
    check(openbanking_error, bank)


@pytest.mark.openbanking("aelix", raises=BankError)
@pytest.mark.openbanking_errors
def test_aelix_errors(openbanking_error: ErrorCase, bank: Bank) -> None:
    """Each error of all operations is handled."""
    check(openbanking_error, bank)


@pytest.mark.openbanking("aarthik", raises=BankError)
@pytest.mark.openbanking_errors("POST /offers/{offerID}/proceed", "GET /journeys/{journeyID}/state", "POST /sessions")
def test_aarthik_errors(openbanking_error: ErrorCase, bank: Bank) -> None:
    """Each error of three operations is handled."""
    check(openbanking_error, bank)


@pytest.mark.openbanking("aerosync", raises=BankError)
@pytest.mark.openbanking_errors(status="4xx", code=["AC-001", "AC-110", "AC-112", "AC-108"])
def test_aerosync_errors(openbanking_error: ErrorCase, bank: Bank) -> None:
    """Each error whose code says more than its status is handled."""
    check(openbanking_error, bank)


@pytest.mark.openbanking("paysera", raises=BankError)
@pytest.mark.openbanking_errors("GET /v1/accounts", status=["4xx", "5xx"])
class TestAsAClass:
    """Marks on a class, other fixtures around."""

    def test_errors(self, openbanking_error: ErrorCase, bank: Bank, caplog: pytest.LogCaptureFixture) -> None:
        """Log capture at DEBUG changes nothing."""
        caplog.set_level(logging.DEBUG)
        check(openbanking_error, bank)
