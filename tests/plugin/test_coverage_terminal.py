"""What a run says of coverage in the terminal: at -q, by default and with -v."""

import pytest

BODY = """
@errors("GET /v1/accounts", code={codes})
def test_errors(openbanking_error, call):
    with openbanking_error.handled():
        call(sound=openbanking_error.error.code not in {careless})
"""
NAMED = 'providers.paysera.operations = ["GET /v1/accounts"]\n'
WAIVED = """
[[tool.pytest-openbanking.waive]]
error = "CONSENT_INVALID"
reason = "not before May"
owner = "ops"
until = 2999-12-31
"""
VERDICT = "paysera: 3 of 11 documented errors handled (27 %), 1 mishandled, 1 waived, 6 not exercised; 3 of 11 codes"


@pytest.fixture
def ran(covered, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    codes = ["CERTIFICATE_INVALID", "CERTIFICATE_EXPIRED", "CONSENT_EXPIRED", "CONSENT_INVALID", "RESOURCE_FORBIDDEN"]

    def run(*options, careless=("CERTIFICATE_INVALID", "CONSENT_INVALID")):
        return covered(BODY.format(codes=codes, careless=careless), *options, pyproject=NAMED + WAIVED)

    return run


def marker(code):
    return f'    @pytest.mark.openbanking_errors("GET /v1/accounts", code="{code}")'


def test_the_verdict_comes_first_then_what_is_not_handled(ran):
    """With the line that would exercise it; repeated cells are blank."""
    found = ran().lines()
    assert found[0] == VERDICT
    assert found[1:5] == [
        "mishandled     GET /v1/accounts  401 CERTIFICATE_INVALID    OB401",
        marker("CERTIFICATE_INVALID"),
        "not exercised  GET /v1/accounts  401 TOKEN_INVALID          missing: once, always",
        marker("TOKEN_INVALID"),
    ]
    assert not [line for line in found if "waived" in line][1:]


def test_a_part_of_the_tests_tells_what_it_has_found_only(ran):
    """That the rest was not exercised is no news; -v lists it all the same."""
    found = ran("-k", "test_errors").lines()
    assert found[:3] == [
        VERDICT,
        "mishandled  GET /v1/accounts  401 CERTIFICATE_INVALID  OB401",
        marker("CERTIFICATE_INVALID"),
    ]
    assert not [line for line in found[3:] if "not exercised" in line]
    assert [line for line in ran("-k", "test_errors", "-v").lines()[1:] if line.startswith("not exercised")]


def test_everything_is_shown_when_asked(ran):
    """With -v waived errors as well."""
    found = ran("-v").lines()
    assert found[15:17] == [
        "waived         GET /v1/accounts  403 CONSENT_INVALID        OB401; not before May (ops, until 2999-12-31)",
        marker("CONSENT_INVALID"),
    ]


def test_a_quiet_run_says_the_verdict_only(ran):
    """And why it fails, if it does."""
    lines = ran("-q", "--openbanking-fail-under=50").stdout.lines
    at = lines.index(VERDICT)
    assert lines[at + 1] == "fail-under: paysera: 3 of 10 documented errors that count are handled (30.0 %), 50 wanted"
    assert not [line for line in lines if "openbanking_errors(" in line]


def test_the_middle_of_many_is_left_out(covered):
    """Of more than twenty errors."""
    found = covered(BODY.format(codes=["CERTIFICATE_INVALID"], careless=())).lines()
    assert found[-1] == "... and 71 more: 71 not exercised; -v shows all"
    assert len(found) == 1 + 2 * 20 + 1


def test_only_the_controller_of_a_parallel_run_says_it(ran):
    """Once."""
    assert ran("-n", "1").stdout.lines.count(VERDICT) == 1


def test_a_run_without_checks_says_nothing(covered):
    """A test of the documented success is no check."""
    ran = covered("def test_it(openbanking, call): call()")
    assert "documented errors" not in ran.stdout.str()
    assert ran.ending is None


def test_a_run_that_does_not_use_it_imports_none_of_it(pytester):
    """A team that only has it installed pays nothing."""
    pytester.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    assert not [name for name in sys.modules if name.startswith('pytest_openbanking.coverage')]\n"
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


def test_all_is_not_cut(ran, monkeypatch):
    """On a narrow terminal either."""
    monkeypatch.setenv("COLUMNS", "80")
    assert any("500 INTERNAL_SERVER_ERROR" in line for line in ran("-v").lines())
    assert not any("500 INTERNAL_SERVER_ERROR" in line for line in ran().lines())
