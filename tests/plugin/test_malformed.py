"""The marker openbanking_malformed: one test for each site, with the values drawn by Hypothesis."""

import pathlib
import re

import pytest

BANK = """
import json
import httpx


class BankError(Exception):
    pass


class BankClient:
    def __init__(self, base_url, token, token_url, refresh_token):
        self.http = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"})
        self.calls = 0

    def post(self, body):
        self.calls += 1
        return self.http.post("/v1/payments", content=body, headers={"Content-Type": "application/json"})

    def send(self, body):
        answer = self.post(body)
        if answer.status_code < 400:
            return answer.json()["transactionStatus"]
        message = answer.json()["tppMessages"][0]
        raise BankError(f"{message['code']}: {message.get('path')}")

    def pay(self, amount="1.00", iban="LT597300010000000000"):
        return self.send(json.dumps({
            "instructedAmount": {"amount": amount, "currency": "EUR"},
            "creditorAccount": {"iban": iban},
            "creditorName": "Ona",
        }).encode())

    def given(self, payload):
        answer = self.http.post("/v1/payments", json=payload)
        raise BankError(f"{answer.json()['tppMessages'][0]['code']}: {answer.json()['tppMessages'][0].get('path')}")

    def checked(self, payload):
        if "creditorName" not in payload:
            raise BankError("creditorName is missing")
        if not payload["instructedAmount"]["currency"].isascii():
            raise BankError("currency is no code")
        return self.send(json.dumps(payload).encode())

    def vague(self, payload):
        raise BankError("not valid")

    def asserting(self, payload):
        raise KeyError("creditorName")

    def leaking(self, body):
        self.post(body).raise_for_status()

    def swallowing(self, body):
        return self.post(body).status_code

    def losing(self, body):
        raise BankError(self.post(body).json()["tppMessages"][0]["code"])

    def repeating(self, body):
        self.post(body)
        return self.send(body)

    def breaking(self, payload):
        if len(payload["instructedAmount"]["currency"]) != 3:
            return json.loads("")
        return self.send(json.dumps(payload).encode())
"""

TEST = """
@pytest.mark.openbanking_malformed("POST /v1/payments", max_examples=10)
def test_pay(openbanking_malformed, bank):
    with openbanking_malformed.handled():
        bank.{call}
"""
CURRENCY, NAME = "instructedAmount/currency-pattern", "creditorName-required"
SEND = "send(openbanking_malformed.body)"


def only(*sites):
    return ("-p", "no:randomly", "-k", " or ".join(f"[{site}]" for site in sites))


def run(team, call, *sites, **files):
    return team(TEST.format(call=call), bank=BANK, **files).runpytest(*only(*sites or (CURRENCY, NAME)))


def test_each_site_is_a_test(team):
    """The sites of the operation's schema are the parameters, each selected by its name."""
    result = team(TEST.format(call=SEND), bank=BANK).runpytest("--collect-only", "-q", "-p", "no:randomly")
    result.stdout.fnmatch_lines_random(
        [f"test_bank.py::test_pay[[]{site}[]]" for site in (CURRENCY, NAME, "creditorName-maxLength")]
    )
    assert run(team, SEND, CURRENCY).parseoutcomes()["passed"] == 1


@pytest.mark.parametrize("call", [SEND, "pay()", "checked(openbanking_malformed.payload)"])
def test_a_careful_client_passes(team, call):
    """One that sends what it is given, one that cannot, and one that looks at it first."""
    outcomes = run(team, call).parseoutcomes()
    assert (outcomes["passed"], outcomes.get("failed", 0)) == (2, 0)


@pytest.mark.parametrize("call", [SEND, "given(openbanking_malformed.payload)"])
def test_a_careful_client_passes_at_every_site(team, call):
    """Nothing that its HTTP library cannot write is handed to a client as a payload."""
    result = team(TEST.format(call=call).replace("=10", "=40"), bank=BANK).runpytest("-p", "no:randomly")
    sites = result.parseoutcomes()["passed"]
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"malformed requests: {sites} sites; {sites} answered by the provider"])


