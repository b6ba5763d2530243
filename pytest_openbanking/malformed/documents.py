"""Valid documents in which a place exists: made from the documented example, with no more than is needed or with all there is."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, cast

from pytest_openbanking.malformed.contract import exact
from pytest_openbanking.malformed.places import added, root
from pytest_openbanking.malformed.scalars import scalars

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.malformed.contract import Contract
    from pytest_openbanking.malformed.places import Branch, Place, Tokens

__all__ = ["NOTHING", "documents", "settled"]

NOTHING = object()
ENDLESS = ", as it needs itself without an end"
DEEPEST = 12
COMBINATIONS = 64
STEPS = 20_000
ITEMS = 2000
EXTENTS = ("needed", "given", "all")


def documents(contract: Contract, needs: tuple[Tokens, ...], chosen: tuple[Branch, ...] = ()) -> Iterator[object]:
    """Yield valid documents that have what is needed, in the branches that are chosen, the smallest first."""
    found: list[object] = []
    for extent in EXTENTS:
        each = document(contract, needs, chosen, extent)
        if each is not NOTHING and each not in found:
            found.append(each)
            yield each


@lru_cache(maxsize=4096)
def document(contract: Contract, needs: tuple[Tokens, ...], chosen: tuple[Branch, ...], extent: str) -> object:
    branches = {(branch.pointer, branch.union): branch.index for branch in chosen}
    found = Builder(contract, needs, branches, extent).value(root(contract.schema), contract.example)
    return NOTHING if found is NOTHING or contract.errors(found) else exact(found)


def settled(place: Place, chosen: dict[tuple[str, int], int]) -> Iterator[Place]:
    """Yield the place once for each way to choose a branch of each union there."""
    if not place.unions:
        yield place
        return
    union = place.unions[0]
    index = chosen.get((place.pointer, id(union.parts)))
    for each in range(len(union.parts)) if index is None else [index]:
        yield from settled(place.choose(union, each), chosen)


@dataclass
class Builder:
    """One document in the making; `extent` says which members that nobody needs it has."""

    contract: Contract
    needs: tuple[Tokens, ...]
    chosen: dict[tuple[str, int], int]
    extent: str
    stuck: list[str] = field(default_factory=list)  # the places that nothing was found for, the innermost first
    steps: int = 0

    def value(self, place: Place, given: object) -> object:
        """Return a valid value for a place, what is given where that will do; NOTHING where there is none."""
        self.steps += 1
        if len(place.tokens) > DEEPEST or self.steps > STEPS:
            self.stuck.append(f"{place.pointer[:40]}...{ENDLESS}")
            return NOTHING
        for each in islice(settled(place, self.chosen), COMBINATIONS):
            for value in self.values(each, given):
                if self.holds(place, each, value):
                    return value
        self.stuck.append((place.pointer or "its top") + (ENDLESS if place.repeats else ""))
        return NOTHING

    def holds(self, place: Place, each: Place, value: object) -> bool:
        """Tell whether a value holds here, and in each branch that is chosen here."""
        raws = place.raws or ({},)
        branches = [node.schema for node in each.nodes if node.origin]
        return all(self.contract.accepts(schema, value) for schema in (*raws, *branches))

    def values(self, place: Place, given: object) -> Iterator[object]:
        below = [need[len(place.tokens)] for need in self.needs if self.leads_below(place, need)]
        kinds = list(place.kinds())
        if below:
            kinds = ["array" if isinstance(below[0], int) else "object"]
        elif isinstance(given, (dict, list)):
            kinds.sort(key=lambda kind: kind != ("object" if isinstance(given, dict) else "array"))
        else:
            yield from () if given is None or given is NOTHING else (given,)
        for kind in kinds:
            if kind == "object":
                known = given if isinstance(given, dict) else {}
                yield self.members(place, known, below)
                yield from (self.members(place, known, [*below, *names]) for names in conditional(place))
            elif kind == "array":
                yield self.items(place, given if isinstance(given, list) else [], below)
            else:
                yield from scalars(place, kind)
        yield from place.limits("const")
        yield from (one for many in place.limits("enum") for one in cast("list[object]", many))
        if given is not NOTHING and not below:
            yield given

    def leads_below(self, place: Place, need: Tokens) -> bool:
        return len(need) > len(place.tokens) and need[: len(place.tokens)] == place.tokens

    def members(self, place: Place, given: dict[str, object], below: list[str | int]) -> object:
        wanted = dict.fromkeys([*place.required(), *map(str, below)])
        others = {"needed": [], "given": list(given), "all": [*given, *place.names()]}[self.extent]
        found = {}
        for name in [*wanted, *dict.fromkeys(name for name in others if name not in wanted)]:
            member = place.member(name)
            if name not in wanted and member.repeats:
                continue
            value = self.value(member, given.get(name, NOTHING))
            if value is not NOTHING:
                found[name] = value
            elif name in wanted:
                return NOTHING
        self.complete(place, found, given)
        return in_order(found, given)

    def complete(self, place: Place, found: dict[str, object], given: dict[str, object]) -> None:
        """Add what other members depend on, and as many members as there have to be."""
        for rules in cast("list[dict[str, list[str]]]", place.limits("dependentRequired")):
            for trigger in [trigger for trigger in rules if trigger in found]:
                for name in rules[trigger]:
                    found.setdefault(name, self.value(place.member(name), given.get(name, NOTHING)))
        least = max(cast("list[int]", place.limits("minProperties")), default=0)
        spare = (name for name in (*given, *place.names(), *(f"other{n}" for n in range(least))) if name not in found)
        for name in islice(spare, max(0, least - len(found))):
            found[name] = self.value(place.member(name), given.get(name, NOTHING))
        for name in [name for name, value in found.items() if value is NOTHING]:
            del found[name]

    def items(self, place: Place, given: list[object], below: list[str | int]) -> object:
        least = max(cast("list[int]", place.limits("minItems")), default=0)
        contained = cast("list[dict[str, object]]", place.limits("contains"))
        least = max([least, *(cast("list[int]", place.limits("minContains")) or [1] if contained else [0])])
        count = max([least, *(int(index) + 1 for index in below)])
        count = max(count, len(given)) if self.extent != "needed" else count
        if self.extent == "all" and not place.limits("maxItems") and not place.item(0).repeats:
            count = max(count, 1 if any(place.limits(word) for word in ("items", "prefixItems")) else 0)
        if count > ITEMS:
            return NOTHING
        places = [place.item(index) for index in range(count)]
        for schema in contained:
            places = [added(each, schema, (), raw=True) if index < least else each for index, each in enumerate(places)]
        items = [self.value(each, given[index] if index < len(given) else NOTHING) for index, each in enumerate(places)]
        return NOTHING if NOTHING in items else distinct(place, items)


def conditional(place: Place) -> Iterator[list[str]]:
    """Yield the members that a condition may want."""
    for keyword in ("then", "else"):
        for schema in place.limits(keyword):
            yield cast("list[str]", schema.get("required", [])) if isinstance(schema, dict) else []


def distinct(place: Place, items: list[object]) -> list[object]:
    """Tell items apart where they have to be."""
    if not place.limits("uniqueItems"):
        return items
    found: list[object] = []
    for index, item in enumerate(items):
        others = [value for kind in place.item(index).kinds() for value in scalars(place.item(index), kind)]
        found.append(next((value for value in (item, *others) if value not in found), item))
    return found


def in_order(found: dict[str, object], given: dict[str, object]) -> dict[str, object]:
    """Put members in the order of the example."""
    return {name: found[name] for name in (*(name for name in given if name in found), *found)}
