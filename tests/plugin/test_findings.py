"""A failing test reads like a linter's finding."""

NAIVE = """
import time
import httpx


class BankError(Exception):
    pass


class BankClient:
    def __init__(self, base_url, token, token_url, refresh_token):
        self.http, self.token = httpx.Client(base_url=base_url), token

    def accounts(self):
        for attempt in range(2):
            answer = self.http.get("/v1/accounts", headers={"Authorization": f"Bearer {self.token}"})
            if answer.status_code < 400:
                return answer.json()
            time.sleep(1)
        raise BankError(answer.json()["tppMessages"][0]["code"], answer.headers.get("Retry-After"))
"""

BODY = """
@pytest.mark.openbanking_errors("GET /v1/accounts", code="ACCESS_EXCEEDED", persistence="once")
def test_errors(openbanking_error, bank):
    with openbanking_error.handled():
        bank.accounts()
"""


def test_a_finding_shows_what_was_seen_the_timeline_the_documentation_and_the_fix(team, monkeypatch):
    """The report is the finding, and no frame of ours."""
    monkeypatch.setenv("COLUMNS", "200")
    result = team(BODY, bank=NAIVE).runpytest("-p", "no:randomly", "-k", "once and not date")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "OB105 retried before Retry-After had passed",
            "  GET /v1/accounts answered 429 ACCESS_EXCEEDED with Retry-After: 30; the client called again after 1.0 s",
            "*0.000 s  GET */v1/accounts   429 ACCESS_EXCEEDED (documented)   Retry-After: 30",
            "*1.000 s  GET */v1/accounts   429 ACCESS_EXCEEDED (documented)   Retry-After: 30   <- too early by 29.0 s",
            "  fix: wait as long as Retry-After says*",
            '  documented: wait: respect Retry-After  [[]paysera: error handling, "*"[]]',
            "FAILED test_bank.py::test_errors[[]GET /v1/accounts-429-ACCESS_EXCEEDED-once[]] - OB105 retried before*",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_openbanking*")


def test_a_rule_is_ignored_by_marker_and_by_option(team):
    """`ignore` takes codes and prefixes, in the marker and in pyproject.toml."""
    body = (
        BODY
        + """
@pytest.mark.openbanking("paysera", raises=BankError, ignore=["OB1"])
@pytest.mark.openbanking_errors("GET /v1/accounts", code="ACCESS_EXCEEDED", persistence="once")
def test_ignored(openbanking_error, bank):
    with openbanking_error.handled():
        bank.accounts()
"""
    )
    team(body, bank=NAIVE).runpytest("-p", "no:randomly").assert_outcomes(failed=2, passed=2)
    project = '[tool.pytest-openbanking]\nprovider = "paysera"\nignore = ["OB105"]\n'
    team(body, bank=NAIVE, pyproject=project).runpytest("-p", "no:randomly").assert_outcomes(passed=4)
    project = '[tool.pytest-openbanking]\nselect = ["OB4"]\n'
    team(body, bank=NAIVE, pyproject=project).runpytest("-p", "no:randomly").assert_outcomes(passed=4)


def test_a_request_elsewhere_is_refused_and_reported_at_teardown(team):
    """A swallowed refusal fails the test all the same."""
    body = """
    import httpx

    def test_it(openbanking):
        with pytest.raises(httpx.ConnectError, match="refused"):
            httpx.get("https://example.org/path?secret=1")
        with pytest.raises(httpx.ConnectError, match="nearest: GET /v1/accounts"):
            httpx.get(openbanking.base_url + "/v1/acounts")
    """
    result = team(body).runpytest("-p", "no:randomly")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*GET https://example.org/path is no address of paysera*",
            "*GET /v1/acounts is no operation that paysera documents; nearest: GET /v1/accounts*",
        ]
    )
    result.stdout.no_fnmatch_line("*secret=1*")


def test_a_teams_own_rule_and_provider_join_through_hooks(team, tmp_path):
    """A conftest adds rules and providers."""
    import shutil

    import pytest_openbanking.catalogue.loader as loader

    shutil.copytree(loader.BUILT_IN / "paysera", tmp_path / "acmebank")
    data = tmp_path / "acmebank" / "provider.toml"
    data.write_text(data.read_text("utf-8").replace('name = "paysera"', 'name = "acmebank"', 1), "utf-8")
    conftest = f"""
    import pytest_openbanking

    @pytest_openbanking.rule("ACME1", "called over an old host", fix="use the new host")
    def old_host(case, exchange, outcome):
        yield f"{{len(exchange)}} calls"

    def pytest_openbanking_rules():
        return [old_host]

    def pytest_openbanking_providers():
        return [{str(tmp_path)!r}]
    """
    body = """
    @pytest.mark.openbanking("acmebank", raises=BankError)
    @pytest.mark.openbanking_errors("GET /v1/accounts", code="CONSENT_EXPIRED")
    def test_errors(openbanking_error, bank):
        with openbanking_error.handled():
            bank.accounts()
    """
    result = team(body, conftest=conftest).runpytest("-p", "no:randomly")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["ACME1 called over an old host", "  1 calls"])
