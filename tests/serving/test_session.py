"""The fixture openbanking_server, as a team uses it."""

import subprocess
import sys

import pytest

from tests.cassettes.recordings import interaction, recording

BOTH = """
    import subprocess
    import sys
    import threading
    import time

    import httpx
    import pytest

    pytestmark = pytest.mark.openbanking("paysera")
    CLIENT = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=20).status)"

    def real_seconds():
        return threading.get_native_id() and time.clock_gettime(time.CLOCK_MONOTONIC)

    def test_in_this_process(openbanking, openbanking_server):
        server = openbanking_server("paysera")
        server.clear()
        server.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts", persistence="once")
        began, really = time.monotonic(), real_seconds()
        with httpx.Client(timeout=5) as client:
            assert client.get(server.base_url + "/v1/accounts").status_code == 429
            time.sleep(3600)
            assert client.get(server.base_url + "/v1/accounts").status_code == 429
        assert time.monotonic() - began >= 3600
        assert real_seconds() - really < 60
        assert server.exchange[1].at < 60
        assert len(openbanking.exchange) == 0
        assert httpx.get(openbanking.base_url + "/v1/accounts").status_code == 200
        assert (len(openbanking.exchange), len(server.exchange)) == (1, 2)

    def test_with_threads_of_the_exchange(openbanking, openbanking_server):
        from concurrent.futures import ThreadPoolExecutor

        server = openbanking_server("paysera")
        server.clear()
        with ThreadPoolExecutor(4) as pool:
            urls = [server.base_url + "/v1/accounts", openbanking.base_url + "/v1/accounts"] * 4
            assert [answer.status_code for answer in pool.map(httpx.get, urls)] == [200] * 8
        assert (len(openbanking.exchange), len(server.exchange)) == (4, 4)
        names = [thread.name for thread in threading.enumerate()]
        assert "openbanking-server" in names

    def test_in_asyncio(openbanking, openbanking_server):
        import asyncio

        async def call(url):
            async with httpx.AsyncClient(timeout=5) as client:
                return (await client.get(url)).status_code

        server = openbanking_server("paysera")
        server.clear()
        assert asyncio.run(call(server.base_url + "/v1/accounts")) == 200

    def test_in_another_process(openbanking_server):
        server = openbanking_server("paysera")
        server.clear()
        command = [sys.executable, "-c", CLIENT, server.base_url + "/v1/accounts"]
        assert subprocess.run(command, capture_output=True, timeout=60, check=True).stdout.strip() == b"200"
        assert [str(call.operation) for call in server.exchange] == ["GET /v1/accounts"]
"""


@pytest.mark.parametrize("options", [("-p", "no:randomly"), ("-n", "2")], ids=["alone", "xdist"])
def test_it_lives_beside_virtual_time(pytester, options):
    """Neither its threads nor its interactions belong to an exchange; nothing is left over; workers have their own."""
    pytester.makepyfile(BOTH)
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:asyncio", *options, timeout=120)
    result.assert_outcomes(passed=4)
    result.stdout.no_fnmatch_line("*after their exchange had ended*")


def test_it_is_one_server_for_each_provider_all_session(pytester):
    """The default is the option `provider`; all are closed at the end."""
    pytester.makepyprojecttoml('[tool.pytest-openbanking]\nprovider = "aelix"\n')
    pytester.makeconftest(
        """
        import threading

        def pytest_unconfigure():
            print("left:", [t.name for t in threading.enumerate() if t.name.startswith("openbanking-")])
        """
    )
    pytester.makepyfile(
        """
        def test_names(openbanking_server):
            assert openbanking_server() is openbanking_server("aelix") is not openbanking_server("paysera")
            assert openbanking_server().provider.name == "aelix"
        """
    )
    result = pytester.runpytest_subprocess("-W", "error", "-p", "no:asyncio", "-s", timeout=60)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["left: []*"])


