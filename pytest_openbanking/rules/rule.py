"""A rule: a named check of what a client did; a finding: one breach of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_openbanking.exchange import Exchange, Interaction, Outcome
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["Check", "Finding", "Rule", "Seen", "rule"]

CODE = re.compile(r"[A-Z]+\d+")


@dataclass(frozen=True)
class Seen:
    """What a rule saw: a sentence, and remarks on interactions that the timeline shows beside them."""

    text: str
    marks: Mapping[Interaction, str] = field(default_factory=dict)


Check = Callable[["ErrorCase", "Exchange", "Outcome"], Iterable["Seen | str"]]


@dataclass(frozen=True)
class Rule:
    """A named check. `speaks_when` says on what evidence; `yields_to` names rules that say the same breach better."""

    code: str
    message: str
    fix: str
    speaks_when: str
    check: Check
    yields_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One breach of a rule."""

    code: str
    message: str
    seen: str
    fix: str
    marks: Mapping[Interaction, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code} {self.message}: {self.seen}"


def rule(
    code: str, message: str, *, fix: str, speaks_when: str = "", yields_to: Iterable[str] = ()
) -> Callable[[Check], Rule]:
    """Make a rule of a function from (case, exchange, outcome) to what it saw, as sentences or `Seen`.

    `code` is capital letters and a number; `message` says the breach in a few words; `fix` what to do about it.
    Raises ValueError where the code has another form.
    """
    if not CODE.fullmatch(code):
        raise ValueError(f"rule code {code!r} must be capital letters and a number, like ACME101")

    def make(check: Check) -> Rule:
        return Rule(code, message, fix, speaks_when or (check.__doc__ or "").strip(), check, tuple(yields_to))

    return make
