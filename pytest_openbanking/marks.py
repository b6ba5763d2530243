"""What the markers say: which provider a test is run against, and which cases."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NoReturn

import pytest

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.opening import open_sandbox
from pytest_openbanking.registry import Registry, use
from pytest_openbanking.sandboxes.cases import ErrorCase, case_id
from pytest_openbanking.sandboxes.sandbox import Sandbox, base_url_of
from pytest_openbanking.sandboxes.selection import find_operation, select_cases
from pytest_openbanking.settings import UsageError, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.catalogue.model import DocumentedError
    from pytest_openbanking.sandboxes.arming import Persistence

__all__ = ["case_for", "opened_for", "parametrize", "sandbox_of"]

registry_key: pytest.StashKey[Registry] = pytest.StashKey()
sandbox_key: pytest.StashKey[Sandbox] = pytest.StashKey()
PROVIDER_OPTIONS = ("raises", "environment", "ignore")
ERROR_OPTIONS = ("status", "code", "persistence", "faults")


def stop(message: str) -> NoReturn:
    pytest.fail(message, pytrace=False)


def registry_of(config: pytest.Config) -> Registry:
    """Return the run's registry, and put it in force."""
    if registry_key not in config.stash:
        registry = Registry(config.hook, load_settings(config.rootpath / "pyproject.toml"))
        check_settings(registry)
        config.stash[registry_key] = registry
    use(config.stash[registry_key])
    return config.stash[registry_key]


def registry_for(node: pytest.Item) -> Registry:
    """Return the registry of a test: with the hooks of the conftest.py files that are above it, and put it in force."""
    registry = registry_of(node.config)
    if node.ihook is node.config.hook:
        return registry
    nearer = Registry(node.ihook, registry.settings)
    use(nearer)
    return nearer


def check_settings(registry: Registry) -> None:
    """Refuse options that name a provider, an operation, an environment or a rule that is not there."""
    settings = registry.settings
    registry.check_codes(settings.select, "select")
    registry.check_codes(settings.ignore, "ignore")
    for name, team in settings.providers.items():
        provider = registry.provider(name)
        registry.check_codes(team.ignore, f"providers.{name}.ignore")
        base_url_of(provider, team.environment)
        for operation in team.operations:
            find_operation(provider, operation)


def check_options(mark: pytest.Mark, allowed: tuple[str, ...]) -> None:
    for name in mark.kwargs:
        if name not in allowed:
            close = nearest(name, allowed, most=1)
            hint = f" (did you mean {close[0]!r}?)" if close else ""
            raise UsageError(f"marker {mark.name}: unknown option {name!r}{hint}; allowed: {', '.join(allowed)}")


def marked_provider(node: pytest.Item | pytest.Function, registry: Registry) -> tuple[str, dict[str, object]]:
    """Return the provider's name and the marker's options; the closest marker wins."""
    mark = node.get_closest_marker("openbanking")
    args, options = (mark.args, dict(mark.kwargs)) if mark else ((), {})
    if mark:
        check_options(mark, (*PROVIDER_OPTIONS, "provider"))
    name = args[0] if args else options.pop("provider", registry.settings.provider)
    if len(args) > 1 or not isinstance(name, str | None):
        raise UsageError(
            f"marker openbanking takes one provider's name, not {args!r}; options: {', '.join(PROVIDER_OPTIONS)}"
        )
    check_raises(options.get("raises"))
    if name is None:
        known = ", ".join(sorted(registry.folders))
        raise UsageError(
            f"{node.name} names no provider: add @pytest.mark.openbanking(PROVIDER), or `provider` in "
            f"[tool.pytest-openbanking]; allowed: {known}"
        )
    return name, options


def check_raises(raises: object) -> None:
    kinds = raises if isinstance(raises, tuple) else () if raises is None else (raises,)
    if not all(isinstance(kind, type) and issubclass(kind, BaseException) for kind in kinds):
        raise UsageError(f"raises must be an exception type, or a tuple of types, not {raises!r}")


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Run the test once for each case that its markers select; a marker that selects none is an error."""
    marks = list(metafunc.definition.iter_markers("openbanking_errors"))
    if not marks:
        return
    try:
        registry = registry_for(metafunc.definition)
        name, _ = marked_provider(metafunc.definition, registry)
        found: dict[str, tuple[DocumentedError, Persistence]] = {}
        for mark in marks:
            check_options(mark, ERROR_OPTIONS)
            operations = mark.args or registry.settings.of(name).operations
            for error, lasts in select_cases(registry.provider(name), operations, **mark.kwargs):
                found[case_id(error, lasts)] = (error, lasts)
    except UsageError as error:
        stop(f"{metafunc.definition.nodeid}: {error}")
    metafunc.parametrize("openbanking_error", list(found.values()), ids=list(found), indirect=True)


@contextmanager
def opened_for(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Open the sandbox that a test's marker asks for."""
    with ExitStack() as stack:
        try:
            name, options = marked_provider(request.node, registry_for(request.node))
            sandbox = stack.enter_context(open_sandbox(name, **options))  # type: ignore[arg-type]
        except UsageError as error:
            stop(str(error))
        sandbox.test = request.node.nodeid
        request.node.stash[sandbox_key] = sandbox
        yield sandbox


def case_for(request: pytest.FixtureRequest, sandbox: Sandbox) -> ErrorCase:
    """Return the test's case."""
    if not hasattr(request, "param"):
        stop(
            f"{request.node.name} asks for openbanking_error, but no marker says which: add "
            f'@pytest.mark.openbanking_errors("{sandbox.provider.operations[0].id}"), or without an operation for all'
        )
    error, lasts = request.param
    return ErrorCase(error, lasts, sandbox)


def sandbox_of(item: pytest.Item) -> Sandbox | None:
    return item.stash.get(sandbox_key, None)
