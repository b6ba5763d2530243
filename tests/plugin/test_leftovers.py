"""What outlives its exchange is refused, and reported on the test that started it."""

import pytest

BODY = """
import select
import threading
import httpx

GO, DONE = threading.Event(), threading.Event()
HOW = {how!r}

def late(url):
    GO.wait(10)
    try:
        if HOW == "sync":
            httpx.get(url)
        else:
            import asyncio

            async def call():
                async with httpx.AsyncClient() as client:
                    await client.get(url)

            asyncio.run(call())
    except httpx.ConnectError as error:
        assert "left over from an ended exchange" in str(error)
    finally:
        DONE.set()

def test_starts(openbanking):
    threading.Thread(target=late, args=[openbanking.base_url + "/v1/accounts"], daemon=True).start()

def test_next(openbanking):
    GO.set()
    for _ in range(100):
        if DONE.is_set():
            break
        select.select([], [], [], 0.05)  # real time
    assert len(openbanking.exchange) == 0
"""


@pytest.mark.parametrize("how", ["sync", "async"])
@pytest.mark.parametrize("options", [(), ("-n", "1")])
def test_a_leftover_thread_is_refused_and_reported(team, how, options):
    """The run fails, and names the test that started the thread."""
    result = team(BODY.format(how=how)).runpytest_subprocess("-p", "no:randomly", *options)
    result.assert_outcomes(passed=2)
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(
        [
            "*openbanking: requests after their exchange had ended, refused*",
            "test_bank.py::test_starts: GET https://*/v1/accounts was called by*",
        ]
    )


def test_a_loop_that_outlives_its_test_is_no_leftover(team):
    """A context that was copied in an exchange says nothing about what runs in it later."""
    body = """
    import contextvars
    import httpx

    CONTEXT = []

    def test_first(openbanking):
        CONTEXT.append(contextvars.copy_context())

    def test_second(openbanking):
        answer = CONTEXT[0].run(httpx.get, openbanking.base_url + "/v1/accounts")
        assert answer.status_code == 200
        assert len(openbanking.exchange) == 1
    """
    team(body).runpytest("-p", "no:randomly").assert_outcomes(passed=2)
