"""Which cassettes there are for whom: the team's own first, then those that travel with the package."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking import UsageError, load_provider
from pytest_openbanking.cassettes.cassette import CassetteError
from pytest_openbanking.cassettes.library import Library, OneCassette, code_of, error_of
from pytest_openbanking.cassettes.places import shipped
from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.catalogue.loader import BUILT_IN
from pytest_openbanking.exchange import Headers, Response
from pytest_openbanking.registry import Registry, standalone_hooks
from pytest_openbanking.settings import Settings
from tests.cassettes.recordings import interaction, recording

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = "paysera/get-v1-accounts/429-ACCESS_EXCEEDED"


def refused(code: str, text: str = "") -> str:
    return f'{{"tppMessages":[{{"category":"ERROR","code":"{code}","text":"{text}"}}]}}'


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("p/one", "ours/p/one.yaml"),
        ("p/one.yaml", "ours/p/one.yaml"),
        ("p/two", "theirs/p/two.yaml"),
        ("p/401-AC-1.2", "theirs/p/401-AC-1.2.yaml"),
    ],
)
def test_a_cassette_is_named_with_or_without_its_suffix(tmp_path: Path, named: str, found: str) -> None:
    """It is the first folder's, where that has one."""
    for place in ("ours/p/one", "theirs/p/one", "theirs/p/two", "theirs/p/401-AC-1.2"):
        recording(tmp_path / f"{place}.yaml", interaction())
    assert Library((tmp_path / "ours", tmp_path / "theirs")).cassette(named).path == tmp_path / found


@pytest.mark.parametrize(
    ("folders", "said"),
    [
        (("ours", "theirs"), r"in .*ours, .*theirs; nearest: p/one\.yaml"),
        (("ours",), r"in .*ours; nearest: none at all"),
        ((), r"in no folder; nearest: none at all"),
    ],
)
def test_a_cassette_that_is_not_there_is_told_from_the_nearest(tmp_path: Path, folders, said: str) -> None:
    """Of all folders; where they are empty it says so."""
    (tmp_path / "ours").mkdir()
    recording(tmp_path / "theirs/p/one.yaml", interaction())
    with pytest.raises(UsageError, match=rf"^there is no cassette 'p/onne' {said}$"):
        Library(tuple(tmp_path / folder for folder in folders)).cassette("p/onne")


def test_one_cassette_has_the_first_recording_of_each_of_its_errors(tmp_path: Path) -> None:
    """And of no other error, whatever the folders hold."""
    provider = load_provider("paysera")
    shown = [interaction(429, refused("ACCESS_EXCEEDED", text)) for text in ("first", "second")]
    cassette = read_cassette(recording(tmp_path / "flow.yaml", interaction(), *shown))
    errors = [error for error in provider.errors if error.operation.id == "GET /v1/accounts"]
    recorded = OneCassette((tmp_path,), cassette).recorded(provider, errors)
    limit = next(error for error in errors if error.code == "ACCESS_EXCEEDED")
    assert recorded == {id(limit): cassette.interactions[1]}
    assert OneCassette((tmp_path,), cassette).recorded(provider, [e for e in errors if e is not limit]) == {}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (interaction(429, refused("ACCESS_EXCEEDED")), "429 ACCESS_EXCEEDED"),
        (interaction(400, refused("ACCESS_EXCEEDED")), None),
        (interaction(429, refused("OTHER")), None),
        (interaction(429, refused("ACCESS_EXCEEDED"), path="/undocumented"), None),
        (interaction(200), None),
    ],
)
def test_an_error_is_known_by_operation_status_and_code(tmp_path: Path, one, expected: str | None) -> None:
    """All three as documented."""
    (recorded,) = read_cassette(recording(tmp_path / "one.yaml", one)).interactions
    error = error_of(recorded, load_provider("paysera"))
    assert (error and str(error)) == expected


AELIX = "https://api.aelix.digitalapi.ai"


@pytest.mark.parametrize(
    ("status", "code", "method", "path", "expected"),
    [
        (429, "RATE_LIMITED", "GET", "/v1/accounts", "RATE_LIMIT_EXCEEDED"),
        (500, "SERVER_ERROR", "POST", "/v1/payments", "INTERNAL_SERVER_ERROR"),
        (422, "UNPROCESSABLE", "POST", "/v1/payments", "VALIDATION_FAILED"),
        (404, "NOT_FOUND", "GET", "/v1/transactions", "RESOURCE_NOT_FOUND"),
        (404, "NOT_FOUND", "GET", "/v1/accounts", None),
        (500, "RATE_LIMITED", "GET", "/v1/accounts", None),
        (401, "UNAUTHORIZED", "GET", "/v1/accounts", None),
        (403, "FORBIDDEN", "GET", "/v1/accounts", None),
        (400, "BAD_REQUEST", "GET", "/v1/accounts", None),
        (409, "CONFLICT", "POST", "/v1/payments", None),
    ],
)
def test_an_error_is_known_by_its_other_documented_names(tmp_path: Path, status, code, method, path, expected) -> None:
    """Aelix has two vocabularies; a code of the second that may stand for several of the first is none of them."""
    one = interaction(status, json.dumps({"error": {"code": code}}), method=method, base=AELIX, path=path)
    error = error_of(read_cassette(recording(tmp_path / "one.yaml", one)).interactions[0], load_provider("aelix"))
    assert (error and error.code) == expected


