"""Trying a client of examples/ against every documented error, in this process and in virtual time."""

from __future__ import annotations

import importlib.util
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest_openbanking
from pytest_openbanking.asking import path_of
from pytest_openbanking.cli.terminal import wrap
from pytest_openbanking.findings import Mishandled, draw
from pytest_openbanking.registry import Registry, standalone_hooks, use
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from pytest_openbanking.catalogue.model import DocumentedError, Operation
    from pytest_openbanking.rules.rule import Finding
    from pytest_openbanking.sandboxes.cases import ErrorCase
    from pytest_openbanking.sandboxes.sandbox import Sandbox

MARK = "<- "

__all__ = ["Example", "Tried", "example_of", "known_providers", "try_client", "untouched"]


@dataclass(frozen=True)
class Tried:
    """One case that one client was tried with; `seconds` are virtual."""

    error: DocumentedError
    mishandled: Mishandled | None
    seconds: float

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(finding.code for finding in self.mishandled.findings) if self.mishandled else frozenset()


@dataclass(frozen=True)
class Example:
    """One finding, as it is printed."""

    finding: Finding
    mishandled: Mishandled

    @cached_property
    def lines(self) -> list[str]:
        return draw(self.mishandled.case, [self.finding], self.mishandled.exchange).splitlines()

    def wrapped(self, width: int) -> Iterator[str]:
        """Yield its lines, broken where they are too long, the rest indented below."""
        for line in self.lines:
            if MARK in line:
                yield from fit_call(line, width)
                continue
            text = line.lstrip()
            indent = " " * (len(line) - len(text))
            if len(line) <= width:
                yield line
                continue
            first, *rest = wrap(text, width - len(indent) - 4)
            yield indent + first
            yield from (f"{indent}    {part}" for part in rest)

    def rank(self) -> tuple[int, int]:
        """Tell how well it serves as the example of its rule: few calls, no other finding, narrow."""
        calls, findings = len(self.mishandled.exchange), len(self.mishandled.findings)
        return min(calls, 6) + 2 * findings, max(map(len, self.lines))


def fit_call(line: str, width: int) -> list[str]:
    """Fit a call of the timeline that has a remark: closer to it, or below it, where it is too long."""
    call, _, remark = line.rpartition(MARK)
    call, remark = call.rstrip(), MARK + remark
    if len(line) <= width:
        return [line]
    if len(call) + 3 + len(remark) <= width:
        return [f"{call}   {remark}"]
    return [call, " " * 18 + remark]


@contextmanager
def untouched() -> Iterator[Registry]:
    """Put the built-in and installed providers and rules in force, with no team's options."""
    registry = Registry(standalone_hooks())
    use(registry)
    try:
        yield registry
    finally:
        use(None)


def known_providers(registry: Registry) -> list[str]:
    """Return the providers that the example clients know."""
    clients = load("careful").CLIENTS
    return sorted(name for name in registry.folders if name in clients)


def try_client(name: str, provider: str) -> list[Tried]:
    """Deliver every documented error of a provider to an example client, once for each case."""
    module = load(name)
    with pytest_openbanking.sandbox(provider, raises=module.BankError) as sandbox:
        client = build(module, sandbox)
        return [try_case(client, case) for case in sandbox.cases()]


def try_case(client: Any, case: ErrorCase) -> Tried:
    mishandled = None
    try:
        with case.handled():
            call(client, case.operation, case.sandbox)
    except Mishandled as found:
        mishandled = found
    return Tried(case.error, mishandled, case.sandbox.exchange.ended_at or 0.0)


def call(client: Any, operation: Operation, sandbox: Sandbox) -> object:
    """Call an operation as the client offers it."""
    if operation.id == sandbox.provider.auth.token_operation:
        return client.sign_in()
    return client.request(operation.method, path_of(operation), operation.request_example)


def build(module: ModuleType, sandbox: Sandbox) -> Any:
    """Build a client as the example's conftest.py does."""
    if not hasattr(module, "CLIENTS"):
        return module.BankClient(sandbox.base_url, sandbox.access_token, sign_in=sandbox.token_request)
    return module.CLIENTS[sandbox.provider.name](
        sandbox.base_url,
        token=sandbox.access_token,
        token_url=sandbox.token_url,
        refresh_token=sandbox.refresh_token,
        api_key=sandbox.api_key,
        api_secret=sandbox.api_secret,
    )


_loaded: dict[str, ModuleType] = {}


def load(name: str) -> ModuleType:
    """Import examples/NAME/bank.py."""
    if name not in _loaded:
        spec = importlib.util.spec_from_file_location(f"openbanking_examples.{name}", examples() / name / "bank.py")
        assert spec is not None
        assert spec.loader is not None
        _loaded[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(_loaded[name])
    return _loaded[name]


def examples() -> Path:
    """Return the folder of the examples: in the package where it is installed, else beside it."""
    package = Path(pytest_openbanking.__file__).parent
    for folder in (package / "examples", package.parent / "examples"):
        if (folder / "careful" / "bank.py").is_file():
            return folder
    raise UsageError(
        f"the examples are missing: there is neither {package / 'examples'} nor {package.parent / 'examples'}"
    )


def example_of(code: str) -> Example | None:
    """Return a finding of a rule that the careless example client really gives rise to."""
    with untouched() as registry:
        tried = [one for name in known_providers(registry) for one in try_client("careless", name)]
    return best(tried, code)


def best(tried: list[Tried], code: str) -> Example | None:
    """Return the finding of a rule that shows it best."""
    found = [
        Example(finding, one.mishandled)
        for one in tried
        if one.mishandled
        for finding in one.mishandled.findings
        if finding.code == code
    ]
    return min(found, key=Example.rank, default=None)
