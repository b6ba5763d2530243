"""Merging: everything that any job has seen, the worst wins, and neither order nor grouping matters."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from pytest_openbanking.coverage.checks import Result
from pytest_openbanking.coverage.merging import merge
from pytest_openbanking.coverage.report import Run, Status, Waiver
from pytest_openbanking.coverage.stored import day_of, to_json
from tests.coverage.random_reports import days, reports
from tests.coverage.samples import DAY, PAYMENTS, both, check, entry, key, report, sample, wrong


@given(reports(), reports(), reports(), days)
@settings(max_examples=120, deadline=None)
def test_order_and_grouping_do_not_matter(one, two, three, day) -> None:
    """To the byte: associative, commutative, idempotent."""
    whole = merge([one, two, three], day=day)
    left = merge([merge([one, two], day=day), three], day=day)
    right = merge([one, merge([two, three], day=day)], day=day)
    turned = merge([three, one, two, one], day=day)
    assert whole == left == right == turned
    assert len({to_json(each) for each in (whole, left, right, turned)}) == 1
    assert merge([whole, whole], day=day) == whole


@given(reports())
@settings(max_examples=50, deadline=None)
def test_one_report_stays_as_it_is(one) -> None:
    """As of the day of its newest run."""
    assert merge([one], day=day_of(one.runs)) == one


def test_the_worst_of_all_jobs_wins() -> None:
    """The same test passes on one Python and not on another."""
    good = report([entry("E")], both(key("E")))
    bad = report([entry("E")], [wrong(key("E"), test="tests/test_bank.py::test_it", line=12), *both(key("E"))])
    assert good.errors[0].status is Status.HANDLED
    merged = merge([good, bad], day=DAY)
    assert (merged.errors[0].status, merged.errors[0].rules) == (Status.MISHANDLED, ("OB105",))
    assert merged.providers[0].errors.mishandled == 1


def test_cases_judged_in_different_jobs_add_up() -> None:
    """A shard has one case, another the other."""
    shards = [report([entry("E")], [check(key("E"), case)]) for case in ("once", "always")]
    assert [shard.errors[0].status for shard in shards] == [Status.NOT_EXERCISED] * 2
    assert merge(shards, day=DAY).errors[0].status is Status.HANDLED
    unjudged = report([entry("E")], [check(key("E"), "always", Result.UNJUDGED)])
    assert merge([shards[0], unjudged], day=DAY).errors[0].missing == ("always",)


def test_runs_are_kept_with_their_reasons() -> None:
    """Each once, by time."""
    runs = [Run("2026-11-20T18:00:00Z", "0.1.0", ("-k x",)), Run("2026-11-20T17:00:00Z", "0.1.0")]
    merged = merge([report([entry("E")], [], runs=(run,)) for run in (*runs, runs[0])], day=DAY)
    assert merged.runs == (runs[1], runs[0])


def test_the_order_of_the_documentation_stays_where_all_agree() -> None:
    """Other providers' reports have no say in it."""
    own = report([entry("B"), entry("A")], [])
    other = report([entry("Z", provider="aelix")], [])
    assert [one.key.code for one in merge([own, own], day=DAY).errors] == ["B", "A"]
    assert [one.key.code for one in merge([own, other, own], day=DAY).errors] == ["Z", "B", "A"]


def test_orders_that_differ_give_way_to_a_sorted_one() -> None:
    """Also where one is but longer: else the grouping of the merges would show."""
    parts = [report([entry("B"), entry("A")], []), report([entry("C", 401, PAYMENTS), entry("A")], [])]
    assert [one.key.code for one in merge(parts, day=DAY).errors] == ["A", "B", "C"]


def test_a_waiver_of_either_holds_and_the_longer_one_wins() -> None:
    """One for good lasts longest."""
    short, longer, ever = (Waiver("r", "o", until) for until in ("2026-12-01", "2026-12-31", None))
    found = [report([entry("E", waiver=waiver)], []) for waiver in (None, short, longer)]
    assert merge(found, day=DAY).errors[0].waiver == longer
    assert merge(found, day=DAY).errors[0].status is Status.WAIVED
    assert merge([*found, report([entry("E", waiver=ever)], [])], day=DAY).errors[0].waiver == ever


def test_waivers_are_judged_on_the_day() -> None:
    """What has expired since counts again."""
    assert Status.WAIVED in {one.status for one in merge([sample()], day="2026-12-31").errors}
    assert Status.WAIVED not in {one.status for one in merge([sample()], day="2027-01-01").errors}


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_catalogues_the_stricter_is_right(turned: bool) -> None:
    """More cases, and documented rather than assumed; the texts are of one of the two, never mixed."""
    old = entry("E", persistences=("always",), message="b", cause="a", assumed=True)
    new = entry("E", persistences=("once", "once-date", "always"), message="a", cause="b", assumed=False)
    pair = [report([one], []) for one in (old, new)]
    (merged,) = merge(pair[::-1] if turned else pair, day=DAY).errors
    assert (merged.persistences, merged.assumed) == (("once", "once-date", "always"), False)
    assert (merged.message, merged.cause) == ("b", "a")


def test_titles_of_two_versions_are_one() -> None:
    """The greater in the order of characters."""
    one = report([entry("E")], [])
    two = replace(one, providers=(replace(one.providers[0], title="Paysera XS2A"),))
    assert merge([two, one], day=DAY).providers[0].title == "Paysera XS2A"
