"""A linter for how a client handles the errors its bank-data or payment provider documents, run by pytest."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import DocumentedError, Handling, Operation, Provider
    from pytest_openbanking.exchange import Exchange, Interaction, Outcome
    from pytest_openbanking.findings import Mishandled
    from pytest_openbanking.malformed.case import MalformedCase
    from pytest_openbanking.opening import RefusedRequest, sandbox
    from pytest_openbanking.registry import load_provider
    from pytest_openbanking.rules.rule import Finding, Rule, Seen, rule
    from pytest_openbanking.sandboxes.cases import ErrorCase
    from pytest_openbanking.sandboxes.sandbox import Sandbox
    from pytest_openbanking.serving.server import Server
    from pytest_openbanking.serving.session import Servers
    from pytest_openbanking.settings import UsageError

__all__ = [
    "DocumentedError",
    "ErrorCase",
    "Exchange",
    "Finding",
    "Handling",
    "Interaction",
    "MalformedCase",
    "Mishandled",
    "Operation",
    "Outcome",
    "Provider",
    "RefusedRequest",
    "Rule",
    "Sandbox",
    "Seen",
    "Server",
    "Servers",
    "UsageError",
    "load_provider",
    "rule",
    "sandbox",
]

# Loaded on first use: pytest imports this package in every run of every project that has it installed.
_HOMES = {
    "DocumentedError": "catalogue.model",
    "ErrorCase": "sandboxes.cases",
    "Exchange": "exchange",
    "Finding": "rules.rule",
    "Handling": "catalogue.model",
    "Interaction": "exchange",
    "MalformedCase": "malformed.case",
    "Mishandled": "findings",
    "Operation": "catalogue.model",
    "Outcome": "exchange",
    "Provider": "catalogue.model",
    "RefusedRequest": "opening",
    "Rule": "rules.rule",
    "Sandbox": "sandboxes.sandbox",
    "Seen": "rules.rule",
    "Server": "serving.server",
    "Servers": "serving.session",
    "UsageError": "settings",
    "load_provider": "registry",
    "rule": "rules.rule",
    "sandbox": "opening",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
