"""How large the HTML report of 10,000 errors is, and how long Chromium takes to open and to filter it."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.page import render
from tests.coverage.page.large import large

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROUNDS = 7
# From a change of a filter until what it shows is painted.
FILTERED = """([name, value]) => new Promise((done) => {
  const field = document.querySelector(name);
  const started = performance.now();
  if (field.type === "checkbox") field.checked = value;
  else field.value = value;
  field.dispatchEvent(new Event("change", { bubbles: true }));
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
})"""
OPENED = """new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"""
FILTERS = {
    "by status": ("input[value=mishandled]", True),
    "by status and text": ("#text", "number_42"),
    "by text": ("input[value=mishandled]", False),
    "all again": ("#text", ""),
}


def run() -> None:
    report = large()
    started = time.process_time()
    page = render(report)
    print(f"the page of {len(report.errors):,} errors is made in {time.process_time() - started:6.1f} s")
    print(f"    it has {len(page.encode()) / 1e6:31.2f} MB   bar 5.00")
    file = Path(tempfile.mkdtemp(), "report.html")
    file.write_text(page, encoding="utf-8")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("    no Chromium to open it in")
        return
    measure(file, chromium)


def measure(file: Path, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless=new", "--no-sandbox", "--disable-gpu"]
        )
        rounds = [visit(browser, file) for _ in range(ROUNDS + 1)][1:]
        browser.close()
    for name in rounds[0]:
        times = [each[name] for each in rounds]
        middle, low, high = statistics.median(times), min(times), max(times)
        print(f"    {name:<32} {middle:6.0f} ms   ({low:.0f} to {high:.0f})   bar 1000")


def visit(browser: Browser, file: Path) -> dict[str, float]:
    """Return the milliseconds until the page is painted whole, and after each filter."""
    page: Page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(file.as_uri())
    times = {"opened": page.evaluate(OPENED)}
    for name, filtered in FILTERS.items():
        times[f"filtered {name}"] = page.evaluate(FILTERED, list(filtered))
    page.close()
    return times
