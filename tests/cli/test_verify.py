"""`verify` is a linter: one line for each finding, stable formats, an exit code."""

from __future__ import annotations

import json
import re

import pytest

from pytest_openbanking.cassettes.places import shipped
from pytest_openbanking.cassettes.verifying import live
from pytest_openbanking.cassettes.verifying.codes import CODES
from pytest_openbanking.serving.server import serve
from tests.cassettes.verifying.recorded import record_all, save
from tests.cassettes.verifying.scenes import ACCOUNTS, EXPIRED, LIMIT, PAYMENT, Scene, line_with, provider, response

PLACE = "cassettes/paysera/get-v1-accounts"
VARIABLES = [f"OPENBANKING_{name}" for name in ("ACCESS_TOKEN", "REFRESH_TOKEN", "API_KEY", "API_SECRET")]


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def without_delay(content):
    response(content)["headers"].pop("Retry-After")


def test_findings_are_lines_by_file_and_line_below_the_working_directory(cli, tmp_path):
    """`file:line: CODE message`, a summary, and exit code 1."""
    LIMIT.write(tmp_path / "cassettes", without_delay)
    (tmp_path / "cassettes" / "a.yaml").write_text("version: 2\n")
    ran = cli("verify", "--ignore", "OBC403")
    line = line_with(tmp_path / PLACE / "429-ACCESS_EXCEEDED.yaml", "Content-Type")
    assert (ran.code, ran.err) == (1, "")
    assert ran.lines == [
        "cassettes/a.yaml:1: OBC001 has version 2; only vcrpy's version 1 is read",
        f"{PLACE}/429-ACCESS_EXCEEDED.yaml:{line}: OBC202 GET /v1/accounts answered 429 ACCESS_EXCEEDED: "
        "the documented Retry-After is missing",
        "2 cassettes, 2 findings",
    ]


def test_nothing_found(cli, tmp_path):
    """Exit code 0; a file, a provider's folder and a folder of cassettes are all paths."""
    count = record_all(tmp_path / "cassettes", provider("paysera"))
    assert count > 100
    for path in ("cassettes", "cassettes/paysera", str(tmp_path), str(tmp_path / "cassettes")):
        assert cli("verify", path).lines == [f"{count} cassettes, nothing found"]
    ran = cli("verify", f"{PLACE}/success.yaml", f"{PLACE}/../get-v1-accounts", "cassettes")
    assert (ran.code, ran.lines) == (0, [f"{count} cassettes, nothing found"])
    assert cli("verify", f"{PLACE}/success.yaml").lines == ["1 cassette, nothing found"]


def test_the_options_say_where_the_cassettes_are_and_what_the_team_uses(cli, tmp_path):
    """`cassettes`, and `operations`, which narrows what is to be there."""
    ACCOUNTS.write(tmp_path / "recorded")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.pytest-openbanking]\ncassettes = "recorded"\n'
        '[tool.pytest-openbanking.providers.paysera]\noperations = ["GET /v1/accounts"]\n'
    )
    assert cli("verify").lines == ["1 cassette, nothing found"]  # the rest is looked up among the shipped ones
    ran = cli("verify", "recorded")
    documented = [error for error in provider("paysera").errors if error.operation.id == "GET /v1/accounts"]
    assert ran.lines[-1] == f"1 cassette, {len(documented)} findings"
    assert {line.partition(" ")[0] for line in ran.lines[:-1]} == {
        f"recorded/paysera/get-v1-accounts/{error.status}-{error.code}.yaml:1:" for error in documented
    }
    assert all(": OBC403 GET /v1/accounts " in line for line in ran.lines[:-1])


@pytest.mark.skipif(shipped() is None, reason="the recordings have not been made yet")
def test_without_a_folder_the_shipped_ones_are_verified(cli):
    """And nothing is found in them."""
    ran = cli("verify")
    assert ran.code == 0, ran.out
    assert re.fullmatch(r"\d+ cassettes that travel with the package, nothing found", ran.lines[-1])


def test_a_team_s_own_provider_is_verified(cli, team):
    """Its folder is called after it."""
    content = PAYMENT.document()
    del content["x-openbanking"]
    save(team / "cassettes" / "acme" / "post-v1-payments" / "success.yaml", content)
    assert cli("verify", "--ignore", "OBC403").lines == ["1 cassette, nothing found"]
    assert "cassettes/acme/get-v1-accounts/401-TOKEN_MISSING.yaml:1: OBC403" in cli("verify").out


def codes_in(ran):
    return [re.findall(r": (OBC\d+) ", line)[0] for line in ran.lines[:-1]]


