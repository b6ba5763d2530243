"""One interaction through httpx and requests, beside a bare MockTransport and beside `responses`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import requests
import responses

from benchmarks.measure import side_by_side
from pytest_openbanking.catalogue.loader import BUILT_IN
from pytest_openbanking.opening import open_sandbox
from pytest_openbanking.registry import Registry, current, use
from pytest_openbanking.settings import Settings

if TYPE_CHECKING:
    from pytest_openbanking.sandboxes.sandbox import Sandbox

HEADERS = {"Authorization": "Bearer a-token-of-some-length"}


def widened(operations: int) -> Path:
    """Write Paysera's data with so many more operations; return the folder that holds it."""
    place = Path(tempfile.mkdtemp()) / "paysera"
    place.mkdir()
    for file in (BUILT_IN / "paysera").iterdir():
        place.joinpath(file.name).write_bytes(file.read_bytes())
    more = "".join(
        f'\n[[operations]]\nid = "GET /v1/extra{number}/{{id}}"\npurpose = "p"\nsource = "errors"\n'
        "[operations.success]\nstatus = 200\ndocumented = false\nbody = '{}'\n"
        for number in range(operations)
    )
    with (place / "provider.toml").open("a", encoding="utf-8") as file:
        file.write(more)
    return place


def through_httpx(sandbox: Sandbox) -> str:
    body = httpx.get(sandbox.base_url + "/v1/accounts", headers=HEADERS).content
    served, url = httpx.Client(), sandbox.base_url + "/v1/accounts"
    mocked = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body)))

    def ours() -> None:
        if len(sandbox.exchange) >= 40:  # an exchange ends after 50 calls
            sandbox.begin_exchange()
        served.get(url, headers=HEADERS)

    pair = side_by_side(ours, lambda: mocked.get(url, headers=HEADERS))
    return pair.line(f"httpx, {len(sandbox.provider.operations)} operations", "httpx.MockTransport") + "   bar 1.30"


def through_requests(sandbox: Sandbox) -> str:
    session, url = requests.Session(), sandbox.base_url + "/v1/accounts"
    body = session.get(url, headers=HEADERS).content
    other = requests.Session()
    elsewhere = "https://elsewhere.example/v1/accounts"
    mock = responses.RequestsMock(assert_all_requests_are_fired=False)
    mock.add(responses.GET, elsewhere, body=body, content_type="application/json")

    def beside() -> object:
        return other.get(elsewhere, headers=HEADERS)

    # `responses` patches requests for as long as it is started, so each round starts and stops it around its calls.
    def many() -> None:
        mock.start()
        for _ in range(25):
            beside()
        mock.stop()

    def served() -> None:
        sandbox.begin_exchange()
        for _ in range(25):
            session.get(url, headers=HEADERS)

    pair = side_by_side(served, many, times=16)
    shown = type(pair)(pair.ours / 25, pair.theirs / 25, pair.ratio, pair.low, pair.high)
    return shown.line(f"requests, {len(sandbox.provider.operations)} operations", "responses") + "   bar 1.00"


def run() -> None:
    with open_sandbox("paysera") as sandbox:
        print(through_httpx(sandbox))
        print(through_requests(sandbox))
    use(Registry(current().hook, Settings(provider_paths=(widened(1000),))))
    with open_sandbox("paysera") as sandbox:
        print(through_httpx(sandbox))
    use(None)
