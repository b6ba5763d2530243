"""The gate: a run in which too few documented errors are handled fails, unless it was a part of the tests."""

import pytest

SOUND = """
@errors()
def test_all(openbanking_error, call):
    with openbanking_error.handled():
        call(openbanking_error.operation)
"""
CARELESS = SOUND.replace("call(openbanking_error.operation)", "call(openbanking_error.operation, sound=False)")
ONE_OPERATION = 'providers.paysera.operations = ["GET /v1/consents/{consentId}"]\n'
TEN = "10 documented errors"


def test_a_run_that_is_under_fails_though_all_its_tests_pass(covered):
    """Exit status 1, and a message of its own; a path argument is no partial run."""
    body = SOUND.replace("errors()", 'errors(code="CERTIFICATE_EXPIRED")')
    ran = covered(body, "--openbanking-fail-under=95", "test_bank.py", pyproject=ONE_OPERATION)
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    count = len(ran.report.errors)
    share = f"{1000 // count // 10}.{1000 // count % 10}"
    ran.stdout.fnmatch_lines(
        [f"fail-under: paysera: 1 of {count} documented errors that count are handled ({share} %), 95 wanted"]
    )
    ran.stdout.fnmatch_lines(["*= 1 passed in *"])


@pytest.mark.parametrize(
    ("pyproject", "options", "status"),
    [
        ("fail-under = 100", (), 0),
        ("fail-under = 100", ("--openbanking-fail-under=100",), 0),
        ("fail-under = 0.5\nproviders.aelix.fail-under = 1", (), 1),  # aelix is named, and nothing of it is checked
        ("fail-under = 100\nproviders.aelix.fail-under = 0", (), 0),
        ("providers.aelix.fail-under = 1", ("--openbanking-fail-under=0",), 1),  # a provider's own goes before
        ("providers.aelix.fail-under = 1", ("--openbanking-gate=never",), 0),
    ],
)
def test_a_providers_own_percentage_goes_before(covered, pyproject, options, status):
    """The command line's goes before the general one."""
    assert covered(SOUND, *options, pyproject=ONE_OPERATION + pyproject).ret == status


def test_a_gate_with_nothing_to_judge_fails(covered):
    """A team that has lost its tests hears of it."""
    ran = covered("def test_it(): pass", "--openbanking-fail-under=1")
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran.stdout.fnmatch_lines(["fail-under: no provider was checked, and none is named in *"])


CHOOSING = """
def pytest_collection_modifyitems(config, items):
    config.hook.pytest_deselected(items=[items.pop()])
"""
PARTIAL = [
    (("-k", "EXPIRED"), "-k, [0-9]* deselected"),
    (("-m", "openbanking"), "-m"),
    (("--lf",), "--last-failed"),
    (("--sw",), "--stepwise"),
    (("--deselect", "test_bank.py::test_none"), "--deselect"),
    (("test_bank.py::test_all",), "a test named with ::"),
    (("-x",), "stopping after 1 failures"),
    (("--maxfail=2",), "stopping after 2 failures"),
    ((CHOOSING,), "1 deselected"),
    ((CHOOSING, "-n", "1"), "1 deselected"),
    (("test_bank.py", "broken"), "1 not collected, *"),
]


@pytest.mark.parametrize(
    ("options", "why"), PARTIAL, ids=[" ".join(options[-2:]).strip().partition("(")[0] for options, _ in PARTIAL]
)
def test_a_partial_run_says_that_it_gates_nothing(covered, pytester, options, why):
    """In one line, with the reason."""
    conftest, options = (CHOOSING, options[1:]) if CHOOSING in options else ("", options)
    pytester.mkdir("broken").joinpath("test_broken.py").write_text("import nowhere")
    body = CARELESS if {"-x", "--maxfail=2"} & {*options} else SOUND
    body = body.replace("errors()", 'errors("GET /v1/accounts", status=401, persistence="always")')
    named = () if any("test_bank" in option for option in options[:1]) else ("test_bank.py",)
    ran = covered(body, "--openbanking-fail-under=95", *options, *named, conftest=conftest)
    ran.stdout.fnmatch_lines(
        [f"nothing is gated (a partial run: {why}); --openbanking-gate=always gates it all the same"]
    )
    ran.stdout.no_fnmatch_line("fail-under:*")
    if "-x" not in options and "--maxfail=2" not in options and "broken" not in options:
        assert ran.ret == pytest.ExitCode.OK