def test_select_and_ignore_work_on_prefixes(cli, tmp_path):
    """The longest prefix decides; several are separated by commas, or the option is repeated."""
    LIMIT.write(tmp_path / "cassettes", without_delay)
    EXPIRED.write(tmp_path / "cassettes", lambda content: response(content)["status"].update(code=418))
    assert codes_in(cli("verify", "--ignore", "OBC403")) == ["OBC102", "OBC202"]
    assert codes_in(cli("verify", "--select", "obc1,OBC2")) == ["OBC102", "OBC202"]
    assert codes_in(cli("verify", "--select", "OBC1", "--select", "OBC2", "--ignore", "OBC102")) == ["OBC202"]
    assert codes_in(cli("verify", "--ignore", "OBC", "--select", "OBC202")) == ["OBC202"]
    ran = cli("verify", "--select", "OBC3")
    assert (ran.code, ran.lines) == (0, ["2 cassettes, nothing found"])


def test_the_project_s_options_select_and_ignore_as_well(cli, tmp_path):
    """Beside rule codes, in pyproject.toml; a wrong one is named."""
    LIMIT.write(tmp_path / "cassettes", without_delay)
    options = tmp_path / "pyproject.toml"
    options.write_text("[tool.pytest-openbanking]\nignore = ['OB105', 'OBC403']\n")
    assert codes_in(cli("verify")) == ["OBC202"]
    options.write_text("[tool.pytest-openbanking]\nselect = ['OB', 'OBC2']\nignore = ['OBC202']\n")
    assert codes_in(cli("verify")) == []
    assert codes_in(cli("verify", "cassettes", "--select", "OBC403,OBC2"))[0] == "OBC403"


def test_age(cli, tmp_path):
    """In hours, days or weeks."""
    LIMIT.write(
        tmp_path / "cassettes", lambda content: content["x-openbanking"].update(recorded_at="2020-01-01T00:00:00Z")
    )
    assert codes_in(cli("verify", "--max-age", "4w", "--ignore", "OBC403")) == ["OBC401"]
    assert codes_in(cli("verify", "--max-age", "5000w", "--ignore", "OBC403")) == []


def test_json_is_one_document(cli, tmp_path):
    """Version, number of cassettes, findings; and nothing else on standard output."""
    path = LIMIT.write(tmp_path / "cassettes", without_delay)
    ran = cli("verify", "--format", "json", "--ignore", "OBC403")
    assert ran.code == 1
    assert json.loads(ran.out) == {
        "version": 1,
        "cassettes": 1,
        "findings": [
            {
                "file": f"{PLACE}/429-ACCESS_EXCEEDED.yaml",
                "line": line_with(path, "Content-Type"),
                "code": "OBC202",
                "message": "GET /v1/accounts answered 429 ACCESS_EXCEEDED: the documented Retry-After is missing",
            }
        ],
    }
    assert json.loads(cli("verify", "--format", "json", "--select", "OBC3").out)["findings"] == []


def test_github_annotations_are_escaped(cli, tmp_path):
    """What ends a property, a command or a line is escaped as GitHub's runner undoes it."""
    content = LIMIT.document()
    content["interactions"][0]["request"]["uri"] = "https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/50%25"
    save(tmp_path / "cassettes" / "a,b:c%.yaml", content)
    ran = cli("verify", "--format", "github")
    assert ran.code == 1
    command, summary = ran.lines
    assert re.match(
        r"::error file=cassettes/a%2Cb%3Ac%25\.yaml,line=\d+,title=OBC101::GET /v1/50%2525 is no operation", command
    )
    assert summary == "1 cassette, 1 finding"


def test_hidden_files_and_other_folders_are_no_cassettes(cli, tmp_path):
    """Nor is a folder a provider's because it is called after one."""
    LIMIT.write(tmp_path / "cassettes")
    (tmp_path / "cassettes" / ".git").mkdir()
    (tmp_path / "cassettes" / ".git" / "a.yaml").write_text("no")
    (tmp_path / "cassettes" / ".b.yaml").write_text("no")
    (tmp_path / "cassettes" / "aelix").mkdir()
    (tmp_path / "cassettes" / "aelix" / "client.py").touch()
    ran = cli("verify", "cassettes")
    assert ran.lines[-1].startswith("1 cassette, ")
    assert {line.split("/")[1] for line in ran.lines[:-1]} == {"paysera"}


def test_colours_are_for_terminals_only(cli, tmp_path):
    """Captured output has none."""
    LIMIT.write(tmp_path / "cassettes", without_delay)
    assert "\x1b" not in cli("verify").out


