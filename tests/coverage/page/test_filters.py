"""What the page shows of a report, and how that is narrowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.coverage.report import Status
from tests.coverage.page.browser import expect
from tests.coverage.page.large import large
from tests.coverage.page.reports import example

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(180)
REPORT = example()
OTHERS = "4 of 4 faults and malformed answers"


def cells(page: Page) -> list[str]:
    """Return what each cell of the matrix is called."""
    return page.locator("[role=gridcell] button").evaluate_all("all => all.map((one) => one.ariaLabel)")


def rows(page: Page, section: str = "#listing") -> list[list[str]]:
    """Return the first three cells of each row of a list."""
    read = "all => all.map((row) => [...row.cells].slice(0, 3).map((cell) => cell.innerText.split('\\n')))"
    return [[a[-1], b[0], c[0]] for a, b, c in page.locator(f"{section} tbody tr").evaluate_all(read)]


def named(*statuses: Status, provider: str | None = None) -> list[str]:
    """Return what the cells of these errors are called, in the order of the report."""
    return sorted(
        ", ".join([one.error, one.status, *one.rules])
        for one in REPORT.errors
        if one.status in (statuses or tuple(Status)) and provider in (None, one.key.provider)
    )


def test_the_matrix_has_every_error_with_its_status(page: Page) -> None:
    """Each documented error is one cell, called by its status, its code, what became of it, and its rules."""
    assert sorted(cells(page)) == named()
    assert page.locator("#count").inner_text() == f"{len(REPORT.errors)} of {len(REPORT.errors)} errors shown; {OTHERS}"


def test_a_status_is_told_by_a_sign_as_well_as_by_colour(page: Page) -> None:
    """Each status has its own sign in the matrix, which the legend explains in words."""
    signs = page.locator("[role=gridcell] button").evaluate_all(
        "all => [...new Set(all.map((one) => one.ariaLabel.split(', ')[1] + one.textContent))].sort()"
    )
    assert signs == ["handled✓", "mishandled✕", "not exercised○", "waived~"]
    legend = page.locator(".legend").inner_text()
    assert all(sign[:-1] in legend and sign[-1] in legend for sign in signs)


def test_the_list_begins_with_the_worst(page: Page) -> None:
    """The first rows are what was mishandled, then what nothing has exercised."""
    statuses = [row[0] for row in rows(page)]
    assert statuses == sorted(statuses, key=list(Status).index)
    assert statuses[0] == "mishandled"


def test_the_list_grows_when_asked(page: Page) -> None:
    """A long list begins with a piece of it; the button shows the next, and the focus goes to the first new row."""
    assert len(rows(page)) == 100
    page.get_by_role("button", name="Show 34 more of 34").click()
    assert len(rows(page)) == len(REPORT.errors)
    assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 101


def test_checks_of_no_documented_error_stand_apart(page: Page) -> None:
    """Faults and malformed answers have a section of their own, and no cell in the matrix."""
    assert sorted(rows(page, "#others")) == [
        ["handled", "HTML page of a gateway", "GET /v1/accounts"],
        ["mishandled", "accounts/0/iban", "GET /v1/accounts"],
        ["mishandled", "read timeout after it acted", "POST /v1/payments"],
        ["not exercised", "connection reset", "GET /v1/accounts"],
    ]


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_picked(page: Page, status: Status) -> None:
    """Only errors of a picked status are left, in the matrix and in the list, and they are counted."""
    page.locator(f"input[value='{status.value}']").check()
    assert sorted(cells(page)) == named(status)
    assert {row[0] for row in rows(page)} == {status.value}
    assert page.locator("#count").inner_text().startswith(f"{len(named(status))} of ")


def test_two_statuses_are_picked(page: Page) -> None:
    """Several statuses add up."""
    for status in (Status.WAIVED, Status.MISHANDLED):
        page.locator(f"input[value={status.value}]").check()
    assert sorted(cells(page)) == named(Status.WAIVED, Status.MISHANDLED)


def test_a_provider_is_picked(page: Page) -> None:
    """Only the provider's matrix, list and verdict are left."""
    page.get_by_role("checkbox", name="Aelix").check()
    assert sorted(cells(page)) == named(provider="aelix")
    assert page.locator(".verdicts li:visible h2").all_inner_texts() == ["Aelix"]
    assert page.locator("#others tbody tr").count() == 0


def test_a_rule_is_picked(page: Page) -> None:
    """Only errors that the rule spoke on are left, those of no documented error too."""
    page.get_by_label("Rule").select_option("OB105")
    assert cells(page) == ["429 ACCESS_EXCEEDED, mishandled, OB105, OB106"]
    page.get_by_label("Rule").select_option("OB304")
    assert (cells(page), rows(page, "#others")) == (
        [],
        [["mishandled", "read timeout after it acted", "POST /v1/payments"]],
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("access_EXCEEDED mishandled", ["429 ACCESS_EXCEEDED, mishandled, OB105, OB106"]),
        ("payments team", ["403 RESOURCE_FORBIDDEN, waived"]),
        ("before retry-after had passed", ["429 ACCESS_EXCEEDED, mishandled, OB105, OB106"]),
        ("no such words", []),
    ],
)
def test_text_is_looked_for(page: Page, text: str, found: list[str]) -> None:
    """Every word must be somewhere in what is known of the error, in any case of letters."""
    page.get_by_label("Text").fill(text)
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{len(found)} of"))
    assert cells(page) == found


def test_filters_are_cleared(page: Page) -> None:
    """One button shows everything again."""
    page.get_by_label("Rule").select_option("OB105")
    page.get_by_role("button", name="Clear filters").click()
    expect(page.locator("#count")).to_have_text(re.compile(rf"^{len(REPORT.errors)} of"))
    assert sorted(cells(page)) == named()
    assert page.evaluate("location.hash") in ("", "#")


def test_a_link_keeps_the_filters(page: Page, visit: Callable[..., Page]) -> None:
    """The address holds what is picked, and who opens it sees the same."""
    page.get_by_role("checkbox", name="Paysera").check()
    page.locator("input[value='not exercised']").check()
    page.locator("input[value=mishandled]").check()
    page.get_by_label("Rule").select_option("OB105")
    page.get_by_label("Text").fill("exceeded")
    expect(page).to_have_url(re.compile("text=exceeded"))
    again = visit(address=page.evaluate("location.hash"))
    assert cells(again) == cells(page) == ["429 ACCESS_EXCEEDED, mishandled, OB105, OB106"]
    assert again.get_by_label("Text").input_value() == "exceeded"
    assert again.get_by_role("checkbox", name="Paysera").is_checked()


@pytest.mark.parametrize("address", ["#rule=OB999&status=lost&error=none", "#%", "#error=%00&text=%ff", "#__proto__=1"])
def test_an_address_of_nonsense_is_harmless(visit: Callable[..., Page], address: str) -> None:
    """What the address says and the report does not have is passed over."""
    assert len(cells(visit(address=address))) in (0, len(REPORT.errors))


def test_the_count_is_announced(page: Page) -> None:
    """A screen reader hears how many are shown, when that changes."""
    assert page.locator("#count").get_attribute("aria-live") == "polite"


def test_ten_thousand_errors_are_opened_and_filtered(visit: Callable[..., Page]) -> None:
    """The page of 10,000 errors works; benchmarks/page.py measures how fast."""
    page = visit(large())
    assert len(cells(page)) == 10_000
    page.get_by_label("Text").fill("part-7 number_42")
    expect(page.locator("#count")).to_have_text(re.compile("^11 of 10,000"))
    assert len(cells(page)) == 11
