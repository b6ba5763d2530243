"""The README is true: its blocks run as they stand."""

import re
import sys
from pathlib import Path

import pytest

from pytest_openbanking.registry import current
from pytest_openbanking.settings import exception_types, load_settings

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def block(language, holding):
    (found,) = [text for kind, text in BLOCKS if kind == language and holding in text]
    return found


@pytest.fixture
def project(team):
    """The project that the README describes: acme.bank, conftest.py, test_bank.py."""
    pytester = team("")
    acme = pytester.mkpydir("acme")
    pytester.path.joinpath("bank.py").rename(acme / "bank.py")
    pytester.makeconftest(block("python", "def bank(openbanking)"))
    pytester.makepyfile(test_bank=block("python", "def test_accounts_errors"))
    return pytester


def test_the_two_files_run(project):
    """conftest.py and test_bank.py, with a careful client."""
    project.runpytest("-p", "no:randomly").assert_outcomes(passed=20)


def test_the_malformed_tests_are_collected(project):
    """One for each site of the request, and of the answer."""
    head = block("python", "def test_accounts_errors").partition("def ")[0]
    project.makepyfile(test_bank=head + block("python", "openbanking_malformed("))
    result = project.runpytest("--collect-only", "-q", "-p", "no:randomly")
    result.stdout.fnmatch_lines_random(
        [
            "test_bank.py::test_payments[[]instructedAmount/currency-pattern[]]",
            "test_bank.py::test_answers[[]success/html[]]",
        ]
    )


def test_the_rule_of_ones_own_speaks(project):
    """The hook's block, added to conftest.py."""
    conftest = project.path / "conftest.py"
    conftest.write_text(conftest.read_text() + "\n" + block("python", "ACME1"))
    result = project.runpytest("-p", "no:randomly", "-k", "TOKEN_EXPIRED-once")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["ACME1 called without a request id", "  POST /oauth/token was called without X-Request-ID"]
    )


def test_the_script_runs(project):
    """The context manager, outside pytest."""
    project.makepyfile(script=block("python", "pytest_openbanking.sandbox("))
    result = project.run(sys.executable, "script.py")
    assert result.ret == 0, result.stderr.str()


def test_the_options_are_options(project):
    """Every key of the TOML block is known, and its values are right."""
    project.syspathinsert()
    file = project.makepyprojecttoml(block("toml", "[tool.pytest-openbanking]"))
    settings = load_settings(file)
    assert exception_types(settings.of("paysera").raises)[0].__name__ == "BankError"
    assert settings.max_wait == 3600


def test_the_finding_is_what_the_plugin_prints(project):
    """The sample finding, from the real rule (the shown path is shortened)."""
    sample = block("text", "OB105")
    head, seen = sample.splitlines()[:2]
    rule = next(rule for rule in current().rules if rule.code == "OB105")
    assert head == f"OB105 {rule.message}"
    assert f"  fix: {rule.fix}" in sample
    assert "Retry-After: 30; the client called again after 1.0 s" in seen


def test_the_providers_and_commands_are_those_there_are():
    """Names in the text."""
    for name in current().folders:
        assert f"**{name}**" in README
