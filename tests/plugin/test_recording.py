"""`--openbanking-record`: what a team's own tests get from the provider itself becomes cassettes."""

from __future__ import annotations

import gc
import gzip
import json
import os
import zlib

import pytest
import vcr

from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.exchange import Provenance
from tests.cassettes.bank import IBAN, TOKEN, bank
from tests.cassettes.verifying.bank import Answer
from tests.cassettes.verifying.bank import bank as any_bank

# The team's clients leave their connections open.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
RECORD = ("--openbanking-record", "-p", "no:randomly", "-rA", "-W", "ignore::pytest.PytestUnraisableExceptionWarning")
TESTS = """
def test_accounts(bank):
    assert bank.accounts()[0]["ownerName"] == "Jonas"
"""


@pytest.fixture(autouse=True)
def address(monkeypatch: pytest.MonkeyPatch):
    """A bank to be recorded, and the environment that leads there."""
    assert vcr
    with bank() as url:
        for name in [name for name in os.environ if name.startswith("OPENBANKING_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("OPENBANKING_BASE_URL", url)
        monkeypatch.setenv("OPENBANKING_TOKEN_URL", f"{url}/oauth/token")
        monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", TOKEN)
        yield url
    gc.collect()


def cassettes(pytester: pytest.Pytester) -> list[str]:
    folder = pytester.path / "cassettes"
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_each_answer_is_recorded_in_its_operations_place(team, address) -> None:
    """What came from the provider is `recorded`; nothing secret or personal is in it."""
    pytester = team(TESTS)
    result = pytester.runpytest(*RECORD)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        [
            "openbanking: recording into */cassettes, from the network",
            f"openbanking: paysera is called at {address}; another address: OPENBANKING_PAYSERA_BASE_URL",
            "*= openbanking: recorded =*",
            "*/cassettes/paysera/get-v1-accounts/success.yaml",
        ]
    )
    assert cassettes(pytester) == ["paysera/get-v1-accounts/success.yaml"]
    path = pytester.path / "cassettes/paysera/get-v1-accounts/success.yaml"
    (one,) = read_cassette(path).interactions
    assert one.provenance is Provenance.RECORDED
    assert one.request.url == "https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/accounts"
    assert read_cassette(path).metadata.recorded_from == address.removesuffix("/psd2")
    for secret in (TOKEN, IBAN, "jonas@bank.lt", "s3cr3tsession0123456789"):
        assert secret not in path.read_text()


def test_errors_are_recorded_by_status_and_code_and_served_afterwards(team) -> None:
    """Also those that the provider does not document: `openbanking verify` names them."""
    pytester = team(
        """
        @pytest.mark.parametrize("id", [88, 99])
        def test_unknown(openbanking, bank, id):
            assert bank.http.get(f"/v1/accounts/{id}", headers={"Authorization": f"Bearer {bank.token}"}).status_code > 400
        """
    )
    pytester.runpytest(*RECORD).assert_outcomes(passed=2)
    folder = "paysera/get-v1-accounts-accountId"
    assert cassettes(pytester) == [f"{folder}/404-RESOURCE_UNKNOWN.yaml", f"{folder}/418-TEAPOT.yaml"]
    pytester.makepyfile(
        test_after="""
        import pytest
        pytestmark = pytest.mark.openbanking("paysera")

        def test_served(openbanking, bank):
            openbanking.fail_with("RESOURCE_UNKNOWN", "GET /v1/accounts/{accountId}")
            assert bank.http.get("/v1/accounts/1").json()["tppMessages"][0]["text"] == "says the bank"
            assert openbanking.exchange[0].provenance == "recorded"
        """
    )
    pytester.runpytest("test_after.py").assert_outcomes(passed=1)


@pytest.mark.parametrize("call", ["requests.get(", "httpx.get(", 'urllib3.request("GET", '])
@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_an_error_is_recorded_with_its_code_however_it_came(team, monkeypatch, call: str, pack) -> None:
    """Compressed on the wire, and decompressed by the client's library before it was captured, or not."""
    body = pack(b'{"tppMessages": [{"category": "ERROR", "code": "TOKEN_INVALID"}]}')
    headers = (("Content-Encoding", "gzip" if pack is gzip.compress else "deflate"),)
    test = f"""
        import httpx, requests, urllib3

        def test_refused(openbanking):
            {call}openbanking.base_url + "/v1/accounts", timeout=5)
        """
    pytester = team(test)
    with any_bank(lambda _: Answer(401, body, headers)) as running:
        monkeypatch.setenv("OPENBANKING_BASE_URL", running.origin)
        pytester.runpytest(*RECORD).assert_outcomes(passed=1)
    assert cassettes(pytester) == ["paysera/get-v1-accounts/401-TOKEN_INVALID.yaml"]


@pytest.mark.parametrize("code", ["sk_live_51HxYz9Qw3RtUv7LmNp2", IBAN])
def test_a_secret_in_the_place_of_a_code_is_no_files_name(team, monkeypatch, code: str) -> None:
    """Nor is it in what the cassette says of itself, or what the run prints."""
    body = json.dumps({"tppMessages": [{"category": "ERROR", "code": code}]}).encode()
    pytester = team('def test_it(bank):\n    bank.http.get("/v1/accounts", headers={"Authorization": "Bearer x"})\n')
    with any_bank(lambda _: Answer(401, body)) as running:
        monkeypatch.setenv("OPENBANKING_BASE_URL", running.origin)
        result = pytester.runpytest(*RECORD)
    result.assert_outcomes(passed=1)
    [place] = cassettes(pytester)
    assert code not in place
    assert code not in (pytester.path / "cassettes" / place).read_text()
    result.stdout.no_fnmatch_line(f"*{code}*")


FLOW = """
@pytest.mark.openbanking_cassette("paysera/flow")
def test_flow(openbanking, bank):
    bank.refresh()
    assert bank.accounts()[0]["resourceId"] == "77"
    assert len(bank.accounts()) == 1
"""


def test_a_marked_test_is_recorded_as_one_cassette_which_then_replays(team, monkeypatch) -> None:
    """In order, token calls included; afterwards the same test needs no network and no credentials."""
    pytester = team(FLOW)
    pytester.runpytest(*RECORD).assert_outcomes(passed=1)
    assert cassettes(pytester) == ["paysera/flow.yaml"]
    assert [
        one.request.method for one in read_cassette(pytester.path / "cassettes/paysera/flow.yaml").interactions
    ] == [
        "POST",
        "GET",
        "GET",
    ]
    for name in ("BASE_URL", "TOKEN_URL", "ACCESS_TOKEN"):
        monkeypatch.delenv(f"OPENBANKING_{name}")
    pytester.runpytest().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ("assert not bank.accounts()", "test_bank.py::test_flow did not pass: nothing of it is recorded"),
        ("raise KeyboardInterrupt", "test_bank.py::test_flow did not pass: nothing of it is recorded"),
        ("pytest.skip('no')", "test_bank.py::test_flow did not pass: nothing of it is recorded"),
        ("pytest.exit('enough')", "test_bank.py::test_flow did not pass: nothing of it is recorded"),
    ],
)
def test_a_test_that_does_not_pass_leaves_the_old_cassette(team, ends: str, said: str) -> None:
    """Whatever it had recorded until then."""
    pytester = team(FLOW)
    pytester.runpytest(*RECORD)
    before = (pytester.path / "cassettes/paysera/flow.yaml").read_bytes()
    pytester.makepyfile(test_bank=(pytester.path / "test_bank.py").read_text() + f"\n    {ends}\n")
    pytester.runpytest_subprocess(*RECORD).stdout.fnmatch_lines([said])
    assert (pytester.path / "cassettes/paysera/flow.yaml").read_bytes() == before
    assert cassettes(pytester) == ["paysera/flow.yaml"]


