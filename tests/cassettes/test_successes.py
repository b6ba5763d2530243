"""Which bodies can be read as a documented success."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.cassettes.successes import unreadable
from pytest_openbanking.catalogue.model import Success
from pytest_openbanking.exchange import Headers
from pytest_openbanking.sandboxes.selection import find_operation

OBJECT, ARRAY, NONE = {"a": 1}, [1], None


@pytest.mark.parametrize(
    ("documented", "body", "media", "said"),
    [
        ([OBJECT], b'{"other": []}', "application/json", None),
        ([OBJECT], b'\xef\xbb\xbf{"with": "a mark"}', "application/json", None),
        ([OBJECT], b"{}", "text/plain", None),
        ([OBJECT], b"", "application/json", "there is no body"),
        ([OBJECT], b'{"accounts": [', "application/json", "the body is no JSON"),
        ([OBJECT], b'{"accounts": [', "application/vnd.bank+json", "the body is no JSON"),
        ([OBJECT], b"[" * 100_000, None, "the body is no JSON"),
        ([OBJECT], bytes(range(256)), "application/octet-stream", "the body is application/octet-stream, not application/json"),
        ([OBJECT], b"<h1>soon", "text/html; charset=utf-8", "the body is text/html, not application/json"),
        ([OBJECT], b"[]", "application/json", "the body is an array, not an object"),
        ([OBJECT], b"null", "application/json", "the body is null, not an object"),
        ([OBJECT], b"1.5", "application/json", "the body is a number, not an object"),
        ([ARRAY], b"{}", "application/json", "the body is an object, not an array"),
        ([ARRAY, OBJECT], b'""', None, "the body is a string, not an array or an object"),
        ([ARRAY, OBJECT], b"{}", None, None),
        ([OBJECT, NONE], b"", None, None),
        ([NONE], b"<h1>", "text/html", None),
        (["a template"], b"[1]", None, None),
    ],
)  # fmt: skip
def test_a_success_is_json_of_its_kind(documented, body: bytes, media: str | None, said: str | None) -> None:
    """Its members may be any; without a documented body there is nothing to hold it against."""
    first, *more = [Success(200, each, True) for each in documented]
    operation = replace(
        find_operation(load_provider("paysera"), "GET /v1/accounts"), success=first, successes=tuple(more)
    )
    assert unreadable(operation, Headers([("Content-Type", media)] if media else []), body) == said


@pytest.mark.parametrize("name", ["aarthik", "aelix", "aerosync", "paysera"])
def test_every_documented_success_needs_a_body(name: str) -> None:
    """Which is what makes an empty answer worth nothing."""
    assert {unreadable(each, Headers(), b"") for each in load_provider(name).operations} == {"there is no body"}
