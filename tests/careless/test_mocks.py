"""A client whose calls never reach the sandbox, because a mock answers first."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import httpx
import pytest
import requests
import responses
import respx

from pytest_openbanking import Mishandled, sandbox

PATH = "/v1/accounts"


def behind_respx(url: str) -> None:
    with respx.mock:
        respx.get(url).respond(json={"data": []})
        httpx.get(url)


def behind_responses(url: str) -> None:
    with responses.RequestsMock() as mocked:
        mocked.get(url, json={"data": []})
        requests.get(url, timeout=5)


def behind_unittest(url: str) -> None:
    with mock.patch.object(httpx.Client, "send", return_value=httpx.Response(200, request=httpx.Request("GET", url))):
        httpx.get(url)


def inside(answers: Callable[[str], None], url: str) -> str:
    with sandbox("aelix") as box:
        case = next(box.cases(f"GET {PATH}"))
        with pytest.raises(Mishandled) as found, case.handled():
            answers(url)
            case.result = {}
    assert [finding.code for finding in found.value.findings] == ["OB001"]
    return found.value.findings[0].seen


MOCKS = (behind_respx, behind_responses, behind_unittest)


@pytest.mark.parametrize("answers", MOCKS)
def test_a_mock_that_answers_first_is_OB001(answers: Callable[[str], None]) -> None:
    """The error was never delivered: nothing is said of what the client did."""
    seen = inside(answers, f"https://api.aelix.digitalapi.ai{PATH}")
    assert seen.startswith("GET /v1/accounts was not called; the client called nothing of the provider's")


@pytest.mark.parametrize(
    ("start", "name"),
    [(respx.mock, "respx"), (responses.RequestsMock(assert_all_requests_are_fired=False), "responses")],
    ids=["respx", "responses"],
)
def test_a_mock_that_is_still_in_front_is_named(start: respx.MockRouter, name: str) -> None:
    """A mock that spans the test, as fixtures do, is named in the finding."""
    url = f"https://api.aelix.digitalapi.ai{PATH}"
    with sandbox("aelix") as box, start as mocked:
        case = next(box.cases(f"GET {PATH}"))
        with pytest.raises(Mishandled) as found, case.handled():
            if name == "respx":
                mocked.get(url).respond(json={})
                httpx.get(url)
            else:
                mocked.get(url, json={})
                requests.get(url, timeout=5)
    assert [finding.code for finding in found.value.findings] == ["OB001"]
    assert found.value.findings[0].seen.endswith(f"; {name} answered first")


def test_another_operation_is_named() -> None:
    """A client that calls something else is told what it called."""
    with sandbox("aelix") as box:
        case = next(box.cases("GET /v1/transactions"))
        with pytest.raises(Mishandled) as found, case.handled():
            httpx.get(box.base_url + PATH, headers={"Authorization": f"Bearer {box.access_token}"})
    assert [finding.seen for finding in found.value.findings] == [
        "GET /v1/transactions was not called; the client called GET /v1/accounts"
    ]
