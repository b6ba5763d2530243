"""Recorded cassettes in a team's tests: the folder that comes first, and the marker that replays exactly one."""

from __future__ import annotations

import re

import pytest

from tests.cassettes.recordings import interaction, recording

BODY = '{"tppMessages":[{"category":"ERROR","code":"ACCESS_EXCEEDED","text":"slow down, says the real bank"}]}'
LIMIT = "paysera/get-v1-accounts/429-ACCESS_EXCEEDED"
JSON = {"Content-Type": "application/json"}
MARKED = f'@pytest.mark.openbanking_cassette("{LIMIT}")\n'
JUDGED = (
    MARKED
    + """
def test_limit(openbanking_error, openbanking, bank):
    with openbanking_error.handled():
        try:
            bank.accounts()
        except BankError as error:
            assert "says the real bank" in str(error)
            raise
    assert openbanking.exchange[0].provenance == "recorded"
"""
)
REPLAYED = (
    MARKED
    + """
def test_limit(bank):
    with pytest.raises(BankError, match="says the real bank"):
        bank.accounts()
"""
)


def limit(pytester: pytest.Pytester, folder: str = "cassettes", *more, **headers: str) -> None:
    first = interaction(429, BODY, headers=JSON | headers)
    recording(pytester.path / folder / f"{LIMIT}.yaml", first, *more)


def test_a_judged_test_meets_the_errors_of_the_marked_cassette(team) -> None:
    """Each case of the error that the cassette shows, in the recorded words; no other marker is needed."""
    pytester = team(JUDGED)
    limit(pytester)
    result = pytester.runpytest("-v", "-p", "no:randomly")
    result.assert_outcomes(passed=3)
    result.stdout.fnmatch_lines(["*test_limit[[]GET /v1/accounts-429-ACCESS_EXCEEDED-once[]] PASSED*"])


@pytest.mark.parametrize(
    ("test", "passed"),
    [
        (JUDGED, 3),
        (JUDGED.replace(MARKED, '@pytest.mark.openbanking_errors("GET /v1/accounts", code="ACCESS_EXCEEDED")'), 3),
        (REPLAYED, 1),
    ],
    ids=["judged", "errors", "replayed"],
)
def test_a_recording_that_was_decompressed_is_served_as_text(team, test: str, passed: int) -> None:
    """After requests, urllib3 and aiohttp vcrpy stores text, below a `Content-Encoding: gzip`."""
    pytester = team(test)
    limit(pytester, **{"Content-Encoding": "gzip", "Content-Length": "99"})
    pytester.runpytest().assert_outcomes(passed=passed)


def test_an_error_is_served_from_the_teams_folder_without_any_marker(team) -> None:
    """Found beside pyproject.toml, in pytest's rootdir; findings say `recorded`."""
    pytester = team(
        """
        @pytest.mark.openbanking_errors("GET /v1/accounts", code="ACCESS_EXCEEDED", persistence="always")
        def test_errors(openbanking_error, bank):
            with openbanking_error.handled():
                bank.http.get("/v1/accounts")
        """
    )
    limit(pytester, **{"Retry-After": "77"})
    result = pytester.runpytest()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*429 ACCESS_EXCEEDED (recorded)   Retry-After: 77*"])


@pytest.mark.parametrize(
    ("pyproject", "option"),
    [
        ("[tool.pytest-openbanking]\ncassettes = 'recorded/bank'", ()),
        ("", ("--openbanking-cassettes=recorded/bank",)),
        ("[tool.pytest-openbanking]\ncassettes = 'elsewhere'", ("--openbanking-cassettes=recorded/bank",)),
    ],
)
def test_the_folder_is_an_option(team, pyproject: str, option: tuple[str, ...]) -> None:
    """In pyproject.toml, or on the command line, which wins."""
    pytester = team(JUDGED, pyproject=pyproject)
    limit(pytester, "recorded/bank")
    pytester.runpytest(*option).assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("pyproject", "option", "said"),
    [
        ("[tool.pytest-openbanking]\ncassettes = 'casettes'", (), "*pyproject.toml: cassettes: there is no folder *casettes; allowed*"),
        ("", ("--openbanking-cassettes=casettes",), "*--openbanking-cassettes: there is no folder *casettes; allowed*"),
        ("[tool.pytest-openbanking]\ncassettes = 3", (), "*tool.pytest-openbanking: cassettes must be a string, not 3*"),
        ("[tool.pytest-openbanking]\nscrub = 'name'", (), "*tool.pytest-openbanking: scrub must be a list, not 'name'*"),
    ],
)  # fmt: skip
def test_a_wrong_folder_is_a_usage_error(team, pyproject: str, option: tuple[str, ...], said: str) -> None:
    result = team(JUDGED, pyproject=pyproject).runpytest(*option)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([said])


