"""What handled() blocks leave for the report of their test: the worst of each error, and nothing outside a test."""

import pytest

from pytest_openbanking import judgements, sandbox
from pytest_openbanking.exchange import Exchange, Interaction, Outcome, Request
from pytest_openbanking.judgements import Verdict, note, take
from pytest_openbanking.rules.rule import Finding

FOUND = [Finding("OB401", "m", "s", "f")]


@pytest.fixture
def case():
    with sandbox("paysera") as bank:
        yield next(bank.cases("GET /v1/accounts", code="CERTIFICATE_INVALID"))


@pytest.fixture(autouse=True)
def _in_a_test(monkeypatch):
    monkeypatch.setenv("PYTEST_CURRENT_TEST", "test_bank.py::test_it (call)")
    yield
    take()


def exchange(case, *, delivered=True):
    made = Exchange()
    made.add(Interaction(0, 0.0, Request("GET", "https://x/"), error=case.error if delivered else None))
    return made


def test_of_several_blocks_the_worst_counts_then_the_latest(case):
    """The failing example of many, which is replayed last."""
    passing, failing, smaller = (exchange(case) for _ in range(3))
    note(case, case.error, passing, Outcome())
    note(case, case.error, failing, Outcome(), FOUND)
    note(case, case.error, smaller, Outcome(), FOUND)
    note(case, case.error, passing, Outcome())
    (kept,) = take()
    assert (kept.verdict, kept.exchange) == (Verdict.MISHANDLED, smaller)
    assert take() == []


@pytest.mark.parametrize(
    ("how", "verdict"),
    [
        ({"outcome": Outcome()}, Verdict.SOUND),
        ({"outcome": Outcome(), "delivered": False}, Verdict.SILENT),  # refused by the client before it was sent
        ({"outcome": Outcome(), "findings": FOUND, "delivered": False}, Verdict.MISHANDLED),
        ({"broken": True}, Verdict.BROKEN),
        ({}, Verdict.SILENT),  # skipped, or interrupted
    ],
)
def test_a_block_is_sound_only_where_a_delivered_error_was_judged(case, how, verdict):
    """The rest is a failure, or says nothing."""
    delivered = how.pop("delivered", True)
    note(case, case.error, exchange(case, delivered=delivered), **how)
    assert [kept.verdict for kept in take()] == [verdict]


@pytest.mark.parametrize("test", [None, "test_bank.py::test_it (setup)", "test_bank.py::test_it (teardown)"])
def test_nothing_is_kept_outside_of_a_test_function(case, monkeypatch, test):
    """Scripts may run for ever."""
    if test is None:
        monkeypatch.delenv("PYTEST_CURRENT_TEST")
    else:
        monkeypatch.setenv("PYTEST_CURRENT_TEST", test)
    note(case, case.error, exchange(case), Outcome())
    assert not [name for name in judgements.noted if name == test or name == ""]
