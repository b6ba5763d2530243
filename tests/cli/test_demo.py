"""`demo` runs two real clients, and its figures are what came out."""

import re

import pytest

from pytest_openbanking.cli.trial import known_providers, try_client, untouched
from pytest_openbanking.registry import Registry, standalone_hooks

PROVIDERS = sorted(Registry(standalone_hooks()).folders)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_careful_client_handles_every_documented_error(name):
    """No finding on any case of any provider."""
    with untouched():
        found = [str(tried.mishandled) for tried in try_client("careful", name) if tried.mishandled]
    assert found == []


def test_the_examples_know_every_built_in_provider():
    """No provider is left out of the demo."""
    with untouched() as registry:
        assert known_providers(registry) == sorted(registry.folders)


def test_the_verdict_stands_first_and_last_and_is_right(cli):
    """One line for each provider: the careful client handles all, the careless one as many as it does."""
    ran = cli("demo")
    assert ran.code == 0
    lines = [" ".join(line.split()) for line in ran.lines if re.match(r"  \w+: +careful", line)]
    expected = []
    with untouched() as registry:
        for name in PROVIDERS:
            total = len(registry.provider(name).errors)
            broken = {tried.error.key for tried in try_client("careless", name) if tried.mishandled}
            expected.append(f"{name}: careful {total} of {total} handled; careless {total - len(broken)} of {total}")
    assert lines == expected * 2


def test_each_broken_rule_has_one_example_with_its_timeline(cli):
    """In the order of the codes, each with its fix and what is documented; at least ten different rules."""
    ran = cli("demo")
    heads = [re.match(r"OB\d{3}", line)[0] for line in ran.lines if re.match(r"OB\d{3} ", line)]
    assert heads == sorted(set(heads))
    assert {"OB101", "OB104", "OB105", "OB107", "OB202", "OB302", "OB305", "OB401", "OB403", "OB405"} <= set(heads)
    assert ran.out.count("  fix: ") == len(heads)
    assert ran.out.count("    0.000 s  ") >= len(heads)
    assert "<- another Idempotency-Key" in ran.out


def test_no_line_is_wider_than_the_terminal(cli):
    """At 100 columns nothing wraps by itself."""
    assert [line for line in cli("demo").lines if len(line) > 100] == []


def test_all_prints_a_row_for_each_documented_error(cli):
    """`--all` names each operation."""
    with untouched() as registry:
        operations = [error.operation.id for name in PROVIDERS for error in registry.provider(name).errors]
    lines = cli("demo", "--all").lines
    rows = [line for line in lines if re.search(r"  (GET|POST|PUT)\b.*  handled  ", line)]
    assert len(rows) == len(operations)


def test_a_team_s_options_leave_the_demo_alone(cli, team):
    """`ignore` in pyproject.toml does not make the careless client look careful."""
    assert "OB104 retried without backing off" in cli("demo").out
