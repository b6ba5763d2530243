"""The recordings that travel with the package: complete, true to the sandbox, clean, and readable by others."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import httpx
import pytest
import requests
import vcr

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.places import place_of, shipped
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.sorting import with_suffix
from pytest_openbanking.cli import main
from pytest_openbanking.exchange import Provenance

if TYPE_CHECKING:
    from pathlib import Path

PROVIDERS = ("aarthik", "aelix", "aerosync", "paysera")


def folder() -> Path:
    found = shipped()
    assert found is not None
    return found


def cassettes(provider: str) -> list[Path]:
    return sorted((folder() / provider).rglob("*.yaml"))


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_documented_error_and_each_success_has_one_and_nothing_else_is_there(name: str) -> None:
    provider = load_provider(name)
    wanted = {place_of(provider, error.operation, error) for error in provider.errors}
    wanted |= {place_of(provider, operation) for operation in provider.operations}
    assert len(wanted) == len(provider.errors) + len(provider.operations)
    assert {path.relative_to(folder()) for path in (folder() / name).rglob("*") if path.is_file()} == wanted


@pytest.mark.parametrize("name", PROVIDERS)
def test_they_say_where_they_come_from(name: str) -> None:
    """None says that it is the provider's own; each has the provenance of what the sandbox serves."""
    provider = load_provider(name)
    for error in provider.errors:
        cassette = read_cassette(folder() / place_of(provider, error.operation, error))
        expected = Provenance.DOCUMENTED if error.documented else Provenance.GENERATED
        assert [one.provenance for one in cassette.interactions] == [expected]
        assert cassette.metadata.recorded_from == "the sandbox of pytest-openbanking"
        assert cassette.metadata.recorded_at is not None
        assert re.fullmatch(r"pytest-openbanking \d+\.\d+.*", cassette.metadata.recorded_by or "")


def test_verify_finds_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(folder())]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", PROVIDERS)
def test_they_have_not_drifted_from_the_sandbox(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever changes a provider's data records it again."""
    from pytest_openbanking.serving.server import serve

    with serve(load_provider(name)) as server:
        assert main(["verify", str(folder() / name), "--live", server.base_url]) == 0, capsys.readouterr().out


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("library", [httpx, requests])
def test_they_replay_in_plain_vcrpy(name: str, library) -> None:
    """Unchanged: status, headers and body as recorded, and no request gets out."""
    for path in cassettes(name):
        (one,) = read_cassette(path).interactions
        with vcr.use_cassette(str(path), record_mode="none") as tape:
            answer = library.request(one.request.method, one.request.url)
        assert (answer.status_code, answer.content) == (one.response.status, one.response.body)
        assert answer.headers["content-type"] == one.response.headers["content-type"] or not one.response.body
        assert tape.all_played


def test_they_replay_in_pytest_recording(pytester: pytest.Pytester) -> None:
    """As a team would use them there: copied, named by the marker, the network blocked."""
    names = [str(path.relative_to(folder())) for path in cassettes("paysera")[::12] + cassettes("aelix")[::9]]
    for name in names:
        (pytester.path / "tapes" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(folder() / name, pytester.path / "tapes" / name)
    tests = [
        f"@pytest.mark.block_network\n@pytest.mark.vcr({str(pytester.path / 'tapes' / name)!r})\n"
        f"def test_{number}():\n"
        f"    answer = requests.request({one.request.method!r}, {one.request.url!r})\n"
        f"    assert (answer.status_code, answer.content) == ({one.response.status}, {one.response.body!r})\n"
        for number, name in enumerate(names)
        for one in read_cassette(folder() / name).interactions
    ]
    pytester.makepyfile("import pytest\nimport requests\n\n" + "\n\n".join(tests))
    pytester.runpytest_subprocess("-p", "no:randomly", "-W", "ignore").assert_outcomes(passed=len(names))


@pytest.mark.parametrize("named", ["a/b", "a/b.yaml", "a/401-AC-101"])
def test_a_name_needs_no_suffix(named: str) -> None:
    assert str(with_suffix(named)) == named.removesuffix(".yaml") + ".yaml"
