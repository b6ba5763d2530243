"""One request to a cassette of 1 and of 1,000 interactions, beside vcrpy: ours does not grow with the cassette."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import vcr

from pytest_openbanking.cassettes.reading import read_cassette
from pytest_openbanking.cassettes.replay import Replay
from pytest_openbanking.cassettes.writing import cassette_text, write_whole
from pytest_openbanking.opening import open_sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.sandboxes.sandbox import Sandbox

BASE = "https://open-banking-api.paysera.com/xs2a/berlin/1.3/v1/accounts"
SIZES = {1: 400, 1000: 1}  # interactions, and how often the cassette is played in a round
ROUNDS = 7


def recorded(size: int) -> Path:
    """Write a cassette of so many different requests."""
    interactions = [
        {
            "request": {"method": "GET", "uri": f"{BASE}/{number}", "body": None, "headers": {"accept": ["*/*"]}},
            "response": {
                "status": {"code": 200, "message": "OK"},
                "headers": {"content-type": ["application/json"]},
                "body": {"string": f'{{"account": {{"resourceId": "{number}", "currency": "EUR"}}}}'},
            },
        }
        for number in range(size)
    ]
    path = Path(tempfile.mkdtemp()) / "many.yaml"
    metadata = {"provenance": "generated"}
    write_whole(path, cassette_text({"x-openbanking": metadata, "version": 1, "interactions": interactions}))
    return path


def ours(path: Path, urls: list[str], times: int, sandbox: Sandbox, http: httpx.Client) -> Iterator[float]:
    """Yield the CPU seconds of each pass; opening the cassette is not counted."""
    for _ in range(times):
        sandbox.replay = Replay(read_cassette(path), sandbox.provider)
        sandbox.begin_exchange()
        started = time.process_time()
        for url in urls:
            http.get(url)
        yield time.process_time() - started


def theirs(path: Path, urls: list[str], times: int, http: httpx.Client) -> Iterator[float]:
    for _ in range(times):
        with vcr.use_cassette(str(path), record_mode="none"):
            started = time.process_time()
            for url in urls:
                http.get(url)
            yield time.process_time() - started


def run() -> None:
    found: dict[int, tuple[float, float]] = {}
    for size, times in SIZES.items():
        path, urls = recorded(size), [f"{BASE}/{number}" for number in range(size)]
        with open_sandbox("paysera") as sandbox, httpx.Client() as http:
            here = [sum(ours(path, urls, times, sandbox, http)) for _ in range(ROUNDS)]
        with httpx.Client() as http:
            there = [sum(theirs(path, urls, min(times, 50), http)) for _ in range(ROUNDS)]
        mean = statistics.median(here) / times / size * 1e6
        other = statistics.median(there) / min(times, 50) / size * 1e6
        found[size] = mean, other
        print(
            f"a request to a cassette of {size:>5}: {mean:8.1f} us   vcrpy {other:8.1f} us   ratio {mean / other:.3f}"
        )
    growth, others = (found[1000][who] / found[1][who] for who in (0, 1))
    print(f"from 1 to 1,000 interactions it grows {growth:.2f} times; vcrpy's {others:.1f} times")
