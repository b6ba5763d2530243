"""Reading a provider's operations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import Entry
from pytest_openbanking.catalogue.model import Operation, Success
from pytest_openbanking.catalogue.routing import PARAMETER, shape

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.folder import Folder

__all__ = ["read_operations"]

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
EFFECTS = ("money", "job", "consent", "state")


def read_operations(entry: Entry, folder: Folder, base_url: str) -> tuple[Operation, ...]:
    operations: dict[str, Operation] = {}
    for table in entry.entries("operations", named="id"):
        operation = read_operation(table, folder, base_url)
        twin = operations.setdefault(operation.base + shape(operation.id), operation)
        if twin is not operation:
            table.wrong(f"two operations are {twin.id}")
        table.close()
    if not operations:
        entry.wrong("has no operations; at least one [[operations]] is needed")
    return tuple(operations.values())


def read_operation(table: Entry, folder: Folder, base_url: str) -> Operation:
    method, path = read_id(table)
    known = {match[1] for match in PARAMETER.finditer(path)}
    operation = Operation(
        method=method,
        path=path,
        base=(table.take("base", str) or base_url).rstrip("/"),
        purpose=table.text("purpose"),
        source=folder.source(table),
        success=read_success(table.need("success", dict), f"{table.where} success", folder, known),
        successes=read_variants(table, folder, known),
        assumed=table.take("assumed", str),
        authorization=table.one_of("authorization", ("token", "key")),
        issues_tokens=table.take("issues_tokens", bool) or False,
        acts=table.one_of("acts", EFFECTS),
        idempotency_key=table.take("idempotency_key", str),
        consent_header=table.take("consent_header", str),
        fields=table.texts("fields"),
        tags=frozenset(table.texts("tags")),
    )
    return with_request(operation, table, folder)


def read_id(table: Entry) -> tuple[str, str]:
    method, _, path = table.text("id").partition(" ")
    if method not in METHODS or not path.startswith("/") or " " in path:
        table.wrong(f'id must be a method and a path, like "GET /v1/accounts"; methods: {", ".join(METHODS)}')
    return method, path


def read_success(raw: object, where: str, folder: Folder, known: set[str]) -> Success:
    table = Entry(raw, where)
    success = Success(
        status=table.need("status", int),
        body=folder.template(table, "body", known),
        documented=table.need("documented", bool),
        headers=folder.headers(table, known),
        query=table.take("query", str),
    )
    if not 200 <= success.status < 400:
        table.wrong(f"status {success.status} is no success; allowed: 200 to 399")
    table.close()
    return success


def read_variants(table: Entry, folder: Folder, known: set[str]) -> tuple[Success, ...]:
    variants = []
    for variant in table.entries("success_when", named="query"):
        variant.text("query")
        variants.append(read_success(variant.table, variant.where, folder, known))
    return tuple(variants)


def with_request(operation: Operation, table: Entry, folder: Folder) -> Operation:
    request = table.entry("request")
    if request is None:
        return operation
    operation = replace(
        operation,
        content_type=request.take("content_type", str) or "application/json",
        request_schema=folder.schema(request),
        body_required=request.take("required", bool) or False,
        request_example=folder.template(request, "example", set()),
    )
    if operation.request_example is None:
        request.wrong("the key 'example' is missing")
    request.close()
    return operation
