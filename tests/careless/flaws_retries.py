"""Flaws in repeating, retrying, backing off and waiting."""

from __future__ import annotations

import math
import uuid
from typing import TYPE_CHECKING

from tests.careless.bank import Bank, BankError, Call

if TYPE_CHECKING:
    from tests.careless.wires import Reply

__all__ = [
    "CapsAtTen",
    "ConstantSecond",
    "FreshKeyAfterConflict",
    "GivesUpAtOnce",
    "GoesOnUnderLock",
    "IgnoresDelay",
    "NeverCalls",
    "NoPause",
    "ReadsNoDate",
    "RepeatsTheHopeless",
    "RetriesEightTimes",
    "RetriesForEver",
    "SleepsTheDay",
    "WaitsMilliseconds",
    "WritesUnderLock",
]

HOPELESS = {400, 404, 405, 409, 422}


class NeverCalls(Bank):
    """Answers from its memory."""

    async def call(self, call: Call) -> object:
        return {}


class RepeatsTheHopeless(Bank):
    """Retries what only another request, or a person, can clear."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        hopeless = error.status in HOPELESS or error.code.startswith("CERTIFICATE_") or error.code == "IP_NOT_ALLOWED"
        return "backoff" if hopeless else super().remedy(error, call)


class GivesUpAtOnce(Bank):
    """Never retries a server's trouble."""

    def remedy(self, error: BankError, call: Call) -> str | None:
        remedy = super().remedy(error, call)
        return None if remedy == "backoff" else remedy


class RetriesEightTimes(Bank):
    """Bounds its retries at a number of its own."""

    tries = 9


class RetriesForEver(Bank):
    """Bounds nothing."""

    tries = 10**9


class NoPause(Bank):
    """Backs off for no time at all."""

    def pause(self, error: BankError, remedy: str, attempt: int) -> float:
        return 0.0 if remedy == "backoff" else super().pause(error, remedy, attempt)


class ConstantSecond(Bank):
    """Waits a second each time."""

    def pause(self, error: BankError, remedy: str, attempt: int) -> float:
        return 1.0 if remedy == "backoff" else super().pause(error, remedy, attempt)


class WaitsMilliseconds(Bank):
    """Takes the seconds of Retry-After for milliseconds."""

    def pause(self, error: BankError, remedy: str, attempt: int) -> float:
        return super().pause(error, remedy, attempt) / (1000 if remedy == "wait" else 1)


class IgnoresDelay(Bank):
    """Backs off by its own figures where there is a Retry-After."""

    def pause(self, error: BankError, remedy: str, attempt: int) -> float:
        return super().pause(error, "backoff", attempt)


class CapsAtTen(Bank):
    """Never waits longer than ten seconds."""

    def pause(self, error: BankError, remedy: str, attempt: int) -> float:
        return min(super().pause(error, remedy, attempt), 10.0)


class ReadsNoDate(Bank):
    """Takes a Retry-After that is a date for one second."""

    def until(self, date: str) -> float:
        return 1.0


class SleepsTheDay(Bank):
    """Waits as long as it is told, however long."""

    longest = math.inf


class FreshKeyAfterConflict(Bank):
    """Sends a write again under a fresh key after a 409."""

    conflict = False

    def remedy(self, error: BankError, call: Call) -> str | None:
        self.conflict = error.status == 409 and self.keyed(call)
        return "backoff" if self.conflict else super().remedy(error, call)

    def key_for(self, key: str, attempt: int) -> str:
        return str(uuid.uuid4()) if self.conflict else key


class WritesUnderLock(Bank):
    """Goes on with the next step although another offer holds the journey."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        if error.code == "OFFER_LOCK_CONFLICT":
            await self.send(Call("POST", "/profile/submit"), self.new_key(), 1)
        raise error


class GoesOnUnderLock(WritesUnderLock):
    """Does so, and returns as if its own offer had won."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        try:
            return await super().give_up(error, call, reply)
        except BankError:
            if error.code == "OFFER_LOCK_CONFLICT":
                return {}
            raise
