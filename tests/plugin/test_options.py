"""[tool.pytest-openbanking] in pyproject.toml: a wrong option is one line that names the right ones."""

import pytest

TABLE = "[tool.pytest-openbanking]\n"
BODY = """
@pytest.mark.openbanking_errors(code="CONSENT_EXPIRED")
def test_errors(openbanking_error, bank):
    with openbanking_error.handled():
        bank.accounts()
"""
ONE = BODY.replace("code=", '"GET /v1/accounts", code=')


@pytest.mark.parametrize(
    ("option", "message"),
    [
        (
            'porvider = "paysera"',
            "*unknown key 'porvider' (did you mean 'provider'?); allowed: allow-hosts, baseline, cassettes, fail-under, *",
        ),
        ("max-wait = 0", "*max-wait is 0; it must be seconds, 1 or more"),
        ('max-wait = "long"', "*max-wait must be a whole number, not 'long'"),
        ('ignore = ["OB901"]', "*ignore: no rule starts with 'OB901'; nearest: *"),
        ("ignore = [101]", "*ignore must hold strings, not 101"),
        (
            'provider-paths = ["nowhere"]\nproviders.paysera = {}',
            "*nowhere: holds no provider; expected NAME/provider.toml in it",
        ),
        ('providers.paysara.ignore = ["OB102"]', "*there is no provider 'paysara'; nearest: paysera*"),
        (
            'providers.paysera.operations = ["GET /v1/acounts"]',
            "*has no operation 'GET /v1/acounts'; nearest: GET /v1/accounts*",
        ),
        ('providers.paysera.environment = "test"', "*documents no environment 'test'; allowed: production*"),
        ('providers.paysera.rases = "x"', "*providers.paysera: unknown key 'rases' (did you mean 'raises'?)*"),
    ],
)
def test_a_wrong_option_is_a_usage_error(team, option, message):
    """The run stops before any test, with exit status 4 and one line."""
    result = team(BODY, pyproject=TABLE + option).runpytest("-p", "no:randomly")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([message])
    assert len([line for line in result.stderr.lines if line.strip()]) == 1


@pytest.mark.parametrize(
    ("raises", "message"),
    [
        ("bank:BankErrr", "*raises 'bank:BankErrr': the module has no 'BankErrr'; nearest: BankError*"),
        ("bnk.BankError", "*raises 'bnk.BankError' cannot be imported: No module named 'bnk'*"),
        ("bank:BANK", "*raises 'bank:BANK': the module has no 'BANK'*"),
        ("bank:time", "*raises 'bank:time' is no exception type*"),
    ],
)
def test_a_wrong_exception_type_is_one_line(team, raises, message):
    """`raises` is imported when a test needs it."""
    pyproject = TABLE + f'providers.paysera.raises = "{raises}"'
    head = "import pytest\npytestmark = pytest.mark.openbanking('paysera')\n"
    result = team(ONE, pyproject=pyproject, head=head).runpytest("-p", "no:randomly")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_the_options_are_in_force(team):
    """Default provider, promised type, the team's operations."""
    pyproject = (
        TABLE
        + """
    provider = "paysera"
    providers.paysera.raises = "bank.BankError"
    providers.paysera.operations = ["GET /v1/accounts"]
    """.replace("    ", "")
    )
    result = team(BODY, pyproject=pyproject, head="import pytest\n").runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=1)


def test_a_nested_conftests_rules_join_as_well(team):
    """Hooks of conftest.py files that are loaded late count."""
    pytester = team(ONE)
    nested = pytester.mkdir("nested")
    for name in ("bank.py", "test_bank.py"):
        pytester.path.joinpath(name).rename(nested / name)
    nested.joinpath("conftest.py").write_text(
        pytester.path.joinpath("conftest.py").read_text()
        + "\nimport pytest_openbanking\n"
        + "@pytest_openbanking.rule('ACME1', 'always speaks', fix='none')\n"
        + "def rule(case, exchange, outcome):\n    yield 'here'\n"
        + "def pytest_openbanking_rules():\n    return [rule]\n"
    )
    pytester.path.joinpath("conftest.py").unlink()
    pytester.makepyfile(
        test_first="""
        import httpx, pytest
        @pytest.mark.openbanking("paysera")
        @pytest.mark.openbanking_errors("GET /v1/accounts", code="CONSENT_EXPIRED")
        def test_first(openbanking, openbanking_error):
            with openbanking_error.handled(returns=lambda value: True):
                httpx.get(openbanking.base_url + "/v1/accounts", headers={"Authorization": "Bearer a"})
                openbanking_error.result = 1
    """
    )
    result = pytester.runpytest("-p", "no:randomly", "test_first.py", "nested")
    result.assert_outcomes(passed=1, failed=1)