MISTAKES = [
    ("verify nowhere", "verify: there is no nowhere"),
    ("verify empty", "verify: empty holds no cassette; expected below it: PROVIDER/OPERATION/STATUS-CODE.yaml"),
    ("verify --select OBC9", "--select: no code starts with 'OBC9'"),
    ("verify --ignore OBC20l", "--ignore: no code starts with 'OBC20L'; nearest: OBC20"),
    ("verify --max-age 90", "'90' is no age; write it like 90d, 12h or 4w"),
    ("verify --format yaml", "invalid choice: 'yaml'"),
    ("verify --provider paysara", "there is no provider 'paysara'; nearest: paysera"),
    ("verify --live ftp://x", "'ftp://x' is no URL like https://host/path"),
    (
        "verify --live https://jonas:word@host",
        "argument --live: holds a user name or password; credentials go into the env",
    ),
    (
        "verify --live https://host?key=word",
        "argument --live: holds a query or fragment, and must be like https://host",
    ),
    (
        "verify --live http://127.0.0.1:1 --token-url https://word@h/x",
        "argument --token-url: holds a user name or password",
    ),
    ("verify --live http://127.0.0.1:1 --param Consent-ID=ß some", "'some' must be NAME=VALUE, like accountId=123"),
    (
        "verify some --live http://127.0.0.1:1 --param Consent-ID=ß",
        "--param Consent-ID holds a character that is no visible",
    ),
    (
        "verify some --live http://127.0.0.1:1 --param accountId=1 x=2",
        "--param: paysera has no parameter 'x'; nearest: ",
    ),
    ("verify some --provider aelix", "verify: there is no cassette of aelix in some; allowed: another PATH"),
    (
        "verify --provider aelix some/paysera/get-v1-accounts",
        "there is no cassette of aelix in some/paysera/get-v1-accounts",
    ),
    ("verify --live http://x:y", "'http://x:y' is no URL like"),
    ("verify --writes", "verify: --writes needs --live BASE_URL"),
    ("verify --param a=b", "verify: --param needs --live BASE_URL"),
    ("verify --live http://127.0.0.1:1 --param a", "'a' must be NAME=VALUE, like accountId=123"),
    ("verify --live http://127.0.0.1:1 --max-age 1d", "--max-age does not go with --live"),
    ("verify --live http://127.0.0.1:1 some", "nothing answers at http://127.0.0.1:1: ConnectError"),
]


@pytest.mark.parametrize(("words", "said"), MISTAKES, ids=[words for words, _ in MISTAKES])
def test_a_mistake_is_one_line(cli, tmp_path, words, said):
    """Nothing on standard output, and exit code 2."""
    (tmp_path / "empty").mkdir()
    LIMIT.write(tmp_path / "some")
    ran = cli(*words.split(" "))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err
    assert "word@" not in ran.err
    assert "=word" not in ran.err


NAMED = "[tool.pytest-openbanking]\ncassettes = 'recorded'\n"


def test_a_folder_that_is_named_and_not_there_is_a_mistake(cli, tmp_path):
    """As for pytest; the cassettes that travel with the package are in the place of one that nobody names."""
    (tmp_path / "pyproject.toml").write_text(NAMED)
    LIMIT.write(tmp_path / "cassettes")
    ran = cli("verify")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        f"openbanking: {tmp_path}/pyproject.toml: cassettes: there is no folder {tmp_path}/recorded; "
        "allowed: one, or openbanking record to make it\n"
    )
    assert cli("verify", "cassettes", "--ignore", "OBC403").lines == ["1 cassette, nothing found"]


@pytest.mark.parametrize("between", ["", "[project]\nname = 'x'\ndependencies = ['pytest-openbanking']\n"])
def test_the_project_is_found_from_below_it(cli, tmp_path, monkeypatch, between):
    """It is where the nearest pyproject.toml with our table is; that of another tool does not count."""
    (tmp_path / "pyproject.toml").write_text(NAMED + "ignore = ['OBC202']\n")
    LIMIT.write(tmp_path / "recorded", without_delay)
    below = tmp_path / "tests" / "bank"
    below.mkdir(parents=True)
    if between:
        (tmp_path / "tests" / "pyproject.toml").write_text(between)
    monkeypatch.chdir(below)
    assert cli("verify").lines == ["1 cassette, nothing found"]


def test_a_project_file_that_is_broken_is_said(cli, tmp_path, monkeypatch):
    """And not passed over, though nobody can tell whose it is."""
    (tmp_path / "pyproject.toml").write_text("[tool.pytest-openbanking")
    (tmp_path / "tests").mkdir()
    monkeypatch.chdir(tmp_path / "tests")
    assert f"{tmp_path}/pyproject.toml: cannot be read: " in cli("verify").err