@pytest.mark.parametrize(
    ("call", "code", "line"),
    [
        ("leaking(openbanking_malformed.body)", "OB402", "*answered 400 FORMAT_ERROR; httpx.HTTPStatusError came out*"),
        ("swallowing(openbanking_malformed.body)", "OB401", "*the client returned without an exception"),
        ("losing(openbanking_malformed.body)", "OB404", "*does not carry *"),
        ("repeating(openbanking_malformed.body)", "OB101", "*the client sent the same request again"),
        ("vague(openbanking_malformed.payload)", "OB404", "*was not called; BankError('not valid') does not carry *"),
        ("asserting(openbanking_malformed.payload)", "OB402", "*was not called; KeyError came out*"),
        ("http", "OB001", "*the client called nothing of the provider's"),
    ],
)
def test_a_flawed_client_is_named(team, call, code, line):
    """Each flaw by the rule that it breaks, and by no other."""
    result = run(team, call)
    outcomes = result.parseoutcomes()
    assert (outcomes.get("passed", 0), outcomes["failed"]) == (0, 2)
    assert set(re.findall(r"OB\d+", result.stdout.str())) == {code}
    result.stdout.fnmatch_lines([line])


def test_a_counterexample_reads_as_a_person_would_report_it(team, monkeypatch):
    """The rule, the smallest payload, the site, what the client did; and nothing of Hypothesis or of ours."""
    monkeypatch.setenv("COLUMNS", "200")
    result = run(team, "breaking(openbanking_malformed.payload)", CURRENCY)
    text = result.stdout.str()
    wanted = [
        "OB402 leaked an exception that is not the promised type",
        "  the client was given a payload that breaks pattern at /instructedAmount/currency, for POST /v1/payments",
        '    {"instructedAmount": {"amount": "*", "currency": ""}*',
        "  POST /v1/payments was not called; json.decoder.JSONDecodeError came out (*); promised: BankError",
        "  fix: catch it in the client and raise the promised type from it",
    ]
    result.stdout.fnmatch_lines(wanted)
    for clutter in ("Falsifying", "Failing test case", "Hypothesis", "pytest_openbanking", "reproduce", "Traceback"):
        assert clutter not in text.split("FAILURES")[1]


def test_the_report_says_which_of_the_two_happened(team):
    """Counted in the summary, noted on the test, in JUnit's file as well; silent under -q, and where there were none."""
    both = TEST.format(call=SEND) + TEST.format(call="checked(openbanking_malformed.payload)").replace("pay(", "check(")
    pytester = team(both + "\ndef test_other():\n    pass", bank=BANK)
    result = pytester.runpytest("-p", "no:randomly", "-rA", "--junitxml=out.xml", "-k", f"[{NAME}] or other")
    result.stdout.fnmatch_lines(
        [
            f"malformed requests at {NAME}: answered by the provider",
            f"malformed requests at {NAME}: refused by the client before sending",
            "malformed requests: 2 sites; 1 answered by the provider, 1 refused by the client before sending",
        ]
    )
    xml = (pytester.path / "out.xml").read_text("utf-8")
    assert 'name="openbanking_malformed_request" value="refused by the client before sending"' in xml
    pytester.runpytest("-q", "-p", "no:randomly").stdout.no_fnmatch_line("malformed requests:*")
    pytester.runpytest("-p", "no:randomly", "-k", "other").stdout.no_fnmatch_line("*malformed*")


def test_what_cannot_be_malformed_alone_is_said(team):
    """Once for each operation at the end of the run, from parallel runs as well; -v gives each reason."""
    pytester = team(
        """
        import pytest

        pytestmark = pytest.mark.openbanking("aarthik", raises=Exception)

        @pytest.mark.openbanking_malformed("PUT /profile", max_examples=1)
        def test_profile(openbanking_malformed, openbanking):
            with openbanking_malformed.handled():
                raise ValueError("not now")
        """
    )
    said = "1 rule of the request of PUT /profile cannot be broken alone"
    few = ("-k", "wire-truncated or wire-nan")
    pytester.runpytest(*few, "-n", "2").stdout.fnmatch_lines([f"{said}; -v and `openbanking sites` say why"])
    pytester.runpytest(*few, "-v").stdout.fnmatch_lines([f"{said}:", "  wire at the top: empty: the body is optional"])


