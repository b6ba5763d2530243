"""Outputs: read and checked before the tests run, written whole or not at all, each for itself."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

from pytest_openbanking.coverage.outputs import Output, check, parse, write
from pytest_openbanking.coverage.stored import from_json, to_json
from pytest_openbanking.coverage.summary import LIMIT, summarise
from pytest_openbanking.settings import UsageError
from tests.coverage.samples import sample

KINDS = ("json:PATH, md:PATH, html:PATH, gitlab:PATH, annotations, annotations:github|azure|teamcity")  # fmt: skip


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_value_is_read(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is absolute from then on; a drive's colon and a home's tilde are part of it."""
    monkeypatch.setenv("HOME", "/home/me")
    assert parse("json:a/b.json") == Output("json", here / "a" / "b.json")
    assert parse("md:C:x.md").path == here / "C:x.md"
    assert parse("html:~/x.html").path == Path("/home/me/x.html")
    assert parse("annotations") == Output("annotations")
    assert parse("annotations:azure") == Output("annotations", service="azure")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jsno:a.json", f"'jsno:a.json': unknown kind (did you mean 'json'?); allowed: {KINDS}"),
        ("report.json", f"unknown kind (did you mean 'json'?); allowed: {KINDS}"),
        ("", f"'': unknown kind; allowed: {KINDS}"),
        ("xml:a", f"unknown kind (did you mean 'html'?); allowed: {KINDS}"),
        ("json", "'json': the path is empty; write it like json:report.json"),
        ("md: ", "the path is empty; write it like md:report.md"),
        ("annotations:gihub", "unknown service (did you mean 'github'?); allowed: github, azure, teamcity"),
        ("annotations:", "unknown service; allowed: github, azure, teamcity"),
        ("\x1b[31m\n:x", "'\\x1b[31m :x': unknown kind"),
    ],
)
def test_a_wrong_value_is_one_line(text: str, said: str) -> None:
    """With the nearest right one, and all that is allowed."""
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


def test_checking_creates_and_changes_nothing(here: Path) -> None:
    """Neither the folders that are still to be made, nor the old report."""
    (here / "old.json").write_text("old")
    check([parse("json:new/er/a.json"), parse("html:old.json"), parse("annotations")])
    assert [path.name for path in here.iterdir()] == ["old.json"]
    assert (here / "old.json").read_text() == "old"


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["json:folder"], "cannot be written: it is a folder; name a file in it"),
        (["json:file/a.json"], "file is no folder"),
        (["json:file/deeper/a.json"], "file is no folder"),
        (["json:/dev/null"], "it is no ordinary file"),
        ([f"json:{'x' * 300}"], "File name too long"),
        ([f"json:{'x' * 250}"], "File name too long"),
        (["json:a\0b"], "null"),
        (["json:loop"], "loop"),
        (["json:a.json", "md:./a.json"], "goes to the same place; name another"),
        (["json:folder/../a.json", "md:a.json"], "goes to the same place"),
        (["json:link", "md:file"], "goes to the same place"),
        (["annotations", "annotations"], "goes to the same place"),
    ],
)
def test_what_cannot_be_written_is_said_before(here: Path, texts: list[str], said: str) -> None:
    """In one line that names it."""
    (here / "folder").mkdir()
    (here / "file").write_text("old")
    (here / "link").symlink_to("file")
    (here / "loop").symlink_to("loop")
    with pytest.raises(UsageError) as caught:
        check([parse(text) for text in texts])
    assert said in str(caught.value)
    assert str(caught.value).isprintable()
    assert (here / "file").read_text() == "old"


