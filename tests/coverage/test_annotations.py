"""Annotations: a line each in the service's own format, the worst first, and nothing in them is a command."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings

from pytest_openbanking.coverage.annotations import Annotation, annotations_of, to_gitlab
from pytest_openbanking.coverage.checks import Found, Kind, Result
from pytest_openbanking.coverage.report import Waiver
from pytest_openbanking.coverage.services import SERVICES, service_here
from tests.coverage.random_reports import reports
from tests.coverage.samples import PAYMENTS, both, check, entry, key, report, sample, wrong

HOSTILE = "50%\r\n::stop-commands::x\n::error::y\n##vso[task.setvariable variable=a]b\n##teamcity[x]'|,:;]\u2028\ud800\U0001f512"


def lines_of(service: str, one) -> list[str]:
    return list(SERVICES[service](annotations_of(one)))


def test_github() -> None:
    """The test's place, the rule as the title; not exercised ones are one warning."""
    assert lines_of("github", sample()) == [
        "::error file=tests/test_bank.py,line=12,title=OB105::retried before Retry-After had passed%0A"
        "GET /v1/accounts 429 ACCESS_EXCEEDED (once): called again after 1.0 s%0Afix: wait 30 s",
        "::warning title=paysera%3A 2 of 5 documented errors not exercised%2C 1 waiver expired::"
        "GET /v1/accounts 401 CONSENT_EXPIRED: waiver expired on 2026-11-19 (ops)%0A"
        "POST /v1/payments 503 SERVICE_UNAVAILABLE",
    ]


def test_azure() -> None:
    """The percent sign has an escape of its own."""
    one = report([entry("E")], [wrong(key("E"), Found("OB105", "50 % ];", "seen", ""))])
    assert lines_of("azure", one) == [
        "##vso[task.logissue type=error;sourcepath=tests/test_bank.py;linenumber=12;code=OB105;]"
        "OB105: 50 %AZP25 ];%0AGET /v1/accounts 429 E (once): seen",
    ]
    missing = Annotation("warning", "a];b", "text")
    assert list(SERVICES["azure"]([missing])) == ["##vso[task.logissue type=warning;code=a%5D%3Bb;]a];b: text"]


def test_teamcity() -> None:
    """The type of an inspection is told once."""
    found = [wrong(key("E"), line=line, test=f"t{line}") for line in (1, 2)]
    told = lines_of("teamcity", report([entry("E"), entry("F")], found))
    assert told[0] == (
        "##teamcity[inspectionType id='openbanking OB105' name='openbanking OB105' category='pytest-openbanking' "
        "description='retried before Retry-After had passed']"
    )
    assert told[1] == (
        "##teamcity[inspection typeId='openbanking OB105' message='retried before Retry-After had passed|n"
        "GET /v1/accounts 429 E (once): called again after 1.0 s|nfix: wait 30 s' "
        "file='tests/test_bank.py' line='1' SEVERITY='ERROR']"
    )
    assert "line='2'" in told[2]
    assert told[3].startswith("##teamcity[message text='paysera: 1 of 2 documented errors not exercised: GET")
    assert told[3].endswith("status='WARNING']")
    assert len(told) == 4


def test_teamcity_escapes() -> None:
    """As its documentation has them; what is beyond 16 bits is written as two."""
    text = "|'[]\n\r\u016b\U0001f512"
    (line,) = SERVICES["teamcity"]([Annotation("warning", "t", text)])
    assert "t: ||" + "|'|[|]|n|r|0x016b|0xd83d|0xdd12' status" in line


def test_gitlab() -> None:
    """A file with a fingerprint for each finding, which moving the test does not change."""
    one, moved = (report([entry("E")], [wrong(key("E"), line=line)]) for line in (12, 40))
    (issue,), (again,) = json.loads(to_gitlab(one)), json.loads(to_gitlab(moved))
    assert issue["fingerprint"] == again["fingerprint"]
    assert {**issue, "fingerprint": ""} == {
        "description": "retried before Retry-After had passed: GET /v1/accounts 429 E (once): called again after 1.0 s",
        "check_name": "OB105",
        "fingerprint": "",
        "severity": "major",
        "location": {"path": "tests/test_bank.py", "lines": {"begin": 12}},
    }
    assert to_gitlab(report([entry("E")], both(key("E")))) == "[]\n"


def test_gitlab_fingerprints_differ_by_error_case_and_rule() -> None:
    """GitLab drops all but one of those that are equal."""
    found = [Found(code, "m", "s", "f") for code in ("OB101", "OB105")]
    checks = [wrong(key(code), *found, persistence=case) for code in "AB" for case in ("once", "always")]
    issues = json.loads(to_gitlab(report([entry("A"), entry("B")], checks)))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) == 8


def test_one_function_and_rule_is_one_annotation() -> None:
    """With the first cases named and the others counted: ten are all that is shown."""
    entries = [entry(f"E{one:02}") for one in range(12)]
    (only,) = [
        one for one in annotations_of(report(entries, [wrong(each.key) for each in entries])) if one.level == "error"
    ]
    assert only.text.splitlines()[1] == "GET /v1/accounts 429 E00 (once): called again after 1.0 s"
    assert only.text.splitlines()[-2:] == ["and 4 more", "fix: wait 30 s"]


