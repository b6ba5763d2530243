"""One documented error on one operation with one persistence: what one test checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.sandboxes.selection import find_operation, lasting, select_cases, select_errors
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import DocumentedError, Operation
    from pytest_openbanking.exchange import Exchange
    from pytest_openbanking.handled import Handled
    from pytest_openbanking.sandboxes.arming import Persistence
    from pytest_openbanking.sandboxes.sandbox import Sandbox

__all__ = ["RUNAWAY", "ErrorCase", "armed_case", "case_id", "select_cases"]

RUNAWAY = 50  # calls

Raises = type[BaseException] | tuple[type[BaseException], ...] | None
Returns = type | tuple[type, ...] | Callable[[object], object] | None


def case_id(error: DocumentedError, persistence: Persistence) -> str:
    """Return the id of a case, as tests show it."""
    parts = (error.operation.id, error.status, error.code, persistence)
    return "-".join(str(part) for part in parts if part is not None)


class ErrorCase:
    """A documented error, to be delivered to a client.

    `result` is for clients that return error values: set it inside `handled()`.
    """

    fixture = "openbanking_error"  # that tests have it from
    advised = True  # whether what the provider documents for the error is advice on what was found
    refusable = False  # whether a client may raise without a call, because it looked first at what it was given

    def __init__(self, error: DocumentedError, persistence: Persistence, sandbox: Sandbox) -> None:
        self._error = error
        self.persistence = persistence
        self.sandbox = sandbox
        self.entered = False
        self._errors: tuple[DocumentedError, ...] = (error,)
        self._result: object = None
        self.has_result = False

    @property
    def error(self) -> DocumentedError:
        """The error: where it was armed on several operations, the one that was delivered."""
        armed = self.sandbox.armed
        if len(self._errors) > 1 and armed is not None and armed.latest is not None:
            self._error = armed.latest
        return self._error

    @property
    def operation(self) -> Operation:
        return self.error.operation

    @property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation that the error is armed on."""
        return tuple(error.operation for error in self._errors)

    @property
    def names(self) -> tuple[str, ...]:
        """What a client that refuses by itself says was wrong: one of these."""
        return ()

    @property
    def silent(self) -> tuple[str, ...]:
        """Rules that can say nothing of such a case."""
        return ()

    @property
    def most_calls(self) -> int:
        """Calls in one check, for each call that is made at once, after which a runaway client is stopped."""
        return RUNAWAY

    @property
    def must_raise(self) -> bool:
        """Whether a client that returns as if all were well has mishandled the error."""
        return True

    @property
    def max_wait(self) -> int:
        """The longest single wait that the team accepts, in virtual seconds."""
        return self.sandbox.settings.max_wait

    @property
    def met(self) -> str:
        """What the client met, as findings begin."""
        return f"{self.operation} {'met' if self.error.fault else 'answered'} {self.error}"

    @property
    def id(self) -> str:
        return case_id(self.error, self.persistence)

    @property
    def result(self) -> object:
        return self._result

    @result.setter
    def result(self, value: object) -> None:
        self._result = value
        self.has_result = True

    def reset(self) -> None:
        """Forget the result of an earlier check."""
        self._result, self.has_result = None, False

    def arm(self) -> None:
        """Let the error answer its operation from now on."""
        self.sandbox.arm(self._errors, self.persistence)

    def handled(self, raises: Raises = None, *, returns: Returns = None) -> Handled:
        """Deliver the error to the client that runs in the `with` block, and judge what it does.

        `raises` are the exception types that the client promises; `returns` is a type of error value, or a
        predicate that tells an acceptable fallback, for what is set as `.result` in the block. Raises
        Mishandled, an AssertionError, with every finding.
        """
        from pytest_openbanking.handled import Handled

        return Handled(self, raises, returns)

    def preface(self, exchange: Exchange) -> Sequence[str]:
        """Return what comes before what was seen, in lines."""
        return ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}>"


def armed_case(sandbox: Sandbox, code: str, operation: str | None, status: int | None, persistence: str) -> ErrorCase:
    """Arm a documented error by its code; see Sandbox.fail_with."""
    provider = sandbox.provider
    chosen = (find_operation(provider, operation).id,) if operation else ()
    errors = select_errors(provider, chosen, status=status, code=code)
    if not errors:
        known = list(dict.fromkeys(error.code for error in select_errors(provider, chosen)))
        raise UsageError(
            f"{provider.name} does not document {code} for {operation or 'any operation'}"
            + (f" with status {status}" if status else "")
            + f"; nearest: {', '.join(nearest(code, known) or known)}"
        )
    case = ErrorCase(errors[0], lasting(persistence)[0], sandbox)
    case._errors = tuple(errors)
    case.arm()
    return case
