"""What becomes of a documented error, by how the test that checks it ends."""

import pytest

CERTIFICATE, EXPIRED, FORBIDDEN = "CERTIFICATE_INVALID", "CERTIFICATE_EXPIRED", "RESOURCE_FORBIDDEN"
ONE, TWO, THREE, FOUR, FIVE = (
    "GET /v1/accounts",
    "GET /v1/accounts/{accountId}",
    "GET /v1/accounts/{accountId}/balances",
    "GET /v1/accounts/{account-id}/transactions",
    "GET /v1/consents/{consentId}",
)

# Each test of the run, on an error of its own: (operation, code), body, marks, and what becomes of the error.
SOUND = "with openbanking_error.handled(): call(openbanking_error.operation)"
CARELESS = "with openbanking_error.handled(): call(openbanking_error.operation, sound=False)"
ENDS = {
    "passes": (ONE, CERTIFICATE, SOUND, "", "handled"),
    "finding": (ONE, EXPIRED, CARELESS, "", "mishandled OB401"),
    "finding_that_is_caught": (
        ONE,
        FORBIDDEN,
        f"with pytest.raises(AssertionError), {CARELESS[5:]}",
        "",
        "mishandled OB401",
    ),
    "fails_after_it": (TWO, CERTIFICATE, f"{SOUND}\n    assert 1 == 2", "", "mishandled"),
    "fails_in_it": (
        TWO,
        EXPIRED,
        "with openbanking_error.handled(): call(openbanking_error.operation, sound=False); assert 1 == 2",
        "",
        "mishandled",
    ),
    "fails_before_it": (TWO, FORBIDDEN, "assert 1 == 2", "", "mishandled"),
    "never_delivered": (THREE, CERTIFICATE, "pass", "", "mishandled"),
    "set_up": (THREE, EXPIRED, SOUND, "@pytest.mark.usefixtures('no_set_up')", "not exercised"),
    "teardown": (THREE, FORBIDDEN, SOUND, "@pytest.mark.usefixtures('no_teardown')", "not exercised"),
    "finding_and_teardown": (
        FOUR,
        CERTIFICATE,
        CARELESS,
        "@pytest.mark.usefixtures('no_teardown')",
        "mishandled OB401",
    ),
    "skipped": (FOUR, EXPIRED, SOUND, "@pytest.mark.skip(reason='later')", "not exercised"),
    "skips": (FOUR, FORBIDDEN, f"{SOUND}\n    pytest.skip('later')", "", "not exercised"),
    "xfail": (FIVE, CERTIFICATE, CARELESS, "@pytest.mark.xfail(strict=True)", "mishandled OB401"),
    "xpass": (FIVE, EXPIRED, SOUND, "@pytest.mark.xfail(strict=False)", "handled"),
    "strict_xpass": (FIVE, FORBIDDEN, SOUND, "@pytest.mark.xfail(strict=True)", "mishandled"),
    "xfails": (ONE, "CONSENT_EXPIRED", f"{SOUND}\n    pytest.xfail('later')", "", "not exercised"),
    "xfail_not_run": (TWO, "CONSENT_EXPIRED", SOUND, "@pytest.mark.xfail(run=False)", "not exercised"),
    "rerun": (THREE, "CONSENT_EXPIRED", f"{SOUND}\n    again()", "@pytest.mark.flaky(reruns=1)", "handled"),
    "rerun_in_vain": (
        FOUR,
        "CONSENT_EXPIRED",
        CARELESS,
        "@pytest.mark.flaky(reruns=1)",
        "mishandled OB401",
    ),
    "half": (ONE, "TOKEN_INVALID", SOUND, "", "not exercised"),
}
BODY = """
from pytest_openbanking import sandbox
tries = []

def again():
    tries.append(1)
    assert len(tries) > 1

@pytest.fixture
def no_set_up():
    raise ValueError("no set-up")

@pytest.fixture
def no_teardown():
    yield
    raise ValueError("no teardown")

def test_only_delivered(openbanking, call):
    openbanking.fail_with("CONSENT_INVALID", "GET /v1/accounts")
    with pytest.raises(BankError):
        call()

def test_by_hand(openbanking, call):
    with openbanking.fail_with("CONSENT_INVALID", "GET /v1/accounts/{id}").handled():
        call("GET /v1/accounts/1")

def test_of_several(openbanking, call):
    with openbanking.fail_with("RESOURCE_UNKNOWN").handled():
        call("GET /v1/accounts/1/balances")

def test_without_fixtures():
    from conftest import HTTP
    with sandbox("aelix", raises=BankError) as bank:
        for case in bank.cases("GET /v1/accounts", code="IP_NOT_ALLOWED"):
            with case.handled():
                raise BankError(HTTP.get(bank.base_url + "/v1/accounts", headers={"Authorization": "Bearer " + bank.access_token}).text)
"""


