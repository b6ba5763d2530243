"""The rules, one file a family."""

from pytest_openbanking.rules import credentials, outcomes, reach, requests, retries, writes
from pytest_openbanking.rules.rule import Rule

__all__ = ["BUILT_IN"]

BUILT_IN: tuple[Rule, ...] = (
    *reach.RULES,
    *retries.RULES,
    *credentials.RULES,
    *writes.RULES,
    *outcomes.RULES,
    *requests.RULES,
)
