"""Uses of the public names, as a team types them: checked by mypy, never run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given

import pytest_openbanking
from pytest_openbanking import (
    DocumentedError,
    ErrorCase,
    Exchange,
    Finding,
    Handling,
    Interaction,
    MalformedCase,
    Operation,
    Outcome,
    Provider,
    Rule,
    Sandbox,
    Seen,
    Server,
    Servers,
    strategies,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import respx


class BankError(Exception):
    pass


@pytest.fixture
def url(openbanking: Sandbox, respx_mock: respx.MockRouter) -> str:
    openbanking.mount(respx_mock)
    return openbanking.base_url + openbanking.token_url + openbanking.access_token + openbanking.refresh_token


def test_errors(openbanking: Sandbox, openbanking_error: ErrorCase) -> None:
    with openbanking_error.handled(raises=(BankError, OSError), returns=lambda value: value == 1):
        openbanking_error.result = 1
    with openbanking_error.handled(BankError, returns=(int, str)):
        pass
    error: DocumentedError = openbanking_error.error
    operation: Operation = openbanking_error.operation
    print(error.status, error.code, error.message, error.source, operation, openbanking_error.persistence)
    assert Handling.WAIT in error.handlings
    exchange: Exchange = openbanking.exchange
    interaction: Interaction = exchange[0]
    print(interaction.at, interaction.request.url, interaction.request.headers["X"], interaction.provenance)
    case: ErrorCase = openbanking.fail_with("CODE", "GET /v1/accounts", status=401, persistence="once")
    print(case, openbanking.clock.now(), openbanking.token_request.body)


@pytest.mark.openbanking_cassette("paysera/flow")
def test_served(openbanking_server: Servers) -> None:
    server: Server = openbanking_server("paysera")
    armed: tuple[DocumentedError, ...] = server.fail_with("CODE", "GET /v1/accounts", status=401, persistence="once")
    print(armed, server.base_url, server.token_url, server.access_token, server.exchange[0].at)
    server.clear()


@pytest.mark.openbanking_malformed("POST /v1/payments", part="request", max_examples=10)
def test_malformed(openbanking_malformed: MalformedCase) -> None:
    with openbanking_malformed.handled(BankError):
        payload: object = openbanking_malformed.payload
        body: bytes = openbanking_malformed.body
        print(payload, body, openbanking_malformed.pointer, openbanking_malformed.keyword)
    expected: DocumentedError | None = openbanking_malformed.expected_error
    print(expected)


@given(strategies.malformed_requests("paysera", "POST /v1/payments", sites=["wire-nan"]))
def test_drawn(malformed: strategies.Malformed) -> None:
    print(malformed.site.pointer, malformed.site.keyword, malformed.payload, malformed.body)


@given(strategies.malformed_responses("paysera", "GET /v1/accounts"))
def test_answered(answer: strategies.MalformedAnswer) -> None:
    print(answer.site.id, answer.response.status, answer.response.headers, answer.response.body)


@given(strategies.valid_requests("paysera", "POST /v1/payments"))
def test_valid(payload: object) -> None:
    print(payload)


def script() -> None:
    provider: Provider = pytest_openbanking.load_provider("paysera")
    with pytest_openbanking.sandbox(
        provider.name, raises=BankError, environment="production", ignore=["OB102"]
    ) as sandbox:
        for case in sandbox.cases("GET /v1/accounts", status=[401, "5xx"], code=["A"], persistence="once", faults=True):
            try:
                with case.handled():
                    pass
            except pytest_openbanking.Mishandled as mishandled:
                findings: tuple[Finding, ...] = mishandled.findings
                print(findings[0].code, findings[0].message)


@pytest_openbanking.rule("ACME1", "is late", fix="be early", speaks_when="always", yields_to=["OB101"])
def late(case: ErrorCase, exchange: Exchange, outcome: Outcome) -> Iterator[Seen | str]:
    yield "late"
    yield Seen("late", {exchange[0]: "<- here"})


def pytest_openbanking_rules() -> list[Rule]:
    return [late]


def pytest_openbanking_providers() -> list[Path]:
    return [Path("providers")]