def test_it_serves_the_teams_recordings(pytester):
    """As the sandbox of a test does."""
    body = '{"tppMessages":[{"category":"ERROR","code":"ACCESS_EXCEEDED","text":"says the real bank"}]}'
    recording(pytester.path / "cassettes/paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml", interaction(429, body))
    pytester.makepyfile(
        """
        import httpx

        def test_recorded(openbanking_server):
            server = openbanking_server("paysera")
            server.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts")
            answer = httpx.get(server.base_url + "/v1/accounts")
            assert "says the real bank" in answer.text
            assert answer.headers["X-OpenBanking-Provenance"] == "recorded"
        """
    )
    pytester.runpytest_subprocess("-p", "no:asyncio", timeout=60).assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        ("openbanking_server('paysara')", "there is no provider 'paysara'; nearest: paysera"),
        ("openbanking_server()", "openbanking_server() names no provider: name one, or set `provider` in *"),
        (
            "sys.modules.update({'werkzeug': None}), openbanking_server('aelix')",
            'serving a sandbox needs Werkzeug: pip install "pytest-openbanking?serve?"',
        ),
        (
            "openbanking_server.base_url",
            'E*AttributeError: openbanking_server is called with a provider: openbanking_server("paysera").base_url',
        ),
    ],
    ids=["wrong", "none", "missing", "uncalled"],
)
def test_a_mistake_is_one_line(pytester, call, said):
    """As a wrong marker is."""
    pytester.makepyfile(f"import sys\ndef test_it(openbanking_server):\n    {call}\n")
    result = pytester.runpytest_subprocess("-p", "no:asyncio", timeout=60)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("*Traceback*")
    result.stdout.no_fnmatch_line("*session.py*")


def test_unused_it_loads_nothing():
    """Neither the plugin nor the command line imports Werkzeug, or the server."""
    code = (
        "import sys, pytest_openbanking.plugin, pytest_openbanking.cli.arguments; "
        "sys.exit(str([name for name in sys.modules if 'werkzeug' in name or '.serving' in name]))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=60, check=False)
    assert ran.stderr.strip() == b"[]"


def test_fixtures_explains_it(pytester):
    """--fixtures is where its user looks."""
    lines = pytester.runpytest("--fixtures", "-p", "no:asyncio").stdout
    lines.fnmatch_lines(["openbanking_server ?session scope? -- *", "*Starts a provider over real HTTP on 127.0.0.1*"])


ARMED = """
    import httpx
    import pytest

    def status(server, path="/v1/accounts"):
        return httpx.get(server.base_url + path).status_code

    @pytest.fixture(scope="session")
    def server(openbanking_server):
        return openbanking_server("paysera")

    @pytest.fixture(scope="session")
    def limited(request):
        server = request.getfixturevalue("server")
        server.fail_with("ACCESS_EXCEEDED", "GET /v1/accounts/{accountId}")

    @pytest.fixture
    def expired(server):
        server.fail_with("TOKEN_EXPIRED", "GET /v1/accounts")

    class TestWider:
        @pytest.fixture(scope="class", autouse=True)
        def down(self, server):
            server.fail_with("SERVICE_UNAVAILABLE", "GET /v1/accounts")

        def test_by_itself(self, server):
            assert status(server) == 503
            server.fail_with("INTERNAL_SERVER_ERROR", "GET /v1/accounts")
            assert status(server) == 500

        def test_by_a_fixture(self, server, expired, limited):
            assert [status(server), status(server, "/v1/accounts/1")] == [401, 429]

        def test_what_the_class_arms_stays(self, server):
            assert [status(server), status(server, "/v1/accounts/1")] == [503, 429]
            assert len(server.exchange) == 6

    def test_what_the_session_arms_stays(server):
        assert [status(server), status(server, "/v1/accounts/1")] == [200, 429]
        server.clear()

    def test_cleared(server):
        assert [status(server), status(server, "/v1/accounts/1")] == [200, 200]
"""


def test_what_a_test_arms_is_not_for_the_next_one(pytester):
    """Nor what its fixtures do; what a wider fixture arms stays as long as that fixture, and the exchange goes on."""
    pytester.makepyfile(ARMED)
    result = pytester.runpytest_subprocess("-p", "no:asyncio", "-p", "no:randomly", timeout=60)
    result.assert_outcomes(passed=5)