def written():
    for name, (operation, code, body, marks, _) in ENDS.items():
        persistence = ', persistence="once"' if name == "half" else ""
        yield f'\n{marks}\n@errors("{operation}", code="{code}"{persistence})\ndef test_{name}(openbanking_error, call):\n    {body}\n'


@pytest.mark.reruns
def test_each_way_that_a_test_can_end_has_its_status(covered):
    """Findings and failures mishandle; errors around a test, and skips, leave its error not exercised."""
    ran = covered(BODY + "".join(written()))
    states = ran.states()
    assert {name: states[f"{end[0]} {end[1]}"] for name, end in ENDS.items()} == {n: end[4] for n, end in ENDS.items()}
    by_hand = {
        "GET /v1/accounts/{accountId} CONSENT_INVALID": "handled",
        "GET /v1/accounts/{accountId}/balances RESOURCE_UNKNOWN": "handled",
        "GET /v1/accounts IP_NOT_ALLOWED": "handled",
    }
    assert by_hand.items() <= states.items()
    assert len(states) == len(ENDS) + len(by_hand)  # what was only delivered is not exercised
    failures = {
        check.test.partition("test_bank.py::test_")[2].partition("[")[0]: check.failure for check in ran.report.checks
    }
    assert failures["fails_after_it"] == "assert 1 == 2"
    assert failures["set_up"] == "set-up: ValueError: no set-up"
    assert failures["teardown"] == "teardown: ValueError: no teardown"
    assert failures["skipped"] == "set-up: Skipped: later"
    assert failures["strict_xpass"].startswith("[XPASS(strict)]")
    assert failures["passes"] is failures["finding"] is None


THREE_TESTS = f"""
@errors("{ONE}", code="{CERTIFICATE}")
def test_first(openbanking_error, call):
    {SOUND}

@errors("{TWO}", code="{CERTIFICATE}")
def test_second(openbanking_error, call):
    SECOND

@errors("{THREE}", code="{CERTIFICATE}")
def test_third(openbanking_error, call):
    {SOUND}
"""


@pytest.mark.parametrize(
    ("second", "options", "state", "parts"),
    [
        (CARELESS, ("-x",), "mishandled OB401", ("stopping after 1 failures",)),
        (f"{SOUND}\n    raise KeyboardInterrupt", (), "not exercised", ("it was interrupted",)),
        (f"{SOUND}\n    pytest.exit('enough')", (), "not exercised", ("it was interrupted",)),
    ],
)
def test_what_was_judged_before_a_run_stopped_counts(covered, second, options, state, parts):
    """The test that was stopped leaves its error not exercised, unless it had failed."""
    ran = covered(THREE_TESTS.replace("SECOND", second), *options)
    assert ran.states() == {f"{ONE} {CERTIFICATE}": "handled", f"{TWO} {CERTIFICATE}": state}
    assert ran.ending.parts == parts


def test_a_crashed_worker_leaves_its_error_not_exercised(covered):
    """The other tests' errors count."""
    body = THREE_TESTS.replace("SECOND", f"{SOUND}\n    __import__('os')._exit(1)")
    ran = covered(body, "-n", "1")
    assert ran.states() == {
        f"{ONE} {CERTIFICATE}": "handled",
        f"{TWO} {CERTIFICATE}": "not exercised",
        f"{THREE} {CERTIFICATE}": "handled",
    }
    assert any("crashed" in (check.failure or "") for check in ran.report.checks)
