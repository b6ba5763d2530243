"""The page as text, without a browser."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace

import pytest

from pytest_openbanking.coverage.checks import Kind
from pytest_openbanking.coverage.page import render
from pytest_openbanking.coverage.page.packing import Packing
from pytest_openbanking.coverage.page.rows import packed
from pytest_openbanking.coverage.page.visible import visible
from pytest_openbanking.coverage.report import Counts, Provider, Report, Run
from pytest_openbanking.coverage.verdicts import verdict
from tests.coverage.page.large import large
from tests.coverage.page.reports import call, check, example


def data(page: str) -> str:
    return re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)[1]


def unpacked(packing: Packing, number: int, words: tuple[str, ...] = ()) -> object:
    """Read a packed value as the script does."""
    value = packing.table[number]
    if isinstance(value, str):
        return re.sub("[\x01-\x03]", lambda sign: words[ord(sign[0]) - 1], value)
    if not isinstance(value, list):
        return value
    shape, *numbers = value
    items = [unpacked(packing, item, words) for item in numbers]
    return dict(zip(packing.shapes[shape], items, strict=False)) if shape else items


def test_equal_reports_give_equal_bytes() -> None:
    """Nothing of the moment, of a set's order or of an address in memory is in the page."""
    assert render(example()) == render(example())


def test_nothing_can_end_the_data() -> None:
    """The data holds no character that markup is made of, whatever a provider sent."""
    report = example()
    hostile = replace(report.errors[0], message="</script><!-- &lt; <script>\u2028\ud800\x00")
    page = render(replace(report, errors=(hostile, *report.errors[1:])))
    page.encode("utf-8")
    assert not set("<>&\u2028\u2029") & set(data(page))
    assert page.count("</script") == 2


def test_only_this_style_and_this_script_may_run() -> None:
    """The policy names the hash of each, and allows nothing else."""
    page = render(example())
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for kind, text in (("script", page.rpartition("<script>")[2]), ("style", page.partition("<style>")[2])):
        digest = hashlib.sha256(text.partition(f"</{kind}>")[0].encode()).digest()
        assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def test_the_verdicts_are_plain_markup() -> None:
    """Who runs no script still reads each provider's verdict, in the words of the terminal."""
    report = example()
    page = render(report)
    for provider in report.providers:
        assert f"<p>{verdict(provider)}</p>" in page


def test_names_in_the_markup_are_escaped() -> None:
    """A provider's name and title, and what is said of a run, are text in the markup too, also where they look like slots."""
    counts = Counts(1, 1)
    provider = Provider("<b>{{script}}", '"><img src=x>', counts, Counts(), counts)
    page = render(Report((Run("<i>", "{{data}}", ("-k <u>",)),), (provider,), ()))
    for raw in ("<b>", "<img", "<i>", "<u>"):
        assert raw not in page
    assert "{{data}}; partial: -k &lt;u&gt;" in page


def test_a_run_that_was_partial_says_so() -> None:
    """Figures of a part of the tests are not taken for those of all."""
    assert "0.1.0; partial: -k, --lf" in render(replace(example(), runs=(Run("2026", "0.1.0", ("-k", "--lf")),)))


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("a\u202eb", "a\\u{202e}b"),
        ("a\x00b", "a\\u{0000}b"),
        ("\ud800", "\\u{d800}"),
        ("👩\u200d💻 é ع", "👩\u200d💻 é ع"),
        ("x" * 5000, "x" * 4000 + "… (1,000 more characters)"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, seen: str) -> None:
    """Controls and lone surrogates become escapes, the endless becomes long, and the rest stays as it is."""
    assert visible(text) == seen


def test_packed_values_come_back() -> None:
    """What is packed is what the script unpacks, also where texts hold the words that they were packed with."""
    packing = Packing()
    key = example().errors[0].key
    words = (key.operation, key.code, str(key.status))
    steps = (call(key, 1.0, retry_after="401", answered_at=2.5, mark=f"{key.code}!"),)
    made = check(key, steps=steps, tolerated=True)
    read = unpacked(packing, packing.number(made, words), words)
    assert (read["test"], read["line"], read["tolerated"]) == (made.test, made.line, True)
    assert read["steps"][0] == {**vars(steps[0]), "status": key.status}


def test_true_one_and_one_second_stay_apart() -> None:
    """Values that Python holds for equal are not held once."""
    packing = Packing()
    values = [True, 1, "1", None, False, 0]
    assert json.dumps([unpacked(packing, packing.number(value)) for value in values]) == json.dumps(values)


def test_a_fault_is_no_check_of_the_error_beside_it() -> None:
    """Only checks of documented errors are shown with them; a fault stands apart, and so does what does not count."""
    report = example("aelix")
    key = report.errors[0].key
    unknown = replace(key, code="NOT_COUNTED")
    checks = (check(key), check(key, kind=Kind.FAULT), check(unknown), check(key, kind=Kind.MALFORMED_REQUEST))
    rows = packed(replace(report, checks=checks))
    assert len(rows["errors"][0]) == 4 + 2
    assert len(rows["others"]) == 2


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_moment_that_is_no_number_is_none(value: float) -> None:
    """JSON has no such numbers, and a browser would refuse the whole page for one."""
    packing = Packing()
    packing.number(value)
    assert json.dumps(packing.table, allow_nan=False) == "[null]"


@pytest.mark.timeout(300)  # against a hang; benchmarks/page.py measures
def test_ten_thousand_errors_are_below_five_megabytes() -> None:
    """A report of 10,000 errors, each with checks and exchanges of its own, can still be sent and opened."""
    report = large()
    assert len(report.errors) == 10_000
    assert len(render(report).encode()) < 5_000_000
