"""The Markdown has the verdict, the rows and what was seen, the worst first; what others wrote is never markup in it."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_openbanking.coverage.checks import Found, Raised
from pytest_openbanking.coverage.drawing import drawn
from pytest_openbanking.coverage.markdown import to_markdown
from pytest_openbanking.coverage.marking import code, fenced, prose, raw
from pytest_openbanking.coverage.report import Run, Waiver
from tests.coverage.random_reports import reports
from tests.coverage.samples import STEPS, both, entry, key, report, sample, wrong

OURS = {"h2", "ul", "ol", "li", "p", "br", "strong", "code", "pre", "details", "summary",
        "table", "thead", "tbody", "tr", "th", "td"}  # fmt: skip
HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "</code></details></summary><b>out</b>", "-->", "<!--",
    "[click](https://evil.example)", "![x](https://evil.example/x.png)", "https://evil.example", "www.evil.com",
    "<https://evil.example>", "mail@evil.com", "@octocat", "#1", "a | b", "a \\| <b>b</b>", "`code` <b>", "\\` <b>",
    "``` \n```\n<b>", "```", "\n\n# heading", "\r\n| a | b |", "**bold**", "_em_", "~~gone~~", "&lt;b&gt;", "\\<b>", "$x$",
    "[a]: https://evil.example", "\u202e\u200b", "\x1b[31m", "\ud800", "\u2028<b>", "\x85<b>", "WWW.evil.com", "a\\",
]  # fmt: skip


class Seen(HTMLParser):
    """Collects the tags, their attributes, and the texts that are not code."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.comments: list[str] = []
        self.texts: list[str] = []
        self.depth = 0
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        self.depth += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "code"

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if not self.depth:
            self.texts.append(data)


def rendered(text: str) -> Seen:
    """Render as GitHub does: with tables, links that are found in texts, and HTML let through."""
    markdown_it = pytest.importorskip("markdown_it")
    pytest.importorskip("linkify_it")
    renderer = markdown_it.MarkdownIt("gfm-like", {"html": True, "linkify": True})
    renderer.linkify.set({"fuzzy_link": False})  # a bare host is no link on GitHub, and www. is tested by itself
    return Seen(renderer.render(text))


def only_ours(seen: Seen) -> None:
    assert set(seen.tags) <= OURS
    assert {(tag, name) for tag, name, _ in seen.attributes} <= {("code", "class")}
    assert set(seen.comments) <= {" "}
    assert not [text for text in seen.texts if re.search(r"@\w|#\d", text)]


def hostile_report(text: str):
    """A report that says a text wherever one can be said, once mishandled, once waived."""
    found = Found(text, text, text, text)
    waiver = Waiver(text, text, None)
    keys = [key(text, 429, text, text), key(text, 400, text, text)]
    entries = [entry(text, 429, text, provider=text, marker=text), entry(text, 400, text, provider=text, waiver=waiver)]
    steps = tuple(type(step)(**{**vars(step), "path": text, "mark": text, "retry_after": text}) for step in STEPS)
    check = wrong(keys[0], found, test=text, file=text, failure=text, steps=steps, raised=(Raised(text, text),))
    return report(entries, [check], runs=(Run("2026-11-20T17:10:00Z", text, (text,)),))


@pytest.mark.parametrize("text", HOSTILE)
def test_what_others_wrote_is_text(text: str) -> None:
    """No tag, link, image, mention or table cell comes out of it, wherever it stands."""
    seen = rendered(to_markdown(hostile_report(text)))
    only_ours(seen)
    assert (seen.tags.count("details"), seen.tags.count("table")) == (1, 1)
    assert (seen.tags.count("th"), seen.tags.count("td")) == (5, 10)


@given(st.lists(st.sampled_from([*HOSTILE, *"`|\\<>&[]()*_@#:!~$ \n", "a"]), max_size=8).map("".join))
@settings(max_examples=150, deadline=None)
def test_nor_do_mixtures_of_it_come_out(text: str) -> None:
    """In a cell of a table, in a paragraph, in a summary and in a fence."""
    cells = f"| | |\n| --- | --- |\n| {code(text)} | {prose(text)} |"
    page = f"{cells}\n\nx {prose(text)} {code(text)}\n\n<details><summary>{raw(text)}</summary>\n\n{fenced([text])}\n\n</details>"
    seen = rendered(page)
    only_ours(seen)
    assert [seen.tags.count(tag) for tag in ("td", "details", "summary", "pre")] == [2, 1, 1, 1]


def test_a_text_is_shown_as_it_is() -> None:
    """Escaped, it still reads the same; ordinary names stay readable in the source."""
    assert code("POST /v1/{id} TOKEN_EXPIRED") == "`POST /v1/{id} TOKEN_EXPIRED`"
    for text in ("a | b", "`x` \\ y", "<b> & @x #1 https://e.example", "*a* _b_ ~c~ [d](e)"):
        assert "".join(rendered(f"| a |\n| --- |\n| x{prose(text)} |").texts).split() == ["a", *f"x{text}".split()]


def test_www_makes_no_link() -> None:
    """GitHub looks for it in the source: https://github.github.com/gfm/#autolinks-extension-."""
    assert prose("see www.evil.com, WWW.evil.com") == "see www&#46;evil.com, WWW&#46;evil.com"


