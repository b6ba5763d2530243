"""Opening a sandbox: the context manager under the fixtures, for scripts, unittest and @given as well."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_openbanking import intercept, jobs
from pytest_openbanking.handled import as_types
from pytest_openbanking.registry import current
from pytest_openbanking.sandboxes.sandbox import Sandbox
from pytest_openbanking.scope import current_scope, open_scopes
from pytest_openbanking.settings import UsageError, exception_types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.sandboxes.cases import Raises
    from pytest_openbanking.scope import Scope

__all__ = ["RefusedRequest", "open_sandbox", "sandbox"]


class RefusedRequest(AssertionError):  # noqa: N818 (what it says)
    """The client called something that is no documented operation of the provider's; nothing answered it."""


@contextmanager
def sandbox(
    provider: str | None = None,
    *,
    raises: Raises = None,
    environment: str | None = None,
    ignore: tuple[str, ...] | list[str] | str = (),
) -> Iterator[Sandbox]:
    """Simulate a provider inside the `with` block, in virtual time; yield the Sandbox.

    `raises` is the exception type, or tuple of types, that the client promises; `ignore` holds rule codes or
    prefixes. Raises UsageError for a provider, environment or rule that is not there, and RefusedRequest at the
    end where the client called anything else.
    """
    with (
        open_sandbox(provider, raises=raises, environment=environment, ignore=ignore) as opened,
        opened.clock.running(),
    ):
        yield opened


@contextmanager
def open_sandbox(
    provider: str | None = None,
    *,
    raises: Raises = None,
    environment: str | None = None,
    ignore: tuple[str, ...] | list[str] | str = (),
    kind: type[Sandbox] = Sandbox,
) -> Iterator[Sandbox]:
    """Simulate a provider inside the block, in real time outside `handled()`."""
    opened = make(provider, raises, environment, (ignore,) if isinstance(ignore, str) else tuple(ignore), kind)
    jobs.install()
    intercept.install()
    before = current_scope.get()
    opened.outer = before
    current_scope.set(opened)
    open_scopes.append(opened)
    failed = False
    try:
        yield opened
    except BaseException:
        failed = True
        raise
    finally:
        open_scopes.remove(opened)
        opened.closed = True
        give_back(opened, before)
        if not failed:
            report(opened)


def give_back(closed: Sandbox, before: Scope | None) -> None:
    """Put the context back; sandboxes may close in any order, and in another context than they were opened in."""
    if current_scope.get() is closed:
        current_scope.set(before if before is not None and not before.closed else None)


def make(
    provider: str | None, raises: Raises, environment: str | None, ignore: tuple[str, ...], kind: type[Sandbox]
) -> Sandbox:
    registry = current()
    settings = registry.settings
    name = provider or settings.provider
    if name is None:
        known = ", ".join(sorted(registry.folders))
        raise UsageError(f"no provider is named; allowed: {known} (or `provider` in [tool.pytest-openbanking])")
    registry.check_codes(ignore, "ignore")
    found = registry.provider(name)
    team = settings.of(name)
    return kind(
        found,
        rules=registry.rules,
        raises=as_types(raises) or exception_types(team.raises),
        settings=settings,
        ignore=ignore,
        environment=environment or team.environment,
        library=registry.library(name),
    )


def report(opened: Sandbox) -> None:
    refused = list(dict.fromkeys([*opened.refusals, *opened.undocumented]))
    if refused:
        __tracebackhide__ = True
        raise RefusedRequest("refused: " + "\n         ".join(refused)) from None
