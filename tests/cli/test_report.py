"""`openbanking report` merges and shows the reports of test runs, writes them, and gates."""

from __future__ import annotations

import json

import pytest

from pytest_openbanking.coverage.report import Run
from pytest_openbanking.coverage.stored import from_json, to_json
from tests.coverage.samples import both, check, entry, key, report, sample, wrong


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """No CI service, whatever runs these tests."""
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def jobs(tmp_path):
    """Two jobs, each with one case of A; the second also mishandles B."""
    entries = [entry("A"), entry("B")]
    (tmp_path / "jobs").mkdir()
    for name, checks in (
        ("one", [check(key("A"), "once"), *both(key("B"))]),
        ("two", [check(key("A"), "always"), wrong(key("B"))]),
    ):
        (tmp_path / "jobs" / f"{name}.json").write_text(to_json(report(entries, checks)), "utf-8")
    return tmp_path


def test_a_report_is_shown(cli, tmp_path) -> None:
    """The verdict, then a row for each error that is not handled, with its marker."""
    (tmp_path / "a.json").write_text(to_json(sample()), "utf-8")
    ran = cli("report", "show", "a.json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines[0].startswith(
        "paysera: 1 of 5 documented errors handled (20 %), 1 mishandled, 1 waived, 2 not exercised"
    )
    assert ran.lines[2].split() == ["mishandled", "GET", "/v1/accounts", "429", "ACCESS_EXCEEDED", "OB105"]
    assert '    @pytest.mark.openbanking_errors("GET /v1/accounts", code="CONSENT_EXPIRED")' in ran.lines
    assert all(len(line) <= 100 or line.startswith("    @") for line in ran.lines[2:])


@pytest.mark.parametrize("given", [["jobs/one.json", "jobs/two.json"], ["jobs/two.json", "jobs/one.json"], ["jobs"]])
def test_jobs_are_merged(cli, jobs, given) -> None:
    """By file in any order, or by folder; the merged report is one like theirs."""
    ran = cli("report", "merge", *given, "--to", "json:all/all.json", "--to", "md:all.md")
    assert (ran.code, ran.err) == (0, "")
    assert ran.lines[0] == "paysera: 1 of 2 documented errors handled (50 %), 1 mishandled; 1 of 2 codes"
    merged = from_json((jobs / "all" / "all.json").read_text("utf-8"), "all.json")
    assert [one.status for one in merged.errors] == ["handled", "mishandled"]
    assert (jobs / "all.md").exists()
    again = cli("report", "merge", "all/all.json", *given, "--to", "json:again.json")
    assert again.out == ran.out
    assert (jobs / "again.json").read_bytes() == (jobs / "all" / "all.json").read_bytes()


def test_the_gate(cli, jobs) -> None:
    """Its own message, and exit code 1; what is asked for is written before."""
    ran = cli("report", "merge", "jobs", "--fail-under", "95", "--to", "json:all.json")
    assert ran.code == 1
    assert ran.lines[-1] == "paysera: 1 of 2 documented errors that count are handled (50.0 %), 95 wanted"
    assert (jobs / "all.json").exists()
    assert cli("report", "show", "all.json", "--fail-under=50").code == 0


def test_annotations_are_printed(cli, jobs) -> None:
    """In the format that is named."""
    ran = cli("report", "show", "jobs/two.json", "--to", "annotations:github")
    assert any(line.startswith("::error file=tests/test_bank.py,line=12,title=OB105::") for line in ran.lines)


