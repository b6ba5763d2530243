"""The markers and fixtures, as a team uses them."""

import pytest

ERRORS = """
@pytest.mark.openbanking_errors({})
def test_errors(openbanking_error, bank):
    with openbanking_error.handled():
        bank.accounts()
"""


def test_the_happy_path_is_answered_with_the_documented_success(team):
    """A test without an error gets the documented success."""
    team("def test_accounts(bank):\n    assert bank.accounts()").runpytest("-p", "no:randomly").assert_outcomes(
        passed=1
    )


def test_each_documented_error_is_a_test_of_its_own(team):
    """Every case of the operation's errors runs, and a careful client passes them all."""
    result = team(ERRORS.format('"GET /v1/accounts"')).runpytest("-v", "-p", "no:randomly")
    result.assert_outcomes(passed=19)
    result.stdout.fnmatch_lines(["*test_errors[[]GET /v1/accounts-429-ACCESS_EXCEEDED-once-date[]] PASSED*"])


@pytest.mark.parametrize(
    ("marker", "count"),
    [
        ("code='TOKEN_EXPIRED', persistence='once'", 8),
        ("'GET /v1/accounts', status=401, persistence='always'", 5),
        ("'GET /v1/accounts', status=[408, '5xx'], persistence='once'", 4),
        ("'GET /v1/accounts', code=['TOKEN_INVALID', 'CONSENT_EXPIRED']", 3),
        ("'GET /v1/accounts', status='4XX', code='REQUEST_TIMEOUT'", 2),
        ("'GET   /v1/accounts/{any}', code='RESOURCE_UNKNOWN'", 1),
        ("'GET /v1/accounts', faults=True", 39),
    ],
)
def test_the_marker_selects(team, marker, count):
    """Operations, statuses, codes and persistence choose the cases; path parameters may have any name."""
    result = team(ERRORS.format(marker)).runpytest("--collect-only", "-q", "-p", "no:randomly")
    assert sum("test_errors[" in line for line in result.outlines) == count


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("'GET /v1/acounts'", "*paysera has no operation 'GET /v1/acounts'; nearest: GET /v1/accounts*"),
        ("code='TOKEN_EXPIERD'", "*paysera documents no code 'TOKEN_EXPIERD'; nearest: TOKEN_EXPIRED*"),
        ("status=418", "*paysera documents no status 418; allowed: 400, 401, *, 4xx, 5xx*"),
        ("persistence='twice'", "*persistence 'twice' is unknown; allowed: once, once-date, always*"),
        (
            "stauts=401",
            "*unknown option 'stauts' (did you mean 'status'?); allowed: status, code, persistence, faults*",
        ),
        (
            "'GET /v1/accounts', code='RESOURCE_CONFLICT'",
            "*documents no error with operation GET /v1/accounts, code RESOURCE*",
        ),
        ("'POST /oauth/token'", "*documents no error with operation POST /oauth/token; documented there: none*"),
        ("code='FORMAT_ERROR', persistence='once'", "*documents no error with code FORMAT_ERROR, persistence once*"),
    ],
)
def test_a_wrong_marker_is_one_line_that_names_the_right_ones(team, marker, message):
    """A typo, or a marker that selects nothing, never passes in silence."""
    result = team(ERRORS.format(marker)).runpytest("-p", "no:randomly")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*pytest_openbanking/*.py*")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            "import pytest\npytestmark = pytest.mark.openbanking('paysara')",
            "*there is no provider 'paysara'; nearest: paysera*",
        ),
        ("import pytest", "*names no provider: add @pytest.mark.openbanking(PROVIDER)*allowed: aarthik, aelix, *"),
        (
            "import pytest\npytestmark = pytest.mark.openbanking('paysera', rases=OSError)",
            "*unknown option 'rases' (did you mean 'raises'?)*",
        ),
        (
            "import pytest\npytestmark = pytest.mark.openbanking('aelix', environment='sandbx')",
            "*documents no environment 'sandbx'; allowed: production, sandbox*",
        ),
        (
            "import pytest\npytestmark = pytest.mark.openbanking('paysera', ignore='OB999')",
            "*ignore: no rule starts with 'OB999'*",
        ),
        (
            "import pytest\npytestmark = pytest.mark.openbanking('paysera', raises='BankError')",
            "*raises must be an exception type, or a tuple of types, not 'BankError'*",
        ),
    ],
)
def test_a_wrong_provider_marker_is_one_line(team, head, message):
    """The provider, its environment and the marker's options are checked before the test runs."""
    result = team("def test_accounts(bank):\n    bank.accounts()", head=head + "\n").runpytest("-p", "no:randomly")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_a_case_that_is_never_delivered_fails(team):
    """A test that asks for an error and never enters handled() does not pass."""
    body = ERRORS.format("'GET /v1/accounts', code='CONSENT_EXPIRED'").replace(
        "    with openbanking_error.handled():\n        bank.accounts()", "    bank.accounts()"
    )
    result = team(body).runpytest("-p", "no:randomly")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*was never delivered: call the client inside `with openbanking_error.handled():`*"])


def test_a_skip_is_not_taken_for_a_case_never_delivered(team):
    """A test that skips itself is skipped."""
    body = ERRORS.format("'GET /v1/accounts', code='CONSENT_EXPIRED'").replace(
        "bank.accounts()", "pytest.skip('later')"
    )
    team(body).runpytest("-p", "no:randomly").assert_outcomes(skipped=1)


def test_the_fixture_without_the_marker_says_what_is_missing(team):
    """openbanking_error needs openbanking_errors."""
    result = team("def test_it(openbanking_error):\n    pass").runpytest("-p", "no:randomly")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*no marker says which: add @pytest.mark.openbanking_errors(*"])


def test_markers_and_fixtures_explain_themselves(pytester):
    """--markers and --fixtures are where their user looks."""
    pytester.runpytest("--markers").stdout.fnmatch_lines(
        ["@pytest.mark.openbanking(provider, *", "@pytest.mark.openbanking_errors(*operations, *"]
    )
    fixtures = pytester.runpytest("--fixtures").stdout  # in the order of line numbers as text
    fixtures.fnmatch_lines(["openbanking -- *", "*The Sandbox: the simulated provider*"])
    fixtures.fnmatch_lines(["openbanking_error -- *", "*One ErrorCase of the marker*"])


def test_an_unused_plugin_is_never_evaluated(pytester):
    """A run that uses no fixture of ours imports none of what does the work."""
    pytester.makepyfile(
        "import sys\n"
        "def test_it():\n"
        "    ours = {name for name in sys.modules if name.startswith('pytest_openbanking.')}\n"
        "    assert ours == {'pytest_openbanking.plugin', 'pytest_openbanking.hookspecs', 'pytest_openbanking.builtin', 'pytest_openbanking.options'}\n"
    )
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


def test_markers_on_classes_and_modules_join_and_the_closest_provider_wins(team):
    """pytestmark, class and function markers work together."""
    body = """
    @pytest.mark.openbanking_errors("GET /v1/accounts", code="CONSENT_EXPIRED")
    class TestAll:
        @pytest.mark.openbanking_errors("GET /v1/accounts", code="CERTIFICATE_INVALID")
        def test_two(self, openbanking_error, bank):
            with openbanking_error.handled():
                bank.accounts()

        @pytest.mark.openbanking("paysera", raises=OSError)
        def test_other(self, openbanking_error, bank):
            with pytest.raises(AssertionError, match="OB402"), openbanking_error.handled():
                bank.accounts()
    """
    team(body).runpytest("-p", "no:randomly").assert_outcomes(passed=3)
