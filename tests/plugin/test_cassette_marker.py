"""Paths of the marker `openbanking_cassette` that name no cassette: one line, and nothing is written elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cassettes.bank import bank

if TYPE_CHECKING:
    from pathlib import Path

BELOW = "marker openbanking_cassette takes a path below the folder of cassettes, not "
TEST = """
@pytest.mark.openbanking_cassette({path!r})
def test_flow(openbanking, bank):
    bank.accounts()
"""


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", f"{BELOW}'.'"),
        ("/etc/passwd", f"{BELOW}'/etc/passwd'"),
        ("paysera/../../flow", f"{BELOW}'paysera/../../flow'"),
        ("a\0b", f"{BELOW}'a*b'"),
        ("x" * 300, "*: cannot be read: File name too long"),
    ],
    ids=["empty", "absolute", "above", "NUL", "long"],
)
def test_a_path_that_cannot_be_a_cassettes_is_one_line(team, path: str, said: str) -> None:
    """Never a traceback of ours, nor the same line twice."""
    result = team(TEST.format(path=path)).runpytest("--tb=short")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*ERROR at setup of test_flow*", said, "=*short test summary*"], consecutive=True)


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("path", ["../flow", "{elsewhere}/flow"], ids=["above", "absolute"])
def test_nothing_is_recorded_outside_the_folder(team, tmp_path: Path, monkeypatch, path: str) -> None:
    """A marker's path is one below the folder of cassettes, also for `--openbanking-record`."""
    pytester = team(TEST.format(path=path.format(elsewhere=tmp_path)))
    with bank() as url:
        monkeypatch.setenv("OPENBANKING_BASE_URL", url)
        pytester.runpytest("--openbanking-record", "-W", "ignore")
    assert not [*pytester.path.rglob("*flow.yaml"), *tmp_path.rglob("*flow.yaml")]
