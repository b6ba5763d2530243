"""Which rules of a contract can be broken alone, in which documents; and which cannot, and why."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from pytest_openbanking.malformed.breaking import items, kinds, members, numbers, texts
from pytest_openbanking.malformed.breaking.target import Draw, Target
from pytest_openbanking.malformed.documents import NOTHING, Builder, documents
from pytest_openbanking.malformed.labels import Label, labels_of
from pytest_openbanking.malformed.normal import Refused
from pytest_openbanking.malformed.places import root
from pytest_openbanking.malformed.rules import Rule, Unbreakable, rules_at
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from jsonschema.exceptions import ValidationError

    from pytest_openbanking.malformed.contract import Contract
    from pytest_openbanking.malformed.places import Tokens

__all__ = ["DRAWN", "ODD", "Breaking", "Plan", "broken", "is_proven", "plan_of"]

ODD: dict[str, Callable[[Target], Iterable[object]]] = {
    **kinds.ODD,
    **texts.ODD,
    **numbers.ODD,
    **members.ODD,
    **items.ODD,
}
SEARCHED: dict[str, Callable[[Target], Iterable[object]]] = {**texts.SEARCHED, **items.SEARCHED}
DRAWN: dict[str, Callable[[Target], list[Draw]]] = {
    **kinds.DRAWN,
    **texts.DRAWN,
    **numbers.DRAWN,
    **members.DRAWN,
    **items.DRAWN,
}


LEAST = ("minLength", "minItems", "minProperties", "minContains", "uniqueItems")


@dataclass(frozen=True, eq=False)
class Breaking:
    """How a rule is broken: by other values at its place; `first` is a payload that has been proven."""

    label: Label
    rule: Rule
    first: object

    def targets(self, contract: Contract) -> list[tuple[object, Target]]:
        """Return the valid documents that have the place, each with what is broken in it."""
        return [(document, target_in(contract, self.rule, document)) for document in documents_of(contract, self.rule)]


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that can be broken alone, and everything that cannot."""

    breakings: dict[Label, Breaking]
    unbreakable: tuple[Unbreakable, ...]
    sound: tuple[object, ...]


def broken(document: object, tokens: Tokens, value: object) -> object:
    """Return the document with another value at one place; what is beside the way there is shared."""
    if not tokens:
        return value
    first, rest = tokens[0], tokens[1:]
    if isinstance(document, dict):
        return {**document, first: broken(document.get(first), rest, value)}
    assert isinstance(document, list)
    return [broken(part, rest, value) if index == first else part for index, part in enumerate(document)]


def is_proven(contract: Contract, label: Label, payload: object) -> bool:
    """Tell whether a payload has exactly that one error."""
    return is_alone(label, contract.errors(payload)) and (not contract.form or is_form(payload))


def is_alone(label: Label, errors: list[ValidationError]) -> bool:
    return len(errors) == 1 and label in labels_of(errors[0])


def is_form(payload: object) -> bool:
    return isinstance(payload, dict) and all(isinstance(value, str) for value in payload.values())


@lru_cache(maxsize=256)
def plan_of(contract: Contract) -> Plan:
    """Find out what can be broken alone; raises UsageError for a schema that nothing holds to."""
    try:
        found = list(rules_at(root(contract.schema)))
        sound = tuple(documents(contract, ()))
    except Refused as error:
        raise UsageError(f"{contract.name}: its schema {error}") from None
    if not sound:
        raise UsageError(f"{contract.name}: its schema {unsatisfiable(contract)}")
    rules: dict[Label, list[Rule]] = {}
    for each in found:
        if isinstance(each, Rule):
            rules.setdefault(each.label, []).append(each)
    outcomes = [outcome(contract, label, group) for label, group in rules.items()]
    reasons = [each for each in (*found, *outcomes) if isinstance(each, Unbreakable)]
    breakings = {each.label: each for each in outcomes if isinstance(each, Breaking)}
    return Plan(breakings, tuple(dict.fromkeys(reasons)), sound)


def unsatisfiable(contract: Contract) -> str:
    builder = Builder(contract, (), {}, "needed")
    found = builder.value(root(contract.schema), NOTHING)
    if contract.form and found is not NOTHING:
        return "wants more of a form than text"
    return f"accepts nothing that could be found at {builder.stuck[0] if builder.stuck else 'its top'}"


def outcome(contract: Contract, label: Label, rules: list[Rule]) -> Breaking | Unbreakable:
    """Look for a payload that breaks one of the rules under a label, and nothing else."""
    seen = Seen(label, rules)
    for rule in rules:
        for document in documents_of(contract, rule):
            seen.places += 1
            for payload in payloads_of(contract, rule, document):
                errors = contract.errors(payload)
                if is_alone(label, errors) and (not contract.form or is_form(payload)):
                    return Breaking(label, rule, payload)
                seen.add(errors)
    inner = f"{label.name}: " if label.name else ""
    return Unbreakable(label.pointer, label.keyword, inner + seen.reason(contract))


def documents_of(contract: Contract, rule: Rule) -> Iterator[object]:
    return documents(contract, (rule.place.tokens, *rule.needs), rule.place.chosen)


def payloads_of(contract: Contract, rule: Rule, document: object) -> Iterator[object]:
    target = target_in(contract, rule, document)
    values = chain(ODD[rule.keyword](target), SEARCHED.get(rule.keyword, nothing)(target))
    return (broken(document, rule.place.tokens, value) for value in values)


def nothing(target: Target) -> Iterator[object]:
    return iter(())


def target_in(contract: Contract, rule: Rule, document: object) -> Target:
    value = document
    for token in rule.place.tokens:
        value = value[token]  # type: ignore[index]
    return Target(contract, rule, value)


class Seen:
    """What was found wrong with payloads that were meant to break one rule."""

    def __init__(self, label: Label, rules: list[Rule]) -> None:
        self.label = label
        self.vacuous = all(rule.keyword in LEAST and rule.limit == 0 for rule in rules)
        self.places = 0
        self.others: dict[str, None] = {}
        self.twice = self.union = False

    def add(self, errors: list[ValidationError]) -> None:
        labels = [label for error in errors for label in labels_of(error)]
        if self.label in labels:
            self.twice = self.twice or labels.count(self.label) > 1
            self.others.update({str(label): None for label in labels if label != self.label})
        place = (self.label.pointer, self.label.keyword)
        self.union = self.union or place in [(label.pointer, label.keyword) for label in labels]

    def reason(self, contract: Contract) -> str:
        """Say why nothing that was tried broke the rule alone."""
        if contract.form and self.label.keyword == "type":
            return "a form holds nothing but text"
        if self.vacuous:
            return "it excludes nothing"
        if not self.places:
            return "no valid document was found that has a place for it"
        if self.twice:
            return "the schema states it twice: what breaks one breaks both"
        if self.others:
            return f"whatever was tried that breaks it also breaks {', '.join(list(self.others)[:3])}"
        if self.label.name:
            more = "breaks more of its branch" if self.union else "is accepted by another branch"
            return f"whatever was tried that breaks it {more}"
        return "nothing was found that breaks it"
