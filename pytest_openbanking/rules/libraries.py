"""Exceptions that are no team's own: those of the standard library, and of HTTP, JSON, retry and validation libraries."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["is_foreign"]

NAMES = """
    httpx httpcore h11 h2 requests urllib3 aiohttp yarl multidict niquests urllib3_future httplib2 pycurl anyio sniffio trio
    simplejson orjson ujson rapidjson msgspec pydantic pydantic_core marshmallow jsonschema cattrs attr attrs voluptuous
    cerberus schema typeguard tenacity stamina backoff retrying opnieuw retry retry2 httpx_retries aiohttp_retry
    pyrate_limiter requests_ratelimiter pybreaker circuitbreaker aiobreaker purgatory requests_oauthlib oauthlib authlib
    jwt jose botocore zeep lxml defusedxml
"""
LIBRARIES = frozenset(NAMES.split())
INSTALLED = {"site-packages", "dist-packages"}


def is_foreign(exception: BaseException) -> bool:
    """Tell whether an exception's type is a library's."""
    root = type(exception).__module__.partition(".")[0]
    return root in sys.stdlib_module_names or (root in LIBRARIES and is_installed(root))


def is_installed(root: str) -> bool:
    """Tell whether a module is an installed one: a team may call its own `schema` or `retry`."""
    file = getattr(sys.modules.get(root), "__file__", None)
    return file is None or not INSTALLED.isdisjoint(Path(file).parts)
