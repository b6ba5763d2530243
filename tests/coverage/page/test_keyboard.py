"""The page by keyboard alone, and as a screen reader meets it."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.coverage.page.browser import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(180)
FOCUSED = "document.activeElement.ariaLabel || document.activeElement.innerText"


def press(page: Page, *keys: str) -> str:
    """Press keys, and return what has the focus then."""
    for key in keys:
        page.keyboard.press(key)
    return page.evaluate(FOCUSED)


def to_matrix(page: Page) -> None:
    """Go to the first cell of the matrix from the top of the page."""
    assert press(page, "Tab") == "Skip to the matrix"
    press(page, "Enter")
    assert press(page, "Tab") == "401 TOKEN_INVALID, handled"


def test_arrows_move_in_the_matrix(page: Page) -> None:
    """Left and right go along an operation, up and down along an error, Home and End to the ends."""
    to_matrix(page)
    assert press(page, "ArrowRight") == "401 TOKEN_EXPIRED, handled"
    assert press(page, "ArrowDown", "ArrowDown", "ArrowDown", "Home") == "400 FORMAT_ERROR, handled"
    assert press(page, "ArrowUp") == "401 TOKEN_INVALID, handled"
    assert press(page, "End") == "503 SERVICE_UNAVAILABLE, handled"
    assert press(page, "Control+End", "ArrowRight", "ArrowDown") == "503 SERVICE_UNAVAILABLE, not exercised"
    assert press(page, "Control+Home", "ArrowLeft", "ArrowUp") == "401 TOKEN_INVALID, handled"


def test_a_matrix_is_one_stop_of_the_tab_key(page: Page) -> None:
    """Tab leaves a matrix for the next one, and comes back to the cell that it left."""
    to_matrix(page)
    left = press(page, "ArrowRight", "ArrowRight")
    assert press(page, "Tab") == "400 INVALID_PARAMETER, handled"
    assert press(page, "Shift+Tab") == left


def test_a_finding_is_followed_to_its_call(page: Page) -> None:
    """From the matrix to the error, from its finding to the marked call, and back, without a mouse."""
    to_matrix(page)
    while "ACCESS_EXCEEDED" not in press(page, "ArrowRight"):
        pass
    assert press(page, "Enter") == "429 ACCESS_EXCEEDED"
    assert page.get_by_role("dialog", name="429 ACCESS_EXCEEDED").is_visible()
    while press(page, "Tab") != "Show the call in the exchange":
        pass
    assert "too early by 29.0 s" in press(page, "Enter")
    assert page.evaluate("document.activeElement.rowIndex") == 2
    assert press(page, "Escape") == "429 ACCESS_EXCEEDED, mishandled, OB105, OB106"
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_focus_stays_in_an_open_error(page: Page) -> None:
    """Nothing behind the drawer is reached with the Tab key."""
    to_matrix(page)
    press(page, "Enter")
    for _ in range(30):
        press(page, "Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")


def test_errors_are_leafed_through(page: Page) -> None:
    """The next and the previous error are one key away, in the order of the list; the address follows."""
    page.get_by_role("button", name="429 ACCESS_EXCEEDED", exact=True).first.click()
    assert press(page, "Tab") == "Next error"
    assert press(page, "Enter") == "500 INTERNAL_SERVER_ERROR"
    expect(page).to_have_url(re.compile("error=paysera.*500"))
    assert press(page, "Tab") == "Previous error"
    assert press(page, "Enter") == "429 ACCESS_EXCEEDED"
    assert press(page, "Escape") == "429 ACCESS_EXCEEDED"


def test_the_focus_can_be_seen(page: Page) -> None:
    """What has the focus by keyboard has an outline."""
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    to_matrix(page)
    assert page.evaluate(outline) == "solid"
    chip = "getComputedStyle(document.activeElement.nextElementSibling).outlineStyle"
    page.locator("input[value=mishandled]").focus()
    press(page, "Shift+Tab", "Tab")
    assert page.evaluate(chip) == "solid"


def test_the_page_has_landmarks_and_headings(page: Page) -> None:
    """A screen reader finds its way: one first heading, no level skipped, and the regions by name."""
    levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map((one) => Number(one.tagName[1]))")
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for role, name in (
        ("search", "Filters"),
        ("region", "Matrix"),
        ("region", "Errors, the worst first"),
        ("region", "Faults and malformed answers"),
        ("group", "Status"),
        ("grid", "Paysera Open Banking: operations and errors"),
    ):
        expect(page.get_by_role(role, name=name, exact=True)).to_have_count(1)
    for role in ("main", "banner"):
        expect(page.get_by_role(role)).to_have_count(1)


def test_the_matrix_is_a_grid_of_rows_and_columns(page: Page) -> None:
    """Each row begins with its operation, and the columns are headed by status and code."""
    grid = page.get_by_role("grid", name="Paysera")
    assert grid.get_by_role("rowheader").first.inner_text() == "GET /v1/accounts"
    heads = grid.get_by_role("columnheader").all_inner_texts()
    assert heads[:3] == ["Operation", "400", "401"]
    assert heads[-1] == "SERVICE_UNAVAILABLE"
    columns = grid.locator("thead tr").nth(1).locator("th, td").count()
    assert set(grid.locator("tbody tr").evaluate_all("all => all.map((row) => row.cells.length)")) == {columns}


def test_every_control_has_a_name(page: Page) -> None:
    """Each button, box and field is called by a word, not by a sign, on the page and in an open error."""
    page.locator("button.mishandled").first.click()
    nameless = page.locator("button, input, select, summary").evaluate_all(
        "all => all.filter((one) => !/[a-z]/i.test(one.ariaLabel || one.innerText || one.labels?.[0]?.innerText))"
        ".map((one) => one.outerHTML)"
    )
    assert nameless == []


def test_an_exchange_is_a_table_in_words(page: Page) -> None:
    """All that the drawing shows is said in the cells beside it, which a screen reader reads."""
    page.get_by_role("button", name="429 ACCESS_EXCEEDED, mishandled").click()
    table = page.get_by_role("table", name="Exchange: 3 calls, 31.75 s of virtual time")
    snapshot = table.aria_snapshot()
    for said in (
        'columnheader "At"',
        "1.000 s after 1 s GET /v1/accounts 429 ACCESS_EXCEEDED",
        "Retry-After: 30, until 31.000 s",
        "too early by 29.0 s",
        "31.750 s returned a value",
    ):
        assert said in snapshot
    assert "img" not in snapshot