def test_the_verdict_comes_first_then_the_worst() -> None:
    """As it is in the terminal."""
    text = to_markdown(sample())
    lines = text.splitlines()
    assert lines[2].startswith(
        "- paysera: 1 of 5 documented errors handled (20 %), 1 mishandled, 1 waived, 2 not exercised; "
    )
    rows = [line.split(" | ")[0] for line in lines if line.startswith("| ")][2:]
    assert rows == ["| mishandled", *["| not exercised"] * 3, "| waived"]
    assert '`@pytest.mark.openbanking_errors("GET /v1/accounts", code="CONSENT_EXPIRED")`' in text


def test_what_was_seen_of_a_mishandled_error_is_folded() -> None:
    """The test, the finding, its fix, and the timeline with the exception that came out."""
    text = to_markdown(sample())
    details = text[text.index("<details>") :]
    assert "at `tests/test_bank.py:12`" in details
    assert "**OB105** retried before Retry-After had passed<br>called again after 1.0 s<br>fix: wait 30 s" in details
    assert "    1.000 s  GET /v1/accounts   200 (documented)" in details
    assert "<- too early by 29.0 s" in details
    assert "    1.000 s  raised acme.bank.BankError: no access" in details


def test_a_report_with_nothing_wrong_is_its_verdict() -> None:
    """No table, nothing folded."""
    text = to_markdown(report([entry("E")], both(key("E"))))
    assert text.count("\n") == 3
    assert "(100 %)" in text


def test_partial_runs_are_said() -> None:
    """Each reason once."""
    runs = tuple(Run(f"2026-11-20T17:1{minute}:00Z", "0.1.0", ("-k x",)) for minute in range(3))
    assert to_markdown(report([entry("E")], [], runs=runs)).count("not all tests were run: `-k x`") == 1


def many(number: int):
    entries = [entry(f"CODE_{one}") for one in range(number)]
    return report(entries, [wrong(each.key) for each in entries[: number // 2]])


@pytest.mark.parametrize("limit", [700, 1000, 2000, 5000, 9000, 20_000, 100_000])
def test_the_limit_holds_and_what_is_cut_is_said(limit: int) -> None:
    """Whole rows and whole details; the worst stay; the counts add up."""
    text = to_markdown(many(40), limit=limit)
    assert 0 < len(text.encode()) <= limit
    rows = [line for line in text.splitlines() if line.startswith(("| mishandled", "| not exercised"))]
    assert all(line.endswith(")` |") for line in rows)
    assert text.count("<details>") == text.count("</details>") == text.count("\n```text") == text.count("\n```\n")
    cut = re.search(r"Cut for length: (\d+) more errors", text)
    assert len(rows) + int(cut[1] if cut else 0) == 40
    unseen = re.search(r"what was seen of (\d+) more mishandled", text)
    assert text.count("<details>") + int(unseen[1] if unseen else 0) == 20
    assert "not exercised" not in "".join(rows) or len([row for row in rows if "| mishandled" in row]) == 20


def test_the_worst_has_its_details_before_what_was_not_exercised_has_its_row() -> None:
    """Half of the rows are cut here, and details of the first are there."""
    text = to_markdown(many(40), limit=5000)
    assert text.index("| mishandled") < text.index("<summary><code>429 CODE_0</code>")


@given(reports(), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_any_report_fits(one, limit) -> None:
    """Also where there is room for nothing at all; and it is UTF-8."""
    assert len(to_markdown(one, limit=limit).encode("utf-8")) <= limit


def test_several_providers_are_named_in_the_rows() -> None:
    """One alone is not."""
    two = report([entry("A"), entry("B", provider="aelix")], [])
    assert "| `aelix GET /v1/accounts` |" in to_markdown(two)
    assert "no provider was tested" in to_markdown(report([], []))


def test_the_middle_of_a_long_exchange_is_left_out() -> None:
    """How it began and how it ended is what tells."""
    lines = drawn(wrong(key("E"), steps=STEPS[:1] * 50))
    assert (len(lines), lines[8]) == (8 + 1 + 6 + 1, "... 36 more calls")


def test_a_call_that_was_refused_and_one_without_an_answer_are_drawn() -> None:
    """And a value that was returned, a new token, and which of several tokens was sent."""
    refused = replace(STEPS[0], refused="no such host", retry_after=None, token="token 2", refreshes=True)
    silent = replace(STEPS[1], at=2.0, status=None, mark=None)
    check = wrong(key("E"), steps=(refused, silent), raised=(), returned=True)
    assert drawn(check) == [
        "    0.000 s  GET /v1/accounts   refused: no such host   a new token  token 2",
        "    2.000 s  GET /v1/accounts",
        "    1.000 s  returned a value",
    ]


def test_an_error_that_many_tests_mishandle_shows_the_first() -> None:
    """Twenty of them; the others are counted."""
    text = to_markdown(report([entry("E")], [wrong(key("E"), test=f"t{one:02}") for one in range(23)]))
    assert "`t19` at" in text
    assert "`t20` at" not in text
    assert "and 3 more tests" in text
