"""Clients that keep something from one example to the next, and clients that call again and again."""

from __future__ import annotations

import pytest

RUN = ("-p", "no:randomly", "-p", "no:cacheprovider")
HEAD = """
import json
import time

import httpx
import pytest


class BankError(Exception):
    pass


pytestmark = pytest.mark.openbanking("paysera", raises=BankError)
PAY, READ = "POST /v1/payments", "GET /v1/accounts"


@pytest.fixture
def http(openbanking):
    return httpx.Client(base_url=openbanking.base_url, headers={"Authorization": "Bearer " + openbanking.access_token})


def accounts(http):
    answer = http.get("/v1/accounts")
    try:
        if answer.status_code >= 400:
            raise BankError(answer.text)
        body = json.loads(answer.content)
        return [account["iban"] for account in body["accounts"]]
    except (ValueError, KeyError, TypeError, httpx.HTTPError) as error:
        raise BankError("not as documented") from error
"""
KEEPING = {
    "a cache of a minute": """
class Bank:
    def __init__(self, http):
        self.http, self.known, self.until = http, None, 0

    def accounts(self):
        if time.monotonic() >= self.until:
            self.known, self.until = accounts(self.http), time.monotonic() + 60
        return self.known

    def pay(self, payload):
        raise BankError("amount: not today")
""",
    "a breaker that closes after five minutes": """
class Bank:
    def __init__(self, http):
        self.http, self.failed, self.open = http, 0, 0

    def accounts(self):
        if time.time() < self.open:
            raise BankError("circuit open")
        try:
            return accounts(self.http)
        except BankError:
            self.failed += 1
            if self.failed > 2:
                self.failed, self.open = 0, time.time() + 300
            raise
""",
    "a gate until Retry-After, however long": """
class Bank:
    def __init__(self, http):
        self.http, self.until = http, 0

    def accounts(self):
        if time.time() < self.until:
            raise BankError("not yet")
        answer = self.http.get("/v1/accounts")
        wait = answer.headers.get("Retry-After", "")
        if wait.isascii() and wait.isdigit():
            self.until = time.time() + int(wait)
        raise BankError(answer.text)
""",
}
ANSWERS = """
@pytest.mark.openbanking_malformed(READ, part="response", max_examples=8)
def test_accounts(openbanking_malformed, bank):
    with openbanking_malformed.handled():
        bank.accounts()


@pytest.fixture
def bank(http):
    return Bank(http)
"""
SITES = "html or retry-after-huge or nan or nested or unknown-code"


@pytest.mark.parametrize("name", KEEPING)
def test_what_a_client_keeps_answers_no_later_example(team, name: str) -> None:
    """More than a day passes between two examples; one that still needs no answer is not blamed for that."""
    chosen = SITES if "gate" not in name else "retry-after"
    result = team(HEAD + KEEPING[name] + ANSWERS).runpytest(*RUN, "-k", chosen)
    assert set(result.parseoutcomes()) <= {"passed", "deselected"}


def test_a_guard_against_paying_twice_passes(team) -> None:
    """The same payment again, a day later, is another one."""
    result = team(
        HEAD
        + """
PAYMENT = {"instructedAmount": {"amount": "1.00", "currency": "EUR"}, "creditorAccount": {"iban": "LT597300010000000000"}}


@pytest.fixture
def paid():
    return []


@pytest.mark.openbanking_malformed(PAY, max_examples=8)
def test_pay(openbanking_malformed, http, paid):
    with openbanking_malformed.handled():
        if paid and time.monotonic() - paid[-1] < 60:
            raise BankError("the same payment twice")
        paid.append(time.monotonic())
        raise BankError(http.post("/v1/payments", json={**PAYMENT, "creditorName": "Ona"}).text)
"""
    ).runpytest(*RUN, "-k", "currency-pattern or name-maxLength")
    assert set(result.parseoutcomes()) <= {"passed", "deselected"}


def test_a_finding_that_does_not_repeat_is_shown_as_one(team) -> None:
    """Not as Hypothesis' report of a flaky test; it says what may be the cause."""
    result = team(
        HEAD
        + """
@pytest.fixture
def calls():
    return []


@pytest.mark.openbanking_malformed(READ, part="response", max_examples=4)
def test_accounts(openbanking_malformed, http, calls):
    with openbanking_malformed.handled():
        calls.append(http.get("/v1/accounts"))
        if len(calls) > 1:
            raise BankError("seen")
"""
    ).runpytest(*RUN, "-k", "success/html")
    result.stdout.fnmatch_lines(["OB401 swallowed*", "  the same example ended otherwise when it was run again: does*"])
    result.stdout.no_fnmatch_line("*Flaky*")


def test_a_class_made_for_each_error_is_one_finding(team) -> None:
    """Hypothesis tells failures apart by the exceptions behind them; the client's are not its business."""
    result = team(
        HEAD
        + """
@pytest.mark.openbanking_malformed(PAY, max_examples=6)
def test_pay(openbanking_malformed, http):
    with openbanking_malformed.handled():
        code = http.post("/v1/payments", content=openbanking_malformed.body).json()["tppMessages"][0]["code"]
        raise type("FormatError", (BankError,), {})(code)
"""
    ).runpytest(*RUN, "-k", "currency-pattern")
    result.stdout.fnmatch_lines(["OB404 lost the invalid fields"])
    result.stdout.no_fnmatch_line("*ended otherwise*")


POLLING = """
@pytest.mark.openbanking_malformed(READ, part="response", max_examples=3)
def test_accounts(openbanking_malformed, http):
    end = time.monotonic() + {seconds}
    with openbanking_malformed.handled():
        while time.monotonic() < end:
            try:
                return accounts(http)
            except BankError:
                time.sleep(5)
        raise BankError("not in time")
"""


def test_a_poll_with_an_end_of_its_own_passes(team) -> None:
    """Sixty calls in five minutes, where a success says nothing, are no runaway."""
    result = team(HEAD + POLLING.format(seconds=300)).runpytest(*RUN, "-k", "success/html or accounts-missing")
    assert set(result.parseoutcomes()) <= {"passed", "deselected"}


@pytest.mark.timeout(300)  # a guard: it would take an hour
def test_one_without_an_end_is_stopped_and_shrinks_no_further_than_that_is_worth(team) -> None:
    """Each try costs a thousand calls."""
    result = team(HEAD + POLLING.format(seconds="10**9")).runpytest(*RUN, "-k", "success/text")
    result.stdout.fnmatch_lines(["OB103 kept retrying", "*the client called 1000 times and was stopped"])


def test_a_body_that_nobody_can_read_back_is_shown(team) -> None:
    """A finding at a site below JSON says what was drawn, and that a client which was given the payload sent another."""
    result = team(
        HEAD
        + """
@pytest.mark.openbanking_malformed(PAY, max_examples=3)
def test_pay(openbanking_malformed, http):
    with openbanking_malformed.handled():
        http.post("/v1/payments", json=openbanking_malformed.payload)
"""
    ).runpytest(*RUN, "-k", "wire-nesting or wire-duplicate-keys")
    result.stdout.fnmatch_lines_random(
        [
            "  POST /v1/payments answered as to a body that is nested 5,000 deep, or more; the client sent another one",
            "  POST /v1/payments answered as to a body that has a member twice; the client sent another one",
        ]
    )