@pytest.mark.parametrize("service", ["github", "azure"])
def test_ten_of_a_level_are_shown_and_the_last_counts_the_rest(service: str) -> None:
    """The rule that most cases broke comes first."""
    found = [Found(f"OB{one}", "m", "s", "f") for one in range(100, 115)]
    checks = [wrong(key("E"), *found), wrong(key("E"), found[14], persistence="always")]
    told = lines_of(service, report([entry("E")], checks))
    errors = [line for line in told if "error" in line.split("::")[0 if service == "azure" else 1]]
    assert len(errors) == 10
    assert "OB114" in errors[0]
    assert "6 more" in errors[9]
    assert "OB113" in errors[9]


def test_a_failure_that_is_no_finding_is_an_error_too() -> None:
    """Of faults and malformed answers as well, which no error is counted for."""
    failed = wrong(key("E"), kind=Kind.FAULT, failure="AssertionError: no")
    failed = type(failed)(**{**vars(failed), "findings": ()})
    first, *_ = annotations_of(report([entry("E")], [failed]))
    assert (first.level, first.title) == ("error", "mishandled")
    assert first.text == "the test failed\nGET /v1/accounts 429 E (once): AssertionError: no"


def test_what_is_waived_tolerated_or_handled_is_not_annotated() -> None:
    """They fail nothing."""
    entries = [entry("A", waiver=Waiver("r", "o")), entry("B"), entry("C", persistences=("once",))]
    checks = [wrong(key("A")), wrong(key("B"), tolerated=True), check(key("C"), result=Result.HANDLED)]
    assert annotations_of(report(entries, checks)) == []


def test_assumed_operations_are_not_warned_of() -> None:
    """They are no documentation."""
    assert annotations_of(report([entry("A", assumed=True)], [])) == []


@pytest.mark.parametrize(
    ("service", "commands"),
    [("github", r"::(error|warning) "), ("azure", r"##vso\[task\.logissue "), ("teamcity", r"##teamcity\[(inspection|message)")],
)  # fmt: skip
def test_nothing_in_a_text_becomes_a_command(service: str, commands: str) -> None:
    """Each is one line, which begins as ours does; what is in it stays in its place."""
    found = Found(HOSTILE, HOSTILE, HOSTILE, HOSTILE)
    entries = [
        entry(HOSTILE, 429, HOSTILE, provider=HOSTILE),
        entry("E", 400, PAYMENTS, waiver=Waiver("r", HOSTILE, "2020-01-01")),
    ]
    told = lines_of(service, report(entries, [wrong(entries[0].key, found, file=HOSTILE, failure=HOSTILE)]))
    assert len(told) >= 2
    for line in told:
        assert re.match(commands, line)
        assert line.isprintable()
        line.encode("utf-8")
    if service == "github":
        assert all(line.count("::", 2, line.index("::", 2)) == 0 for line in told)
        assert all(re.fullmatch(r"::\w+ [^:]*::.*", line) for line in told)
    if service == "azure":
        assert all(re.fullmatch(r"##vso\[task\.logissue (\w+=[^;\]]*;)+\].*", line) for line in told)
    if service == "teamcity":
        assert all(re.fullmatch(r"##teamcity\[\w+( \w+='([^|'\[\]]|\|.)*')+\]", line) for line in told)


@given(reports())
@settings(max_examples=60, deadline=None)
def test_any_report_gives_lines(one) -> None:
    """Which any terminal can show, and JSON."""
    for service in SERVICES:
        assert all(line.isprintable() for line in lines_of(service, one))
    json.loads(to_gitlab(one))


@pytest.mark.parametrize(
    ("environ", "service"),
    [
        ({"GITHUB_ACTIONS": "true"}, "github"),
        ({"TF_BUILD": "True"}, "azure"),
        ({"TEAMCITY_VERSION": "2025.11"}, "teamcity"),
        ({"GITHUB_ACTIONS": ""}, None),
        ({"CI": "true"}, None),
    ],
)
def test_the_service_is_known_by_its_variable(environ: dict[str, str], service: str | None) -> None:
    """Elsewhere there is none."""
    assert service_here(environ) == service


def test_a_warning_names_the_first_errors_and_counts_the_rest() -> None:
    """Expired waivers first."""
    expired = [entry(f"X{one}", waiver=Waiver("r", "ops", "2026-01-01")) for one in range(2)]
    (only,) = annotations_of(report([entry(f"E{one}") for one in range(9)] + expired, []))
    assert only.title == "paysera: 11 of 11 documented errors not exercised, 2 waivers expired"
    lines = only.text.splitlines()
    assert lines[0] == "GET /v1/accounts 429 X0: waiver expired on 2026-01-01 (ops)"
    assert (len(lines), lines[8]) == (9, "and 3 more")
