"""From what the tests have shown to a status for each documented error: plain values, no pytest."""

from itertools import permutations

import pytest

from pytest_openbanking.coverage.checks import Check, ErrorKey, Found, Kind, Result
from pytest_openbanking.coverage.report import Entry, Run, Source, Status, Waiver
from pytest_openbanking.coverage.statuses import report_of

KEY = ErrorKey("acme", "GET /a", 429, "SLOW")
DAY = "2026-06-15"


def entry(key=KEY, persistences=("once", "always"), *, assumed=False, waiver=None):
    return Entry(key, None, "", (), Source("", ""), persistences, assumed, "@marker", waiver)


def check(result, persistence="once", *codes, key=KEY, kind=Kind.ERROR):
    found = tuple(Found(code, "", "", "") for code in codes)
    return Check(key, kind, persistence, "test", "test.py", 1, result, findings=found)


def status_of(*checks, waiver=None):
    return report_of({"acme": "Acme"}, [entry(waiver=waiver)], checks, [], day=DAY).errors[0]


HANDLED, MISHANDLED, UNJUDGED = Result.HANDLED, Result.MISHANDLED, Result.UNJUDGED
BOTH = (check(HANDLED), check(HANDLED, "always"))


@pytest.mark.parametrize(
    ("checks", "status", "missing"),
    [
        ((), Status.NOT_EXERCISED, ("once", "always")),
        (BOTH, Status.HANDLED, ()),
        (BOTH[:1], Status.NOT_EXERCISED, ("always",)),
        ((BOTH[0], check(UNJUDGED, "always")), Status.NOT_EXERCISED, ("always",)),
        ((*BOTH, check(UNJUDGED)), Status.HANDLED, ()),
        ((*BOTH, check(MISHANDLED, "once", "OB105")), Status.MISHANDLED, ()),
        ((check(MISHANDLED, "once"),), Status.MISHANDLED, ("always",)),
        ((check(HANDLED), check(HANDLED, "always", kind=Kind.MALFORMED_REQUEST)), Status.HANDLED, ()),
        ((check(HANDLED), check(HANDLED, "always", kind=Kind.FAULT)), Status.NOT_EXERCISED, ("always",)),
        ((*BOTH, check(MISHANDLED, "once", kind=Kind.MALFORMED_RESPONSE)), Status.HANDLED, ()),
    ],
)
def test_every_case_must_be_handled_and_the_worst_wins(checks, status, missing):
    """In any order of the checks; faults and malformed answers do not count."""
    for ordered in permutations(checks):
        found = status_of(*ordered)
        assert (found.status, found.missing) == (status, missing)


@pytest.mark.parametrize(
    ("until", "checks", "status"),
    [
        (None, (), Status.WAIVED),
        (DAY, (check(MISHANDLED, "once", "OB105"),), Status.WAIVED),
        ("2026-06-14", (), Status.NOT_EXERCISED),
        ("2026-06-14", (check(MISHANDLED),), Status.MISHANDLED),
        (None, BOTH, Status.HANDLED),
    ],
)
def test_a_waiver_holds_until_its_day_and_for_what_is_not_handled(until, checks, status):
    """The day itself included."""
    assert status_of(*checks, waiver=Waiver("later", "ops", until)).status is status


def test_rules_are_those_of_what_went_wrong():
    """Each once, sorted."""
    found = status_of(check(MISHANDLED, "once", "OB403", "OB105"), check(MISHANDLED, "always", "OB105"))
    assert found.rules == ("OB105", "OB403")


def test_errors_codes_and_assumed_operations_are_counted_apart():
    """A code counts with the worst of its errors."""
    keys = [ErrorKey("acme", operation, 429, "SLOW") for operation in ("GET /a", "GET /b", "GET /c")]
    entries = [entry(key, ("once",), assumed=key.operation == "GET /c") for key in keys]
    checks = [check(HANDLED, key=keys[0]), check(MISHANDLED, key=keys[1]), check(HANDLED, key=keys[2])]
    (provider,) = report_of({"acme": "Acme"}, entries, checks, [Run("now", "1")], day=DAY).providers
    errors, codes, assumed = provider.errors, provider.codes, provider.assumed
    assert (errors.documented, errors.handled, errors.mishandled, errors.percent) == (2, 1, 1, 50)
    assert (codes.documented, codes.mishandled) == (1, 1)
    assert (assumed.documented, assumed.handled, assumed.percent) == (1, 1, 100)
