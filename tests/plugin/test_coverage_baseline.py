"""A baseline and waivers: what is known is an expected failure, what is new fails, what is better is told."""

import json

import pytest

BODY = """
@errors("GET /v1/accounts", status=401, persistence="always")
def test_errors(openbanking_error, call):
    with openbanking_error.handled():
        call(sound=openbanking_error.error.code not in {})
"""
NAMED = 'providers.paysera.operations = ["GET /v1/accounts"]\n'
ACCOUNTS = "paysera GET /v1/accounts 401"


def body(*mishandled):
    return BODY.format(repr(mishandled))


def entries(pytester):
    return [
        (entry["status"], entry["code"], entry["rule"])
        for entry in json.loads(pytester.path.joinpath("b.json").read_text())["errors"]
    ]


@pytest.fixture
def known(covered, pytester):
    """Write a baseline: CERTIFICATE_INVALID is mishandled, and much is not exercised."""
    ran = covered(body("CERTIFICATE_INVALID"), "--openbanking-baseline-update=b.json", pyproject=NAMED)
    assert ran.ret == pytest.ExitCode.TESTS_FAILED  # the test itself fails, as ever
    count = len(entries(pytester))
    ran.stdout.fnmatch_lines([f"b.json is written: {count} entries"])
    return ran


def test_a_baseline_holds_what_is_not_handled(known, pytester):
    """One entry a line, sorted, with a rule where one is broken."""
    found = entries(pytester)
    assert (401, "CERTIFICATE_INVALID", "OB401") in found
    assert (429, "ACCESS_EXCEEDED", None) in found
    assert not [each for each in found if each[1] == "CONSENT_EXPIRED"]
    lines = pytester.path.joinpath("b.json").read_text().splitlines()
    assert lines[:4] == ["{", '  "format": "pytest-openbanking baseline",', '  "version": 1,', '  "errors": [']
    assert lines[4:-2] == sorted(lines[4:-2])
    assert len(lines[4:-2]) == len(found)


def test_what_is_known_is_an_expected_failure(known, covered):
    """The run passes, and says which file knows."""
    ran = covered("", "--openbanking-baseline=b.json", "-rx")
    assert ran.ret == pytest.ExitCode.OK
    ran.stdout.fnmatch_lines(["XFAIL *CERTIFICATE_INVALID-always] - openbanking: known in b.json: OB401"])
    (check,) = [check for check in ran.report.checks if check.tolerated]
    assert (check.result, check.error.code) == ("mishandled", "CERTIFICATE_INVALID")


@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_a_finding_that_is_new_fails(known, covered, options):
    """What the file does not know fails its test, in parallel runs as well."""
    ran = covered(body("CERTIFICATE_INVALID", "CONSENT_EXPIRED"), "--openbanking-baseline=b.json", *options)
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran.stdout.fnmatch_lines(
        [
            f"baseline: new, which fails the run; not in b.json: {ACCOUNTS} CONSENT_EXPIRED: OB401",
            "*= 1 failed, * 1 xfailed *",
        ]
    )


def test_an_error_that_is_exercised_no_more_fails_a_whole_run(known, covered):
    """All its tests pass; of a part of the tests nothing follows."""
    fewer = body("CERTIFICATE_INVALID").replace("status=401", 'code=["CERTIFICATE_INVALID", "CERTIFICATE_EXPIRED"]')
    ran = covered(fewer, "--openbanking-baseline=b.json")
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran.stdout.fnmatch_lines(
        [
            f"baseline: new, which fails the run; not in b.json: {ACCOUNTS} CONSENT_EXPIRED: not handled",
            "*= 1 passed, 1 xfailed *",
        ]
    )
    part = covered("", "--openbanking-baseline=b.json", "-k", "CERTIFICATE_INVALID")
    assert part.ret == pytest.ExitCode.OK
    part.stdout.fnmatch_lines(["nothing is gated (a partial run: -k*"])


def test_a_known_error_may_be_exercised_no_more(known, covered):
    """It was not handled before either."""
    fewer = body().replace("status=401", 'code=["CONSENT_EXPIRED", "CERTIFICATE_EXPIRED"]')
    ran = covered(fewer, "--openbanking-baseline=b.json")
    assert (ran.ret, ran.ending.failures) == (pytest.ExitCode.OK, [])


def test_another_failure_of_a_known_test_fails(known, covered):
    """Only findings are known."""
    other = body("CERTIFICATE_INVALID") + "    assert openbanking_error.error.code != 'CONSENT_EXPIRED'\n"
    covered(other, "--openbanking-baseline=b.json").stdout.fnmatch_lines(["*= 1 failed, * 1 xfailed *"])
    both = body("CERTIFICATE_INVALID").replace("    with openb", "    with pytest.raises(AssertionError), openb")
    ran = covered(both + "    assert 1 == 2\n", "--openbanking-baseline=b.json")
    assert "xfailed" not in ran.stdout.lines[-1]


