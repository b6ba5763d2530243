"""Reading a provider's documented errors: one entry for each code, spread over its operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import Entry, nearest
from pytest_openbanking.catalogue.model import AcceptedHandling, Basis, DocumentedError, Handling, Operation
from pytest_openbanking.catalogue.provoking import read_provoke
from pytest_openbanking.catalogue.routing import PARAMETER, shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_openbanking.catalogue.folder import Folder
    from pytest_openbanking.catalogue.model import Auth

__all__ = ["read_errors", "read_max_retries"]


def read_errors(
    entry: Entry, folder: Folder, provider: str, operations: Sequence[Operation], auth: Auth, max_retries: int | None
) -> tuple[DocumentedError, ...]:
    errors: dict[tuple[str, int | None, str], DocumentedError] = {}
    validating: dict[int, DocumentedError] = {}
    named: dict[tuple[int, int | None, str], DocumentedError] = {}
    for table in entry.entries("errors", named="code"):
        for error in read_error(table, folder, provider, operations, auth, max_retries):
            key = (error.operation.base + error.operation.id, error.status, error.code)
            if errors.setdefault(key, error) is not error:
                table.wrong(f"two errors are {error.key}; operation, status and code must differ")
            check_names(table, error, named)
            if error.validation and validating.setdefault(id(error.operation), error) is not error:
                first = validating[id(error.operation)]
                table.wrong(f"validation: {first} answers a malformed {error.operation.id} already; only one error can")
    order = {id(operation): number for number, operation in enumerate(operations)}
    return tuple(sorted(errors.values(), key=lambda error: (order[id(error.operation)], error.status or 0)))


def check_names(
    table: Entry, error: DocumentedError, named: dict[tuple[int, int | None, str], DocumentedError]
) -> None:
    """Refuse a name of an error by which another one of the operation, with the same status, goes already."""
    for name in (error.code, *error.aliases):
        first = named.setdefault((id(error.operation), error.status, name), error)
        if first is not error:
            table.wrong(f"{name} names {first.key} already; a name must lead to one error")


def read_error(
    table: Entry, folder: Folder, provider: str, operations: Sequence[Operation], auth: Auth, max_retries: int | None
) -> Iterator[DocumentedError]:
    selected = select(table, "operations", table.texts("operations"), operations)
    if not selected:
        table.wrong("operations selects none; name at least one operation or @tag")
    known = {match[1] for operation in selected for match in PARAMETER.finditer(operation.path)}
    status, retry_after = table.need("status", int), table.take("retry_after", int)
    if not 400 <= status <= 599:
        table.wrong(f"status {status} is no error; allowed: 400 to 599")
    common = {
        "provider": provider,
        "status": status,
        "code": table.text("code"),
        "aliases": read_aliases(table, folder),
        "message": read_message(table, folder, known),
        "cause": table.text("cause"),
        "handlings": read_handlings(table, folder),
        "retryable": table.take("retryable", bool),
        "source": folder.source(table),
        "body": folder.template(table, "body", known),
        "documented": table.take("documented", bool) or False,
        "headers": folder.headers(table, known),
        "retry_after": retry_after,
        "retry_after_basis": read_basis(table, retry_after),
        "blocks": tuple(o.id for o in select(table, "blocks", table.texts("blocks"), operations)),
        "max_retries": read_max_retries(table, folder) or max_retries,
        "validation": table.take("validation", bool) or False,
    }
    fields, reports = table.texts("fields"), table.take("reports_fields", bool)
    provoked = read_provoke(table, selected, auth)
    table.close()
    waits = any(accepted.handling is Handling.WAIT for accepted in common["handlings"])  # type: ignore[attr-defined]
    if waits and retry_after is None:
        table.wrong("the handling 'wait' needs retry_after, the seconds that are served")
    for operation, provoke in zip(selected, provoked, strict=True):
        named = (fields or operation.fields) if reports or fields else ()
        if reports and not named:
            table.wrong(f"reports_fields, but neither the error nor {operation.id} has fields")
        yield DocumentedError(operation=operation, fields=named, provoke=provoke, **common)  # type: ignore[arg-type]


def read_aliases(table: Entry, folder: Folder) -> tuple[str, ...]:
    """Read the other names that the documentation has for a code."""
    known = [table.text("code")]
    for item in table.entries("aliases", named="code"):
        code = item.text("code")
        if code in known:
            item.wrong(f"code {code!r} is a name of the error already")
        folder.source(item)
        item.close()
        known.append(code)
    return tuple(known[1:])


def read_message(table: Entry, folder: Folder, known: set[str]) -> str | None:
    message = table.take("message", str)
    if message is not None:
        folder.checked(table, "message", message, known)
    return message


def read_basis(table: Entry, retry_after: int | None) -> Basis | None:
    if retry_after is None:
        if table.take("retry_after_basis", str):
            table.wrong("retry_after_basis without retry_after")
        return None
    if retry_after < 0:
        table.wrong(f"retry_after is {retry_after}; it must be seconds, 0 or more")
    return table.word("retry_after_basis", Basis)


def read_handlings(table: Entry, folder: Folder) -> tuple[AcceptedHandling, ...]:
    handlings: list[AcceptedHandling] = []
    for item in table.entries("handlings", named="handling"):
        handling, basis = item.word("handling", Handling), item.word("basis", Basis)
        source = folder.source(item) if "source" in item.table else None
        if basis is Basis.DOCUMENTED and source is None:
            item.wrong("a documented handling needs its source")
        item.take("source", str)
        handlings.append(AcceptedHandling(handling, basis, item.text("text"), source))
        item.close()
    if not handlings:
        table.wrong(f"handlings is missing; at least one of: {', '.join(Handling)}")
    return tuple(handlings)


def read_max_retries(table: Entry, folder: Folder) -> int | None:
    limit = table.entry("max_retries")
    if limit is None:
        return None
    value = limit.need("value", int)
    folder.source(limit)
    limit.close()
    return value


def select(table: Entry, key: str, words: Sequence[str], operations: Sequence[Operation]) -> list[Operation]:
    """Return the operations that ids and @tags name, in the provider's order, less those with a leading dash."""
    chosen: set[int] = set()
    for word in words:
        found = {id(operation) for operation in named(table, key, word.removeprefix("-"), operations)}
        chosen = chosen - found if word.startswith("-") else chosen | found
    return [operation for operation in operations if id(operation) in chosen]


def named(table: Entry, key: str, word: str, operations: Sequence[Operation]) -> list[Operation]:
    if word == "@any":
        return [o for o in operations if o.authorization or "any" in o.tags]
    if word.startswith("@"):
        found, allowed = [o for o in operations if word[1:] in o.tags], {"@" + t for o in operations for t in o.tags}
    else:
        found, allowed = [o for o in operations if shape(o.id) == shape(word)], {o.id for o in operations}
    if not found:
        table.wrong(f"{key}: {word!r} is not there; allowed: {', '.join(nearest(word, allowed) or sorted(allowed))}")
    return found
