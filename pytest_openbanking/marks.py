"""What the markers say: which provider a test is run against, and which cases."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NoReturn

import pytest

from pytest_openbanking.cassette_marks import cassette_mark, cassette_provider, play, recorded_cases, unshown
from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.opening import open_sandbox
from pytest_openbanking.registry import Registry, use
from pytest_openbanking.sandboxes.cases import ErrorCase, case_id
from pytest_openbanking.sandboxes.sandbox import Sandbox, base_url_of
from pytest_openbanking.sandboxes.selection import find_operation, select_cases
from pytest_openbanking.settings import CASSETTES, Settings, UsageError, check_folder, load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.catalogue.model import DocumentedError, Provider
    from pytest_openbanking.sandboxes.arming import Persistence

__all__ = [
    "RECORDING",
    "case_for",
    "check_marker",
    "marked_provider",
    "opened_for",
    "parametrize",
    "recorded_provider",
    "refuse_unittest",
    "registry_for",
    "sandbox_of",
    "stop",
]

registry_key: pytest.StashKey[Registry] = pytest.StashKey()
sandbox_key: pytest.StashKey[Sandbox] = pytest.StashKey()
RECORDING = "openbanking-recording"  # the plugin of a run that records
PROVIDER_OPTIONS = ("raises", "environment", "ignore")
JUDGED = ("openbanking_error", "openbanking_malformed")  # the fixtures that arm something
ERROR_OPTIONS = ("status", "code", "persistence", "faults")


def stop(message: str) -> NoReturn:
    raise pytest.fail.Exception(message, pytrace=False) from None


def registry_of(config: pytest.Config) -> Registry:
    """Return the run's registry, and put it in force."""
    if registry_key not in config.stash:
        registry = Registry(config.hook, with_options(load_settings(config.rootpath / "pyproject.toml"), config))
        check_settings(registry)
        config.stash[registry_key] = registry
    use(config.stash[registry_key])
    return config.stash[registry_key]


def with_options(settings: Settings, config: pytest.Config) -> Settings:
    """Return the options with those of the command line; a folder of cassettes that is named must be there."""
    named = config.getoption("openbanking_cassettes")
    folder = config.invocation_params.dir / named if named else settings.cassettes or config.rootpath / CASSETTES
    if not config.getoption("openbanking_record"):
        option = "--openbanking-cassettes" if named else f"{config.rootpath / 'pyproject.toml'}: cassettes"
        check_folder(folder, config.rootpath, option, "--openbanking-record")
    return replace(settings, cassettes=folder)


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


def check_marker(mark: pytest.Mark, allowed: tuple[str, ...]) -> None:
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
        check_marker(mark, (*PROVIDER_OPTIONS, "provider"))
    name = args[0] if args else options.pop("provider", cassette_provider(node, registry) or registry.settings.provider)
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
    if not marks and metafunc.definition.get_closest_marker("openbanking_cassette") is None:
        return
    try:
        played = cassette_mark(metafunc.definition)
        registry = registry_for(metafunc.definition)
        name, _ = marked_provider(metafunc.definition, registry)
        found: dict[str, tuple[DocumentedError, Persistence]] = {}
        if played is not None and not marks:
            found = recorded_cases(registry, name, played)
        for mark in marks:
            check_marker(mark, ERROR_OPTIONS)
            operations = mark.args or registry.settings.of(name).operations
            for error, lasts in select_cases(registry.provider(name), operations, **mark.kwargs):
                found[case_id(error, lasts)] = (error, lasts)
    except UsageError as error:
        stop(f"{metafunc.definition.nodeid}: {error}")
    metafunc.parametrize("openbanking_error", list(found.values()), ids=list(found), indirect=True)


def recorded_provider(item: pytest.Item) -> Provider | None:
    """Return the provider that a test calls in a run that records; None where it calls none, or its marker is wrong."""
    fixtures = getattr(item, "fixturenames", ())
    if "openbanking" not in fixtures or any(name in fixtures for name in JUDGED):
        return None
    try:
        registry = registry_for(item)
        return registry.provider(marked_provider(item, registry)[0])
    except UsageError:  # which the test says
        return None


@contextmanager
def opened_for(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Open the sandbox that a test's marker asks for."""
    with ExitStack() as stack:
        try:
            name, options = marked_provider(request.node, registry_for(request.node))
            played = cassette_mark(request.node)
            judged = any(name in request.fixturenames for name in JUDGED)
            recording = None if judged else request.config.pluginmanager.get_plugin(RECORDING)
            if recording is not None and (problem := recording.claims.problem(name)) is not None:
                raise UsageError(problem)
            kind = Sandbox if recording is None else network_sandbox()
            sandbox = stack.enter_context(open_sandbox(name, **options, kind=kind))  # type: ignore[arg-type]
            sandbox.test = request.node.nodeid
            if recording is not None:
                stack.enter_context(recording.of(sandbox, played))
            elif played is not None:
                play(sandbox, played, judged=judged)
        except UsageError as error:
            stop(str(error))
        request.node.stash[sandbox_key] = sandbox
        yield sandbox


def network_sandbox() -> type[Sandbox]:
    from pytest_openbanking.network import NetworkSandbox

    return NetworkSandbox


def case_for(request: pytest.FixtureRequest, sandbox: Sandbox) -> ErrorCase:
    """Return the test's case."""
    if not hasattr(request, "param"):
        stop(
            f"{request.node.name} asks for openbanking_error, but no marker says which: add "
            f'@pytest.mark.openbanking_errors("{sandbox.provider.operations[0].id}"), or without an operation for all'
        )
    error, lasts = request.param
    if (problem := unshown(error, sandbox)) is not None:
        stop(problem)
    return ErrorCase(error, lasts, sandbox)


def sandbox_of(item: pytest.Item) -> Sandbox | None:
    return item.stash.get(sandbox_key, None)


def refuse_unittest(item: pytest.Item) -> None:
    """Fail a test of unittest that has a marker of ours that would do nothing there."""
    own = {mark.name for node in (item, item.parent) if node is not None for mark in node.own_markers}
    for name in ("openbanking_errors", "openbanking_malformed", "openbanking_cassette"):
        if name in own:
            message = f"{item.nodeid}: a unittest.TestCase takes no fixtures, so the marker {name} does nothing there"
            item.runtest = partial(stop, f"{message}; use sandbox(...) in it, or a plain class")  # type: ignore[method-assign]
            return
