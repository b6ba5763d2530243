"""A client whose calls never reach the sandbox, because a mock answers first."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest import mock

import httpx
import pytest
import requests
import responses
import respx
import vcr

from pytest_openbanking import sandbox
from tests.careless.verdict import judged

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpx import HTTPXMock

PATH = "/v1/accounts"


def behind_respx(url: str) -> None:
    with respx.mock(using="httpx") as router:
        router.get(url).respond(json={"data": []})
        httpx.get(url)


def behind_responses(url: str) -> None:
    with responses.RequestsMock() as mocked:
        mocked.get(url, json={"data": []})
        requests.get(url, timeout=5)


def behind_unittest(url: str) -> None:
    with mock.patch.object(httpx.Client, "send", return_value=httpx.Response(200, request=httpx.Request("GET", url))):
        httpx.get(url)


def seen(answered: Callable[[str], object]) -> list[str]:
    with sandbox("aelix") as box:
        found = judged(next(box.cases(f"GET {PATH}")), lambda: answered(f"https://api.aelix.digitalapi.ai{PATH}"))
    assert found is not None
    return [f"{finding.code} {finding.seen}" for finding in found.findings]


NOTHING = "OB001 GET /v1/accounts was not called; the client called nothing of the provider's"


@pytest.mark.parametrize("answers", [behind_respx, behind_responses, behind_unittest])
def test_a_mock_that_answers_first_is_OB001(answers: Callable[[str], None]) -> None:
    """The error was never delivered: nothing else is said of what the client did."""
    assert seen(answers) == [NOTHING]


def named(mock: str) -> list[str]:
    return [f"{NOTHING}; {mock} answered first"]


def test_respx_is_named() -> None:
    """A respx router of the team's that spans the test is named."""
    with respx.mock(using="httpx") as router:
        router.get(url__regex=".*").respond(json={})
        assert seen(httpx.get) == named("respx")


def test_responses_is_named() -> None:
    """So is responses."""
    with responses.RequestsMock() as mocked:
        mocked.get(f"https://api.aelix.digitalapi.ai{PATH}", json={})
        assert seen(lambda url: requests.get(url, timeout=5)) == named("responses")


def test_pytest_httpx_is_named(httpx_mock: HTTPXMock) -> None:
    """So is pytest-httpx, by the name that its users know."""
    httpx_mock.add_response(json={})
    assert seen(httpx.get) == named("pytest-httpx")


def test_vcrpy_is_named(tmp_path: Path) -> None:
    """So is vcrpy, replaying a cassette."""
    cassette = tmp_path / "accounts.yaml"
    cassette.write_text(CASSETTE)
    with vcr.use_cassette(str(cassette), record_mode="none"):
        assert seen(lambda url: requests.get(url, timeout=5)) == named("vcrpy")


CASSETTE = """
version: 1
interactions:
- request:
    method: GET
    uri: https://api.aelix.digitalapi.ai/v1/accounts
    body: null
    headers: {}
  response:
    status: {code: 200, message: OK}
    headers: {Content-Type: [application/json]}
    body: {string: '{}'}
"""


def test_another_operation_is_named() -> None:
    """A client that calls something else is told what it called."""
    with sandbox("aelix") as box:
        sent = {"Authorization": f"Bearer {box.access_token}"}
        case = next(box.cases("GET /v1/transactions"))
        found = judged(case, lambda: httpx.get(box.base_url + PATH, headers=sent))
    assert found is not None
    assert [finding.seen for finding in found.findings] == [
        "GET /v1/transactions was not called; the client called GET /v1/accounts"
    ]