def test_a_marker_on_a_unittest_class_is_refused(team):
    """It would do nothing there, and the test would pass."""
    pytester = team(
        """
        import unittest
        import pytest

        @pytest.mark.openbanking("paysera")
        @pytest.mark.openbanking_malformed("POST /v1/payments")
        class TestPay(unittest.TestCase):
            def test_pay(self):
                pass
        """
    )
    result = pytester.runpytest()
    assert result.parseoutcomes() == {"failed": 1}
    result.stdout.fnmatch_lines(
        ["*takes no fixtures, so the marker openbanking_malformed does nothing there; use sandbox(...)*"]
    )


def test_a_case_that_is_never_delivered_fails(team):
    """A test that never enters handled() does not pass."""
    body = TEST.format(call="pay()").replace("    with openbanking_malformed.handled():\n        bank", "    bank")
    result = team(body, bank=BANK).runpytest(*only(NAME))
    assert result.parseoutcomes()["failed"] == 1
    result.stdout.fnmatch_lines(
        ["*was never delivered: call the client inside `with openbanking_malformed.handled():`*"]
    )


def test_a_failure_of_the_test_itself_shows_the_payload_too(team):
    """An assertion of the team's, after the block."""
    body = TEST.format(call="pay()") + "    assert openbanking_malformed.payload is None\n"
    result = team(body, bank=BANK).runpytest(*only(NAME))
    result.stdout.fnmatch_lines(
        ["E *assert *", "E *POST /v1/payments answered as to a payload that breaks required at /creditorName; *"]
    )
    result.stdout.no_fnmatch_line("*Failing test case*")


def test_each_example_starts_afresh(team):
    """The exchange is empty, time has not moved on, and what was done to the last payload is forgotten."""
    body = """
    import time

    seen = []

    @pytest.mark.openbanking_malformed("POST /v1/payments", max_examples=10)
    def test_pay(openbanking, openbanking_malformed, bank):
        seen.append(openbanking_malformed.payload)
        assert len(openbanking.exchange) == 0
        before = time.clock_gettime(time.CLOCK_MONOTONIC)
        time.sleep(0.5)
        assert time.clock_gettime(time.CLOCK_MONOTONIC) - before < 0.4
        assert "mine" not in openbanking_malformed.payload
        assert openbanking_malformed.result is None
        with openbanking_malformed.handled(returns=dict):
            openbanking_malformed.payload["mine"] = 1
            bank.post(openbanking_malformed.body)
            time.sleep(3000)
            openbanking_malformed.result = {"code": "FORMAT_ERROR", "path": openbanking_malformed.pointer}
        assert 3000 <= openbanking.exchange.ended_at < 3001
        assert openbanking_malformed.expected_error.code == "FORMAT_ERROR"
        assert openbanking_malformed.expected_error.fields == ("instructedAmount.currency",)
        assert openbanking_malformed.keyword == "pattern"

    def test_many():
        assert len(seen) >= 10
    """
    outcomes = team(body, bank=BANK).runpytest("-p", "no:randomly", "-k", f"[{CURRENCY}] or many").parseoutcomes()
    assert (outcomes["passed"], outcomes.get("failed", 0)) == (2, 0)


ASYNC = """
import httpx


class BankError(Exception):
    pass


class BankClient:
    def __init__(self, base_url, token, token_url, refresh_token):
        self.http = httpx.AsyncClient(base_url=base_url, headers={"Authorization": f"Bearer {token}"})

    async def swallowing(self, body):
        return await self.http.post("/v1/payments", content=body, headers={"Content-Type": "application/json"})

    async def send(self, body):
        message = (await self.swallowing(body)).json()["tppMessages"][0]
        raise BankError(f"{message['code']}: {message.get('path')}")
"""
ASYNC_TEST = """
import asyncio

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
async def opened(anyio_backend):
    await asyncio.sleep(0)
    yield asyncio.get_running_loop()

@pytest.mark.{mark}
@pytest.mark.openbanking_malformed("POST /v1/payments", max_examples=10)
async def test_pay(openbanking_malformed, bank{more}):
    with openbanking_malformed.handled():
        await asyncio.sleep(3000)
        await bank.{call}(openbanking_malformed.body)
"""


