"""The exceptions that careful clients promise, in as many shapes as teams write them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.careful.knowledge import Problem


class BankError(Exception):
    """The usual one: message, code and delay as attributes."""

    def __init__(
        self, message: str, code: str = "", fields: tuple[str, ...] = (), retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.fields = fields
        self.retry_after = retry_after

    @classmethod
    def of(cls, problem: Problem) -> BankError:
        return cls(problem.message, problem.code, problem.fields, problem.retry_after)


class WireError(BankError):
    """No answer, or none that could be read."""


class SlottedError(Exception):
    """Slots and properties; nothing in its text."""

    __slots__ = ("_problem",)

    def __init__(self, problem: Problem) -> None:
        super().__init__("the bank refused")
        self._problem = problem

    @property
    def delay(self) -> timedelta | None:
        return None if self._problem.retry_after is None else timedelta(seconds=self._problem.retry_after)


@dataclass
class DataError(Exception):
    """A dataclass exception."""

    problem: Problem
    until: datetime | None = None

    def __str__(self) -> str:
        return f"{type(self).__name__}: refused"


class WordyError(Exception):
    """Everything is in its text, nothing in attributes; its repr says little."""

    def __repr__(self) -> str:
        return "<bank error>"