@pytest.mark.parametrize(
    "call",
    [
        "import requests; answer = requests.get(url, headers=headers, timeout=5); return answer.status_code",
        "import urllib3; return urllib3.PoolManager().request('GET', url, headers=headers).status",
        "import urllib.request; return urllib.request.urlopen(urllib.request.Request(url, headers=headers)).status",
        "import httpx; return httpx.get(url, headers=headers).status_code",
        "import asyncio, httpx\n"
        "    async def get():\n"
        "        async with httpx.AsyncClient() as http:\n"
        "            return (await http.get(url, headers=headers)).status_code\n"
        "    return asyncio.run(get())",
        "import asyncio, aiohttp\n"
        "    async def get():\n"
        "        async with aiohttp.ClientSession() as http, http.get(url, headers=headers) as answer:\n"
        "            await answer.read()\n"
        "            return answer.status\n"
        "    return asyncio.run(get())",
    ],
    ids=["requests", "urllib3", "urllib", "httpx", "httpx-async", "aiohttp"],
)
def test_every_library_is_recorded(team, call: str) -> None:
    """And what it recorded is what our own reader, and the sandbox, read."""
    pytester = team(
        f"def call(url, headers):\n    {call}\n\n"
        "def test_it(openbanking):\n"
        "    assert call(openbanking.base_url + '/v1/accounts', {'Authorization': f'Bearer {openbanking.access_token}'}) == 200\n",
        bank="class BankError(Exception): pass\nclass BankClient: pass\n",
    )
    pytester.runpytest(*RECORD).assert_outcomes(passed=1)
    (one,) = read_cassette(pytester.path / "cassettes/paysera/get-v1-accounts/success.yaml").interactions
    assert one.response.json()["accounts"][0]["resourceId"] == "77"
    assert one.request.headers["authorization"].startswith("Bearer scrubbed-")


