"""Flaws with writes, idempotency keys, and the requests themselves."""

from __future__ import annotations

import uuid

from tests.careless.bank import Bank, BankError, Call

__all__ = [
    "AmountAsFloat",
    "BlindRepeat",
    "ConstantKey",
    "FreshKeyEachTry",
    "NoCurrency",
    "NoKey",
    "Prepares",
    "WrongMethod",
    "WrongPath",
]


class NoKey(Bank):
    """Sends no Idempotency-Key."""

    def key_for(self, key: str, attempt: int) -> str | None:
        return None


class FreshKeyEachTry(Bank):
    """Makes its key inside the retry loop."""

    def key_for(self, key: str, attempt: int) -> str:
        return str(uuid.uuid4())


class Prepares(Bank):
    """Correct: starts a journey before it writes, each under its own key."""

    async def call(self, call: Call) -> object:
        if self.site.provider == "aarthik" and not call.safe and call.path != "/journeys":
            await super().call(Call("POST", "/journeys"))
        return await super().call(call)


class ConstantKey(Prepares):
    """Uses one key for the two writes."""

    def new_key(self) -> str:
        return "0b5f29f4-2f0c-4a5e-8f0e-7d1f5d1b7a10"


class BlindRepeat(Bank):
    """Repeats every write whose outcome is unknown."""

    def repeatable(self, error: BankError, call: Call) -> bool:
        return True


class AmountAsFloat(Bank):
    """Sends amounts as floats."""

    def body(self, call: Call) -> object:
        match call.body:
            case {"instructedAmount": {"amount": _, "currency": currency}}:
                return {**call.body, "instructedAmount": {"amount": 150.5, "currency": currency}}
            case {"amount": _}:
                return {**call.body, "amount": 25.5}
        return call.body


class NoCurrency(Bank):
    """Sends amounts without their currency."""

    def body(self, call: Call) -> object:
        match call.body:
            case {"instructedAmount": {"amount": amount}}:
                return {**call.body, "instructedAmount": {"amount": amount}}
        return call.body


class WrongPath(Bank):
    """Misspells the path."""

    def url(self, call: Call) -> str:
        return super().url(call) + "x/y/z"


class WrongMethod(Bank):
    """Sends PATCH, which no operation documents."""

    def method(self, call: Call) -> str:
        return "PATCH"
