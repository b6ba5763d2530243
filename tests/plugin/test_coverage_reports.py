"""The reports of a run: files, JUnit properties, the job's summary; the same from one process and from several."""

import json
import re
from xml.etree import ElementTree

import pytest

ALL = """
@errors("GET /v1/accounts")
def test_errors(openbanking_error, call):
    with openbanking_error.handled():
        call(sound=openbanking_error.error.code not in ("ACCESS_EXCEEDED", "TOKEN_INVALID"))

@errors("GET /v1/accounts/{accountId}", status=429)
def test_waits(openbanking_error, openbanking, call):
    import time
    from email.utils import parsedate_to_datetime
    from conftest import HTTP
    with openbanking_error.handled():
        url = openbanking.base_url + "/v1/accounts/1"
        for attempt in range(3):
            answer = HTTP.get(url, headers={"Authorization": "Bearer " + openbanking.access_token})
            if answer.status_code < 400:
                return
            after = answer.headers["Retry-After"]
            time.sleep(int(after) if after.isdigit() else parsedate_to_datetime(after).timestamp() - time.time())
        raise BankError(object(), answer.text, answer.headers["Retry-After"])

@errors("GET /v1/accounts/{accountId}/balances", status=429)
def test_hurries(openbanking_error, call):
    with openbanking_error.handled():
        for attempt in range(3):
            try:
                call(openbanking_error.operation)
            except BankError as error:
                last = error
        raise last

@pytest.mark.skip(reason="later")
@errors("GET /v1/accounts/{account-id}/transactions", status=401)
def test_skipped(openbanking_error, call):
    pass

@errors("GET /v1/consents/{consentId}", code="CERTIFICATE_EXPIRED", faults=True)
def test_faults(openbanking_error, call):
    with openbanking_error.handled(raises=Exception):
        call(openbanking_error.operation)

@pytest.mark.openbanking_malformed("POST /v1/consents", max_examples=3)
def test_malformed(openbanking_malformed, openbanking):
    from conftest import HTTP
    with openbanking_malformed.handled():
        headers = {"Authorization": "Bearer " + openbanking.access_token, "Content-Type": "application/json"}
        answer = HTTP.post(openbanking.base_url + "/v1/consents", content=openbanking_malformed.body, headers=headers)
        raise BankError(answer.text)
"""


def stored(pytester, name):
    text = pytester.path.joinpath(name).read_text()
    return re.sub(r'"runs": \[.*?\n  \]', '"runs": []', text, flags=re.DOTALL)


def test_a_parallel_run_reports_what_a_serial_one_does(covered, pytester):
    """Byte for byte, but for when it ran."""
    covered(ALL, "--openbanking-report=json:serial.json")
    covered("", "--openbanking-report=json:parallel.json", "-n", "2")
    assert stored(pytester, "parallel.json") == stored(pytester, "serial.json")
    checks = json.loads(stored(pytester, "serial.json"))["checks"]
    dated = [check for check in checks if "test_waits" in check["test"] and check["persistence"] == "once-date"]
    assert [(step["at"], step["retry_after"], step["wait_until"]) for step in dated[0]["steps"]] == [
        (0.0, "a date 30 s later", 30.0),
        (30.0, None, None),
    ]
    kinds = {check["kind"]: check["result"] for check in checks if check["kind"] != "error"}
    assert kinds.keys() == {"fault", "malformed request"}
    (malformed,) = [
        error
        for error in json.loads(stored(pytester, "serial.json"))["errors"]
        if error["operation"] == "POST /v1/consents" and error["code"] == "FORMAT_ERROR"
    ]
    assert malformed["state"] == "handled"


def test_each_checked_test_has_properties_in_junit(covered, pytester):
    """The error, and what was found."""
    body = ALL[: ALL.index("@errors", 10)].replace('"GET /v1/accounts"', '"GET /v1/accounts", code="TOKEN_INVALID"')
    covered(body + "def test_other(): pass\n", "--junitxml=junit.xml")
    cases = ElementTree.parse(pytester.path / "junit.xml").getroot().iter("testcase")
    found = {case.get("name"): {p.get("name"): p.get("value") for p in case.iter("property")} for case in cases}
    assert found == {
        f"test_errors[GET /v1/accounts-401-TOKEN_INVALID-{lasts}]": {
            "openbanking_error": f"paysera GET /v1/accounts 401 TOKEN_INVALID {lasts}",
            "openbanking_findings": "OB401",
        }
        for lasts in ("once", "always")
    } | {"test_other": {}}


def test_several_reports_and_the_summary_of_a_job(covered, pytester, monkeypatch):
    """Paths in pyproject.toml begin where it is; annotations are printed, the summary is added to by itself."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(pytester.path / "summary.md"))
    monkeypatch.chdir(pytester.mkdir("inside"))
    ran = covered(
        ALL[: ALL.index("@errors", 10)],
        "--openbanking-report=annotations:github",
        "--openbanking-report=md:below/report.md",
        "..",
        pyproject='report = ["json:report.json"]',
    )
    assert json.loads(pytester.path.joinpath("report.json").read_text())["providers"][0]["name"] == "paysera"
    assert pytester.path.joinpath("inside", "below", "report.md").read_text()
    assert "paysera" in pytester.path.joinpath("summary.md").read_text()
    ran.stdout.fnmatch_lines(["::*file=test_bank.py*"])


def test_a_report_that_cannot_be_written_after_all_fails_the_run(covered, pytester):
    """It is said, and the other reports are written."""
    body = """
    def test_it():
        import pathlib
        pathlib.Path("report.json").mkdir()
    """
    ran = covered(body, "--openbanking-report=json:report.json", "--openbanking-report=md:report.md")
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran.stdout.fnmatch_lines(["report json:*report.json was not written: *"])
    assert pytester.path.joinpath("report.md").exists()


def test_of_many_examples_the_one_that_failed_is_kept(covered):
    """Hypothesis replays the smallest one last."""
    body = """
    from hypothesis import given, settings, strategies as st

    @settings(max_examples=20, database=None)
    @given(number=st.integers(0, 100))
    @errors("GET /v1/accounts", code="CERTIFICATE_INVALID")
    def test_given(openbanking_error, openbanking, number):
        from conftest import HTTP
        with openbanking_error.handled():
            headers = {"Authorization": "Bearer " + openbanking.access_token}
            answer = HTTP.get(f"{openbanking.base_url}/v1/accounts?n={number}", headers=headers)
            if number < 10:
                raise BankError(answer.text)
    """
    ran = covered(body)
    (check,) = ran.report.checks
    assert (check.result, [found.code for found in check.findings]) == ("mishandled", ["OB401"])
    assert check.failure is None


def test_a_wrong_report_of_the_options_names_their_file(covered):
    """With what is written there."""
    ran = covered("", pyproject='report = ["htlm:out.html"]')
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["ERROR: *pyproject.toml: report 'htlm:out.html': unknown kind*html*"])
