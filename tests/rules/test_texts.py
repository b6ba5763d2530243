"""What a rule says of itself."""

import re

import pytest

from pytest_openbanking.rules import BUILT_IN


@pytest.mark.parametrize("rule", BUILT_IN, ids=lambda rule: rule.code)
def test_a_rule_names_no_other_rule(rule):
    """A finding's text holds its own code alone, so that codes can be read off a report."""
    text = " ".join([rule.message, rule.fix, rule.speaks_when])
    assert set(re.findall(r"OB\d+", text)) <= {rule.code}
    assert rule.fix
    assert rule.speaks_when


def test_codes_and_what_they_yield_to_are_there():
    """No rule yields to one that does not exist, and no two yield to each other."""
    rules = {rule.code: rule for rule in BUILT_IN}
    assert len(rules) == len(BUILT_IN)
    for rule in BUILT_IN:
        for other in rule.yields_to:
            assert rule.code not in rules[other].yields_to
