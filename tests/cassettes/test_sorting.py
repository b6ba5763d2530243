"""Which cassette an answer belongs into."""

from __future__ import annotations

import gzip
import json

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.sorting import about, place_for
from tests.cassettes.recordings import PAYSERA

BODY = json.dumps({"tppMessages": [{"category": "ERROR", "code": "ACCESS_EXCEEDED"}]})


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (BODY, {}),
        (BODY.encode(), {"content-type": ["application/json"]}),
        (gzip.compress(BODY.encode()), {"content-encoding": ["gzip"]}),
    ],
    ids=["text", "bytes", "compressed"],
)
def test_an_error_is_sorted_by_its_code(body: str | bytes, headers: dict[str, list[str]]) -> None:
    """However the answer's body travelled: httpx asks for compression, and is recorded with it."""
    captured = {
        "request": {"method": "GET", "uri": f"{PAYSERA}/v1/accounts", "body": "", "headers": {}},
        "response": {"status": {"code": 429, "message": ""}, "headers": headers, "body": {"string": body}},
    }
    place = place_for(captured, load_provider("paysera"))
    assert str(place) == "paysera/get-v1-accounts/429-ACCESS_EXCEEDED.yaml"
    assert about([captured], load_provider("paysera"))["code"] == "ACCESS_EXCEEDED"