def test_what_is_better_is_told_so_that_the_file_can_shrink(known, covered, pytester):
    """Both options may name one file."""
    ran = covered(body(), "--openbanking-baseline=b.json")
    assert ran.ret == pytest.ExitCode.OK
    ran.stdout.fnmatch_lines(
        [
            f"no longer true in b.json: {ACCOUNTS} CERTIFICATE_INVALID: OB401",
            "let it shrink: --openbanking-baseline-update=b.json",
        ]
    )
    before = len(entries(pytester))
    covered("", "--openbanking-baseline=b.json", "--openbanking-baseline-update=b.json")
    assert len(entries(pytester)) == before - 1


def test_a_partial_run_writes_no_baseline(known, covered, pytester):
    """It says so, and the file is as it was."""
    before = pytester.path.joinpath("b.json").read_bytes()
    ran = covered("", "--openbanking-baseline-update=b.json", "-k", "EXPIRED")
    ran.stdout.fnmatch_lines(
        ["b.json is not written: this is a partial run (-k, * deselected), whatever --openbanking-gate says"]
    )
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    assert pytester.path.joinpath("b.json").read_bytes() == before


def test_both_options_may_name_a_file_that_is_not_there_yet(covered, pytester):
    """So that one line of CI both begins and goes on."""
    both = ("--openbanking-baseline=b.json", "--openbanking-baseline-update=b.json")
    assert covered(body(), *both).ret == pytest.ExitCode.OK
    assert entries(pytester)
    assert [file.name for file in pytester.path.glob(".b.json*")] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "cannot be read: *"),
        ("[]", 'is none; allowed: a file with "format": "pytest-openbanking baseline"'),
        ('{"format": "pytest-openbanking report"}', "is none; *"),
        (
            '{"format": "pytest-openbanking baseline", "version": 2}',
            "has version 2, and this release reads version 1 only",
        ),
        ('{"format": "pytest-openbanking baseline", "version": 1}', '"errors" must be a list'),
        (
            '{"format": "pytest-openbanking baseline", "version": 1, "errors": [{"code": 1}]}',
            "errors[[]1] must hold provider, operation, status, code, rule, not {'code': 1}",
        ),
    ],
)
def test_a_file_that_is_no_baseline_is_one_line(covered, pytester, text, message):
    """Before any test."""
    pytester.path.joinpath("b.json").write_text(text)
    ran = covered(body(), "--openbanking-baseline=b.json")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"ERROR: baseline *b.json: {message}"])


def waiver(error, until="", **more):
    lines = {"error": error, "reason": "not before May", "owner": "ops", **more}
    table = "".join(f"{key} = {value!r}\n" for key, value in lines.items() if value is not None)
    return "\n[[tool.pytest-openbanking.waive]]\n" + table + (f"until = {until}\n" if until else "")


@pytest.mark.parametrize(
    "error",
    [
        "CERTIFICATE_INVALID",
        "401 CERTIFICATE_INVALID",
        "GET /v1/accounts 401 CERTIFICATE_INVALID",
        "paysera CERTIFICATE_INVALID",
        "paysera GET /v1/accounts 401 CERTIFICATE_INVALID",
    ],
)
def test_a_waived_error_is_an_expected_failure_and_does_not_count(covered, error):
    """Until its day, that day included."""
    ran = covered(body("CERTIFICATE_INVALID"), "-rx", pyproject=NAMED + waiver(error, "2999-12-31"))
    assert ran.ret == pytest.ExitCode.OK
    assert ran.states()["GET /v1/accounts CERTIFICATE_INVALID"] == "waived OB401"
    ran.stdout.fnmatch_lines(["XFAIL * - openbanking: waived until 2999-12-31 by ops, not before May: OB401"])


