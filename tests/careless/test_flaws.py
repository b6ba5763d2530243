"""One flaw at a time: each shows under its own code, on every error that it mishandles, and on no other."""

from __future__ import annotations

import pytest

from pytest_openbanking.rules import BUILT_IN
from tests.careless.bank import Bank
from tests.careless.rows import ROWS, Row
from tests.careless.verdict import PROVIDERS, codes, opened
from tests.careless.wires import WIRES

LIBRARIES = ("requests", "urllib3", "urllib", "httpx-async", "aiohttp")
BY_FAULT = {"OB304"}  # an answer that is lost is no documented error: test_faults.py


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.flaw.__name__)
def test_a_flaw_shows_where_it_matters_and_nowhere_else(row: Row, provider: str) -> None:
    """A flaw gives exactly its finding on each case that it mishandles, and none on every other."""
    with opened(provider) as box:
        cases = list(box.cases())
        expected = {case.id: row.expected(case).split() for case in cases}
        found = {case.id: codes(case, row.flaw) for case in cases}
    assert found == expected


@pytest.mark.parametrize("provider", PROVIDERS)
def test_without_a_flaw_nothing_is_found(provider: str) -> None:
    """The client that the flaws are switched on in is careful on every error and every fault."""
    with opened(provider) as box:
        assert [case.id for case in box.cases(faults=True) if codes(case, Bank)] == []


def test_every_flaw_shows_somewhere() -> None:
    """No row of the table is vacuous."""
    shown = set()
    for provider in PROVIDERS:
        with opened(provider) as box:
            shown |= {row.flaw for row in ROWS for case in box.cases() if row.expected(case)}
    assert shown == {row.flaw for row in ROWS if row.code}


def test_every_rule_has_a_flaw() -> None:
    """The table covers every built-in rule."""
    assert {code for row in ROWS for code in row.code.split()} | BY_FAULT == {rule.code for rule in BUILT_IN}


ONE_OF_EACH = {row.code: row for row in reversed(ROWS) if row.code and " " not in row.code}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("code", sorted(ONE_OF_EACH))
def test_a_flaw_shows_through_every_library(code: str, library: str) -> None:
    """Over another HTTP library a flaw gives the same finding, and the careful client none."""
    row = ONE_OF_EACH[code]
    for provider in PROVIDERS:
        with opened(provider) as box:
            case = next((case for case in box.cases() if row.expected(case) == code), None)
            if case is None:
                continue
            assert codes(case, row.flaw, WIRES[library]) == [code]
            assert codes(case, Bank, WIRES[library]) == []
            return
    pytest.fail(f"no case for {code}")
