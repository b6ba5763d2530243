"""The codes, not the statuses, decide."""

from __future__ import annotations

import pytest

from tests.careless.bank import Bank, BankError, Call
from tests.careless.verdict import codes, opened


class Reacts(Bank):
    """Gives one reaction to every error."""

    reaction: str | None = None

    def remedy(self, error: BankError, call: Call) -> str | None:
        return self.reaction


class Raises(Reacts):
    reaction = None


class Refreshes(Reacts):
    reaction = "refresh"


class BacksOff(Reacts):
    reaction = "backoff"


class Repeats(Reacts):
    reaction = "repeat"
    tries = 2


class RenewsConsent(Bank):
    """Starts a new consent on every error, and raises: a person has to authorise it."""

    async def give_up(self, error: BankError, call: Call, reply: object) -> object:
        await self.send(Call("POST", "/v1/consents", CONSENT), None, 1)
        raise error


CONSENT = {
    "access": {"allPsd2": "allAccounts"},
    "recurringIndicator": True,
    "validUntil": "2026-05-11",
    "frequencyPerDay": 4,
}

REACTIONS = (Raises, Refreshes, BacksOff, Repeats)
ACCOUNTS, REFRESH, RESOLVE = (
    "GET /v1/accounts",
    "POST /accounts/{user_id}/refresh",
    "POST /accounts/{user_id}/mfa/{job_id}/resolve",
)
BALANCE, PAY, IDENTITY = (
    "GET /accounts/{user_id}/balance",
    "POST /v1/payments",
    "POST /accounts/{user_id}/identity",
)

# provider, operation, code, persistence: the findings of raising, refreshing, backing off, repeating at once
TABLE = (
    # Three 401s, three remedies.
    ("paysera", ACCOUNTS, "TOKEN_EXPIRED", "once", ("OB206", "", "OB201", "OB201")),
    ("paysera", ACCOUNTS, "TOKEN_INVALID", "once", ("OB206", "", "OB201", "OB201")),
    ("paysera", ACCOUNTS, "TOKEN_EXPIRED", "always", ("", "", "OB201", "OB201")),
    ("paysera", ACCOUNTS, "CONSENT_EXPIRED", "always", ("", "OB202", "OB205", "OB205")),
    ("paysera", ACCOUNTS, "CERTIFICATE_INVALID", "always", ("", "OB202", "OB101", "OB101")),
    # Two 403s of Paysera are the consent's; one of Aelix is a token's, one is nobody's; Aerosync's is either.
    ("paysera", ACCOUNTS, "CONSENT_INVALID", "always", ("", "OB202", "OB205", "OB205")),
    ("aelix", ACCOUNTS, "SCOPE_INSUFFICIENT", "once", ("", "", "OB201", "OB201")),
    ("aelix", ACCOUNTS, "IP_NOT_ALLOWED", "always", ("", "OB202", "OB101", "OB101")),
    ("aerosync", BALANCE, "AC-001", "once", ("", "", "OB201", "OB201")),
    ("aerosync", BALANCE, "AC-001", "always", ("", "", "OB201", "OB201")),
    # A 429 that is no rate limit, beside one that is and one without a Retry-After.
    ("aerosync", REFRESH, "AC-108", "once", ("", "OB202", "", "")),
    ("aerosync", REFRESH, "AC-108", "always", ("", "OB202", "", "")),
    ("aelix", ACCOUNTS, "RATE_LIMIT_EXCEEDED", "once", ("", "OB105 OB202", "OB105", "OB105")),
    ("aarthik", "GET /profile", "RATE_LIMITED", "once", ("OB102", "OB202", "", "")),
    # A 405 that is an expired session, beside one that is for good.
    ("aerosync", RESOLVE, "AC-110", "once", ("", "", "OB101", "OB101")),
    ("aerosync", RESOLVE, "AC-110", "always", ("", "", "OB101", "OB101")),
    ("aerosync", BALANCE, "AC-105", "always", ("", "OB202", "OB101", "OB101")),
    # A 409 without a conflict, one that is one, and one that ends by itself.
    ("aelix", PAY, "INSUFFICIENT_FUNDS", "always", ("", "OB202", "OB101", "OB101")),
    ("aelix", PAY, "ACCOUNT_CLOSED", "always", ("", "OB202", "OB101", "OB101")),
    (
        "aarthik",
        "POST /offers/{offerID}/proceed",
        "OFFER_LOCK_CONFLICT",
        "always",
        ("", "OB202", "OB101", "OB101"),
    ),
    ("aerosync", IDENTITY, "AC-112", "once", ("", "OB202", "", "")),
    # A 401 that speaks of the key, and 400s that are the bank's affair.
    ("aarthik", "GET /profile", "AUTH_INVALID_SESSION", "once", ("OB206", "", "OB201", "OB201")),
    ("aerosync", BALANCE, "AC-104", "always", ("", "OB202", "OB101", "OB101")),
    ("aerosync", "GET /accounts/{user_id}", "AC-103", "once", ("", "OB202", "", "")),
)


@pytest.mark.parametrize(("provider", "operation", "code", "persistence", "expected"), TABLE)
def test_the_same_reaction_is_right_for_one_code_and_wrong_for_another(
    provider: str, operation: str, code: str, persistence: str, expected: tuple[str, ...]
) -> None:
    """Raising, refreshing, backing off and repeating at once are judged by the code's own remedy."""
    with opened(provider) as box:
        case = next(box.cases(operation, code=code, persistence=persistence))
        found = tuple(" ".join(codes(case, reaction)) for reaction in REACTIONS)
    assert dict(zip(REACTIONS, found, strict=True)) == dict(zip(REACTIONS, expected, strict=True))


@pytest.mark.parametrize("code", ["CONSENT_EXPIRED", "CONSENT_INVALID"])
def test_a_new_consent_is_a_remedy_where_the_consent_is_the_trouble(code: str) -> None:
    """Starting a consent after a consent error is right."""
    with opened("paysera") as box:
        assert codes(next(box.cases(ACCOUNTS, code=code)), RenewsConsent) == []
