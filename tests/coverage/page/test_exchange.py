"""An error when it is opened: what is documented of it, its checks, and each exchange beside the line of virtual time."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.coverage.checks import Raised
from pytest_openbanking.coverage.statuses import report_of
from tests.coverage.page.browser import expect
from tests.coverage.page.reports import DAY, RUN, call, check, example, fine

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from pytest_openbanking.coverage.checks import Check

pytestmark = pytest.mark.timeout(180)


def opened(page: Page, name: str) -> Locator:
    """Open the first error of the list that is called so."""
    page.locator("table.list button", has_text=name).first.click()
    return page.get_by_role("dialog")


def forms(drawer: Locator) -> list[str]:
    """Return what kind of call each form on the line stands for."""
    return drawer.locator("path.point").evaluate_all("all => all.map((one) => one.classList[1])")


def of_one(visit: Callable[..., Page], make: Callable[..., Check]) -> Locator:
    """Open an error with one check, made for it."""
    entry = replace(example().errors[0], persistences=("always",), waiver=None)
    page = visit(report_of({"paysera": "Paysera"}, [entry], [make(entry.key)], [RUN], day=DAY))
    return opened(page, entry.key.code)


def facts(drawer: Locator) -> dict[str, str]:
    names, texts = (drawer.locator(f".facts > {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return {name: re.sub(r"\s+", " ", text) for name, text in zip(names, texts, strict=True)}


def test_an_error_says_what_is_documented(page: Page) -> None:
    """Its message, cause, remedies with their basis, source, cases, and the line that exercises it."""
    drawer = opened(page, "429 ACCESS_EXCEEDED")
    assert facts(drawer) == {
        "Message": "Access frequency limit exceeded. The limit is 4 requests per day per consent.",
        "Cause": "more than 4 requests a day for a consent without the user present, 10 a second, 1000 an hour, or 20 at once",
        "Remedy": "wait respect Retry-After documented",
        "Source": "error handling, “Rate Limit Exceeded”",
        "Cases": "✕ once mishandled ✓ once-date handled ✕ always mishandled",
        "Exercise it": '@pytest.mark.openbanking_errors("GET /v1/accounts", code="ACCESS_EXCEEDED") Copy',
    }
    source = drawer.locator(".facts a")
    assert source.get_attribute("href").startswith("https://developers.paysera.com/")
    assert source.get_attribute("rel") == "noopener noreferrer"


def test_a_waiver_and_what_is_missing_are_said(page: Page) -> None:
    """A waived error says why, whose it is and until when; a case that nothing judged is called missing."""
    said = facts(opened(page, "403 RESOURCE_FORBIDDEN"))
    assert (
        said["Waiver"]
        == "the bank never sends it for this account type payments team; until 2026-12-31, that day included"
    )
    assert said["Cases"] == "○ always missing"


def test_the_marker_line_is_copied(visit: Callable[..., Page]) -> None:
    """One button puts the marker line on the clipboard, and says so to a screen reader as well."""
    page = visit(permissions=["clipboard-read", "clipboard-write"])
    drawer = opened(page, "429 ACCESS_EXCEEDED")
    drawer.get_by_role("button", name="Copy").click()
    expect(drawer.get_by_role("button", name="Copied")).to_be_visible()
    assert page.locator("#said").text_content() == "Copied"
    assert page.evaluate("navigator.clipboard.readText()") == (
        '@pytest.mark.openbanking_errors("GET /v1/accounts", code="ACCESS_EXCEEDED")'
    )


def test_the_marker_line_is_selected_where_it_cannot_be_copied(page: Page) -> None:
    """Where the browser gives no clipboard, the line is selected and the reader told."""
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    drawer = opened(page, "429 ACCESS_EXCEEDED")
    drawer.get_by_role("button", name="Copy").click()
    expect(drawer.get_by_role("button", name="Selected")).to_be_visible()
    assert page.evaluate("String(getSelection())").startswith("@pytest.mark")


def test_a_finding_is_followed_to_its_call_by_mouse(page: Page) -> None:
    """A red cell leads to the finding, and the finding to the call in its exchange."""
    page.get_by_role("button", name="429 ACCESS_EXCEEDED, mishandled, OB105, OB106").click()
    first = page.get_by_role("dialog").locator("details").first
    assert first.locator("h4").inner_text() == "OB105 retried before Retry-After had passed"
    assert first.locator("dd").all_inner_texts()[0].endswith("the client called again after 1.0 s")
    first.get_by_role("button", name="Show the call").click()
    expect(first.locator("tr.marked")).to_be_focused()
    assert "◀ too early by 29.0 s" in first.locator("tr.marked").inner_text()
    assert first.locator("tr.marked circle.ring").count() == 1


def test_a_link_opens_an_error(page: Page, visit: Callable[..., Page]) -> None:
    """The address names the open error, and who follows it sees the same; closing it takes the name away."""
    opened(page, "429 ACCESS_EXCEEDED")
    again = visit(address=page.evaluate("location.hash"))
    assert again.get_by_role("dialog", name="429 ACCESS_EXCEEDED").is_visible()
    again.get_by_role("button", name="Close", exact=True).click()
    assert "error" not in again.evaluate("location.hash")
    assert again.evaluate("document.activeElement.id") == "matrix"


def test_an_exchange_is_drawn_when_it_is_opened(page: Page) -> None:
    """Of several checks the first that went wrong is open; the others are drawn when someone asks."""
    drawer = opened(page, "429 ACCESS_EXCEEDED")
    assert drawer.locator("details").count() == 3
    assert drawer.locator("table.exchange").count() == 1
    drawer.locator("summary").last.click()
    expect(drawer.locator("table.exchange")).to_have_count(2)
    assert "1 d" in drawer.locator("caption").last.inner_text()


def test_a_band_lasts_from_the_answer_until_retry_after_has_passed(visit: Callable[..., Page]) -> None:
    """The band's ends are where those moments are on the line, and a call within it is seen to be too early."""
    drawer = of_one(
        visit,
        lambda key: check(
            key,
            steps=(call(key, 0.0, retry_after="30", wait_until=30.0), call(key, 10.0), fine(key, 40.0)),
            ended_at=40.0,
        ),
    )
    rows = drawer.locator("table.exchange tbody tr")
    band = rows.nth(0).locator("rect.band").bounding_box()
    early, late = (rows.nth(n).locator("path.point").bounding_box() for n in (1, 2))
    start = rows.nth(0).locator("path.point").bounding_box()
    middle = [box["x"] + box["width"] / 2 for box in (start, early, late)]
    assert band["x"] == pytest.approx(middle[0], abs=2)
    assert (middle[1] - middle[0]) / (middle[2] - middle[0]) == pytest.approx(10 / 40, abs=0.02)
    assert band["width"] / (middle[2] - middle[0]) == pytest.approx(30 / 40, abs=0.02)
    assert rows.nth(0).locator("svg text").text_content() == "Retry-After 30 s"
    assert rows.nth(1).locator("rect.old").count() == 1
    assert rows.nth(2).locator("rect.old").count() == 0


