"""A page, opened in the Chromium of the system; each test also fails on a request or an error in the browser's console."""

from __future__ import annotations

import shutil
from functools import cache
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.coverage.page import render
from tests.coverage.page.reports import example

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from pytest_openbanking.coverage.report import Report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
QUIET = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@cache
def drawn() -> str:
    return render(example())


# Of the module, not of the session: while it is open, its event loop counts as the running one of this thread.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright to open the page with")
    if CHROMIUM is None:
        pytest.skip("no Chromium to open the page in")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Return a function that opens the page of a report."""
    contexts, troubles = [], []

    def visit(report: Report | None = None, address: str = "", *, width: int = 1440, **options: object) -> Page:
        file = tmp_path / f"report-{len(contexts)}.html"
        file.write_text(render(report) if report else drawn(), encoding="utf-8")
        wanted = {"reduced_motion": "reduce", **options}  # what slides in is not where it will be
        context = chromium.new_context(viewport={"width": width, "height": 900}, **wanted)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(message.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("dialog", lambda dialog: (troubles.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: request.url.split("#")[0] == file.as_uri() or troubles.append(request.url))
        page.goto(file.as_uri() + address)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def page(visit: Callable[..., Page]) -> Page:
    """The page of the example."""
    return visit()
