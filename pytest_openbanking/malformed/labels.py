"""The label of what jsonschema finds: where, by which keyword, and within anyOf or oneOf by which inner rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pytest_openbanking.malformed.places import pointer_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema.exceptions import ValidationError

    from pytest_openbanking.malformed.places import Branch

__all__ = ["SEVERAL", "Label", "labels_of", "nested"]

SEVERAL = "several"  # oneOf: more than one branch accepts the value


@dataclass(frozen=True)
class Label:
    """A broken rule: `name` is empty but within a union, where it is the branch and its rule: `0/iban pattern`."""

    pointer: str
    keyword: str
    name: str = ""

    def __str__(self) -> str:
        inner = f" ({self.name})" if self.name else ""
        return f"{self.keyword}{inner} at {self.pointer or 'the top'}"


def labels_of(error: ValidationError) -> Iterator[Label]:
    """Yield the labels of one error: one, or for a union one for each branch in which exactly one rule is broken."""
    pointer, keyword = pointer_of(tuple(error.relative_path)), str(error.validator)
    if keyword not in ("anyOf", "oneOf"):
        yield Label(pointer + missing(error), keyword)
        return
    if not error.context:
        yield Label(pointer, keyword, SEVERAL)
    branches: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        branches.setdefault(cast("int", inner.relative_schema_path[0]), []).append(inner)
    for index, broken in branches.items():
        for label in labels_of(broken[0]) if len(broken) == 1 else ():
            yield Label(pointer, keyword, f"{index}{inner_name(label)}")


def inner_name(label: Label) -> str:
    return f"{label.pointer} {label.keyword}" + (f" {label.name}" if label.name else "")


def missing(error: ValidationError) -> str:
    """Return the pointer from an object to the member that it lacks."""
    members = cast("dict[str, object]", error.instance)
    if error.validator == "required":
        wanted = cast("list[str]", error.validator_value)
    elif error.validator == "dependentRequired":
        rules = cast("dict[str, list[str]]", error.validator_value)
        wanted = [name for trigger, names in rules.items() if trigger in members for name in names]
    else:
        return ""
    return pointer_of(tuple(name for name in wanted if name not in members)[:1])


def nested(origin: tuple[Branch, ...], label: Label) -> Label:
    """Return the label that a rule within branches has at the outermost of them."""
    for branch in reversed(origin):
        inner = Label(label.pointer[len(branch.pointer) :], label.keyword, label.name)
        label = Label(branch.pointer, branch.keyword, f"{branch.index}{inner_name(inner)}")
    return label
