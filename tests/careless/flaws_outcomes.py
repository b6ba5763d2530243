"""Flaws in what comes out of the client."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import httpx
import tenacity

from tests.careless.bank import Bank, BankError, Call

if TYPE_CHECKING:
    from tests.careless.wires import Reply

__all__ = [
    "DropsFields",
    "KeyErrorOnBody",
    "LogsTokenAtDebug",
    "LogsTokenAtInfo",
    "LogsTokenAtWarning",
    "LosesCode",
    "LosesDelay",
    "RaisesForStatus",
    "RaisesJSONDecodeError",
    "RaisesRetryError",
    "ReturnsEmptyList",
    "ReturnsErrorBody",
    "ReturnsNone",
    "SwallowsForbidden",
    "TokenInMessage",
    "TokenInRepr",
]

log = logging.getLogger("acme.bank")


class SwallowsForbidden(Bank):
    """Returns nothing on a 403."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        if error.status == 403:
            return None
        raise error


class ReturnsNone(Bank):
    """Returns None on every error."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        return None


class ReturnsEmptyList(Bank):
    """Shows a user without accounts."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        return []


class ReturnsErrorBody(Bank):
    """Returns the provider's errors as if they were a value."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        return json.loads(reply.body)


class KeyErrorOnBody(Bank):
    """Reads an error body by a form that the provider does not send."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        return json.loads(reply.body)["errors"][0]["code"]


class RaisesForStatus(Bank):
    """Lets the library's own exception out."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        request = httpx.Request(call.method, "https://bank.example/")
        return httpx.Response(reply.status, content=reply.body, request=request).raise_for_status()


class RaisesJSONDecodeError(Bank):
    """Reads a body as JSON that it has cut."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        return json.loads(reply.body[:-1])


class RaisesRetryError(Bank):
    """Lets tenacity's own exception out."""

    async def call(self, call: Call) -> object:
        for attempt in tenacity.Retrying(stop=tenacity.stop_after_attempt(1)):
            with attempt:
                return await super().call(call)
        raise AssertionError


class LosesCode(Bank):
    """Says that something went wrong, and nothing else."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        raise BankError("", "the bank said no", error.status, error.delay, error.fields)


class DropsFields(Bank):
    """Does not say which fields are wrong."""

    def fields(self, names: list[str]) -> tuple[str, ...]:
        return ()


class LosesDelay(Bank):
    """Raises at once, and does not say when to come back."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        remedy = super().remedy(error, call)
        return None if remedy == "wait" else remedy

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        error.delay = None
        raise error


class TokenInMessage(Bank):
    """Says which token it used."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        raise BankError(error.code, f"refused with {self.token}", error.status, error.delay, error.fields)


class TokenError(BankError):
    token = ""

    def __repr__(self) -> str:
        return f"TokenError(token={self.token!r})"


class TokenInRepr(Bank):
    """Shows its token in the exception's repr, as a dataclass does by itself."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        told = TokenError(error.code, "refused", error.status, error.delay, error.fields)
        told.token = self.token
        raise told


class LogsTokenAtWarning(Bank):
    """Logs the headers of a call that failed."""

    level = logging.WARNING

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        log.log(self.level, "%s failed: %s", call.path, self.headers(call, None))
        raise error


class LogsTokenAtInfo(LogsTokenAtWarning):
    """Logs them at a level that production may not show."""

    level = logging.INFO


class LogsTokenAtDebug(LogsTokenAtWarning):
    """Logs them where nobody but a developer looks."""

    level = logging.DEBUG
