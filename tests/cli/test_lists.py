"""`providers`, `rules` and `explain` print what is in force."""

from pytest_openbanking.registry import Registry, standalone_hooks


def test_every_provider_is_listed_with_its_figures_and_address(cli):
    """Each provider has its operations, errors, codes, base URL and origin."""
    ran = cli("providers")
    registry = Registry(standalone_hooks())
    assert ran.code == 0
    for name in registry.folders:
        provider = registry.provider(name)
        at = next(number for number, line in enumerate(ran.lines) if line.startswith(name))
        assert f"{len(provider.operations)} operations" in ran.lines[at]
        assert f"{len(provider.errors)} errors" in ran.lines[at]
        assert f"{len({error.code for error in provider.errors})} codes" in ran.lines[at]
        assert ran.lines[at].endswith(provider.title)
        assert ran.lines[at + 1].strip() == f"{provider.base_url}   (built in)"


def test_a_team_s_own_provider_is_listed_with_its_folder(cli, team):
    """A provider of provider-paths shows the path it comes from."""
    ran = cli("providers")
    at = next(number for number, line in enumerate(ran.lines) if line.startswith("acme"))
    assert "Acme Zürich" in ran.lines[at]
    assert ran.lines[at + 1].endswith("(providers/acme)")


def test_every_rule_has_one_line_below_its_family(cli):
    """Rules are grouped by family, in the order of their codes."""
    ran = cli("rules")
    rules = Registry(standalone_hooks()).rules
    assert [line[2:] for line in ran.lines if line.startswith("  ")] == [
        f"{rule.code}  {rule.message}" for rule in rules
    ]
    assert "OB1xx  repeating, retrying, backing off and waiting" in ran.lines


def test_a_rule_that_the_team_ignores_says_so(cli, team):
    """`rules` shows what pyproject.toml switches off."""
    ran = cli("rules")
    assert "  OB104  retried without backing off  (off in pyproject.toml)" in ran.lines
    assert "  OB401  swallowed the error: returned as if all were well" in ran.lines


def test_explain_says_when_a_rule_speaks_and_what_to_do(cli):
    """The message, the evidence, the fix, what it yields to, and how to ignore it."""
    ran = cli("explain", "OB302")
    text = " ".join(ran.out.split())
    rule = next(rule for rule in Registry(standalone_hooks()).rules if rule.code == "OB302")
    assert ran.lines[0] == f"OB302  {rule.message}"
    assert f"speaks when {rule.speaks_when}" in text
    assert f"fix {rule.fix}" in text
    assert "yields to OB301 write without the documented Idempotency-Key" in text
    assert 'ignore=["OB302"]' in text


def test_explain_shows_a_real_finding(cli):
    """The example is what the careless client really gives rise to."""
    ran = cli("explain", "ob105")
    assert ran.lines[0].startswith("OB105  retried before Retry-After had passed")
    assert "answered 429" in ran.out
    assert "<- too early by 29.0 s" in ran.out


def test_explain_takes_a_prefix(cli):
    """A prefix explains each rule that starts with it."""
    ran = cli("explain", "OB3")
    heads = [line[:5] for line in ran.lines if line.startswith("OB")]
    assert heads == [rule.code for rule in Registry(standalone_hooks()).rules if rule.code.startswith("OB3")]