def test_tests_of_armed_errors_run_as_ever(team, address) -> None:
    """Nobody can order an error of a real provider: those tests meet the sandbox, and record nothing."""
    pytester = team(
        """
        @pytest.mark.openbanking_errors("GET /v1/accounts", code="TOKEN_EXPIRED")
        def test_errors(openbanking_error, openbanking, bank):
            assert "127.0.0.1" not in openbanking.base_url
            with openbanking_error.handled():
                bank.accounts()

        def test_armed_by_hand(openbanking):
            openbanking.fail_with("TOKEN_EXPIRED")
        """
    )
    result = pytester.runpytest(*RECORD)
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(
        ["*no error can be ordered of a real provider: --openbanking-record records what it answers*"]
    )
    assert cassettes(pytester) == []


def test_other_hosts_stay_refused(team) -> None:
    """The network is allowed to the provider only."""
    pytester = team("def test_it(bank):\n    import httpx\n    httpx.get('https://metrics.example/')\n")
    result = pytester.runpytest(*RECORD)
    assert "metrics.example" in result.stdout.str()
    assert result.ret == 1


def test_a_run_that_calls_nobody_says_so(team) -> None:
    result = team("def test_it(openbanking):\n    pass\n").runpytest(*RECORD)
    result.stdout.fnmatch_lines(["test_bank.py::test_it called no operation that paysera documents"])


def test_parallel_runs_tell_everything_that_was_recorded(team) -> None:
    """The workers' lines reach the one summary."""
    pytester = team(
        TESTS + "\ndef test_one(bank):\n    bank.http.get('/v1/accounts/77', headers={'Authorization': 'Bearer x'})\n"
    )
    result = pytester.runpytest_subprocess("--openbanking-record", "-n", "2")
    result.assert_outcomes(passed=2)
    for place in ("get-v1-accounts/success", "get-v1-accounts-accountId/401-TOKEN_INVALID"):
        result.stdout.fnmatch_lines([f"*/cassettes/paysera/{place}.yaml"])
    assert len(cassettes(pytester)) == 2


