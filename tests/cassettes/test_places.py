"""The place of a cassette is a name that any file system takes, and that no two share."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

import pytest_openbanking
from pytest_openbanking import load_provider
from pytest_openbanking.cassettes import places
from pytest_openbanking.cassettes.places import name_of, place_of, shipped, slug

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def named(*ids: str) -> list[str]:
    """Return the folders of operations with these ids."""
    provider = load_provider("paysera")
    operations = tuple(
        replace(provider.operations[0], method=method, path=path, base=f"https://{number}")
        for number, (method, path) in enumerate(map(str.split, ids))
    )
    provider = replace(provider, operations=operations)
    return [slug(provider, operation) for operation in operations]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["GET /v1/accounts/{accountId}"], ["get-v1-accounts-accountId"]),
        (["GET /"], ["get"]),
        (["GET /.well-known/jwks.json"], ["get-well-known-jwks.json"]),
        (["GET /a/../b", "POST /a:b/"], ["get-a-b", "post-a-b"]),
        (["GET /a/{b}", "GET /a/b", "GET /a-b"], ["get-a-b", "get-a-b-2", "get-a-b-3"]),
        (["GET /Accounts", "GET /accounts", "GET /ACCOUNTS"], ["get-Accounts", "get-accounts-2", "get-ACCOUNTS-3"]),
        (["GET /token", "GET /token"], ["get-token", "get-token-2"]),
    ],
)
def test_an_operations_folder_is_its_name_and_its_own(ids: list[str], expected: list[str]) -> None:
    """Also where capitals are all that tells two apart, or the host is."""
    assert named(*ids) == expected


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (429, "ACCESS_EXCEEDED", "429-ACCESS_EXCEEDED"),
        (400, "AC-1.b", "400-AC-1.b"),
        (400, "a/../b: c", "400-a_.._b_c"),
    ],
)
def test_a_codes_name_stays_in_its_folder(status: int, code: str, expected: str) -> None:
    """Whatever an answer called a code, nothing is written elsewhere."""
    assert name_of(status, code) == expected


def test_a_success_and_an_error_of_one_operation_are_side_by_side() -> None:
    provider = load_provider("paysera")
    error = next(error for error in provider.errors if str(error) == "429 ACCESS_EXCEEDED")
    folder = f"paysera/{slug(provider, error.operation)}"
    assert place_of(provider, error.operation).as_posix() == f"{folder}/success.yaml"
    assert place_of(provider, error.operation, error).as_posix() == f"{folder}/429-ACCESS_EXCEEDED.yaml"


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return where the package is said to be."""
    monkeypatch.setattr(pytest_openbanking, "__file__", str(tmp_path / "site/pytest_openbanking/__init__.py"))
    shipped.cache_clear()
    yield tmp_path / "site/pytest_openbanking"
    shipped.cache_clear()


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        (["recordings/p/get/success.yaml", "../cassettes/p/get/success.yaml"], "recordings"),
        (["../cassettes/p/get/success.yaml"], "../cassettes"),
        (["../cassettes/notes.yaml"], None),
        ([], None),
    ],
)
def test_the_packages_own_recordings_come_before_what_lies_beside_it(installed: Path, there, expected) -> None:
    """In a wheel they are inside; a folder that merely has the name is none."""
    for name in there:
        (installed / name).parent.mkdir(parents=True, exist_ok=True)
        (installed / name).touch()
    found = places.shipped()
    assert (found and found.resolve()) == (expected and (installed / expected).resolve())