@pytest.mark.parametrize("options", [("--nf",), ("--ff",), ("-n", "1")])
def test_a_run_of_all_tests_is_whole(covered, options):
    """In another order, or by a path, as well."""
    body = SOUND.replace("errors()", 'errors("GET /v1/accounts", code="CERTIFICATE_INVALID")')
    ran = covered(body, "--openbanking-fail-under=95", *options)
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    assert ran.ending.parts == ()


def test_the_gate_can_hold_for_a_part_and_for_none(covered):
    """--openbanking-gate=always, and =never."""
    options = ("--openbanking-fail-under=95", "-k", "EXPIRED")
    ran = covered(SOUND, *options, "--openbanking-gate=always", pyproject=ONE_OPERATION)
    assert ran.ret == pytest.ExitCode.TESTS_FAILED
    ran = covered("", "--openbanking-fail-under=100", "--openbanking-gate=never", "-q")
    assert ran.ret == pytest.ExitCode.OK
    ran.stdout.fnmatch_lines(["nothing is gated (--openbanking-gate=never)"])


@pytest.mark.parametrize(
    ("options", "pyproject", "message"),
    [
        (
            ("--openbanking-fail-under=most",),
            "",
            "--openbanking-fail-under: 'most' is no percentage; allowed: a number from 0 to 100",
        ),
        (("--openbanking-fail-under=101",), "", "--openbanking-fail-under: '101' is no percentage; *"),
        (
            ("--openbanking-gate=allways",),
            "",
            "--openbanking-gate: unknown 'allways' (did you mean 'always'?); allowed: auto, always, never",
        ),
        ((), "fail-under = true", "*fail-under is True; it must be a number from 0 to 100"),
        ((), "fail-under = 100.5", "*fail-under is 100.5; it must be a number from 0 to 100"),
        ((), "fail-uner = 9", "*unknown key 'fail-uner' (did you mean 'fail-under'?); *"),
        ((), "providers.paysera.fail-under = 'x'", "*providers.paysera: fail-under is 'x'; it must be a number *"),
        ((), "report = 'json:x'", "*report must be a list, not 'json:x'"),
        ((), "provider = 'paysara'\nfail-under = 1", "there is no provider 'paysara'; nearest: paysera*"),
        ((), "baseline = ' '", "*baseline is empty"),
        (
            (),
            "baseline = 'none.json'",
            "baseline *none.json: there is no such file; write it with --openbanking-baseline-update=none.json",
        ),
        (("--openbanking-baseline=none.json",), "", "baseline *none.json: there is no such file; *"),
        (
            ("--openbanking-baseline-update=test_bank.py/b.json",),
            "",
            "--openbanking-baseline-update: * cannot be written: *test_bank.py is no folder",
        ),
        (
            ("--openbanking-baseline-update=.",),
            "",
            "--openbanking-baseline-update: * cannot be written: it is a folder*",
        ),
        (("--openbanking-report=jsn:a",), "", "report 'jsn:a': unknown kind (did you mean 'json'?); allowed: *"),
        (("--openbanking-report=json:.",), "", "report json:* cannot be written: it is a folder; *"),
        ((), "report = ['json:test_bank.py/a']", "report json:* cannot be written: *test_bank.py is no folder"),
    ],
)
def test_a_wrong_option_is_one_line_before_any_test(covered, options, pyproject, message):
    """With what is allowed."""
    ran = covered("def test_it(): assert 0", *options, pyproject=pyproject)
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines([f"ERROR: {message}"])
    assert len([line for line in ran.stderr.lines if line.strip()]) == 1