def test_a_teams_own_fields_are_scrubbed(team) -> None:
    """`scrub` in pyproject.toml names headers, parameters and members."""
    pytester = team(TESTS, pyproject="[tool.pytest-openbanking]\nscrub = ['owner_name']")
    pytester.runpytest(*RECORD).assert_outcomes(passed=1)
    assert "Jonas" not in (pytester.path / "cassettes/paysera/get-v1-accounts/success.yaml").read_text()


@pytest.mark.parametrize(
    ("body", "lines", "kept"),
    [
        ("call('http://127.0.0.1:{port}/own'); bank.accounts()", ["*/cassettes/paysera/flow.yaml"], 1),
        ("bank.accounts(); call(openbanking.base_url + '/undocumented')", ["*/cassettes/paysera/flow.yaml"], 1),
        ("call('http://127.0.0.1:{port}/own')", ["*::test_flow called no operation that paysera documents"], None),
        ("pass", ["*::test_flow called no operation that paysera documents"], None),
    ],
)
def test_a_marked_test_is_recorded_without_what_is_not_the_providers(team, body: str, lines, kept: int | None) -> None:
    """A team's own services are none of a cassette's business; where nothing else was called there is none."""
    with bank() as own:
        body = body.format(port=own.split(":")[2].removesuffix("/psd2"))
        pytester = team(
            f"""
            def call(url):
                import httpx
                httpx.get(url)

            @pytest.mark.openbanking_cassette("paysera/flow")
            def test_flow(openbanking, bank):
                {body}
            """
        )
        result = pytester.runpytest(*RECORD)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(lines)
    assert cassettes(pytester) == ["paysera/flow.yaml"] * (kept is not None)
    if kept is not None:
        assert len(read_cassette(pytester.path / "cassettes/paysera/flow.yaml").interactions) == kept


def test_of_several_answers_of_one_kind_the_last_stands(team) -> None:
    """Whichever test had it; the summary names the cassette once, and what the environment holds is in none."""
    pytester = team(
        """
        @pytest.mark.parametrize("many", [1, 2])
        def test_it(bank, openbanking, many):
            for number in range(many):
                bank.http.get(f"/v1/accounts?number={many}{number}", headers={"Authorization": f"Bearer {bank.token}"})
        """
    )
    result = pytester.runpytest(*RECORD)
    result.assert_outcomes(passed=2)
    assert result.stdout.str().count("get-v1-accounts/success.yaml") == 1
    (one,) = read_cassette(pytester.path / "cassettes/paysera/get-v1-accounts/success.yaml").interactions
    assert one.request.query == "number=21"


def test_what_the_environment_holds_is_scrubbed_wherever_it_stands(team, monkeypatch) -> None:
    """Also in places that no name gives away."""
    monkeypatch.setenv("OPENBANKING_API_SECRET", "open sesame now")
    pytester = team(
        """
        def test_it(bank):
            headers = {"Authorization": f"Bearer {bank.token}", "X-Note": "say open sesame now"}
            bank.http.get("/v1/accounts", headers=headers)
        """
    )
    pytester.runpytest(*RECORD).assert_outcomes(passed=1)
    assert "sesame" not in (pytester.path / "cassettes/paysera/get-v1-accounts/success.yaml").read_text()


def test_what_cannot_be_written_is_said_and_fails_no_test(team) -> None:
    """The other cassettes are written; the run fails, for it was asked to record."""
    pytester = team(
        TESTS + "\ndef test_one(bank):\n    bank.http.get('/v1/accounts/77', headers={'Authorization': 'Bearer x'})\n"
    )
    (pytester.path / "tapes/paysera").mkdir(parents=True)
    (pytester.path / "tapes/paysera/get-v1-accounts").write_text("mine")
    result = pytester.runpytest(*RECORD, "--openbanking-cassettes=tapes")
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        ["*/tapes/paysera/get-v1-accounts/success.yaml is not recorded: it cannot be written: *"]
    )
    assert (pytester.path / "tapes/paysera/get-v1-accounts-accountId/401-TOKEN_INVALID.yaml").is_file()


