"""From the client's HTTP library to the sandbox and back."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from pytest_openbanking.intercept import arrivals, gate

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["HOOKS", "install", "prepare"]

HOOKS = {
    "httpx": "httpx",
    "httpx2": "httpx",
    "httpcore": "httpcore",
    "urllib3": "urllib3",
    "requests": "requests",
    "aiohttp": "aiohttp",
    "httplib2": "http_client",
    "http.client": "http_client",
    "socket": "sockets",
}
"""Which file hooks which library."""


def install() -> None:
    """Hook the libraries and switch the hooks on; call it at each opening."""
    prepare()
    gate.watch()


def prepare() -> None:
    """Hook each library that is loaded, others as soon as they are; call it early, before mocks load."""
    for library in HOOKS:
        module = sys.modules.get(library)
        if module is not None:
            hook(module)
    arrivals.expect(frozenset(HOOKS).difference(sys.modules), hook)


def hook(library: ModuleType) -> None:
    """Hook one library that has been imported."""
    name = HOOKS[library.__name__]
    import_module(f"{__name__}.{name}").install(library)
