"""Holding provider data against its JSON Schemas; jsonschema is imported on first use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pytest_openbanking.catalogue.ecma import Untranslatable, translated
from pytest_openbanking.catalogue.entry import ProviderError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

    from pytest_openbanking.catalogue.folder import Folder
    from pytest_openbanking.catalogue.model import Operation, Provider

__all__ = ["breaches", "check_schemas", "validator"]

Schema = Mapping[str, object]


class _Held:
    """A schema as a cache key: alive as long as the cache, equal by identity."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        return id(self.schema)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.schema is self.schema


@lru_cache
def compiled(held: _Held) -> Validator:
    from jsonschema import Draft202012Validator, FormatChecker
    from jsonschema.validators import extend

    kind: type[Validator] = extend(Draft202012Validator, {"pattern": ecma_pattern})  # type: ignore[no-untyped-call]
    return kind(dict(held.schema), format_checker=FormatChecker())


def ecma_pattern(validator: Validator, pattern: str, value: object, schema: object) -> Iterator[ValidationError]:
    """Read a pattern as ECMA does: `$` is the end, and not before a last newline; digits are ASCII."""
    from jsonschema.exceptions import ValidationError

    if isinstance(value, str) and not re.search(python_of(pattern), value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def python_of(pattern: str) -> str:
    try:
        return translated(pattern)
    except Untranslatable:  # what Python makes of it is better than nothing
        return pattern


def validator(schema: Schema) -> Validator:
    """Return the schema's validator, made once."""
    return compiled(_Held(schema))


def breaches(schema: Schema, value: Any) -> list[str]:
    """Say where and how a value breaks a schema; empty where it does not."""
    found = sorted(validator(schema).iter_errors(value), key=lambda error: list(map(str, error.absolute_path)))
    return [f"{'/'.join(map(str, error.absolute_path)) or 'the body'}: {error.message}" for error in found]


def check_schemas(provider: Provider, folder: Folder) -> None:
    """Refuse schemas that are none, and examples that their schema does not accept."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    for name, schema in folder.schemas.items():
        try:
            Draft202012Validator.check_schema(schema)
        except SchemaError as error:
            where = "/".join(map(str, error.absolute_path)) or "its top"
            raise ProviderError(
                f"{folder.path / name}: is no JSON Schema (2020-12) at {where}: {error.message}"
            ) from None
    for operation in provider.operations:
        check_example(operation, folder)


def check_example(operation: Operation, folder: Folder) -> None:
    if operation.request_schema is None:
        return
    found = breaches(operation.request_schema, operation.request_example)
    if found:
        raise ProviderError(
            f"{folder.file}: operations {operation.id} request: the schema refuses the example: {found[0]}"
        )
