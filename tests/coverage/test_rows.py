"""The rows tell which errors are not handled and why; the table aligns them, and cuts all but the markers."""

from __future__ import annotations

from dataclasses import replace

from pytest_openbanking.coverage.checks import Result
from pytest_openbanking.coverage.report import Status, Waiver
from pytest_openbanking.coverage.rows import Row, rows, table
from tests.coverage.samples import ACCOUNTS, DAY, check, entry, key, report, sample, wrong


def test_the_worst_come_first_and_assumed_operations_last() -> None:
    """What is handled is not listed; each says why."""
    assert [(row.state, row.error, row.why) for row in rows(sample())] == [
        ("mishandled", "429 ACCESS_EXCEEDED", "OB105"),
        (
            "not exercised",
            "401 CONSENT_EXPIRED",
            "missing: once, always; waiver expired: no sandbox (ops, until 2026-11-19)",
        ),
        ("not exercised", "503 SERVICE_UNAVAILABLE", "missing: always"),
        ("not exercised", "404 RESOURCE_UNKNOWN", "missing: once, always; assumed operation"),
        ("waived", "400 FORMAT_ERROR", "no sandbox (ops, until 2026-12-31)"),
    ]


def test_a_waived_mishandling_keeps_its_rules() -> None:
    """And a waiver for good has no last day."""
    waiver = Waiver("known", "ops")
    (row,) = rows(report([entry("E", waiver=waiver)], [wrong(key("E"))]))
    assert (row.state, row.why) == (Status.WAIVED, "OB105; known (ops)")


def test_a_failure_that_is_no_finding_is_the_reason() -> None:
    """The first of them; a mishandled error without a word is said to have failed."""
    failed = replace(wrong(key("E")), findings=(), failure="AssertionError: no")
    assert rows(report([entry("E")], [failed]))[0].why == "AssertionError: no"
    assert rows(report([entry("E")], [replace(failed, failure=None)]))[0].why == "the test failed"


def test_repeated_cells_are_blank_and_markers_whole() -> None:
    """The error is never blank; a change of status shows the operation again."""
    found = [
        Row(Status.MISHANDLED, "paysera", ACCOUNTS, "429 A", "OB105", "@one"),
        Row(Status.MISHANDLED, "paysera", ACCOUNTS, "429 A", "OB1", "@two"),
        Row(Status.WAIVED, "paysera", ACCOUNTS, "429 B", "why", "@three"),
    ]
    assert table(found, width=80) == [
        "mishandled  GET /v1/accounts  429 A  OB105",
        "    @one",
        "                              429 A  OB1",
        "    @two",
        "waived      GET /v1/accounts  429 B  why",
        "    @three",
    ]


def test_several_providers_are_named() -> None:
    """One alone is not: the verdict above has its name."""
    found = [Row(Status.WAIVED, name, ACCOUNTS, "429 A", "why", "@m") for name in ("one", "two")]
    assert table(found, width=80)[::2] == [
        "waived  one  GET /v1/accounts  429 A  why",
        "        two  GET /v1/accounts  429 A  why",
    ]


def test_a_line_fits_and_the_widest_cell_pays() -> None:
    """Never the marker, which would not work any more."""
    marker = "@pytest.mark.openbanking_errors(" + "x" * 200 + ")"
    first, second = table([Row(Status.WAIVED, "p", ACCOUNTS, "429 A", "because " * 30, marker)], width=60)
    assert first == "waived  GET /v1/accounts  429 A  because because because ..."
    assert (len(first), second) == (60, "    " + marker)


def test_what_the_limit_cuts_is_said() -> None:
    """By status, the worst first."""
    found = rows(sample())
    assert table(found, width=200, limit=1)[2:] == ["... and 4 more: 3 not exercised, 1 waived"]
    assert len(table(found, width=200, limit=5)) == len(table(found, width=200)) == 10
    assert table([], width=80) == []


def test_control_characters_do_not_reach_the_terminal() -> None:
    """Nor do line breaks: a row is a line."""
    hostile = "a\x1b[31m\r\n\u202eb"
    row = Row(Status.WAIVED, "p", hostile, hostile, hostile, hostile)
    lines = table([row], width=300)
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)


def test_no_ci_service_finds_a_command_in_a_line() -> None:
    """GitHub looks for one at the beginning, after spaces; Azure and TeamCity anywhere."""
    texts = ("::stop-commands::x", "a ##vso[task.setvariable variable=x]y", "##teamcity[x]", "##[error]")
    for text in texts:
        found = [Row(Status.WAIVED, "p", text, text, text, text)] * 2
        for line in table(found, width=400):
            assert "##" not in line
            assert not line.lstrip().startswith("::")
    assert (
        table([Row(Status.WAIVED, "p", "GET /a::b", "e # 1", "w", "@m")], width=80)[0] == "waived  GET /a::b  e # 1  w"
    )


def test_an_unjudged_check_leaves_its_case_missing() -> None:
    """Delivered is not handled."""
    (row,) = rows(report([entry("E")], [check(key("E"), "once")], day=DAY))
    assert row.why == "missing: always"


def test_why_a_test_has_judged_nothing_is_said() -> None:
    """It was skipped, or its set-up failed: the marker alone would not help."""
    skipped = replace(check(key("E"), "once"), result=Result.UNJUDGED, failure="set-up: ValueError: no")
    assert rows(report([entry("E")], [skipped]))[0].why == "missing: once, always (set-up: ValueError: no)"
