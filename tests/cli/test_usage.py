"""Whatever is asked for that is not there: one line that names the nearest right ones, and exit code 2."""

import pytest

WRONG = [
    ("provders", "there is no command 'provders'; nearest: providers"),
    ("--verison", "nearest: --version"),
    ("errors", "name a provider: aarthik, aelix, aerosync, paysera"),
    ("errors paysara", "there is no provider 'paysara'; nearest: paysera"),
    (
        "errors paysera --operation GET /v1/acounts",
        "has no operation 'GET /v1/acounts'; nearest: GET /v1/accounts",
    ),
    ("errors paysera --status 418", "no status '418'; allowed: 400, 401"),
    ("errors paysera --code TOKEN_EXPIRD", "no code 'TOKEN_EXPIRD'; nearest: TOKEN_EXPIRED"),
    (
        "errors paysera --operation POST /v1/payments --status 404",
        "documented on POST /v1/payments: 400 FORMAT_ERROR",
    ),
    ("errors paysera --operatoin x", "there is no option '--operatoin'; nearest: --operation"),
    ("errors paysera --format yaml", "invalid choice: 'yaml'"),
    ("errors paysera aelix", "does not take 'aelix'"),
    ("explain", "CODE"),
    ("explain OB1O5", "there is no rule 'OB1O5'; nearest: OB105"),
    ("explain zz", "nearest: OB0, OB1"),
    ("demo --al", "nearest: --all"),
    ("record paysera --base-url http://[::1", "'http://[::1' is no URL like https://host/path"),
    ("record paysera --base-url http://", "'http://' is no URL like https://host/path"),
    (f"verify {'x' * 300}", "cannot be read: File name too long"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[words for words, _ in WRONG])
def test_a_mistake_is_one_line_that_names_the_nearest(cli, words, said):
    """Nothing on standard output, one line on standard error."""
    ran = cli(*words.split(" "))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert ran.err.startswith("openbanking: ")
    assert said in ran.err


def test_a_wrong_provider_file_is_one_line(cli, team):
    """The file, the entry, and what is allowed."""
    file = team / "providers" / "acme" / "provider.toml"
    file.write_text(file.read_text("utf-8") + '\n[[notes]]\ntext = "x"\nsorce = "errors"\n', "utf-8")
    ran = cli("providers")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "acme/provider.toml" in ran.err


def test_help_names_every_command(cli):
    """Bare `openbanking` helps as well."""
    ran = cli("--help")
    assert ran.code == 0
    for command in ("providers", "errors", "rules", "explain", "demo"):
        assert f"  {command} " in ran.out
    assert cli().out == ran.out


def test_the_version_is_the_distribution_s(cli):
    """As pip shows it."""
    from importlib.metadata import version

    assert cli("--version").out == f"pytest-openbanking {version('pytest-openbanking')}\n"