@pytest.mark.parametrize(
    ("mark", "more"), [("asyncio", ""), ("asyncio(loop_scope='session')", ""), ("anyio", ""), ("anyio", ", opened")]
)
def test_async_tests_are_native(team, mark, more):
    """pytest-asyncio and anyio run each example; a careful client passes, a flawed one is named."""
    careful = team(ASYNC_TEST.format(mark=mark, more=more, call="send"), bank=ASYNC)
    assert careful.runpytest(*only(CURRENCY, NAME)).parseoutcomes()["passed"] == 2
    flawed = team(ASYNC_TEST.format(mark=mark, more=more, call="swallowing"), bank=ASYNC).runpytest(*only(NAME))
    assert flawed.parseoutcomes()["failed"] == 1
    flawed.stdout.fnmatch_lines(
        ["OB401 *", "  POST /v1/payments was sent a payload that breaks required at /creditorName"]
    )


def test_in_parallel(team):
    """Sites are spread over the workers of a parallel run, and counted together."""
    body = TEST.format(call=SEND).replace("20", "3")
    result = team(body, bank=BANK).runpytest_subprocess("-n", "2", "-p", "no:randomly", "-v")
    passed = result.parseoutcomes()["passed"]
    assert passed > 10
    result.stdout.fnmatch_lines([f"malformed requests: {passed} sites; {passed} answered by the provider"])


LOGGED = """
import json
import pathlib

@pytest.mark.openbanking_malformed("POST /v1/payments", max_examples=10)
def test_pay(openbanking_malformed, bank):
    with pathlib.Path("log").open("a") as log:
        log.write(json.dumps(openbanking_malformed.payload) + "\\n")
    with openbanking_malformed.handled():
        bank.{call}
"""
PROFILE = """
import hypothesis
from hypothesis.database import DirectoryBasedExampleDatabase

hypothesis.settings.register_profile("team", {settings})
hypothesis.settings.load_profile("team")
"""


def logged(team, call, settings, *options, times=2, sites=(CURRENCY,)):
    """Return what was drawn in each of some runs."""
    pytester = team(LOGGED.format(call=call), bank=BANK, conftest=PROFILE.format(settings=settings))
    runs = []
    for _ in range(times):
        (pytester.path / "log").unlink(missing_ok=True)
        pytester.runpytest_subprocess(*only(*sites), *options)
        runs.append((pytester.path / "log").read_text("utf-8").splitlines())
    return runs


def test_a_seed_says_what_is_drawn(team):
    """--hypothesis-seed gives the same values twice, and without it they differ."""
    one, two = logged(team, SEND, "database=None, derandomize=False", "--hypothesis-seed=7")
    assert one == two
    one, two = logged(team, SEND, "database=None, derandomize=False")
    assert one != two


def test_a_profile_is_followed(team):
    """With derandomize there are the same values twice; max_examples is the marker's, where it names any."""
    one, two = logged(team, SEND, "database=None, derandomize=True, max_examples=5")
    assert one == two
    assert len(one) == 10


@pytest.mark.parametrize("site", [CURRENCY, "instructedAmount/amount-pattern"])
def test_the_database_replays_the_failing_example_first(team, site):
    """The last example of a failing run is the first of the next one."""
    settings = "database=DirectoryBasedExampleDatabase('examples'), derandomize=False"
    one, two = logged(team, "swallowing(openbanking_malformed.body)", settings, sites=(site,))
    assert two[0] == one[-1]


