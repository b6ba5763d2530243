"""How the page looks: light and dark, narrow and wide, on paper, and to who cannot tell colours apart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.coverage.page.browser import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.timeout(180)

# Every text that is seen, with the contrast of its colour to what is painted behind it (WCAG 2.2).
CONTRASTS = """() => {
  const parts = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
    return { r, g, b, a };
  };
  const over = (top, below) => ({
    r: top.r * top.a + below.r * (1 - top.a), g: top.g * top.a + below.g * (1 - top.a), b: top.b * top.a + below.b * (1 - top.a), a: 1,
  });
  const light = ({ r, g, b }) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (one) => {
    const layers = [];
    for (let at = one; at; at = at.parentElement) layers.push(parts(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), { r: 255, g: 255, b: 255, a: 1 });
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility({ visibilityProperty: true }) || one.closest(":disabled, .skip, .unseen")) continue;
    const style = getComputedStyle(one);
    const back = behind(one.closest("svg")?.parentElement ?? one);
    const front = over(parts(one instanceof SVGElement ? style.fill : style.color), back);
    const [high, low] = [light(front), light(back)].sort((a, b) => b - a);
    found.push([Math.round(((high + 0.05) / (low + 0.05)) * 100) / 100, walker.currentNode.data.trim().slice(0, 40)]);
  }
  return found;
}"""


def overflow(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("opened", ["", "429 ACCESS_EXCEEDED, mishandled", "401 TOKEN_INVALID"])
def test_every_text_can_be_read(visit: Callable[..., Page], scheme: str, opened: str) -> None:
    """Each text has the contrast that WCAG AA asks for, in both schemes, on the page and in an open error."""
    page = visit(color_scheme=scheme, reduced_motion="reduce")
    page.locator("input[value=waived]").check()
    page.locator("input[value=waived]").uncheck()
    if opened:
        page.get_by_role("button", name=opened).first.click()
    texts = page.evaluate(CONTRASTS)
    assert len(texts) > 100
    assert [(ratio, text) for ratio, text in texts if ratio < 4.5] == []


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(246, 247, 249)"), ("dark", "rgb(15, 18, 22)")])
def test_the_page_follows_the_scheme(visit: Callable[..., Page], scheme: str, ground: str) -> None:
    """Who prefers dark gets dark."""
    page = visit(color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_page_fits(visit: Callable[..., Page], width: int) -> None:
    """Neither the page nor an open error is wider than the screen, on a phone and on a desk."""
    page = visit(width=width)
    assert overflow(page) == 0
    page.get_by_role("button", name="429 ACCESS_EXCEEDED, mishandled").click()
    assert page.locator("dialog").evaluate("one => one.scrollWidth - one.clientWidth") == 0
    assert page.locator("svg.lane").first.bounding_box()["width"] > 250


def test_a_narrow_matrix_names_each_error(visit: Callable[..., Page]) -> None:
    """Where there is no room for columns, each cell says its error, and turning the screen brings the columns back."""
    page = visit(width=360)
    cell = page.locator(".tile.mishandled").first
    cell.focus()
    expect(cell).to_have_text(re.compile(r"✕\s*429 ACCESS_EXCEEDED"), use_inner_text=True)
    page.set_viewport_size({"width": 1200, "height": 800})
    expect(page.locator(".tile.mishandled").first).to_have_text("✕", use_inner_text=True)  # once it is drawn anew
    expect(page.locator("th.code").first).to_be_visible()


def test_motion_is_left_out_where_it_is_unwanted(visit: Callable[..., Page]) -> None:
    """The drawer slides in, but not for who has asked for less motion."""
    names = []
    for motion in ("no-preference", "reduce"):
        page = visit(reduced_motion=motion)
        page.locator(".tile").first.click()
        names.append(page.locator("dialog").evaluate("one => getComputedStyle(one).animationName"))
    assert names == ["slide", "none"]


def test_paper_has_everything_that_is_shown(visit: Callable[..., Page]) -> None:
    """Printed are the verdicts, every row, and all that is known of each error; no control, and nothing cut off."""
    page = visit(color_scheme="dark")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#listing tbody tr:visible").count() == 134
    assert page.locator("#print article:visible").count() == 134 + 4
    text = page.locator("body").inner_text()
    for said in (
        "documented errors handled",
        "◀ too early by 29.0 s",
        "@pytest.mark.openbanking_errors",
        "raised acme.bank.BankError",
    ):
        assert said in text
    assert page.locator("button:visible:not(.open), input:visible, select:visible").count() == 0
    assert page.locator("#print details:not([open])").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#print article").count() == 0


def test_a_pdf_has_the_pages(visit: Callable[..., Page]) -> None:
    """Chromium's own printing asks for the details: a PDF of all has many pages, one of the worst has few."""
    sizes = {}
    for address in ("", "#status=waived"):
        page = visit(address=address)
        sizes[address] = len(re.findall(rb"/Type /Page\b", page.pdf()))
    assert sizes[""] > 30
    assert 1 <= sizes["#status=waived"] < 5
