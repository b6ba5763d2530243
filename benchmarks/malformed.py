"""Malformed requests beside schemathesis' negative ones: the same schema, the same judge, in the same run."""

from __future__ import annotations

import json
import statistics
import time
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, find, given, settings
from hypothesis.errors import NoSuchExample

from pytest_openbanking import load_provider
from pytest_openbanking.malformed.contract import contract_of
from pytest_openbanking.malformed.labels import labels_of
from pytest_openbanking.strategies import Malformed as Ours
from pytest_openbanking.strategies import malformed_requests, prove, request_sites

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

OPERATION = next(each for each in load_provider("paysera").operations if each.id == "POST /v1/payments")
ROUNDS = 5
EXAMPLES = 500
CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]


@dataclass(frozen=True)
class Run:
    """What one run drew: CPU seconds, and the rule that each body breaks, where that is exactly one."""

    seconds: float
    labels: list[str | None]

    @property
    def rate(self) -> float:
        return len(self.labels) / self.seconds

    @property
    def sites(self) -> int:
        return len({label for label in self.labels if label})

    @property
    def alone(self) -> float:
        return sum(label is not None for label in self.labels) / len(self.labels)


def drawn(strategy: SearchStrategy[object], judge: Callable[[object], object], examples: int) -> Run:
    """Draw so many examples; only the drawing is timed, and for ours the proof, which is a part of the test."""
    found: list[object] = []

    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=CHECKS)
    @given(strategy)
    def collect(example: object) -> None:
        if isinstance(example, Ours):
            prove(OPERATION, example)
        found.append(example)

    started = time.process_time()
    collect()
    seconds = time.process_time() - started
    return Run(seconds, [judge(example) for example in found])  # type: ignore[misc]


def ours(example: Ours) -> str | None:
    return example.site.id


def theirs(case: object) -> str | None:
    """Return the one rule that a case breaks."""
    body = getattr(case, "body", None)
    try:
        json.dumps(body)
    except (TypeError, ValueError):
        return None
    errors = contract_of(OPERATION).errors(body)
    return str(next(labels_of(errors[0]), None)) if len(errors) == 1 else None


def negative() -> SearchStrategy[object] | None:
    """Return schemathesis' strategy for the same schema; None where it is not installed."""
    try:
        import schemathesis
    except ImportError:
        return None
    schema = {word: value for word, value in (OPERATION.request_schema or {}).items() if not word.startswith("$")}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    operation = {"requestBody": body, "responses": {"200": {"description": "accepted"}}}
    document = {"openapi": "3.1.0", "info": {"title": "x", "version": "1"}, "paths": {"/payments": {"post": operation}}}
    found = schemathesis.openapi.from_dict(document)["/payments"]["POST"]
    return found.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)


def shrinking() -> float:
    """Return the CPU seconds that the slowest of the failing cases takes to shrink, from its first failure on.

    One client fails at every payload of a site, one at those that are longer than the documented example.
    """
    usual = len(json.dumps(OPERATION.request_example))
    fails: list[Callable[[Ours], bool]] = [lambda drawn: True, lambda drawn: len(drawn.body) > usual + 5]
    return max(shrunk(site, fail) for site in request_sites(OPERATION).sites for fail in fails)


def shrunk(site: object, fail: Callable[[Ours], bool]) -> float:
    failed: list[float] = []

    def check(drawn: Ours) -> bool:
        if fail(drawn):
            failed.append(time.process_time())
            return True
        return False

    with suppress(NoSuchExample):
        find(malformed_requests("paysera", OPERATION, sites=[site]), check, settings=settings(database=None))  # type: ignore[list-item]
    return time.process_time() - failed[0] if failed else 0.0


def run() -> None:
    warnings.simplefilter("ignore")
    known = len(request_sites(OPERATION).sites)
    strategy = malformed_requests("paysera", OPERATION)
    other = negative()
    here, there = [], []
    for _ in range(ROUNDS):
        here.append(drawn(strategy, ours, EXAMPLES))
        there += [drawn(other, theirs, EXAMPLES)] if other is not None else []
    default = drawn(strategy, ours, 100)
    rate = statistics.median(each.rate for each in here)
    print(
        f"ours          {rate:7.0f} examples/s, proven   one error: 100 %   sites within 100: {default.sites} of {known}"
    )
    print(f"shrinking, the slowest of {known} sites: {shrinking():.2f} s   bar 1.00")
    if other is None:
        print("schemathesis is not installed (`make bench` does that), so there is nothing beside it")
        return
    peer = statistics.median(each.rate for each in there)
    alone = statistics.median(each.alone for each in there)
    default = drawn(other, theirs, 100)
    print(
        f"schemathesis  {peer:7.0f} examples/s           one error: {alone:.0%}   sites within 100: {default.sites} of {known}"
    )
    ratios = [one.rate / two.rate for one, two in zip(here, there, strict=True)]
    print(f"ratio {statistics.median(ratios):.1f}  ({min(ratios):.1f} to {max(ratios):.1f})   bar 10")
