"""Hypothesis' own @given beside our fixtures: no health check of theirs, and a fresh exchange for each example."""

from __future__ import annotations

import pytest

RUN = ("-p", "no:randomly", "-p", "no:cacheprovider")
HEAD = """
import httpx
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st
from bank import BankError

pytestmark = pytest.mark.openbanking("paysera", raises=BankError)
"""


@pytest.mark.parametrize("asynchronous", ["", "@pytest.mark.asyncio\nasync ", "@pytest.mark.anyio\nasync "])
def test_each_example_starts_from_a_fresh_exchange(team, asynchronous: str) -> None:
    """What an example armed and called is forgotten before the next."""
    pytester = team(
        f"""
@given(st.integers())
{asynchronous}def test_it(openbanking, number):
    assert len(openbanking.exchange) == 0
    answer = httpx.get(openbanking.base_url + "/v1/accounts")
    assert answer.status_code == 200
    openbanking.fail_with("TOKEN_EXPIRED")
    assert httpx.get(openbanking.base_url + "/v1/accounts").status_code == 401
    assert len(openbanking.exchange) == 2
""",
        head=HEAD,
        conftest="@pytest.fixture\ndef anyio_backend():\n    return 'asyncio'\n",
    )
    pytester.runpytest(*RUN).assert_outcomes(passed=1)


def test_a_case_can_be_judged_for_each_example(team) -> None:
    """And one that is mishandled is shrunk to the smallest example."""
    pytester = team(
        """
        @pytest.mark.openbanking_errors("GET /v1/accounts", code="CERTIFICATE_INVALID")
        @given(number=st.integers(0, 100))
        def test_it(openbanking_error, openbanking, number):
            with openbanking_error.handled():
                answer = httpx.get(openbanking.base_url + "/v1/accounts", headers={"Authorization": "Bearer x"})
                if number < 50:
                    raise BankError(answer.status_code, "CERTIFICATE_INVALID", "no", None)
        """,
        head=HEAD,
    )
    result = pytester.runpytest(*RUN)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*OB401 swallowed the error*"])
    result.stdout.fnmatch_lines(["*number=50*"])


def test_the_teams_settings_hold(team) -> None:
    """max_examples, and every other health check."""
    pytester = team(
        """
        seen = []

        @settings(max_examples=7)
        @given(st.integers())
        def test_it(openbanking, number):
            seen.append(number)

        def test_count():
            assert len(seen) == 7
        """,
        head=HEAD,
    )
    pytester.runpytest(*RUN).assert_outcomes(passed=2)


def test_fixtures_of_others_are_still_looked_at(team) -> None:
    """A client that is kept over all examples is the team's to answer for."""
    pytester = team(
        """
        @given(st.integers())
        def test_it(openbanking, bank, number):
            pass
        """,
        head=HEAD,
    )
    result = pytester.runpytest(*RUN)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*unction-scoped fixture*"])


def test_what_a_strategy_drew_can_be_judged(pytester):
    """Requests and answers: the sandbox answers with the provider's own validation error, or with what was drawn."""
    pytester.makepyfile(
        """
        import httpx
        import pytest
        from hypothesis import given, settings
        from pytest_openbanking import strategies

        PAY, READ = "POST /v1/payments", "GET /v1/accounts"
        CLIENT = httpx.Client()
        pytestmark = pytest.mark.openbanking("paysera", raises=LookupError)

        def send(openbanking, method, path, **body):
            head = {"Authorization": "Bearer " + openbanking.access_token}
            return CLIENT.request(method, openbanking.base_url + path, headers=head, **body)

        @settings(max_examples=5)
        @given(drawn=strategies.malformed_requests("paysera", PAY, sites=["instructedAmount/currency-pattern"]))
        def test_request(openbanking, drawn):
            assert (drawn.pointer, drawn.keyword) == ("/instructedAmount/currency", "pattern")
            case = openbanking.malformed(PAY, drawn)
            with case.handled():
                answer = send(openbanking, "POST", "/v1/payments", content=drawn.body)
                raise LookupError(answer.text)
            assert case.expected_error.fields == ("instructedAmount.currency",)

        @settings(max_examples=5)
        @given(drawn=strategies.malformed_responses("paysera", READ, sites=["success/html"]))
        def test_answer(openbanking, drawn):
            with openbanking.malformed(READ, drawn).handled():
                assert send(openbanking, "GET", "/v1/accounts").content == drawn.body

        def test_wrong(openbanking):
            openbanking.malformed(PAY, {})
        """
    )
    result = pytester.runpytest("-p", "no:randomly")
    assert result.parseoutcomes() == {"passed": 1, "failed": 2}
    result.stdout.fnmatch_lines(
        [
            "OB401 swallowed*",
            "malformed() takes what malformed_requests or malformed_responses has drawn, not {}",
        ]
    )
