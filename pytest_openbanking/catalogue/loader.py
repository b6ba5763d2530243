"""Loading a provider from its folder."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import Entry
from pytest_openbanking.catalogue.errors import read_errors, read_max_retries
from pytest_openbanking.catalogue.folder import Folder
from pytest_openbanking.catalogue.model import Auth, Envelope, Note, Operation, Provider
from pytest_openbanking.catalogue.operations import read_operations
from pytest_openbanking.catalogue.routing import Router, shape

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["BUILT_IN", "load_folder"]

LISTED = re.compile(r"/(\d+|\*)/")
BUILT_IN = Path(__file__).parent.parent / "providers"


@lru_cache
def load_folder(path: Path) -> Provider:
    """Load the provider in a folder; raises ProviderError, one line, where anything in it is wrong."""
    folder = Folder(path)
    entry = folder.table()
    folder.read_sources(entry)
    provider = read_provider(entry, folder)
    if path.parent != BUILT_IN:
        from pytest_openbanking.catalogue.schemas import check_schemas

        check_schemas(provider, folder)
    return provider


def read_provider(entry: Entry, folder: Folder) -> Provider:
    name = entry.text("name")
    if name != folder.path.name:
        entry.wrong(f"name is {name!r}, but the folder is {folder.path.name!r}; they must be the same")
    base_url = read_url(entry, "base_url")
    operations = read_operations(entry, folder, base_url)
    variants = tuple(url.rstrip("/") for url in entry.texts("variants"))
    max_retries = read_max_retries(entry, folder)
    auth = read_auth(entry, folder, operations)
    provider = Provider(
        name=name,
        title=entry.text("title"),
        base_url=base_url,
        variants=variants,
        environments=dict(entry.pairs("environments")),
        auth=auth,
        envelope=read_envelope(entry, folder),
        operations=operations,
        errors=read_errors(entry, folder, name, operations, auth, max_retries),
        notes=read_notes(entry, folder),
        sources=tuple(folder.sources.values()),
        router=Router(addresses(base_url, variants, operations)),
    )
    entry.close()
    return provider


def read_url(entry: Entry, key: str) -> str:
    url = entry.text(key)
    if not url.startswith(("https://", "http://")) or url.endswith("/"):
        entry.wrong(f"{key} {url!r} must start with https:// and end without a slash")
    return url


def addresses(base_url: str, variants: Sequence[str], operations: Sequence[Operation]) -> dict[str, list[Operation]]:
    """Return which operations hang below which prefix; every variant serves those of the base URL."""
    found: dict[str, list[Operation]] = {base_url: []}
    for operation in operations:
        found.setdefault(operation.base, []).append(operation)
    return found | dict.fromkeys(variants, found[base_url])


def read_auth(entry: Entry, folder: Folder, operations: Sequence[Operation]) -> Auth:
    table = Entry(entry.need("auth", dict), f"{folder.file}: auth")
    request = Entry(table.need("token_request", dict), f"{folder.file}: auth.token_request")
    wanted = table.text("token_operation")
    issuing = {shape(operation.id): operation.id for operation in operations if operation.issues_tokens}
    if shape(wanted) not in issuing:
        table.wrong(f"token_operation {wanted!r} issues no tokens; allowed: {', '.join(issuing.values()) or 'none'}")
    auth = Auth(
        token_operation=issuing[shape(wanted)],
        access_token=table.text("access_token"),
        refresh_token=table.take("refresh_token", str) or "",
        api_key=table.take("api_key", str) or "",
        api_secret=table.take("api_secret", str) or "",
        token_headers=folder.headers(request, set()),
        token_body=request.need("body", dict),
        token_content_type=request.text("content_type"),
        token_form=table.one_of("token_form", ("opaque", "jwt")) or "opaque",
        token_prefix=table.take("token_prefix", str) or "",
        refresh_token_prefix=table.take("refresh_token_prefix", str) or "",
        token_lifetime=table.take("token_lifetime", int),
    )
    folder.checked(request, "body", auth.token_body, set())
    request.close()
    table.close()
    return auth


def read_envelope(entry: Entry, folder: Folder) -> Envelope:
    table = Entry(entry.need("envelope", dict), f"{folder.file}: envelope")
    body = folder.template(table, "body", set())
    if body is None:
        table.wrong("the key 'body' is missing")
    pointers = {key: table.text(key) for key in ("code", "message")}
    fields = table.take("fields", str)
    for key, pointer in {**pointers, "fields": fields}.items():
        if pointer is not None and not pointer.startswith("/"):
            table.wrong(f"{key} {pointer!r} must be a JSON pointer, starting with a slash")
    warning = dict(table.pairs("warning"))
    if warning and not LISTED.search(pointers["code"]):
        table.wrong(f"warning tells items of a list, but code {pointers['code']!r} leads into none")
    envelope = Envelope(body, folder.schema(table), pointers["code"], pointers["message"], fields, warning)
    table.close()
    return envelope


def read_notes(entry: Entry, folder: Folder) -> tuple[Note, ...]:
    notes = []
    for table in entry.entries("notes"):
        notes.append(Note(table.text("text"), folder.source(table)))
        table.close()
    return tuple(notes)
