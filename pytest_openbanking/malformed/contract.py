"""What a body has to hold to: its schema in the normal form, with the validator that judges by it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from pytest_openbanking.malformed.formats import CHECKER
from pytest_openbanking.malformed.normal import Refused, normal
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jsonschema.protocols import Validator

    from pytest_openbanking.catalogue.model import Operation

__all__ = ["FORM", "Contract", "contract_of", "exact", "made"]

FORM = "application/x-www-form-urlencoded"


def exact(value: object) -> object:
    """Return a copy that a test may change."""
    if isinstance(value, dict):
        return {name: exact(part) for name, part in value.items()}
    return [exact(part) for part in value] if isinstance(value, list) else value


def as_written(number: float) -> Fraction:
    return Fraction(number) if isinstance(number, int) else Fraction(str(number))


def is_multiple(value: float, step: float) -> bool:
    if isinstance(value, float) and not math.isfinite(value):
        return False
    return (as_written(value) / as_written(step)).denominator == 1


def multiple_of(validator: Validator, step: float, value: object, schema: object) -> Iterator[ValidationError]:
    """Judge by the digits that are written: 19.99 is a multiple of 0.01, which it is not for binary floats."""
    if validator.is_type(value, "number") and not is_multiple(value, step):  # type: ignore[arg-type]
        yield ValidationError(f"{value!r} is not a multiple of {step}")


JUDGE = extend(Draft202012Validator, {"multipleOf": multiple_of})  # type: ignore[no-untyped-call]


@dataclass(frozen=True, eq=False)
class Contract:
    """A schema in its normal form, and an example of what it accepts (None: there is none)."""

    name: str
    schema: Mapping[str, object]
    example: object | None
    form: bool = False
    required: bool = True
    judges: dict[int, Validator] = field(default_factory=dict, repr=False)

    def errors(self, value: object) -> list[ValidationError]:
        """Return all that jsonschema finds wrong with a whole body."""
        return list(self.judge(self.schema).iter_errors(cast("Any", value)))

    def judge(self, schema: object) -> Validator:
        """Return the validator of a part of the schema, made once."""
        found = self.judges.get(id(schema))
        if found is None:
            whole = self.judges.get(id(self.schema))
            found = whole.evolve(schema=schema) if whole else JUDGE(dict(self.schema), format_checker=CHECKER)
            self.judges[id(schema)] = found
        return found

    def accepts(self, schema: object, value: object) -> bool:
        """Tell whether a value holds to a part of the schema."""
        return self.judge(schema).is_valid(cast("Any", value))


def made(name: str, schema: object, example: object | None, *, form: bool = False, required: bool = True) -> Contract:
    """Return the contract of a schema; raises UsageError, in one line, for one that cannot be worked with."""
    try:
        contract = Contract(name, normal(schema), example, form, required)
    except Refused as error:
        raise UsageError(f"{name}: its schema {error}") from None
    contract.judge(contract.schema)
    return contract


class Held:
    """An operation as a cache key: by identity, as its schema cannot be hashed."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation

    def __hash__(self) -> int:
        return id(self.operation)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Held) and other.operation is self.operation


@lru_cache(maxsize=256)
def held(key: Held) -> Contract:
    operation = key.operation
    return made(
        operation.id,
        operation.request_schema,
        operation.request_example,
        form=operation.content_type == FORM,
        required=operation.body_required,
    )


def contract_of(operation: Operation) -> Contract:
    """Return what an operation's request has to hold to; raises UsageError where nothing is documented."""
    if operation.request_schema is None:
        raise UsageError(f"{operation.id} has no request schema, so nothing in a request of it can be malformed")
    return held(Held(operation))