def test_each_site_has_examples_of_its_own(team):
    """What is kept of one site is not taken for another's."""
    kept = []
    settings = "database=DirectoryBasedExampleDatabase('examples'), derandomize=False"
    for site in (CURRENCY, "instructedAmount/amount-pattern"):
        logged(team, "swallowing(openbanking_malformed.body)", settings, times=1, sites=(site,))
        kept.append(set(pathlib.Path("examples").iterdir()))
    assert kept[0] < kept[1]


def test_settings_and_seed_on_the_function_hold(team):
    """Hypothesis' decorators mean what they mean with @given."""
    decorated = LOGGED.replace("max_examples=10", "").replace(
        "def test_pay", "@hypothesis.seed(3)\n@hypothesis.settings(max_examples=7, database=None)\ndef test_pay"
    )
    pytester = team("import hypothesis\n" + decorated.format(call=SEND), bank=BANK)
    drawn = []
    for _ in range(2):
        (pytester.path / "log").unlink(missing_ok=True)
        assert pytester.runpytest(*only(CURRENCY)).parseoutcomes()["passed"] == 1
        drawn.append((pytester.path / "log").read_text("utf-8").splitlines())
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 7


def test_statistics_are_shown(team):
    """--hypothesis-show-statistics has each site."""
    result = team(TEST.format(call=SEND), bank=BANK).runpytest(*only(CURRENCY), "--hypothesis-show-statistics")
    result.stdout.fnmatch_lines([f"*test_pay[[]{CURRENCY}[]]:", "*10 passing*"])


WRONG = [
    ("'POST /v1/paymnts'", "*paysera has no operation 'POST /v1/paymnts'; nearest: *POST /v1/payments*"),
    (
        "'POST /v1/payments', part='reqest'",
        "*unknown part 'reqest' (did you mean 'request'?); allowed: request, response*",
    ),
    ("'POST /v1/payments', max_examples=0", "*max_examples must be a number, 1 or more, not 0*"),
    ("'POST /v1/payments', max_examples=True", "*max_examples must be a number, 1 or more, not True*"),
    ("'POST /v1/payments', examples=1", "*unknown option 'examples'*; allowed: operation, part, max_examples*"),
    ("", '*takes one operation, like "POST /v1/payments", not ()*'),
    ("'GET /v1/accounts'", "*GET /v1/accounts*"),
    (
        "'POST /oauth/token'",
        "*paysera documents no error for a malformed POST /oauth/token*allowed: POST /v1/consents*",
    ),
]


@pytest.mark.parametrize(("marker", "message"), WRONG)
def test_a_wrong_marker_is_one_line(team, marker, message):
    """What is wrong, and what would be right."""
    body = TEST.format(call=SEND).replace('"POST /v1/payments", max_examples=10', marker)
    result = team(body, bank=BANK).runpytest("-p", "no:randomly")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("openbanking_malformed, bank)", "bank)", "*needs the fixture of that name*"),
        ("@pytest.mark.openbanking_malformed", "#", "*add @pytest.mark.openbanking_malformed(*"),
        (
            "bank)",
            "bank, openbanking_error)",
            "*asks for openbanking_malformed or for openbanking_error, not for both*",
        ),
        (
            "def test_pay(",
            "@hypothesis.given(it=hypothesis.strategies.none())\ndef test_pay(it, ",
            "*take @given and @example off*",
        ),
        (
            "def test",
            "@pytest.fixture\ndef early(openbanking_malformed):\n    openbanking_malformed.body\n\n"
            "@pytest.mark.usefixtures('early')\ndef test",
            "*has a value only while the test function runs*",
        ),
    ],
)
def test_what_does_not_go_together_is_one_line(team, before, after, message):
    """Marker and fixture need each other, and nothing else may repeat the test."""
    body = "import hypothesis\n" + TEST.format(call=SEND).replace(before, after)
    if "early" in after:
        fixture, _, mark = after.partition("\n\n")
        body = "import hypothesis\n" + fixture + "\n" + TEST.format(call=SEND).replace("def test", mark)
    result = team(body, bank=BANK).runpytest("-p", "no:randomly")
    assert result.ret != 0
    result.stdout.fnmatch_lines([message])


