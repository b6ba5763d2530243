"""What providers and clients sent is data on the page, never markup: it is shown, and does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.coverage.checks import Check, ErrorKey, Found, Kind, Raised, Result, Step
from pytest_openbanking.coverage.page import render
from pytest_openbanking.coverage.page.visible import visible
from pytest_openbanking.coverage.report import Counts, Entry, Provider, Remedy, Report, Run, Source, Status, Waiver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(180)

MARKUP = "</script></style><img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>"
TEXTS = {
    "markup": MARKUP,
    "comment": "<!--<script>",
    "quotes": "\"'`${document.title='run'}{{script}}",
    "bidi": "abc\u202edef\u2066ghi",
    "surrogate": "a\ud800b\udfffc",
    "null": "a\x00b\x01\x02c",
    "long": "endless " * 5000,
    "unbroken": "x" * 3000,
    "prototype": "__proto__",
    "separators": "a\u2028b\u2029c",
}


def hostile(text: str) -> Report:
    """Return a report that holds the text wherever a text can be."""
    key = ErrorKey(f"p{text}", f"GET {text}", 400, f"C{text}")
    counts = Counts(1, 0, 1)
    entry = Entry(
        key,
        f"message {text}",
        f"cause {text}",
        (Remedy(f"handling {text}", f"basis {text}", f"remedy {text}"),),
        Source(f"title {text}", f"https://bank.example/{text}", f"section {text}"),
        (f"case {text}",),
        False,
        f"marker {text}",
        Waiver(f"reason {text}", f"owner {text}", f"until {text}"),
        Status.MISHANDLED,
        (f"rule {text}",),
        (f"case {text}",),
    )
    checks = tuple(
        Check(
            key,
            kind,
            f"case {text}",
            f"test {text}",
            f"file {text}",
            1,
            Result.MISHANDLED,
            f"site {text}",
            (Found(f"rule {text}", f"says {text}", f"seen {text}", f"fix {text}"),),
            f"failure {text}",
            steps=(
                Step(0.0, 0.1, f"M {text}", f"path {text}", None, 400, f"error {text}", f"from {text}", f"after {text}", 9.0),
                Step(1.0, None, "GET", "/", None, None, None, "", None, None, False, f"token {text}", f"key {text}", f"refused {text}", f"mark {text}"),
            ),
            ended_at=2.0,
            raised=(Raised(f"type {text}", f"raised {text}"),),
        )
        for kind in (Kind.ERROR, Kind.FAULT)
    )  # fmt: skip
    provider = Provider(key.provider, f"provider {text}", counts, Counts(), counts)
    return Report((Run(f"created {text}", f"version {text}", (f"partial {text}",)),), (provider,), (entry,), checks)


IN_DRAWER = [
    "message",
    "cause",
    "handling",
    "basis",
    "remedy",
    "title",
    "section",
    "case",
    "reason",
    "owner",
    "until",
    "marker",
    "rule",
    "says",
    "seen",
    "fix",
    "failure",
    "test",
    "site",
    "file",
    "M",
    "path",
    "error",
    "from",
    "after",
    "token",
    "key",
    "refused",
    "mark",
    "type",
    "raised",
]


def text_of(page: Page, place: str) -> str:
    return page.locator(place).evaluate("one => one.textContent")


@pytest.mark.parametrize("name", TEXTS)
def test_every_text_is_shown_and_does_nothing(visit: Callable[..., Page], name: str) -> None:
    """Wherever it stands, hostile text is text: nothing runs, no element is made of it, and it can be read."""
    text = TEXTS[name]
    page = visit(hostile(text))
    page.get_by_role("button").and_(page.locator(".tile")).click()
    read = " ".join(text_of(page, "dialog").split())
    for field in IN_DRAWER:
        assert " ".join(visible(f"{field} {text}").split()) in read, field
    assert visible(f"p{text}") in text_of(page, "header")
    assert page.title() == "Documented errors and how the client handles them"
    assert page.locator("img, iframe, object, body style, header script, main script, dialog script").count() == 0


def test_hostile_text_does_not_widen_the_page(visit: Callable[..., Page]) -> None:
    """A word without end breaks: the page needs no scrolling sideways, nor does an open error."""
    page = visit(hostile(TEXTS["unbroken"]), width=360)
    wide = "one => one.scrollWidth - one.clientWidth"
    assert page.locator("html").evaluate(wide) == 0
    page.locator(".tile").click()
    assert page.locator("dialog").evaluate(wide) == 0


@pytest.mark.parametrize(
    ("address", "href"),
    [
        ("https://bank.example/errors", "https://bank.example/errors"),
        ("http://bank.example/", "http://bank.example/"),
        ("javascript:document.title='run'", None),
        (" JaVaScRiPt:document.title='run'", None),
        ("java\nscript:document.title='run'", None),
        ("data:text/html,<script>1</script>", None),
        ("file:///etc/passwd", None),
        ("//bank.example/", None),
        ("", None),
    ],
)
def test_only_addresses_of_the_web_become_links(visit: Callable[..., Page], address: str, href: str | None) -> None:
    """A source whose address is anything else is shown by its title alone."""
    key = ErrorKey("p", "GET /", 400, "CODE")
    entry = Entry(key, None, "", (), Source("the title", address), ("always",), False, "")
    counts = Counts(1, not_exercised=1)
    page = visit(Report((), (Provider("p", "P", counts, Counts(), counts),), (entry,)))
    page.locator(".tile").click()
    assert "the title" in page.locator("dialog").inner_text()
    links = page.locator("dialog a").evaluate_all("all => all.map((one) => one.href)")
    assert links == ([href] if href else [])


def test_the_policy_is_in_force(chromium: Browser, tmp_path: Path) -> None:
    """Even markup that slipped through could neither run, nor load, nor style anything."""
    slipped = (
        "<script>document.title='run'</script><img src='https://bank.example/x.png' onerror=\"document.title='run'\">"
    )
    slipped += (
        "<style>body { color: rgb(1, 2, 3) }</style><p style='color: red' onclick=\"document.title='run'\">slipped</p>"
    )
    file = tmp_path / "page.html"
    file.write_text(render(hostile("harmless")).replace("<main hidden>", f"{slipped}<main hidden>"), encoding="utf-8")
    page = chromium.new_page()
    loaded, refused, blocked = [], [], []
    page.on("requestfinished", lambda request: loaded.append(request.url))
    page.on("requestfailed", lambda request: refused.append((request.url, request.failure)))
    page.on("console", lambda message: blocked.append(message.text))
    page.goto(file.as_uri())
    page.get_by_text("slipped").click()
    assert page.title() == "Documented errors and how the client handles them"
    assert loaded == [file.as_uri()]
    assert refused == [("https://bank.example/x.png", "csp")]
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"
    assert sum("Content Security Policy" in text for text in blocked) >= 5
    page.close()


def test_without_scripts_the_verdicts_are_there(visit: Callable[..., Page]) -> None:
    """With JavaScript switched off the page says so, and shows the verdicts."""
    page = visit(java_script_enabled=False)
    assert "documented errors handled" in page.locator(".verdicts").inner_text()
    assert page.get_by_text("JavaScript, which does not run here").is_visible()
    assert not page.locator("main").is_visible()
    assert not page.locator("#filters").is_visible()