def test_a_waiver_expires_and_may_be_needed_no_more(covered):
    """An expired one counts again, and both are told."""
    pyproject = NAMED + waiver("CERTIFICATE_INVALID", "'2020-01-31'") + waiver("401 CERTIFICATE_EXPIRED")
    ran = covered(body("CERTIFICATE_INVALID"), pyproject=pyproject)
    assert ran.states()["GET /v1/accounts CERTIFICATE_INVALID"] == "mishandled OB401"
    assert ran.states()["GET /v1/accounts CERTIFICATE_EXPIRED"] == "handled"
    ran.stdout.fnmatch_lines(
        [
            "waiver of CERTIFICATE_INVALID (ops) has expired on 2020-01-31: it counts again",
            "waiver of 401 CERTIFICATE_EXPIRED (ops) is not needed any more: it is handled; take the waiver out",
            "*= 1 failed, *",
        ]
    )


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (
            waiver("CERTIFICATE_INVALD"),
            "* waive[[]1] CERTIFICATE_INVALD: no provider documents 'CERTIFICATE_INVALD'; nearest: CERTIFICATE_INVALID*; allowed: CODE, STATUS CODE, *",
        ),
        (
            waiver("403 CERTIFICATE_INVALID"),
            "*no provider documents '403 CERTIFICATE_INVALID'; nearest: 401 CERTIFICATE_INVALID, *",
        ),
        (waiver("aelix CERTIFICATE_INVALID"), "*no provider documents 'aelix CERTIFICATE_INVALID'*"),
        (waiver("CERTIFICATE_INVALID", reason=None), "*waive[[]1] CERTIFICATE_INVALID: the key 'reason' is missing"),
        (waiver("CERTIFICATE_INVALID", owner=" "), "*owner is empty"),
        (waiver("CERTIFICATE_INVALID", "'May'"), "*until is 'May'; it must be a day, like 2026-12-31"),
        (waiver("CERTIFICATE_INVALID", "2026-12-31T10:00:00"), "*until is 2026-12-31 10:00:00; it must be a day, *"),
        (
            waiver("CERTIFICATE_INVALID", untill="x"),
            "*unknown key 'untill' (did you mean 'until'?); allowed: error, owner, reason, until",
        ),
    ],
)
def test_a_wrong_waiver_is_one_line(covered, table, message):
    """With the nearest right one."""
    ran = covered(body(), pyproject=table)
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"ERROR: {message}"])


OTHER = """
@errors("GET /v1/accounts/{accountId}", code="RESOURCE_UNKNOWN")
def test_other(openbanking_error, call):
    with openbanking_error.handled():
        call(openbanking_error.operation, sound=False)
"""


def test_a_finding_on_an_operation_that_does_not_count_is_known_as_well(covered, pytester):
    """What is wrong today is expected to fail, whatever coverage counts."""
    covered(OTHER, "--openbanking-baseline-update=b.json", pyproject=NAMED)
    assert (404, "RESOURCE_UNKNOWN", "OB401") in entries(pytester)
    covered("", "--openbanking-baseline=b.json").stdout.fnmatch_lines(["*= 1 xfailed *"])


def test_what_is_not_exercised_any_more_is_no_better(known, covered):
    """Nobody has judged it: the file is not told to shrink."""
    fewer = body().replace("status=401", 'code=["CONSENT_EXPIRED", "CERTIFICATE_EXPIRED"]')
    covered(fewer, "--openbanking-baseline=b.json").stdout.no_fnmatch_line("no longer true*")


ANSWERS = """
@pytest.mark.openbanking_malformed("GET /v1/accounts", part="response", max_examples=1)
def test_answers(openbanking_malformed, call):
    with openbanking_malformed.handled():
        call(sound=openbanking_malformed.site.id not in {})
        if openbanking_malformed.site.id not in {}:
            raise BankError()
"""


def test_malformed_answers_are_known_one_by_one(covered, pytester):
    """A new site of the same rule is new."""
    one, two = "error/html", "error/text"
    whole = ANSWERS.format([one], [one])
    conftest = """
    def pytest_collection_modifyitems(items):
        items[:] = [item for item in items if "[error/html]" in item.name or "[error/text]" in item.name]
    """
    covered(whole, "--openbanking-baseline-update=b.json", pyproject=NAMED, conftest=conftest)
    known = [each for each in entries(pytester) if each[0] is None]
    assert known == [(None, f"malformed {one}", "OB401")]
    ran = covered(ANSWERS.format([one, two], [one, two]), "--openbanking-baseline=b.json", conftest=conftest)
    ran.stdout.fnmatch_lines(["*= 1 failed, 1 xfailed *"])


def test_a_waiver_without_an_end_is_told(covered):
    """It holds, but nobody will look at it again."""
    table = waiver("CERTIFICATE_INVALID").replace("until = 2999-12-31", "")
    assert "until" not in table
    ran = covered(body("CERTIFICATE_INVALID"), pyproject=NAMED + table)
    ran.stdout.fnmatch_lines(["waiver of CERTIFICATE_INVALID (ops) has no end: give it `until`, *"])


def test_an_expired_waiver_beside_one_that_holds_is_not_told(covered):
    """It does not count again."""
    both = waiver("CERTIFICATE_INVALID", "2020-01-31") + waiver("401 CERTIFICATE_INVALID", "2999-12-31")
    covered(body("CERTIFICATE_INVALID"), pyproject=NAMED + both).stdout.no_fnmatch_line("*has expired*")
