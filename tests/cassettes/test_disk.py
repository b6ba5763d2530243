"""What reaches the disk: of secrets nothing, not for a moment, from a real recording over real HTTP."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.recorder import NotWrittenError, Recorder
from pytest_openbanking.cassettes.scrubbing import Scrubber
from tests.cassettes.scrubbing.planted import BY_LOOK, ECHOES, FOUND, LOOK_PLACES, NAMED, TOKEN
from tests.cassettes.scrubbing.recorded import readable

PLANTED = [(secret, [LOOK_PLACES[place](secret)]) for place in LOOK_PLACES for secret in BY_LOOK]
PLANTED += [(TOKEN, [NAMED[place](TOKEN)]) for place in NAMED]
PLANTED += [(TOKEN, [FOUND, ECHOES[echo](TOKEN)]) for echo in ECHOES]


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what every file below the folder holds at the moment in which anything is written out."""
    texts: list[str] = []
    sync = os.fsync

    def look(file: int) -> None:
        sync(file)
        texts.extend(path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file())

    monkeypatch.setattr(os, "fsync", look)
    return texts


def test_no_planted_secret_reaches_the_disk(tmp_path: Path, seen: list[str]) -> None:
    """Hundreds of them, of every kind in every place: neither the cassette nor what it was before holds one."""
    provider = load_provider("paysera")
    assert len(PLANTED) >= 40
    for number, (secret, interactions) in enumerate(PLANTED):
        recorder = Recorder(tmp_path, Scrubber())
        seen.clear()
        path = recorder.write(Path(f"{number}.yaml"), interactions, provider, {})
        assert [path] == list(tmp_path.iterdir())
        assert len(seen) == 1
        assert not readable(secret, seen)
        assert not readable(secret, path.read_text("utf-8"))
        path.unlink()


def test_what_cannot_be_scrubbed_is_not_written(tmp_path: Path, seen: list[str]) -> None:
    """A body that nobody can read may hold anything; the old cassette stays."""
    old = tmp_path / "one.yaml"
    old.write_text("the old one")
    broken = {
        "request": {"method": "GET", "uri": "https://bank.example/", "body": None, "headers": {}},
        "response": {
            "status": {"code": 200, "message": ""},
            "headers": {"Content-Encoding": ["gzip"]},
            "body": {"string": b"\x1f\x8bno gzip"},
        },
    }
    with pytest.raises(NotWrittenError, match="a body says that it is gzip"):
        Recorder(tmp_path, Scrubber()).write(Path("one.yaml"), [broken], load_provider("paysera"), {})
    assert (old.read_text(), seen, list(tmp_path.iterdir())) == ("the old one", [], [old])