def test_a_folder_that_is_not_there_is_made(team) -> None:
    """Recording is how it comes to be."""
    pytester = team(TESTS)
    pytester.runpytest(*RECORD, "--openbanking-cassettes=new/tapes").assert_outcomes(passed=1)
    assert (pytester.path / "new/tapes/paysera/get-v1-accounts/success.yaml").is_file()


ALONE_OR_XDIST = pytest.mark.parametrize(
    "options", [RECORD, ("--openbanking-record", "-n", "2", "-rA")], ids=["alone", "xdist"]
)


@ALONE_OR_XDIST
def test_a_full_disk_is_said_once_and_fails_the_run(team, options) -> None:
    """No test does: they passed. The name of the file that was to become the cassette helps nobody."""
    pytester = team(
        TESTS + "\ndef test_one(bank):\n    bank.http.get('/v1/accounts/77', headers={'Authorization': 'Bearer x'})\n",
        conftest="""
        import os

        def full(_):
            raise OSError(28, "No space left on device", "/x/.success.yaml.1.tmp")

        os.fsync = full
        """,
    )
    result = pytester.runpytest_subprocess(*options)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    said = [line for line in result.stdout.lines if "No space left" in line]
    assert len(said) == (1 if options is RECORD else 2)  # once in each process
    assert said[0].endswith("is not recorded: it cannot be written: No space left on device; nor is anything after it")
    assert cassettes(pytester) == []


ONE = """
def test_accounts(bank):
    bank.accounts()
"""
OTHER = """
@pytest.mark.openbanking("aelix")
def test_others(openbanking):
    import httpx
    headers = {"Authorization": f"Bearer {openbanking.access_token}"}
    assert httpx.get(f"{openbanking.base_url}/v1/accounts", headers=headers).status_code == 200
"""


@pytest.mark.parametrize(
    ("options", "body"),
    [(RECORD, ONE + OTHER), (RECORD, OTHER + ONE), (("--openbanking-record", "-n", "2"), OTHER + ONE)],
    ids=["first", "last", "xdist"],
)
def test_what_is_meant_for_one_provider_is_not_sent_to_another(team, monkeypatch, options, body: str) -> None:
    """Variables that name no provider are the default's; a test of a second one says which to set, and calls nothing."""
    monkeypatch.delenv("OPENBANKING_TOKEN_URL")
    pytester = team(body, pyproject="[tool.pytest-openbanking]\nprovider = 'paysera'")
    result = pytester.runpytest_subprocess(*options)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "*OPENBANKING_BASE_URL, OPENBANKING_ACCESS_TOKEN: for paysera in this run; for aelix set "
            "OPENBANKING_AELIX_BASE_URL, OPENBANKING_AELIX_ACCESS_TOKEN (to nothing *"
        ]
    )
    assert cassettes(pytester) == ["paysera/get-v1-accounts/success.yaml"]


def test_each_provider_has_variables_of_its_own(team, monkeypatch) -> None:
    """Two are recorded in one run, each at its own address and as its own client; the header says where."""
    monkeypatch.setenv("OPENBANKING_AELIX_ACCESS_TOKEN", "aelix-token-1234\n")
    monkeypatch.setenv("OPENBANKING_AELIX_TOKEN_URL", "")
    with any_bank(lambda _: Answer(200)) as other:
        monkeypatch.setenv("OPENBANKING_AELIX_BASE_URL", other.origin)
        pytester = team(ONE + OTHER)
        result = pytester.runpytest(*RECORD)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [f"openbanking: aelix is called at {other.origin}; another *: OPENBANKING_AELIX_BASE_URL"]
    )
    assert [asked.headers["authorization"] for asked in other.asked] == ["Bearer aelix-token-1234"]
    assert cassettes(pytester) == ["aelix/get-v1-accounts/success.yaml", "paysera/get-v1-accounts/success.yaml"]
    assert "aelix-token" not in (pytester.path / "cassettes/aelix/get-v1-accounts/success.yaml").read_text()


