"""Random reports, as small as they can be while everything in them varies."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from pytest_openbanking.coverage.checks import Check, ErrorKey, Found, Kind, Raised, Result, Step
from pytest_openbanking.coverage.report import Entry, Remedy, Report, Run, Source, Waiver
from pytest_openbanking.coverage.statuses import report_of
from pytest_openbanking.coverage.stored import day_of

HOSTILE = [
    "",
    "a|b",
    "`code`",
    "</script><b>",
    "x\r\n::error::y",
    "@user",
    "\u202e",
    "\ud800",
    "\x00\x1b[31m",
    "\U0001f512",
    "\\|",
]


def as_utf_16(text: str) -> str:
    """Join the surrogates that are a pair: JSON cannot tell the two apart."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


texts = st.sampled_from(HOSTILE) | st.text(st.characters(), max_size=8).map(as_utf_16)
maybe = st.none() | texts
days = st.sampled_from(["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"])
moments = st.floats(0, 1e9)
keys = st.builds(
    ErrorKey,
    st.sampled_from(["aelix", "paysera"]),
    st.sampled_from(["GET /v1/accounts", "POST /v1/payments"]),
    st.sampled_from([None, 401, 429]),
    st.sampled_from(["A", "B"]),
)
cases = st.sampled_from(["once", "once-date", "always"])
waivers = st.builds(Waiver, texts, texts, st.none() | days)
entries = st.builds(
    Entry,
    keys,
    maybe,
    texts,
    st.lists(st.builds(Remedy, texts, texts, texts), max_size=1).map(tuple),
    st.builds(Source, texts, texts, texts),
    st.lists(cases, min_size=1, unique=True).map(tuple),
    st.booleans(),
    texts,
    st.none() | waivers,
)
steps = st.builds(
    Step,
    moments,
    st.none() | moments,
    texts,
    texts,
    maybe,
    st.none() | st.integers(100, 599),
    maybe,
    texts,
    maybe,
    st.none() | moments,
    st.booleans(),
    maybe,
    maybe,
    maybe,
    maybe,
)
checks = st.builds(
    Check,
    keys,
    st.sampled_from(Kind),
    cases,
    texts,
    texts,
    st.integers(1, 99),
    st.sampled_from(Result),
    maybe,
    st.lists(st.builds(Found, st.sampled_from(["OB101", "OB105"]), texts, texts, texts), max_size=1).map(tuple),
    maybe,
    st.booleans(),
    st.lists(steps, max_size=1).map(tuple),
    st.none() | moments,
    st.lists(st.builds(Raised, texts, texts), max_size=1).map(tuple),
    st.booleans(),
)
runs = st.builds(
    Run, days.map("{}T17:10:00Z".format), st.sampled_from(["0.1.0", "0.2.0"]), st.lists(texts, max_size=1).map(tuple)
)


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """A report as of the day of its newest run; errors by provider, in an order of their own."""
    found = draw(st.lists(entries, max_size=4, unique_by=lambda entry: entry.key))
    names = list(dict.fromkeys(entry.key.provider for entry in found))
    grouped = [replace(entry) for name in names for entry in found if entry.key.provider == name]
    titles = {name: draw(texts) for name in names}
    ran = draw(st.lists(runs, min_size=1, max_size=2))
    return report_of(titles, grouped, draw(st.lists(checks, max_size=3)), ran, day=day_of(ran))
