"""A report survives being stored as JSON, whatever is in it; what is no report is refused in one line."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from pytest_openbanking.coverage.report import Run, Status
from pytest_openbanking.coverage.shape import compiled
from pytest_openbanking.coverage.stored import SCHEMA, from_json, read_report, to_json
from pytest_openbanking.settings import UsageError
from tests.coverage.random_reports import reports
from tests.coverage.samples import STEPS, entry, key, report, sample, wrong

Schema = json.loads(SCHEMA.read_text("utf-8"))


@given(reports())
@settings(max_examples=60, deadline=None)
def test_what_is_stored_reads_as_it_was(one) -> None:
    """Any text, and lone surrogates; in UTF-8; as its schema says; and the same bytes when it is stored again."""
    text = to_json(one)
    text.encode("utf-8")
    Draft202012Validator(Schema).validate(json.loads(text))
    assert from_json(text, "a.json") == one
    assert to_json(from_json(text, "a.json")) == text


def test_the_schema_is_a_schema_and_describes_every_member() -> None:
    """Whatever is written is required; whatever is required is written."""
    Draft202012Validator.check_schema(Schema)
    document = json.loads(to_json(sample()))
    defs = Schema["$defs"]
    for item, schema in [
        (document, Schema),
        (document["runs"][0], defs["run"]),
        (document["providers"][0], defs["provider"]),
        (document["providers"][0]["errors"], defs["counts"]),
        (document["errors"][0], defs["error"]),
        (document["checks"][0], defs["check"]),
        (next(check["steps"][0] for check in document["checks"] if check["steps"]), defs["step"]),
    ]:
        assert list(item) == list(schema["properties"]) == schema["required"]


def test_the_example_in_the_documentation_is_as_the_schema_says() -> None:
    """And has all members, in the order in which they are written."""
    page = (Path(__file__).parents[2] / "docs" / "report-format.md").read_text("utf-8")
    example = json.loads(page.partition("```json\n")[2].partition("\n```")[0])
    Draft202012Validator(Schema).validate(example)
    document = json.loads(to_json(sample()))
    assert list(example) == list(document)
    for name in ("runs", "providers", "errors", "checks"):
        assert list(example[name][0]) == list(document[name][0])


def test_an_item_is_a_line() -> None:
    """So that a changed error is one changed line; the text ends in a line break."""
    text = to_json(sample())
    lines = text.splitlines()
    assert text.endswith("\n}\n")
    assert len(lines) == 3 + 4 * 2 + 1 + 1 + 6 + 4 + 1
    assert sum('"code": "TOKEN_EXPIRED"' in line for line in lines) == 3


def test_nothing_hidden_stands_in_the_file() -> None:
    """Neither what turns the direction of text nor what has no width; letters stand as they are."""
    text = to_json(report([entry("E", message="J\u016brat\u0117\u202e\u200b\ud800\u2028")], []))
    assert '"J\u016brat\u0117\\u202e\\u200b\\ud800\\u2028"' in text


def test_moments_that_never_come_are_null() -> None:
    """JSON has no infinity."""
    steps = (replace(STEPS[0], at=math.inf, wait_until=math.inf, answered_at=10**400),)
    text = to_json(report([entry("E")], [wrong(key("E"), steps=steps)]))
    step = json.loads(text)["checks"][0]["steps"][0]
    assert (step["at"], step["wait_until"], step["answered_at"]) == (0.0, None, None)


def test_statuses_and_counts_are_computed_again() -> None:
    """A report that claims all is handled is not believed."""
    document = json.loads(to_json(sample()))
    for error in document["errors"]:
        error |= {"state": "handled", "rules": [], "missing": []}
    document["providers"][0]["errors"] |= {"handled": 45, "mishandled": 0}
    assert from_json(json.dumps(document), "a.json") == sample()


def test_a_waiver_is_judged_as_of_the_newest_run() -> None:
    """An old report shows what it showed then."""
    document = json.loads(to_json(sample()))
    document["runs"] = [{"created": "2027-01-01T00:00:00Z", "version": "0.1.0", "partial": []}]
    read = from_json(json.dumps(document), "a.json")
    assert Status.WAIVED not in {entry.status for entry in read.errors}


def test_members_of_a_later_plugin_are_ignored() -> None:
    """Within a version members may come."""
    document = json.loads(to_json(sample()))
    for item in (document, document["errors"][0], document["checks"][-1], document["errors"][0]["source"]):
        item["new"] = 1
    assert from_json(json.dumps(document), "a.json") == sample()


def changed(*path: str | int, to: Any) -> str:
    document = json.loads(to_json(sample()))
    item = document
    for step in path[:-1]:
        item = item[step]
    item[path[-1]] = to
    return json.dumps(document)


def without(*path: str | int) -> str:
    document = json.loads(to_json(sample()))
    item = document
    for step in path[:-1]:
        item = item[step]
    del item[path[-1]]
    return json.dumps(document)


GOOD = to_json(sample())
BAD = [
    ("", "the file is empty"),
    (" \n", "the file is empty"),
    ("\x00\x1b", "line 1, column 1: not JSON"),
    (GOOD[: len(GOOD) // 2], "not JSON, or cut off"),
    (GOOD + "x", "not JSON, or cut off: Extra data"),
    ("[]", 'it has no "format": "pytest-openbanking report"'),
    ("null", 'it has no "format"'),
    ('{"totals": 1}', 'it has no "format"'),
    ("[" * 100_000, "it is nested too deep"),
    ("1" * 5000, "Exceeds the limit"),
    (changed("format", to="coverage"), "its \"format\" must be \"pytest-openbanking report\", not 'coverage'"),
    (changed("version", to=2), "version 2 of the report is newer than what this pytest-openbanking reads (1); upgrade it"),
    (changed("version", to="1"), "version: 1 was expected"),
    (changed("runs", to=[]), "runs: [] should be non-empty"),
    (changed("runs", 0, "created", to="yesterday"), "runs[0].created: 'yesterday' does not match"),
    (changed("errors", to={}), "errors: {} is not of type 'array'"),
    (changed("errors", 2, "status", to="401"), "errors[2].status: '401' is not of type 'integer', 'null'"),
    (changed("errors", 2, "status", to=True), "errors[2].status: True is not of type"),
    (changed("errors", 1, "waiver", to="x"), "errors[1].waiver: 'x' is not valid under any of the given schemas"),
    (changed("checks", 0, "result", to="good"), "checks[0].result: 'good' is not one of ['mishandled', 'handled',"),
    (changed("checks", 2, "steps", 0, "at", to="soon"), "checks[2].steps[0].at: 'soon' is not of type 'number'"),
    (without("checks", 0, "test"), "checks[0]: 'test' is a required property"),
    (without("errors"), "the document: 'errors' is a required property"),
    (changed("errors", 1, to=json.loads(GOOD)["errors"][0]), "errors: paysera GET /v1/accounts 401 TOKEN_EXPIRED is there twice"),
    (changed("errors", 0, "code", to=["x" * 10_000_000]), "errors[0].code: ['xxx"),
    (changed("checks", 0, "line", to="\x1b[31m\n" * 9), "checks[0].line: '\\x1b[31m"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "said"), BAD, ids=[said[:40] for _, said in BAD])
def test_what_is_no_report_is_refused_in_one_line(text: str, said: str) -> None:
    """It names the file and the place, and shows no more than a line can hold."""
    with pytest.raises(UsageError) as caught:
        from_json(text, "jobs/a.json")
    message = str(caught.value)
    assert message.startswith("jobs/a.json")
    assert said in message
    assert message.isprintable()
    assert len(message) < 500


VALUES = [None, True, 0, -1, 1.0, 1.5, "", "2026-11-20", "2026-11-20T17:10:00Z", "error", "handled", [], [1], ["x"], {}]
DOCUMENT = to_json(sample())


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_the_fast_check_says_what_jsonschema_says(data) -> None:
    """Of a report in which any member was changed, taken out, or put in."""
    document = json.loads(DOCUMENT)
    parent, step, value = None, None, document
    while isinstance(value, dict | list) and value and (parent is None or data.draw(st.booleans() | st.just(True))):
        steps = sorted(value) if isinstance(value, dict) else range(len(value))
        parent, step = value, data.draw(st.sampled_from(steps))
        value = parent[step]
    if data.draw(st.booleans()):
        parent[step] = data.draw(st.sampled_from(VALUES))
    else:
        del parent[step]
    assert compiled(Schema)(document) is Draft202012Validator(Schema).is_valid(document)


def test_the_fast_check_knows_every_keyword_or_says_so() -> None:
    """One that is added to the schema must be added there."""
    with pytest.raises(KeyError):
        compiled({"maxLength": 1})


def test_a_byte_order_mark_is_no_trouble() -> None:
    """Some shells write one."""
    assert from_json("\ufeff" + GOOD, "a.json") == sample()


def test_a_number_past_all_floats_is_no_trouble() -> None:
    """JSON has no limits; a moment that is past them never comes."""
    text = changed("checks", 0, "ended_at", to=10**400)
    assert from_json(text, "a.json").checks[0].ended_at is None
    assert from_json(text.replace(str(10**400), "1e999"), "a.json").checks[0].ended_at is None


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """Not there, a folder, or not text."""
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\x00")
    for name, said in (("no.json", "No such file"), (".", "Is a directory"), ("bytes.json", "it is not UTF-8")):
        with pytest.raises(UsageError, match=said):
            read_report(tmp_path / name)


def test_runs_keep_why_they_were_partial() -> None:
    """In the order of the reasons."""
    one = replace(sample(), runs=(Run("2026-11-20T17:10:00Z", "0.1.0", ("-k x", "an early stop")),))
    assert from_json(to_json(one), "a.json").runs == one.runs