@ALONE_OR_XDIST
def test_where_nothing_else_is_said_the_documented_host_is_named(team, monkeypatch, options) -> None:
    """It is production's, for all we know."""
    monkeypatch.delenv("OPENBANKING_BASE_URL")
    monkeypatch.delenv("OPENBANKING_TOKEN_URL")
    result = team("def test_nothing(openbanking):\n    pass\n").runpytest_subprocess(*options)
    result.stdout.fnmatch_lines(
        [
            "*paysera is called at https://open-banking-api.paysera.com/xs2a/berlin/1.3; "
            "another address: OPENBANKING_PAYSERA_BASE_URL"
        ]
    )


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("BASE_URL", "https://jonas:geheim@bank.example", "OPENBANKING_BASE_URL: holds a user name or password; "),
        (
            "PAYSERA_TOKEN_URL",
            "https://b.example/oauth/token?k=geheim",
            "OPENBANKING_PAYSERA_TOKEN_URL: holds a query or ",
        ),
        ("ACCESS_TOKEN", "geheim\nX-Evil: 1", "OPENBANKING_ACCESS_TOKEN: holds a line break"),
    ],
)
def test_a_wrong_variable_ends_the_run_before_anything_is_called(team, monkeypatch, variable, value, said: str) -> None:
    """In one line, without what it holds."""
    monkeypatch.setenv(f"OPENBANKING_{variable}", value)
    result = team(TESTS).runpytest(*RECORD)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {said}*"])
    assert "geheim" not in result.stderr.str() + result.stdout.str()


READS = """
@pytest.mark.parametrize("many", range({count}))
def test_it(openbanking, many):
    import contextlib
    import httpx
    with contextlib.suppress(httpx.HTTPError):
        httpx.get(openbanking.base_url + "/v1/accounts", timeout=5)
"""
MARKED = '@pytest.mark.openbanking_cassette("paysera/flow")' + READS


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(200, b'{"accounts": ['), "the body is no JSON"),
        (Answer(200, b""), "there is no body"),
        (Answer(204, b""), "there is no body"),
        (Answer(200, b"<h1>soon", (("Content-Type", "text/html"),)), "the body is text/html, not application/json"),
        (Answer(302, b"", (("Location", "/login?token=geheim"),)), "answered 302 to /login"),
    ],
)
def test_a_success_that_cannot_be_read_leaves_the_old_cassette(team, monkeypatch, answer: Answer, said: str) -> None:
    """One that can, of the same operation, is recorded; in a flow of its own everything is."""
    sound = Answer(200, json.dumps({"accounts": []}).encode())
    with any_bank(lambda _: sound if len(running.asked) == 1 else answer) as running:
        monkeypatch.setenv("OPENBANKING_BASE_URL", running.origin)
        pytester = team(READS.format(count=2))
        result = pytester.runpytest(*RECORD)
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines([f"*/cassettes/paysera/get-v1-accounts/success.yaml is not recorded: {said}"])
        assert "geheim" not in result.stdout.str()
        (one,) = read_cassette(pytester.path / "cassettes/paysera/get-v1-accounts/success.yaml").interactions
        assert one.response.json() == {"accounts": []}
        team(MARKED.format(count=1)).runpytest(*RECORD).assert_outcomes(passed=1)
    assert cassettes(pytester) == ["paysera/flow.yaml", "paysera/get-v1-accounts/success.yaml"]


@pytest.mark.parametrize("answers", [False, True], ids=["nobody", "broken"])
def test_a_test_that_was_not_answered_is_told_so(team, monkeypatch, answers: bool) -> None:
    """Though it swallows the error: it did call a documented operation."""
    with any_bank(lambda _: Answer(None)) as running:
        url = running.origin if answers else "http://127.0.0.1:9"
        monkeypatch.setenv("OPENBANKING_BASE_URL", url)
        result = team(READS.format(count=1)).runpytest(*RECORD)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([f"*::test_it?0? had no answer from paysera at {url}: nothing of it is recorded"])
    result.stdout.no_fnmatch_line("*called no operation*")