REPLAYED = MARKED.replace(LIMIT, "paysera/flow") + (
    """
def test_flow(openbanking):
    import httpx
    with httpx.Client(base_url=openbanking.base_url) as http:
        {}
"""
)
FLOW = (
    interaction(200, '{"accounts": [1]}', headers=JSON | {"Date": "Mon, 02 Feb 2026 10:00:00 GMT"}),
    interaction(200, '{"accounts": [2]}'),
    interaction(429, BODY, path="/v1/accounts?b=2&a=1"),
    interaction(201, '{"consentId": "c"}', method="POST", path="/v1/consents", sent='{"a": 1}'),
)


@pytest.mark.parametrize(
    "body",
    [
        "assert [http.get('/v1/accounts').json()['accounts'] for _ in range(2)] == [[1], [2]]",
        "assert http.get('/v1/accounts', params={'a': 1, 'b': 2}).status_code == 429",
        "assert http.post('/v1/consents', json={}).json() == {'consentId': 'c'}",
        "assert '2026 10:00:00' not in http.get('/v1/accounts').headers['Date']",
        "assert http.get('https://open-banking-api.paysera.com/v1/accounts').json() == {'accounts': [1]}",
        "http.get('/v1/accounts'); assert openbanking.exchange[0].provenance == 'recorded'",
        "assert http.post(openbanking.token_url, data={'grant_type': 'refresh_token', 'refresh_token': 'x'}).status_code == 200",
        "http.get('/v1/accounts?a=1&b=2'); assert openbanking.exchange[0].error.code == 'ACCESS_EXCEEDED'",
    ],
)
def test_a_marked_cassette_answers_everything(team, body: str) -> None:
    """In order, each interaction once; by method, path and query at any documented address; tokens are still issued."""
    pytester = team(REPLAYED.format(body))
    recording(pytester.path / "cassettes/paysera/flow.yaml", *FLOW)
    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("[http.get('/v1/accounts') for _ in range(3)]", "*/v1/accounts was played already, as often as *flow.yaml holds it*"),
        ("http.get('/v1/accounts/1')", "*/v1/accounts/1 is not in *flow.yaml; nearest: GET https://*/v1/accounts*"),
        ("http.get('/v1/accounts?a=2')", "*/v1/accounts?a=2 is not in *flow.yaml; nearest: *"),
    ],
)  # fmt: skip
def test_a_request_that_was_not_recorded_is_refused(team, body: str, said: str) -> None:
    """It fails the test, also where the client swallows what it got."""
    pytester = team(REPLAYED.format(f"import contextlib\n        with contextlib.suppress(httpx.HTTPError): {body}"))
    recording(pytester.path / "cassettes/paysera/flow.yaml", *FLOW)
    result = pytester.runpytest()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([said])


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        (f'"{LIMIT}s"', f"*there is no cassette '{LIMIT}s' in *cassettes*; nearest: {LIMIT}.yaml*"),
        ("", "*marker openbanking_cassette takes one path, like *"),
        (f'"{LIMIT}", "{LIMIT}"', "*marker openbanking_cassette takes one path, like *"),
        (f'path="{LIMIT}"', "*marker openbanking_cassette takes one path, like *"),
        ('"paysera/broken"', "*paysera/broken.yaml:1: a cassette must be a mapping, not 'oops'*"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("fixture", ["openbanking_error, bank", "openbanking"])
def test_a_wrong_marker_is_one_line(team, marker: str, said: str, fixture: str) -> None:
    """With the nearest cassettes there are; no traceback of ours."""
    pytester = team(f"@pytest.mark.openbanking_cassette({marker})\ndef test_it({fixture}):\n    pass\n")
    limit(pytester)
    (pytester.path / "cassettes/paysera/broken.yaml").write_text("oops")
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])
    assert "Traceback" not in result.stdout.str()
    assert not re.search(r"pytest_openbanking/\w+\.py", result.stdout.str())


def test_a_judged_test_needs_a_cassette_with_a_documented_error(team) -> None:
    pytester = team(JUDGED.replace(LIMIT, "paysera/flow"))
    recording(pytester.path / "cassettes/paysera/flow.yaml", *FLOW[:2])
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*flow.yaml shows no error that paysera documents; see: openbanking verify*"])


def test_a_broken_recording_fails_its_case_in_one_line(team) -> None:
    """The tests of other errors go on."""
    pytester = team(
        """
        @pytest.mark.openbanking_errors("GET /v1/accounts", status=429)
        def test_errors(openbanking_error, bank):
            with openbanking_error.handled():
                bank.accounts()
        """
    )
    recording(pytester.path / f"cassettes/{LIMIT}.yaml", interaction(500, BODY))
    result = pytester.runpytest("-p", "no:randomly")
    result.assert_outcomes(failed=3)
    result.stdout.fnmatch_lines([f"*cassettes/{LIMIT}.yaml:5: GET *answered 500 ACCESS_EXCEEDED, and not *"])
    assert "Traceback" not in result.stdout.str()