def test_a_markers_class_may_hold_other_tests(team):
    """Only those that ask for the fixture are run for each site."""
    body = """
    @pytest.mark.openbanking_malformed("POST /v1/payments", max_examples=2)
    class TestPay:
        def test_other(self):
            pass

        def test_pay(self, openbanking_malformed, bank):
            with openbanking_malformed.handled():
                bank.send(openbanking_malformed.body)
    """
    outcomes = team(body, bank=BANK).runpytest("-p", "no:randomly", "-k", f"other or [{NAME}]").parseoutcomes()
    assert outcomes["passed"] == 2


ANSWERS = """
@pytest.mark.openbanking_malformed("GET /v1/accounts", part="response", max_examples=15)
def test_accounts(openbanking_malformed, bank):
    with openbanking_malformed.handled():
        bank.{call}()
"""
READER = """
import httpx


class BankError(Exception):
    pass


class BankClient:
    def __init__(self, base_url, token, token_url, refresh_token):
        self.http = httpx.Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"})

    def careful(self):
        try:
            answer = self.http.get("/v1/accounts")
            answer.raise_for_status()
            return [str(account["resourceId"]) for account in answer.json()["accounts"]]
        except (httpx.HTTPError, ValueError, LookupError, TypeError, RecursionError) as error:
            raise BankError("the bank did not answer as it should") from error

    def leaking(self):
        answer = self.http.get("/v1/accounts")
        if answer.status_code >= 400:
            raise BankError(answer.status_code)
        return answer.json()["accounts"]

    def trusting(self):
        answer = self.http.get("/v1/accounts")
        return answer.text if answer.status_code == 200 else BankError
"""


def answered(team, call, *sites):
    return team(ANSWERS.format(call=call), bank=READER).runpytest(*only(*sites))


def test_a_careful_client_passes_every_malformed_answer(team):
    """Nothing but its promised exception comes out, or a result where a client may well have one."""
    result = team(ANSWERS.format(call="careful"), bank=READER).runpytest("-p", "no:randomly")
    sites = result.parseoutcomes()["passed"]
    assert result.ret == 0
    result.stdout.fnmatch_lines([f"malformed answers: {sites} sites; {sites} handled"])


@pytest.mark.parametrize(
    ("call", "site", "code", "line"),
    [
        ("leaking", "success/html", "OB402", "*json.decoder.JSONDecodeError came out *; promised: BankError"),
        ("leaking", "success/accounts-missing", "OB402", "*KeyError came out (KeyError('accounts'))*"),
        ("trusting", "success/html", "OB401", "*the client returned without an exception"),
        ("trusting", "success/truncated", "OB402", "*httpx.RemoteProtocolError came out*"),
        ("trusting", "html-502", "OB401", "*the client returned without an exception"),
    ],
)
def test_a_malformed_answer_is_neither_success_nor_a_leak(team, call, site, code, line):
    """Whatever is wrong with the answer, the promised exception comes out."""
    found = team(ANSWERS.format(call=call), bank=READER).runpytest("-p", "no:randomly", "-k", site)
    assert found.parseoutcomes()["failed"] >= 1
    assert set(re.findall(r"OB\d+", found.stdout.str())) == {code}
    found.stdout.fnmatch_lines([line])


def test_a_malformed_answer_is_shown(team, monkeypatch):
    """Status, content type, what is wrong with it, the body, and where it comes from."""
    monkeypatch.setenv("COLUMNS", "200")
    result = answered(team, "leaking", "success/accounts-missing", "success/html")
    result.stdout.fnmatch_lines(
        [
            "OB402 leaked an exception that is not the promised type",
            "  GET /v1/accounts answered 200 (application/json), which is not as documented: success/accounts-missing",
            "    {*}",
            "  GET /v1/accounts answered 200 with something that is not as documented; KeyError came out *",
            "*0.000 s  GET /v1/accounts   200 malformed (generated)",
            "malformed answers: 2 sites; 2 failed",
        ]
    )