def test_a_day_stands_beside_milliseconds(visit: Callable[..., Page]) -> None:
    """Moments keep their order and room between them; where the line is shortened it is broken, and says so."""
    moments = (0.0, 0.005, 1.0, 86401.0)
    drawer = of_one(visit, lambda key: check(key, steps=tuple(call(key, at) for at in moments), ended_at=86401.0))
    lefts = [box.bounding_box()["x"] for box in drawer.locator("path.point").all()]
    gaps = [after - before for before, after in pairwise(lefts)]
    assert all(gap > 6 for gap in gaps)
    assert gaps == sorted(gaps)
    assert drawer.locator("path.break").count() >= 1
    assert "long waits are drawn shorter" in drawer.locator("caption").inner_text()
    assert drawer.locator("td.at").all_inner_texts()[3].split("\n") == ["86401.000 s", "after 1 d"]


def test_waits_of_one_kind_are_to_scale(visit: Callable[..., Page]) -> None:
    """Where all waits can be seen, the line is true and has no breaks."""
    drawer = of_one(
        visit, lambda key: check(key, steps=tuple(call(key, at) for at in (0.0, 1.0, 3.0, 7.0)), ended_at=7.0)
    )
    lefts = [box.bounding_box()["x"] for box in drawer.locator("path.point").all()]
    assert (lefts[1] - lefts[0]) / (lefts[3] - lefts[0]) == pytest.approx(1 / 7, abs=0.01)
    assert drawer.locator("path.break").count() == 0


def test_calls_of_each_kind_have_a_form_of_their_own(page: Page) -> None:
    """An error, a refresh, a success, a refusal and a fault are told apart without colour."""
    token = opened(page, "401 TOKEN_INVALID")
    token.locator("summary").first.wait_for()
    assert forms(token)[:3] == ["error", "refresh", "fine"]
    assert [text.split("\n")[-1] for text in token.locator("tbody td:nth-child(2)").all_inner_texts()][:3] == [
        "token 1",
        "refreshes the token",
        "token 2",
    ]
    page.keyboard.press("Escape")
    refused = opened(page, "connection reset")
    assert forms(refused) == ["refused"]
    assert "no such operation: nearest is GET /v1/accounts" in refused.inner_text()
    page.keyboard.press("Escape")
    assert forms(opened(page, "read timeout")) == ["fault", "fine"]


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"raised": (Raised("a.BankError", "no"),)}, "raised a.BankError: no"),
        ({"raised": (Raised("a.One", "x"), Raised("b.Two", ""))}, "raised a.One: x and b.Two"),
        ({"raised": (), "returned": True}, "returned a value"),
        ({"raised": (), "returned": False}, "nothing came out"),
    ],
)
def test_what_came_out_ends_the_exchange(visit: Callable[..., Page], members: dict[str, object], said: str) -> None:
    """The last row is the exception, each of a group, or that a value was returned, at its moment."""
    drawer = of_one(visit, lambda key: check(key, ended_at=2.5, **members))
    end = drawer.locator("tr.end")
    assert re.sub(r"\s+", " ", end.inner_text()).strip() == f"2.500 s {said}"
    assert end.locator("line.stop").count() == 1


def test_a_check_without_a_call_says_so(visit: Callable[..., Page]) -> None:
    """Where nothing was called there is nothing to draw."""
    drawer = of_one(visit, lambda key: check(key, steps=(), ended_at=None, raised=()))
    assert "No call was made." in drawer.inner_text()


def test_a_failure_of_another_kind_is_shown(page: Page) -> None:
    """A test that failed without a finding says with what."""
    assert "The test failed: ValueError: not an IBAN" in opened(page, "accounts/0/iban").inner_text()