def test_a_case_that_the_marked_cassette_does_not_show_is_one_line(team) -> None:
    """It says what is shown, what was asked and what to do, and is not served from elsewhere; the others are judged."""
    markers = f'{MARKED}@pytest.mark.openbanking_errors("GET /v1/accounts", status=[429, 503], persistence="always")\n'
    pytester = team(JUDGED.replace(MARKED, markers))
    limit(pytester)
    result = pytester.runpytest("-p", "no:randomly", "--tb=short")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            f"*/cassettes/{LIMIT}.yaml shows GET /v1/accounts 429 ACCESS_EXCEEDED, and not GET /v1/accounts "
            "503 SERVICE_UNAVAILABLE: leave the marker openbanking_errors out to get what it shows, or *",
            "=* openbanking: documented errors =*",
        ],
        consecutive=True,
    )


@pytest.mark.parametrize("fixture", ["openbanking_error, openbanking, bank", "openbanking"])
def test_two_markers_of_cassettes_on_one_test_are_one_line(team, fixture: str) -> None:
    """Only one of them could be replayed; one on a test goes before one around it."""
    test = f"@pytest.mark.openbanking_cassette('paysera/other')\n{MARKED}def test_it({fixture}):\n    pass\n"
    result = team(test).runpytest("--tb=short")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        [f"*two markers openbanking_cassette on one test: '{LIMIT}' and 'paysera/other'; allowed: one*"]
    )
    around = 'pytestmark = [pytestmark, pytest.mark.openbanking_cassette("paysera/other")]\n'
    pytester = team(around + JUDGED)
    limit(pytester)
    pytester.runpytest().assert_outcomes(passed=3)


def test_a_cassette_of_another_suffix_is_named(team) -> None:
    """The marker looks for *.yaml, and finds any other file by its whole name."""
    pytester = team(REPLAYED.replace("paysera/flow", "paysera/okflow").format("assert http.get('/v1/accounts')"))
    recording(pytester.path / "cassettes/paysera/okflow.yml", *FLOW)
    result = pytester.runpytest()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*there is no cassette 'paysera/okflow' in *; nearest: paysera/okflow.yml*"])
    team(REPLAYED.replace("paysera/flow", "paysera/okflow.yml").format("assert http.get('/v1/accounts')"))
    pytester.runpytest().assert_outcomes(passed=1)


def test_the_provider_is_told_by_the_cassettes_folder(team) -> None:
    """The first part of the path names the provider, where no other marker does."""
    pytester = team(
        JUDGED.replace("openbanking_error, openbanking, bank", "openbanking_error, openbanking, bank"),
        head="import pytest\nfrom bank import BankError\n",
    )
    limit(pytester)
    pytester.runpytest().assert_outcomes(passed=3)


def test_a_folder_on_the_command_line_is_seen_from_where_pytest_is_run(team, monkeypatch) -> None:
    """As every path there is; the one in pyproject.toml is seen from that file."""
    pytester = team(JUDGED, pyproject="[tool.pytest-openbanking]\ncassettes = 'recorded'")
    limit(pytester, "below/tapes")
    limit(pytester, "recorded")
    monkeypatch.chdir(pytester.path / "below")
    for options in ((), ("--openbanking-cassettes=tapes",)):
        pytester.runpytest("--rootdir=..", *options, "..").assert_outcomes(passed=3)


TWO = (interaction(429, BODY), interaction(500, BODY.replace("ACCESS_EXCEEDED", "INTERNAL_SERVER_ERROR")))


@pytest.mark.parametrize(
    ("markers", "passed"),
    [
        ('openbanking_cassette("paysera/two")', 5),
        ('openbanking_cassette(pathlib.Path("paysera", "two.yaml"))', 5),
        ('openbanking_cassette("paysera/two")\n@pytest.mark.openbanking_errors("GET /v1/accounts", code="ACCESS_EXCEEDED")', 3),
        ('openbanking_cassette("paysera/two")\n@pytest.mark.openbanking_errors("GET /v1/accounts", status=429, persistence="always")', 1),
    ],
)  # fmt: skip
def test_every_error_of_a_cassette_is_judged_unless_a_marker_says_which(team, markers: str, passed: int) -> None:
    """Each in its recorded words."""
    pytester = team(JUDGED.replace(MARKED, f"import pathlib\n@pytest.mark.{markers}\n"))
    recording(pytester.path / "cassettes/paysera/two.yaml", *TWO)
    pytester.runpytest("-p", "no:randomly").assert_outcomes(passed=passed)


@pytest.mark.parametrize("marker", ['"paysera"', 'provider="paysera"'])
def test_the_marked_provider_wins_over_the_cassettes_folder(team, marker: str) -> None:
    """A team may sort its cassettes as it likes."""
    head = f"import pytest\nfrom bank import BankError\n\npytestmark = pytest.mark.openbanking({marker}, raises=BankError)\n"
    pytester = team(JUDGED.replace(LIMIT, "aelix/limit"), head=head)
    recording(pytester.path / "cassettes/aelix/limit.yaml", interaction(429, BODY))
    pytester.runpytest().assert_outcomes(passed=3)
