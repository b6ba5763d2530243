"""Careful clients stay clean over what a provider really sends, which is not always what it documents."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pytest_openbanking.cassettes.places import shipped
from pytest_openbanking.registry import Registry, standalone_hooks, use
from pytest_openbanking.settings import Settings
from tests.careful.harness import Careful, findings_of
from tests.careful.test_auth import LogsInFirst
from tests.careful.test_plain import AiohttpWrapper, HttpClient, HttpxLoop
from tests.careful.test_retrying import RateLimited, RequestsAdapter, TenacityJitter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Answer = dict[str, Any]


def waits(*, after: str, sent: str = "Fri, 20 Nov 2026 17:58:30 GMT") -> Callable[[Answer], None]:
    def change(response: Answer) -> None:
        headers = {name: values for name, values in response["headers"].items() if name.lower() != "retry-after"}
        response["headers"] = headers | {"Retry-After": [after], "date": [sent]}

    return change


def spaced(response: Answer) -> None:
    """Print the body over many lines, with members that nobody documents, in pieces."""
    body = json.loads(response["body"]["string"])
    response["body"]["string"] = json.dumps({"extra": [1, {"a": None}], **body}, indent=3) + "\n"
    response["headers"].pop("content-length")
    response["headers"] |= {"X-Cache": ["MISS"], "transfer-encoding": ["chunked"], "connection": ["close"]}


def compressed(response: Answer) -> None:
    response["body"]["string"] = gzip.compress(response["body"]["string"].encode())
    response["headers"]["content-encoding"] = ["gzip"]


def foreign(response: Answer) -> None:
    """Send headers beyond ASCII, and what can be said once twice."""
    response["headers"] |= {"X-Info": ["atidėta", "später"], "Date": ["Fri, 20 Nov 2026 17:58:30 GMT"]}
    response["headers"] |= {name: values * 2 for name, values in response["headers"].items() if name == "retry-after"}


ODDITIES = {
    "a Retry-After on every error": waits(after="45"),
    "a date on every error": waits(after="Fri, 20 Nov 2026 18:00:00 GMT"),
    "no wait at all": waits(after="0"),
    "a body in another shape": spaced,
    "a compressed body": compressed,
    "headers beyond ASCII, and one twice": foreign,
}


@pytest.fixture(scope="module", params=ODDITIES)
def recordings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Put cassettes in force in which every error is answered oddly."""
    folder, ours = tmp_path_factory.mktemp("cassettes"), shipped()
    assert ours is not None
    for path in ours.rglob("[45]*.yaml"):
        write(path, folder / path.relative_to(ours), ODDITIES[request.param])
    use(Registry(standalone_hooks(), replace(Settings(), cassettes=folder)))
    yield
    use(None)


def write(path: Path, place: Path, change: Callable[[Answer], None]) -> None:
    document = yaml.safe_load(path.read_text("utf-8"))
    change(document["interactions"][0]["response"])
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(yaml.safe_dump(document), "utf-8")


@pytest.mark.parametrize("provider", ["paysera", "aelix", "aarthik"])
@pytest.mark.parametrize(
    "client",
    [
        Careful("requests-adapter", RequestsAdapter),
        Careful("tenacity-jitter", TenacityJitter),
        Careful("aiohttp-wrapper", AiohttpWrapper),
        Careful("httpx-loop", HttpxLoop),
        Careful("logs-in-once", LogsInFirst, shared=True),
        Careful("pyrate-limiter", RateLimited),
    ],
    ids=lambda client: client.name,
)
def test_a_careful_client_is_clean_over_odd_recordings(recordings: None, client: Careful, provider: str) -> None:
    """No recording leads to a finding that its documentation would not have led to."""
    assert not findings_of(client, provider)


def test_a_client_that_cannot_decompress_is_served_plain_bytes(tmp_path: Path) -> None:
    """http.client asks for nothing but the identity, and no provider would send it anything else."""
    ours = shipped()
    assert ours is not None
    for path in (ours / "paysera").rglob("[45]*.yaml"):
        write(path, tmp_path / path.relative_to(ours), compressed)
    use(Registry(standalone_hooks(), replace(Settings(), cassettes=tmp_path)))
    try:
        assert not findings_of(Careful("http-client", HttpClient), "paysera")
    finally:
        use(None)
