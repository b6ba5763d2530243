"""Corners in which correct clients were once blamed, or could be."""

from __future__ import annotations

import asyncio
import gzip
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from pytest_openbanking import ErrorCase, Sandbox, sandbox
from tests.careful.errors import BankError
from tests.careful.knowledge import Access, Call, access_to, call_of, problem_in, token_call, token_in

HTTP = httpx.Client(verify=httpx.create_ssl_context())


def case_of(opened: Sandbox, operation: str, code: str, persistence: str) -> ErrorCase:
    return next(iter(opened.cases(operation, code=code, persistence=persistence)))


def send(access: Access, call: Call, token: str) -> httpx.Response:
    return HTTP.request(call.method, call.url, headers=access.key_or(token, call), content=call.body)


def raise_for(response: httpx.Response) -> None:
    if response.is_error:
        raise BankError.of(problem_in(response.status_code, response.headers, response.content))


def test_a_token_may_be_sent_without_a_scheme() -> None:
    """A refresh is seen whatever the form of the header."""
    with sandbox("aerosync", raises=BankError) as opened:
        access, case = access_to(opened), case_of(opened, "GET /accounts/{user_id}", "AC-001", "once")
        call = replace(call_of(case.operation, access), auth=None)
        with case.handled():
            token = access.access_token
            response = HTTP.get(call.url, headers={"Authorization": token})
            assert response.status_code == 403
            token = token_in(send(access, token_call(access), "").content)
            response = HTTP.get(call.url, headers={"Authorization": token})
            assert response.status_code == 200


@pytest.mark.parametrize("calls", [1, 12])
def test_many_calls_at_once_are_no_runaway(calls: int) -> None:
    """Twelve calls with five retries each are seventy-two, all of them right."""
    with sandbox("paysera", raises=BankError) as opened:
        access, case = (
            access_to(opened),
            case_of(opened, "GET /v1/accounts", "INTERNAL_SERVER_ERROR", "always"),
        )
        call = call_of(case.operation, access)

        async def one(http: httpx.AsyncClient) -> None:
            headers = access.key_or(access.access_token, call)
            for pause in (1, 2, 4, 8, 16, 0):
                response = await asyncio.wait_for(http.get(call.url, headers=headers), 10)
                await asyncio.sleep(pause)
            raise_for(response)

        async def everything() -> None:
            async with httpx.AsyncClient(verify=False) as http, asyncio.TaskGroup() as group:
                for _ in range(calls):
                    group.create_task(one(http))

        with case.handled():
            asyncio.run(everything())
        assert len(opened.exchange) == 6 * calls


def test_many_threads_at_once_are_no_runaway() -> None:
    """The same in a pool of sixteen."""
    with sandbox("paysera", raises=BankError) as opened:
        access, case = (
            access_to(opened),
            case_of(opened, "GET /v1/accounts", "INTERNAL_SERVER_ERROR", "always"),
        )
        call = call_of(case.operation, access)

        def one(_: int) -> None:
            for pause in (1, 2, 4, 8, 0):
                response = send(access, call, access.access_token)
                time.sleep(pause)
            raise_for(response)

        with case.handled(), ThreadPoolExecutor(16) as pool:
            list(pool.map(one, range(16)))
        assert len(opened.exchange) == 5 * 16


def test_a_client_id_is_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    """Where the key stands in for an OAuth client's id, it may be logged."""
    with sandbox("paysera", raises=BankError) as opened:
        access, case = access_to(opened), case_of(opened, "GET /v1/accounts", "CERTIFICATE_INVALID", "always")
        with case.handled():
            logging.getLogger("acme").info("client %s", access.api_key)
            raise_for(send(access, call_of(case.operation, access), access.access_token))


def test_a_compressed_body_is_not_held_against_the_schema() -> None:
    """What is compressed is not read."""
    with sandbox("aelix", raises=BankError) as opened:
        access, case = access_to(opened), case_of(opened, "POST /v1/payments", "IP_NOT_ALLOWED", "always")
        call = call_of(case.operation, access)
        headers = {**call.headers, "Content-Encoding": "gzip"}
        with case.handled():
            raise_for(send(access, replace(call, body=gzip.compress(call.body), headers=headers), access.access_token))


def test_jitter_may_come_out_almost_equal() -> None:
    """Two random pauses that differ by half a millisecond are random still."""
    with sandbox("aelix", raises=BankError) as opened:
        access, case = access_to(opened), case_of(opened, "GET /v1/accounts", "SERVICE_UNAVAILABLE", "always")
        call = call_of(case.operation, access)
        with case.handled():
            for pause in (0.8120, 0.8125, 0):
                response = send(access, call, access.access_token)
                time.sleep(pause)
            raise_for(response)


@pytest.mark.parametrize("provider", ["paysera", "aelix", "aarthik", "aerosync"])
def test_the_token_request_is_answered(provider: str) -> None:
    """A client may send `token_request` as it stands."""
    with sandbox(provider) as opened:
        asked = opened.token_request
        response = HTTP.request(asked.method, asked.url, headers=dict(asked.headers), content=asked.body)
        assert token_in(response.content)


@pytest.mark.parametrize("query", ["offset=2&limit=2", "cursor=cur_1"])
@pytest.mark.parametrize("operation", ["GET /v1/accounts", "GET /v1/transactions", "GET /v1/audit-logs"])
def test_every_page_further_on_ends_the_loop(operation: str, query: str) -> None:
    """No documented success sends a loop over pages round and round."""
    with sandbox("aelix") as opened:
        method, path = operation.split()
        headers = {"Authorization": f"Bearer {opened.access_token}"}
        page = HTTP.request(method, f"{opened.base_url}{path}?{query}", headers=headers).json()
        assert not page["data"] or not page.get("pagination", {}).get("has_more")
