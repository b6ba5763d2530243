"""The marker `openbanking_malformed` and its fixture: one test for each site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.malformed.choosing import Choice, choose
from pytest_openbanking.marks import check_marker, marked_provider, registry_for, stop
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import pytest

    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.malformed.case import MalformedCase
    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["case_for", "choice_of", "parametrize", "report_site"]

MARKER = "openbanking_malformed"
OPTIONS = ("operation", "part", "max_examples")


def parametrize(metafunc: pytest.Metafunc) -> None:
    """Run the test once for each site that its markers select."""
    found: dict[str, Choice] = {}
    wrong = ""
    try:
        found = chosen_for(metafunc)
    except UsageError as error:
        wrong = str(error)
    if wrong:
        stop(f"{metafunc.definition.nodeid}: {wrong}")
    if found:
        metafunc.parametrize(MARKER, list(found.values()), ids=list(found), indirect=True)


def chosen_for(metafunc: pytest.Metafunc) -> dict[str, Choice]:
    """Return the sites of all markers of a test, by their ids; none where its class's marker is not for it."""
    item = metafunc.definition
    if MARKER not in metafunc.fixturenames:
        check_unused(item)
        return {}
    check_alone(metafunc)
    registry, marks = registry_for(item), list(item.iter_markers(MARKER))
    name, _ = marked_provider(item, registry)
    chosen = [chosen_by(mark, registry.provider(name)) for mark in marks]
    if len(marks) == 1:
        return chosen[0]
    return {f"{choice.operation}-{id}": choice for each in chosen for id, choice in each.items()}


def chosen_by(mark: pytest.Mark, provider: Provider) -> dict[str, Choice]:
    check_marker(mark, OPTIONS)
    named = (*mark.args, *([mark.kwargs["operation"]] if "operation" in mark.kwargs else []))
    if len(named) != 1:
        raise UsageError(f'marker {MARKER} takes one operation, like "POST /v1/payments", not {named!r}')
    return choose(provider, named[0], **{name: value for name, value in mark.kwargs.items() if name != "operation"})


def check_unused(item: pytest.Item) -> None:
    """Refuse a test's own marker where nothing of the test is run for each site; one of a class may be meant for others."""
    if any(mark.name == MARKER for mark in item.own_markers):
        raise UsageError(f"the marker {MARKER} needs the fixture of that name: let the test ask for {MARKER}")


def check_alone(metafunc: pytest.Metafunc) -> None:
    """Refuse what else would say how often the test is run."""
    held = metafunc.function
    if getattr(held, "is_hypothesis_test", False) or hasattr(held, "hypothesis_explicit_examples"):
        raise UsageError(f"{MARKER} draws the values by itself: take @given and @example off")
    if "openbanking_error" in metafunc.fixturenames:
        raise UsageError(f"a test asks for {MARKER} or for openbanking_error, not for both")


def choice_of(request: pytest.FixtureRequest, sandbox: Sandbox) -> Choice:
    """Return the test's site."""
    if not hasattr(request, "param"):
        able = [o.id for o in sandbox.provider.operations if o.request_schema is not None]
        stop(
            f"{request.node.name} asks for {MARKER}, but no marker says which: add "
            f'@pytest.mark.{MARKER}("{(able or [sandbox.provider.operations[0].id])[0]}")'
        )
    choice: Choice = request.param
    return choice


def case_for(request: pytest.FixtureRequest, sandbox: Sandbox) -> MalformedCase:
    """Return the test's case, which the run of its examples will find again."""
    from pytest_openbanking.malformed.examples import Examples, examples_key

    choice = choice_of(request, sandbox)
    case = choice.case(sandbox)
    request.node.stash[examples_key] = Examples(case, choice)
    return case


def report_site(item: pytest.Item, report: pytest.TestReport) -> None:
    """Give a test's report what the end of the run says of its site."""
    from pytest_openbanking.malformed.ends import hand_on
    from pytest_openbanking.malformed.examples import examples_key

    examples = item.stash.get(examples_key, None)
    if examples is not None:
        hand_on(report, examples.choice, examples.case.sandbox.provider)