def test_every_code_is_listed_and_explained(cli):
    """In short by `verify --help`, with its fix by `explain`."""
    listed = cli("verify", "--help").out
    for code in CODES:
        assert f"  {code.code}  {code.message}\n" in listed
        ran = cli("explain", code.code.lower())
        text = " ".join(ran.out.split())
        assert ran.lines[0] == f"{code.code}  {code.message}"
        assert f"speaks when {code.speaks_when}" in text
        assert f"fix {code.fix}" in text
        assert f"ignore openbanking verify --ignore {code.code}" in text
    heads = [line[:6] for line in cli("explain", "OBC2").lines if line.startswith("OBC")]
    assert heads == [code.code for code in CODES if code.code.startswith("OBC2")]
    assert "OBC" not in cli("explain", "OB2").out
    assert "nearest: OBC205, OBC204, OBC203; all: openbanking verify --help" in cli("explain", "OBC20l").err


def test_live_against_a_served_sandbox(cli, tmp_path):
    """All are replayed; the summary says how many."""
    count = record_all(tmp_path / "cassettes", provider("aelix"))
    with serve(provider("aelix")) as server:
        ran = cli("verify", "--live", server.base_url)
        found = json.loads(cli("verify", "--live", server.base_url + "/", "--format", "json").out)
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines == [f"{count} cassettes, nothing found; {count} requests replayed"]
    assert found == {"version": 1, "cassettes": count, "findings": [], "replayed": count, "not_replayed": {}}


def test_live_against_something_else(cli, tmp_path, monkeypatch):
    """Drift is a finding, with its exit code; what was not replayed is counted."""
    from tests.cassettes.verifying.bank import Answer, bank

    monkeypatch.setenv("OPENBANKING_ACCESS_TOKEN", "from the environment")
    ACCOUNTS.write(tmp_path / "cassettes")
    LIMIT.write(tmp_path / "cassettes")
    with bank(lambda asked: Answer(404)) as there:
        ran = cli("verify", "--live", there.origin)
    assert ran.code == 1
    assert re.fullmatch(rf"{PLACE}/success\.yaml:\d+: OBC501 GET /v1/accounts answered 200; now 404", ran.lines[0])
    assert ran.lines[1] == ("2 cassettes, 1 finding; 1 request replayed; 1 not replayed: cannot be brought about (1)")
    assert there.asked[-1].headers["authorization"] == "Bearer from the environment"


def test_a_replay_that_is_stopped_shows_what_it_found(cli, tmp_path, monkeypatch):
    """The last line says how far it was; several parameters follow one option."""
    from tests.cassettes.verifying.bank import Answer, bank

    monkeypatch.setenv("OPENBANKING_PAYSERA_ACCESS_TOKEN", "from the environment\n")
    for operation in ("GET /v1/accounts/{accountId}", "GET /v1/accounts/{accountId}/balances", "GET /v1/accounts"):
        Scene("paysera", operation).write(tmp_path / "cassettes")
    calls = []

    def until_ctrl_c(self, call, request):
        calls.append(request)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return one(self, call, request)

    one = live.Run.one
    monkeypatch.setattr(live.Run, "one", until_ctrl_c)
    with bank(lambda asked: Answer(404)) as there:
        words = ("verify", "--live", there.origin, "--param", "accountId=7", "Consent-ID=c")
        ran = cli(*words)
        calls.clear()
        document = json.loads(cli(*words, "--format", "json").out)
    assert (ran.code, [line.split(" ")[1] for line in ran.lines[:-1]]) == (130, ["OBC501", "OBC501"])
    assert ran.lines[-1] == "3 cassettes, 2 findings; 2 requests replayed; stopped after 2 of 3"
    assert (document["replayed"], len(document["findings"]), document["stopped"]) == (2, 2, "stopped after 2 of 3")
    last = there.asked[-1]
    assert (last.path, last.headers["consent-id"]) == ("/v1/accounts/7", "c")
    assert last.headers["authorization"] == "Bearer from the environment"


def test_progress_is_shown_on_a_terminal_only(cli, tmp_path, monkeypatch):
    """On standard error, on one line that is wiped at the end."""
    from pytest_openbanking.cli import verify

    ACCOUNTS.write(tmp_path / "cassettes")
    progress = verify.Progress
    monkeypatch.setattr(verify, "Progress", lambda shown: progress(True))
    with serve(provider("paysera")) as server:
        ran = cli("verify", "--live", server.base_url)
    assert ran.err == "\r1 of 1 requests\x1b[K\r\x1b[K"
    assert ran.lines == ["1 cassette, nothing found; 1 request replayed"]
