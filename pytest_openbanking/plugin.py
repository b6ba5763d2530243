"""The pytest plugin: markers and fixtures. Wiring only; what does the work is imported on first use."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from pytest_openbanking.options import MARKERS, OPTIONS, is_given

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from pytest_openbanking.malformed.case import MalformedCase
    from pytest_openbanking.sandboxes.cases import ErrorCase
    from pytest_openbanking.sandboxes.sandbox import Sandbox
    from pytest_openbanking.serving.session import Servers


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("openbanking", "how the client handles the errors that its provider documents")
    for option, (default, action, metavar, text) in OPTIONS.items():
        shown = {} if metavar is None else {"metavar": metavar}
        group.addoption(option, default=default, action=action, help=text, **shown)


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    from pytest_openbanking import hookspecs

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    from pytest_openbanking import builtin

    for marker in MARKERS:
        config.addinivalue_line("markers", marker)
    config.pluginmanager.register(builtin, "openbanking-builtin")
    check_options(config)


def check_options(config: pytest.Config) -> None:
    """Refuse wrong options before any test is collected; a project without options pays for one look at a file."""
    file = config.rootpath / "pyproject.toml"
    if is_given(config) or (file.is_file() and b"tool.pytest-openbanking" in file.read_bytes()):
        from pytest_openbanking.configuring import configure

        configure(config)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if "pytest_openbanking.leftovers" in sys.modules:
        sys.modules["pytest_openbanking.leftovers"].finish(session)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """A worker of a parallel run has ended."""
    left = getattr(node, "workeroutput", {}).get("openbanking_leftovers")
    if left:
        from pytest_openbanking import leftovers

        leftovers.noted.extend(left)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if "pytest_openbanking.leftovers" in sys.modules:
        sys.modules["pytest_openbanking.leftovers"].summarise(terminalreporter)
    ended = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, ())]
    if any(name.startswith("openbanking_malformed") for report in ended for name, _ in report.user_properties):
        from pytest_openbanking.malformed.ends import summarise

        summarise(terminalreporter, ended)


def pytest_unconfigure() -> None:
    if "pytest_openbanking.registry" in sys.modules:
        sys.modules["pytest_openbanking.registry"].use(None)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("openbanking_malformed"):
        from pytest_openbanking.malformed.marking import parametrize as parametrize_sites

        parametrize_sites(metafunc)
    if "openbanking" not in metafunc.fixturenames:
        return
    from pytest_openbanking import intercept

    intercept.prepare()  # before any fixture of a mocking library captures what we are to hook
    if "openbanking_error" in metafunc.fixturenames:
        from pytest_openbanking.marks import parametrize

        parametrize(metafunc)


def pytest_itemcollected(item: pytest.Item) -> None:
    if type(item).__name__ == "TestCaseFunction":
        from pytest_openbanking.marks import refuse_unittest

        refuse_unittest(item)


@pytest.fixture
def openbanking(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """The Sandbox: the simulated provider that the marker `openbanking` names.

    .base_url, .token_url, .access_token, .refresh_token, .api_key, .api_secret for building the client under test;
    .exchange, .clock, .provider to look at; .fail_with(code, operation=None) arms a documented error by hand;
    .mount(respx_mock) serves the provider through a respx router; .malformed(operation, drawn) is the case of what a strategy
    of pytest_openbanking.strategies drew.
    """
    from pytest_openbanking.marks import opened_for

    with opened_for(request) as sandbox:
        yield sandbox


@pytest.fixture
def openbanking_error(request: pytest.FixtureRequest, openbanking: Sandbox) -> ErrorCase:
    """One ErrorCase of the marker `openbanking_errors`: `with openbanking_error.handled(): client.call()`.

    .error (.status, .code, .message, .handlings, .source), .operation, .persistence; `.result` takes what a client
    returned that raises nothing, with handled(returns=...).
    """
    from pytest_openbanking.marks import case_for

    case = case_for(request, openbanking)
    request.node.stash[entered_key] = case
    return case


@pytest.fixture
def openbanking_malformed(request: pytest.FixtureRequest, openbanking: Sandbox) -> MalformedCase:
    """One malformed case of the marker `openbanking_malformed`: `with openbanking_malformed.handled(): client.pay(...)`.

    The test function runs once for each value that Hypothesis draws: .payload, or .body as bytes for a site below JSON; a
    client that cannot send it just calls. .pointer (RFC 6901) and .keyword say what is broken where, .expected_error is
    what the provider answers; `.result` takes what a client returned that raises nothing, with handled(returns=...).
    """
    from pytest_openbanking.malformed.marking import case_for

    case = case_for(request, openbanking)
    request.node.stash[entered_key] = case
    return case


@pytest.fixture(scope="session")
def openbanking_server(pytestconfig: pytest.Config) -> Iterator[Servers]:
    """Starts a provider over real HTTP on 127.0.0.1, for a client in another process: `openbanking_server("paysera")`.

    The Server that it returns is the same one all session, and its time is real: .base_url, .token_url, .access_token,
    .refresh_token, .api_key, .api_secret for building the client; .fail_with(code, operation=None) arms a documented error,
    until the test, or the wider fixture's scope, ends; .clear() disarms all of them at once and empties .exchange.
    """
    from contextlib import closing

    from pytest_openbanking.serving.session import Servers

    with closing(Servers(pytestconfig)) as servers:
        yield servers


entered_key: pytest.StashKey[ErrorCase] = pytest.StashKey()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    if "openbanking" not in getattr(item, "fixturenames", ()):
        return (yield)
    from pytest_openbanking.running import checking

    with checking(item):  # type: ignore[arg-type]
        return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    if "openbanking" not in pyfuncitem.fixturenames:
        return (yield)
    from pytest_openbanking.running import calling

    with calling(pyfuncitem):
        result = yield
    case = pyfuncitem.stash.get(entered_key, None)
    if case is not None and not case.entered:
        pytest.fail(
            f"{case.id} was never delivered: call the client inside `with {case.fixture}.handled():`", pytrace=False
        )
    return result


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call" and "openbanking_malformed" in getattr(item, "fixturenames", ()):
        from pytest_openbanking.malformed.marking import report_site

        report_site(item, report)
    if (
        call.excinfo is not None
        and report.failed
        and type(call.excinfo.value).__module__.startswith("pytest_openbanking.")
    ):
        from pytest_openbanking.running import tidy

        tidy(report, call.excinfo)
    if report.when != "teardown" and ("openbanking" in getattr(item, "fixturenames", ()) or judged()):
        from pytest_openbanking.coverage.noting import attach

        attach(item, call, report)
    return report


def judged() -> bool:
    """Tell whether a block has judged something in the test that runs."""
    return "pytest_openbanking.judgements" in sys.modules and bool(sys.modules["pytest_openbanking.judgements"].noted)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if hasattr(report, "openbanking") and hasattr(report, "node"):  # of a worker
        from pytest_openbanking.coverage.session import take

        take(report.node.config, report)
