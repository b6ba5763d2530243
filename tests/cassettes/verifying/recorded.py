"""Cassettes for the tests: what the sandbox answers, written as a recorder would write it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from pytest_openbanking.asking import ask
from pytest_openbanking.cassettes.cassette import KEY
from pytest_openbanking.cassettes.places import place_of
from pytest_openbanking.cassettes.scrubbing.scrubber import Scrubber
from pytest_openbanking.cassettes.writing import cassette_text, write_whole
from pytest_openbanking.catalogue.loader import BUILT_IN, load_folder
from pytest_openbanking.sandboxes.arming import Persistence
from pytest_openbanking.sandboxes.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider
    from pytest_openbanking.exchange import Request, Response

Document = dict[str, Any]


def interaction(provider: Provider, operation: Operation, error: DocumentedError | None = None) -> Document:
    """Return one interaction of the sandbox, as vcrpy's format holds it."""
    sandbox = Sandbox(provider)
    if error is not None:
        sandbox.arm((error,), Persistence.ALWAYS)
    provoke = error.provoke if error else None
    request = ask(provider, operation, provoke=provoke)
    response = sandbox.answer(request, 0.0).response
    assert response is not None
    scrubbed = Scrubber().scrub([as_recorded(request, response)])
    return dict(scrubbed[0])


def as_recorded(request: Request, response: Response) -> Document:
    return {
        "request": {
            "method": request.method,
            "uri": request.url,
            "headers": {name: [value] for name, value in request.headers.pairs},
            "body": request.body.decode() or None,
        },
        "response": {
            "status": {"code": response.status, "message": "said"},
            "headers": {name: [value] for name, value in response.headers.pairs},
            "body": {"string": response.body.decode()},
        },
    }


def document(provider: Provider, operation: Operation, error: DocumentedError | None = None) -> Document:
    """Return a whole cassette with its metadata."""
    one = interaction(provider, operation, error)
    about: Document = {
        "provider": provider.name,
        "operation": operation.id,
        "status": one["response"]["status"]["code"],
        **({"code": error.code} if error else {}),
        "provenance": "generated",
        "recorded_from": "the sandbox of pytest-openbanking",
        "recorded_at": "2026-02-10T10:30:00Z",
    }
    return {KEY: about, "version": 1, "interactions": [one]}


def save(path: Path, content: Document) -> Path:
    write_whole(path, cassette_text(content))
    return path


def everything(provider: Provider) -> Iterator[tuple[Operation, DocumentedError | None]]:
    for operation in provider.operations:
        yield operation, None
    for error in provider.errors:
        yield error.operation, error


def record_all(folder: Path, provider: Provider) -> int:
    """Write a cassette for each success and each documented error; return how many there are."""
    found = list(everything(provider))
    for operation, error in found:
        save(folder / place_of(provider, operation, error), document(provider, operation, error))
    return len(found)


def changed(folder: Path, name: str, change: Callable[[str], str], file: str = "provider.toml") -> Provider:
    """Load a copy of a provider with its data changed."""
    copy = folder / name
    shutil.copytree(BUILT_IN / name, copy)
    path = copy / file
    before = path.read_text("utf-8")
    after = change(before)
    assert after != before, "nothing was changed"
    path.write_text(after, "utf-8")
    return load_folder(copy)