@pytest.mark.parametrize("name", ["RATE_LIMITED", "RATE_LIMIT_EXCEEDED"])
@pytest.mark.parametrize("code", ["RATE_LIMITED", "RATE_LIMIT_EXCEEDED"])
def test_a_recording_is_found_by_any_name_of_its_error(tmp_path: Path, name: str, code: str) -> None:
    """Also where one of a later folder has the first of them: a recorder names the file by what was answered."""
    one = interaction(429, json.dumps({"error": {"code": code}}), base=AELIX)
    recording(tmp_path / f"team/aelix/get-v1-accounts/429-{name}.yaml", one)
    recording(tmp_path / "shipped/aelix/get-v1-accounts/429-RATE_LIMIT_EXCEEDED.yaml", interaction())
    provider = load_provider("aelix")
    limit = next(e for e in provider.errors if (e.operation.id, e.status) == ("GET /v1/accounts", 429))
    recorded = Library((tmp_path / "team", tmp_path / "shipped")).recorded(provider, [limit])
    assert code_of(recorded[id(limit)].response, provider) == code


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ("WARNING CERTIFICATE_EXPIRED, ERROR TOKEN_EXPIRED", "TOKEN_EXPIRED"),
        ("ERROR TOKEN_EXPIRED, WARNING CERTIFICATE_EXPIRED", "TOKEN_EXPIRED"),
        ("ERROR TOKEN_EXPIRED, ERROR CERTIFICATE_EXPIRED", "TOKEN_EXPIRED"),
        ("WARNING CERTIFICATE_EXPIRED, WARNING TOKEN_EXPIRED", "CERTIFICATE_EXPIRED"),
        ("WARNING CERTIFICATE_EXPIRED", "CERTIFICATE_EXPIRED"),
        ("NOTE CERTIFICATE_EXPIRED, ERROR TOKEN_EXPIRED", "CERTIFICATE_EXPIRED"),
    ],
)
def test_a_warning_does_not_name_the_error(entries: str, expected: str) -> None:
    """Unless there is nothing else."""
    pairs = [entry.split() for entry in entries.split(", ")]
    body = json.dumps({"tppMessages": [{"category": category, "code": code} for category, code in pairs]})
    assert code_of(Response(401, Headers(), body.encode()), load_provider("paysera")) == expected


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b"{}", b"[]", b"[" * 100_000, b'{"tppMessages": []}'])
def test_a_body_without_a_code_has_none(body: bytes) -> None:
    """Whatever it holds."""
    assert code_of(Response(500, Headers(), body), load_provider("paysera")) is None


@pytest.mark.parametrize(
    ("team", "amended", "expected"),
    [
        ("there", False, ["team", "shipped"]),
        ("absent", False, ["shipped"]),
        (None, False, ["shipped"]),
        ("shipped", False, ["shipped"]),
        ("there", True, ["team"]),
    ],
)
def test_a_providers_library_is_the_teams_folder_then_the_packages(tmp_path: Path, team, amended, expected) -> None:
    """Not the package's for a provider that the team has amended: its recordings are of another documentation."""
    ours = shipped()
    assert ours is not None
    (tmp_path / "there").mkdir()
    folder = ours if team == "shipped" else team and tmp_path / team
    if amended:
        (tmp_path / "paysera").symlink_to(BUILT_IN / "paysera")
    settings = replace(Settings(), cassettes=folder, provider_paths=(tmp_path / "paysera",) if amended else ())
    known = {"team": tmp_path / "there", "shipped": ours}
    library = Registry(standalone_hooks(), settings).library("paysera")
    assert library.folders == tuple(known[name] for name in expected)


@pytest.mark.parametrize("kind", ["dangling", "loop", "folder", "pipe"])
def test_what_stands_in_a_cassettes_place_and_is_none_is_not_passed_over(tmp_path: Path, kind: str) -> None:
    """The recording that travels with the package is not taken for the team's in silence."""
    place = tmp_path / f"{LIMIT}.yaml"
    place.parent.mkdir(parents=True)
    if kind in ("dangling", "loop"):
        place.symlink_to(place if kind == "loop" else tmp_path / "gone.yaml")
    else:
        place.mkdir() if kind == "folder" else os.mkfifo(place)
    provider, folders = load_provider("paysera"), (tmp_path, shipped())
    errors = [error for error in provider.errors if error.code == "ACCESS_EXCEEDED"]
    with pytest.raises(CassetteError, match=r"429-ACCESS_EXCEEDED\.yaml:1: cannot be read: "):
        Library(folders).recorded(provider, errors)