BLIND = """
@errors("GET /v1/accounts", code="CERTIFICATE_INVALID")
def test_one(openbanking_error, call):
    with openbanking_error.handled():
        call(sound=False)
"""


@pytest.mark.parametrize("off", ['ignore = ["OB"]', 'ignore = ["OB401"]', 'select = ["OBC"]'])
def test_what_no_rule_could_tell_is_not_handled(covered, off):
    """With the rules off, or with the one that sees an error swallowed, an error is not counted as handled."""
    ran = covered(BLIND, pyproject=off)
    assert ran.states()["GET /v1/accounts CERTIFICATE_INVALID"] == "not exercised"


@pytest.mark.parametrize("option", ["--fixtures", "--collect-only", "--setup-plan"])
def test_what_runs_no_test_reports_nothing(covered, pytester, option):
    """Neither a report nor a verdict: the last ones stay."""
    pytester.path.joinpath("old.json").write_text("old")
    ran = covered(BLIND, option, "--openbanking-report=json:old.json", "--openbanking-baseline-update=b.json")
    ran.stdout.no_fnmatch_line("paysera: *")
    assert pytester.path.joinpath("old.json").read_text() == "old"
    assert not pytester.path.joinpath("b.json").exists()


def test_a_run_whose_workers_are_gone_is_partial(covered, pytester):
    """What they have not run any more is not called unexercised."""
    body = BLIND + "\ndef test_crash():\n    import os\n    os._exit(3)\n" + "\ndef test_later():\n    pass\n" * 1
    options = ("-n", "1", "--max-worker-restart=0", "--openbanking-fail-under=100")
    ran = covered(body, *options)
    ran.stdout.fnmatch_lines(["nothing is gated (a partial run: *"])


def test_a_plain_test_that_is_deselected_makes_a_run_partial(covered):
    """It may judge errors, too: its module has something of ours."""
    body = "import pytest_openbanking\n" + BLIND + "\ndef test_plain():\n    pass\n"
    ran = covered(body, "--openbanking-fail-under=1", conftest=CHOOSING)
    ran.stdout.fnmatch_lines(["nothing is gated (a partial run: 1 deselected)*"])


def test_the_same_test_twice_is_judged_by_the_worse(covered):
    """A rerun replaces what was before; another run of the same test does not."""
    body = BLIND.replace("sound=False", "sound=bool(seen)").replace("def test_one", "def test_one") + "\nseen = []\n"
    body = body.replace("    with", "    had, _ = list(seen), seen.append(1)\n    with").replace(
        "bool(seen)", "bool(had)"
    )
    ran = covered(body, "test_bank.py", "test_bank.py", "--keep-duplicates")
    assert ran.states()["GET /v1/accounts CERTIFICATE_INVALID"] == "mishandled OB401"


@pytest.mark.parametrize("option", ["fail-under", "baseline", "baseline-update", "report", "gate"])
def test_an_empty_option_is_refused(covered, option):
    """As a CI leaves it whose variable is not set."""
    assert covered(BLIND, f"--openbanking-{option}=").ret == pytest.ExitCode.USAGE_ERROR


@pytest.mark.parametrize("option", ["baseline", "baseline-update"])
def test_a_report_that_would_replace_the_baseline_is_refused(covered, pytester, option):
    """Before the tests run."""
    covered(BLIND, "--openbanking-baseline-update=b.json")
    ran = covered("", f"--openbanking-{option}=b.json", "--openbanking-report=json:./b.json")
    assert ran.ret == pytest.ExitCode.USAGE_ERROR
    ran.stderr.fnmatch_lines(["ERROR: report json:*b.json: the *baseline goes to the same place; name another"])
