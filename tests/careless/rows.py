"""Which flaw shows where, and under which code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

from pytest_openbanking import ErrorCase
from tests.careless import flaws_credentials as credentials
from tests.careless import flaws_outcomes as outcomes
from tests.careless import flaws_retries as retries
from tests.careless import flaws_writes as writes
from tests.careless.remedies import REMEDIES

if TYPE_CHECKING:
    from tests.careless.bank import Bank

__all__ = [
    "KEYED",
    "LOST_CONSENT",
    "PAYMENTS",
    "ROWS",
    "Row",
    "Where",
    "both",
    "but",
    "either",
    "everywhere",
    "on",
]

Where = Callable[[ErrorCase], bool]


@dataclass(frozen=True)
class Row:
    """A flaw shows its code, once, on every case that is `where`, and on no other.

    `instead` has another code for some of them; `why` says what makes that, or a second code, right there.
    """

    flaw: type[Bank]
    code: str
    where: Where
    instead: tuple[Where, str] | None = None
    why: str = ""

    def expected(self, case: ErrorCase) -> str:
        if not self.where(case):
            return ""
        return self.instead[1] if self.instead and self.instead[0](case) else self.code


def on(codes: str = "", *, only: str = "", lasting: str = "", provider: str = "") -> Where:
    """Select cases by patterns of fnmatch, with spaces between codes and | between operations."""

    def where(case: ErrorCase) -> bool:
        return (
            (not provider or case.sandbox.provider.name in provider)
            and (
                not codes
                or any(
                    fnmatch(f"{case.error.status}:{case.error.code}", f"*:{code}" if ":" not in code else code)
                    for code in codes.split()
                )
            )
            and (not only or any(fnmatch(case.operation.id, one) for one in only.split("|")))
            and (not lasting or case.persistence == lasting)
        )

    return where


def both(*all_of: Where) -> Where:
    return lambda case: all(where(case) for where in all_of)


def either(*any_of: Where) -> Where:
    return lambda case: any(where(case) for where in any_of)


def but(where: Where, *none_of: Where) -> Where:
    return lambda case: where(case) and not any(other(case) for other in none_of)


def recovers(case: ErrorCase) -> bool:
    """Tell whether the careful client gets an answer in the end."""
    remedies, code = REMEDIES[case.sandbox.provider.name], case.error.code
    if case.persistence == "always":
        return False
    if code in remedies.backoff:
        return repeatable(case)
    return code in remedies.refresh | remedies.wait


def repeatable(case: ErrorCase) -> bool:
    return case.operation.method in ("GET", *REMEDIES[case.sandbox.provider.name].keyed)


def backs_off(case: ErrorCase) -> bool:
    return case.error.code in REMEDIES[case.sandbox.provider.name].backoff and repeatable(case)


def waits(case: ErrorCase) -> bool:
    return case.error.code in REMEDIES[case.sandbox.provider.name].wait and case.error.status in (429, 503)


def refreshes(case: ErrorCase) -> bool:
    return case.error.code in REMEDIES[case.sandbox.provider.name].refresh


def raises(case: ErrorCase) -> bool:
    return not recovers(case)


def everywhere(case: ErrorCase) -> bool:
    return True


WRITES = "POST *|PUT *"
PAYMENTS = "POST /v1/payments|POST /v1/{payment-service}/{payment-product}"
TOKEN_ITSELF = on(only="POST /token", provider="aerosync")
OF_A_DAY = on("ACCESS_EXCEEDED", lasting="always")
ALWAYS, ONCE, DATE = on(lasting="always"), on(lasting="once"), on(lasting="once-date")
BEARER = but(everywhere, TOKEN_ITSELF, on(only="POST /sessions"))
KEYED = either(on(only=WRITES, provider="aarthik"), on(only="POST /v1/payments", provider="aelix"))
HOPELESS = but(
    on("400:* 404:* 405:* 409:* 422:* CERTIFICATE_* IP_NOT_ALLOWED"),
    on("AC-103 AC-112"),  # a bounded retry is accepted: no remedy is documented
)
LOST_CONSENT = on("CONSENT_EXPIRED CONSENT_INVALID")
WRONG_REQUEST = on("400:* 422:*")

ROWS = (
    Row(retries.NeverCalls, "OB001", everywhere),
    Row(retries.RepeatsTheHopeless, "OB101", HOPELESS),
    Row(retries.GivesUpAtOnce, "OB102", both(backs_off, ONCE)),
    Row(
        retries.RetriesEightTimes,
        "OB103",
        both(either(backs_off, on("503:*")), ALWAYS, on(provider="paysera")),
        why="Paysera alone documents how many retries there may be",
    ),
    Row(retries.RetriesForEver, "OB103", but(both(either(backs_off, waits), ALWAYS), OF_A_DAY)),
    Row(retries.NoPause, "OB104", both(backs_off, ALWAYS)),
    Row(retries.ConstantSecond, "OB104", both(backs_off, ALWAYS)),
    Row(retries.WaitsMilliseconds, "OB105", waits),
    Row(retries.IgnoresDelay, "OB105", waits),
    Row(retries.CapsAtTen, "OB105", waits),
    Row(retries.ReadsNoDate, "OB105", both(waits, DATE)),
    Row(retries.SleepsTheDay, "OB106", OF_A_DAY),
    Row(
        retries.FreshKeyAfterConflict,
        "OB107",
        both(on("409:*"), KEYED),
        instead=(on("ACCOUNT_CLOSED"), "OB101"),
        why="a closed account is no conflict: under any key the request is one that no repeat can clear",
    ),
    Row(retries.WritesUnderLock, "OB107", on("OFFER_LOCK_CONFLICT")),
    Row(
        retries.GoesOnUnderLock,
        "OB107 OB401",
        on("OFFER_LOCK_CONFLICT"),
        why="it wrote on, and it told its caller that all was well: each has a fix of its own",
    ),
    Row(credentials.RepeatsRefusedToken, "OB201", refreshes),
    Row(credentials.RefreshLoop, "OB202", both(refreshes, ALWAYS)),
    Row(credentials.RefreshesOnCertificate, "OB202", on("CERTIFICATE_*")),
    Row(credentials.RefreshesOnConsent, "OB202", on("CONSENT_EXPIRED")),
    Row(credentials.RefreshesOnForbidden, "OB202", on("IP_NOT_ALLOWED CONSENT_INVALID RESOURCE_FORBIDDEN")),
    Row(
        credentials.RefreshesByStatus,
        "OB202",
        on("CERTIFICATE_* CONSENT_EXPIRED AC-101"),
        instead=(on("AC-101"), "OB101"),
        why="there the refresh is the very request that was refused; at Aarthik's POST /sessions it is "
        "another request to the same operation, as a client that starts several sessions sends too",
    ),
    Row(credentials.NoAuthorization, "OB203", BEARER),
    Row(credentials.DoubleSpace, "OB203", BEARER),
    Row(credentials.TrailingBlank, "OB203", BEARER),
    Row(credentials.RepeatsUnderConsent, "OB205", LOST_CONSENT),
    Row(
        credentials.RaisesOnExpiry,
        "OB206",
        but(both(refreshes, ONCE), on("TOKEN_INVALID", provider="aelix")),
        why="Aelix says of TOKEN_INVALID only to check the key: raising is accepted there",
    ),
    Row(writes.NoKey, "OB301", KEYED),
    Row(writes.FreshKeyEachTry, "OB302", both(on("500:* 503:*"), on(only=WRITES, provider="aelix"))),
    Row(writes.Prepares, "", everywhere),
    Row(writes.ConstantKey, "OB303", but(on(only=WRITES, provider="aarthik"), on(only="POST /journeys"))),
    Row(writes.BlindRepeat, "OB305", on("408:* 500:*", only=PAYMENTS, provider="paysera")),
    Row(writes.AmountAsFloat, "OB501", but(on(only=PAYMENTS), WRONG_REQUEST)),
    Row(writes.NoCurrency, "OB501", but(on(only=PAYMENTS, provider="paysera"), WRONG_REQUEST)),
    Row(writes.WrongPath, "OB502", everywhere),
    Row(writes.WrongMethod, "OB502", everywhere),
    Row(outcomes.SwallowsForbidden, "OB401", on("403:*")),
    Row(outcomes.ReturnsNone, "OB401", raises),
    Row(outcomes.ReturnsEmptyList, "OB401", raises),
    Row(outcomes.ReturnsErrorBody, "OB401", raises),
    Row(outcomes.KeyErrorOnBody, "OB402", raises),
    Row(outcomes.RaisesForStatus, "OB402", raises),
    Row(outcomes.RaisesJSONDecodeError, "OB402", raises),
    Row(outcomes.RaisesRetryError, "OB402", raises),
    Row(outcomes.LosesCode, "OB403", raises),
    Row(outcomes.DropsFields, "OB404", on("FORMAT_ERROR 422:VALIDATION_FAILED")),
    Row(outcomes.TokenInMessage, "OB405", raises),
    Row(outcomes.TokenInRepr, "OB405", raises),
    Row(outcomes.LogsTokenAtWarning, "OB405", but(raises, TOKEN_ITSELF)),
    Row(outcomes.LogsTokenAtInfo, "OB405", but(raises, TOKEN_ITSELF)),
    Row(outcomes.LogsTokenAtDebug, "OB405", but(raises, TOKEN_ITSELF)),
    Row(outcomes.LosesDelay, "OB406", waits),
)