def test_a_folder_that_may_not_be_written_is_said_before(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is only above those that are to be made."""
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != here)
    with pytest.raises(UsageError, match="is not writable"):
        check([parse("json:new/a.json")])


def test_all_are_written(here: Path) -> None:
    """With their folders; what is written is the same report."""
    printed: list[str] = []
    to = [parse(text) for text in ("json:new/a.json", "md:a.md", "gitlab:g.json", "annotations:github")]
    assert write(sample(), to, {}, printed.append) == []
    assert from_json((here / "new" / "a.json").read_text("utf-8"), "a.json") == sample()
    assert (here / "a.md").read_text("utf-8").startswith("## Documented errors")
    assert json.loads((here / "g.json").read_text("utf-8"))[0]["check_name"] == "OB105"
    assert [line.partition(" ")[0] for line in printed] == ["::error", "::warning"]


@pytest.mark.skipif(find_spec("pytest_openbanking.coverage.page") is None, reason="the page is not there")
def test_the_page_is_written(here: Path) -> None:
    """By the module that makes it."""
    assert write(sample(), [parse("html:a.html")], {}, print) == []
    assert "<html" in (here / "a.html").read_text("utf-8")


def test_annotations_are_printed_only_where_a_service_reads_them() -> None:
    """So that the option can stand in the project's settings."""
    printed: list[str] = []
    write(sample(), [parse("annotations")], {}, printed.append)
    assert printed == []
    write(sample(), [parse("annotations")], {"TEAMCITY_VERSION": "1"}, printed.append)
    assert printed[0].startswith("##teamcity[")


def test_azure_shows_a_markdown_file_as_the_job_s_summary(here: Path) -> None:
    """It takes the name of a file."""
    printed: list[str] = []
    write(sample(), [parse("md:a.md")], {"TF_BUILD": "True"}, printed.append)
    assert printed == [f"##vso[task.uploadsummary]{here}/a.md"]


def test_one_that_fails_keeps_the_others_from_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old file stays, nothing half-written is left, and each failure is one line."""
    (here / "a.json").write_text("old")
    to = [parse("json:a.json"), parse("md:b/c.md"), parse("gitlab:g.json")]
    (here / "b").write_text("a file since the check")
    real = Path.replace

    def full(self: Path, target: Path) -> Path:
        if "a.json" in self.name:
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", full)
    failed = write(sample(), to, {}, print)
    assert failed[0] == f"report json:{here}/a.json was not written: No space left on device"
    assert "was not written: " in failed[1]
    assert (here / "a.json").read_text() == "old"
    assert sorted(path.name for path in here.iterdir()) == ["a.json", "b", "g.json"]


def test_a_report_that_cannot_be_made_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the reason; the others are written."""
    broken = replace(sample(), providers=(None,))  # type: ignore[arg-type]
    (failed,) = write(broken, [parse("json:a.json"), parse("gitlab:g.json")], {}, print)
    assert "json:" in failed
    assert "AttributeError" in failed
    assert [path.name for path in Path.cwd().iterdir()] == ["g.json"]


def test_a_link_stays_a_link(here: Path) -> None:
    """What it leads to is written."""
    (here / "target.json").write_text("old")
    (here / "link.json").symlink_to("target.json")
    write(sample(), [parse("json:link.json")], {}, print)
    assert (here / "link.json").is_symlink()
    assert (here / "target.json").read_text("utf-8") == to_json(sample())


def test_the_summary_of_a_job_is_added_to(here: Path) -> None:
    """Once; after what is there, set off from it."""
    file = here / "summary.md"
    environ = {"GITHUB_STEP_SUMMARY": str(file)}
    file.write_text("# Tests\nall is well")
    assert summarise(sample(), environ) is None
    text = file.read_text("utf-8")
    assert text.startswith("# Tests\nall is well\n\n## Documented errors")
    assert summarise(sample(), environ) is None
    assert file.read_text("utf-8") == text


def test_a_summary_is_begun(here: Path) -> None:
    """Where the service has not made the file, or made it empty; and nothing happens elsewhere."""
    assert summarise(sample(), {}) is None
    assert list(here.iterdir()) == []
    assert summarise(sample(), {"GITHUB_STEP_SUMMARY": str(here / "s.md")}) is None
    assert (here / "s.md").read_text("utf-8").startswith("## Documented errors")


@pytest.mark.parametrize("room", [0, 100, 1000, 5000])
def test_a_summary_never_grows_past_its_limit(here: Path, room: int) -> None:
    """Another step of the job may have used it up: then it stays as it was, and a line says so."""
    file = here / "summary.md"
    file.write_bytes(b"x" * (LIMIT - room))
    warning = summarise(sample(), {"GITHUB_STEP_SUMMARY": str(file)})
    assert file.stat().st_size <= LIMIT
    assert (file.stat().st_size > LIMIT - room) is (room >= 1000)
    assert (warning is None) is (room >= 1000)
    assert room >= 1000 or "there is no room left in it" in (warning or "")


def test_a_summary_that_cannot_be_written_is_one_line(here: Path) -> None:
    """The run goes on."""
    for name, said in ((str(here), "Is a directory"), ("no/such/s.md", "No such file"), ("a\0b", "null")):
        warning = summarise(sample(), {"GITHUB_STEP_SUMMARY": name}) or ""
        assert said in warning
        assert warning.isprintable()


def test_a_summary_that_was_cut_short_is_as_it_was(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk leaves no half of a table."""
    file = here / "summary.md"
    file.write_text("# Tests\n")
    real = Path.open

    @contextmanager
    def full(self: Path, mode: str):
        with real(self, mode) as opened:
            opened.write(b"half")
        raise OSError(28, "No space left on device")
        yield

    with monkeypatch.context() as short:
        short.setattr(Path, "open", lambda self, mode="r", *_: full(self, mode) if "a" in mode else real(self, mode))
        assert "No space left" in (summarise(sample(), {"GITHUB_STEP_SUMMARY": str(file)}) or "")
    assert file.read_text() == "# Tests\n"


def test_who_may_read_a_report_stays_as_it_was(here: Path) -> None:
    """A new report has the mode of the old one."""
    old = here / "a.json"
    old.write_text("old")
    old.chmod(0o600)
    assert write(sample(), [parse("json:a.json")], {}, print) == []
    assert old.stat().st_mode & 0o777 == 0o600