def test_merging_adds_to_the_summary_and_showing_does_not(cli, jobs, monkeypatch) -> None:
    """One job shows what all have come to."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(jobs / "summary.md"))
    cli("report", "show", "jobs/one.json")
    assert not (jobs / "summary.md").exists()
    cli("report", "merge", "jobs")
    assert "1 of 2 documented errors handled" in (jobs / "summary.md").read_text("utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(jobs))
    ran = cli("report", "merge", "jobs")
    assert (ran.code, ran.err.count("\n")) == (0, 1)
    assert "was not added to the job's summary" in ran.err


def test_a_file_that_could_not_be_written_is_told(cli, jobs, monkeypatch) -> None:
    """One line, and exit code 2; the report is shown nevertheless."""
    from pathlib import Path

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    ran = cli("report", "merge", "jobs", "--to", "json:all.json")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert "all.json was not written: No space left on device" in ran.err
    assert ran.lines[0].startswith("paysera: 1 of 2")
    assert [path.name for path in jobs.iterdir()] == ["jobs"]


WRONG = [
    ("report", "the following arguments are required: merge|show"),
    ("report merg", "invalid choice: 'merg'"),
    ("report merge", "the following arguments are required: FILE.json"),
    ("report show no.json", "no.json cannot be read: No such file or directory"),
    ("report show empty", "there is no *.json file in empty"),
    ("report show bad.json", "bad.json is no report of pytest-openbanking: line 1, column 1: not JSON, or cut off"),
    ("report show new.json", "new.json: version 9 of the report is newer"),
    ("report show a.json --fail-under=lots", "'lots' is no percentage; allowed: a number from 0 to 100"),
    ("report show a.json --to=jsn:x", "unknown kind (did you mean 'json'?); allowed: json:PATH, md:PATH"),
    ("report show a.json --to=json:empty", "cannot be written: it is a folder"),
    ("report merge a.json --fail-uner=9", "there is no option '--fail-uner=9'; nearest: --fail-under"),
]


@pytest.mark.parametrize(("words", "said"), WRONG, ids=[words for words, _ in WRONG])
def test_a_mistake_is_one_line(cli, tmp_path, words, said) -> None:
    """On standard error, with exit code 2, and nothing is shown or written."""
    (tmp_path / "a.json").write_text(to_json(sample()), "utf-8")
    (tmp_path / "bad.json").write_text("no")
    (tmp_path / "new.json").write_text(json.dumps({"format": "pytest-openbanking report", "version": 9}))
    (tmp_path / "empty").mkdir()
    ran = cli(*words.split())
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err


def test_help_says_what_can_be_written(cli) -> None:
    """With every kind, and examples."""
    ran = cli("report", "--help")
    assert ran.code == 0
    for word in (
        "merge",
        "show",
        "json:PATH",
        "md:PATH",
        "html:PATH",
        "gitlab:PATH",
        "annotations:github|azure|teamcity",
    ):
        assert word in ran.out
    assert "  report " in cli("--help").out
    assert "--fail-under" in cli("report", "merge", "--help").out


def test_hostile_names_do_not_reach_the_terminal(cli, tmp_path) -> None:
    """A report may come from anywhere."""
    text = to_json(report([entry("E", provider="a\x1b[31m\n::error::x")], []))
    (tmp_path / "a.json").write_text(text, "utf-8")
    ran = cli("report", "show", "a.json", "--fail-under", "1")
    assert ran.code == 1
    assert all(line.isprintable() and not line.startswith("::") for line in ran.lines)


def test_a_partial_run_is_said(cli, tmp_path) -> None:
    """And so is a run that tested no provider."""
    runs = (Run("2026-11-20T17:10:00Z", "0.1.0", ("-k token",)),)
    (tmp_path / "a.json").write_text(to_json(report([entry("E")], both(key("E")), runs=runs)), "utf-8")
    (tmp_path / "b.json").write_text(to_json(report([], [])), "utf-8")
    assert cli("report", "show", "a.json").lines == [
        "paysera: 1 of 1 documented errors handled (100 %); 1 of 1 codes",
        "not all tests were run: -k token",
    ]
    assert cli("report", "show", "b.json").lines == ["no provider was tested"]


def test_a_report_that_is_read_is_not_overwritten_by_another_kind(cli, jobs) -> None:
    """As JSON it may be: that is merging in place."""
    ran = cli("report", "merge", "jobs", "--to", "html:jobs/one.json")
    assert ran.code == 2
    assert "the report jobs/one.json itself goes to the same place; name another" in ran.err
    assert cli("report", "merge", "jobs", "--to", "json:jobs/one.json").code == 0


def test_files_are_written_before_anything_is_shown(jobs, monkeypatch) -> None:
    """Whoever closes the pipe early has them all the same."""
    from pytest_openbanking.cli import main, report

    def closed(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.chdir(jobs)
    monkeypatch.setattr(report, "show", closed)
    monkeypatch.setattr("pytest_openbanking.cli.hush", lambda: None)
    main(["report", "merge", "jobs", "--to", "json:all.json"])
    assert (jobs / "all.json").exists()
