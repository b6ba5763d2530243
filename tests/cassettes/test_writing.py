"""A cassette is written to be reviewed: in one order, a value a line, as it reads; whole, and nothing beside it."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.cassettes.writing import cassette_text, write_whole

if TYPE_CHECKING:
    from pathlib import Path


def test_a_cassette_reads_as_it_was_recorded() -> None:
    """Keys in the order given, a long body on one line, letters as they are, and what is equal written out each time."""
    body, headers = "word " * 400 + "end", {"X-Name": ["J\u016brat\u0117"]}
    document = {"version": 1, "interactions": [{"request": headers, "body": body}, {"request": headers, "body": body}]}
    one = f"- request:\n    X-Name:\n    - J\u016brat\u0117\n  body: {body}\n"
    assert cassette_text(document) == f"version: 1\ninteractions:\n{one}{one}"


def test_a_file_is_written_with_its_folders_and_replaces_the_old_one(tmp_path: Path) -> None:
    """In UTF-8; nothing else is left there."""
    path = tmp_path / "a" / "b" / "one.yaml"
    for text in ("first\n", "\u0117\n"):
        write_whole(path, text)
        assert path.read_bytes() == text.encode()
    assert os.listdir(path.parent) == ["one.yaml"]


@pytest.mark.parametrize("trouble", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("at", ["os.fsync", "pathlib.Path.replace"])
def test_what_is_cut_short_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch, at: str, trouble) -> None:
    """A full disk, or Ctrl-C at any moment."""
    path = tmp_path / "one.yaml"
    write_whole(path, "old")

    def cut(*_: object) -> None:
        raise trouble

    with monkeypatch.context() as short:
        short.setattr(at, cut)
        with pytest.raises(trouble):
            write_whole(path, "new")
    assert {name.name: name.read_text() for name in tmp_path.iterdir()} == {"one.yaml": "old"}


def test_what_a_killed_process_has_left_is_swept_away(tmp_path: Path) -> None:
    """But not what another one is still writing."""
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        gone.wait()
    for pid in (gone.pid, os.getppid()):
        (tmp_path / f".one.yaml.{pid}.tmp").write_text("half")
    (tmp_path / ".one.yaml.swp.tmp").write_text("an editor's")
    write_whole(tmp_path / "one.yaml", "whole")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["one.yaml", f".one.yaml.{os.getppid()}.tmp", ".one.yaml.swp.tmp"]
    )
