"""What a finding reads like."""

from __future__ import annotations

import pytest

from tests.careless import flaws_outcomes as outcomes
from tests.careless import flaws_retries as retries
from tests.careless.bank import Bank, BankError, Call
from tests.careless.verdict import call_of, judged, opened, site_of, verdict
from tests.careless.wires import Httpx, Reply


class AfterASecond(Bank):
    """Tries once more after a second, whatever Retry-After says."""

    tries = 2

    def pause(self, error: BankError, remedy: str, attempt: int) -> float:
        return 1.0


class ReturnsAfterOneSecond(AfterASecond, outcomes.ReturnsNone):
    """Does so, and returns None."""


TOO_EARLY = """\
OB105 retried before Retry-After had passed
  GET /v1/accounts answered 429 ACCESS_EXCEEDED with Retry-After: 30; the client called again after 1.0 s
          0.000 s  GET /v1/accounts   429 ACCESS_EXCEEDED (documented)   Retry-After: 30
          1.000 s  GET /v1/accounts   429 ACCESS_EXCEEDED (documented)   Retry-After: 30   \
<- too early by 29.0 s
  fix: wait as long as Retry-After says (seconds or an HTTP date), or raise at once and hand the delay on
"""
SWALLOWED = """\
OB401 swallowed the error: returned as if all were well
  GET /v1/accounts answered 429 ACCESS_EXCEEDED; the client returned None without an exception
          0.000 s  GET /v1/accounts   429 ACCESS_EXCEEDED (documented)   Retry-After: 30
          1.000 s  GET /v1/accounts   429 ACCESS_EXCEEDED (documented)   Retry-After: 30
  fix: raise the client's own error; a client that returns error values, or a documented fallback: \
set case.result inside the block and pass returns= to handled(), a type of error value or a predicate \
that tells a fallback
"""
DOCUMENTED = """\
  documented: wait: respect Retry-After  [paysera: error handling, "Error Code Reference"]"""
RUNAWAY = """\
OB103 kept retrying
  the client called 50 times and was stopped
          0.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
          3.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
          9.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
         21.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
         45.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
         93.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
        153.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
        213.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
      ... 36 more calls
       2433.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
       2493.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
       2553.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
       2613.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
       2673.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
       2733.000 s  GET /v1/accounts   500 INTERNAL_SERVER_ERROR (generated)
  fix: bound the retries, as documented, then raise
  documented: backoff: retry with backoff  [aelix: error codes, "Rate Limit / Server Errors"]"""
LOST_FIELDS = """\
OB404 lost the invalid fields
  POST /v1/payments answered 422 VALIDATION_FAILED for amount, currency; \
BankError('VALIDATION_FAILED: The call was turned down.') does not carry amount, currency
          0.000 s  POST /v1/payments   422 VALIDATION_FAILED (generated)
  fix: hand on the fields that the provider names
  documented: fix_request: check the details: they name the fields that failed, and why  \
[aelix: troubleshooting, "422 Unprocessable Entity"]"""

GOLDEN = (
    ("paysera", "GET /v1/accounts", "ACCESS_EXCEEDED", "once", AfterASecond, TOO_EARLY + DOCUMENTED),
    (
        "paysera",
        "GET /v1/accounts",
        "ACCESS_EXCEEDED",
        "once",
        ReturnsAfterOneSecond,
        TOO_EARLY + SWALLOWED + DOCUMENTED,
    ),
    ("aelix", "GET /v1/accounts", "INTERNAL_SERVER_ERROR", "always", retries.RetriesForEver, RUNAWAY),
    ("aelix", "POST /v1/payments", "VALIDATION_FAILED", "always", outcomes.DropsFields, LOST_FIELDS),
)


@pytest.mark.parametrize(
    ("provider", "operation", "code", "persistence", "client", "text"),
    GOLDEN,
    ids=["one finding", "two findings", "fifty calls", "lost fields"],
)
def test_findings_read_like_a_linters(
    provider: str, operation: str, code: str, persistence: str, client: type[Bank], text: str
) -> None:
    """A finding says what happened, shows the exchange, names the fix, and quotes the documentation."""
    with opened(provider) as box:
        assert str(verdict(next(box.cases(operation, code=code, persistence=persistence)), client)) == text


class Hostile(Exception):
    """Has no text and no repr."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


class Odd(Exception):
    """Has whatever repr it is given."""

    def __repr__(self) -> str:
        return str(self.args[0])


class NoAttributes(Exception):
    """Raises from every property."""

    @property
    def code(self) -> str:
        raise RuntimeError("no code")


HOSTILE = (
    Hostile(),
    Odd("\ud800 is half a character"),
    Odd("a\nOB999 forged\x1b[31m\r\x00"),
    Odd("x" * 1_000_000),
    Odd(None),
    NoAttributes(),
    Exception("x" * 1_000_000),
    Exception(None),
    Exception(b"\xff\xfe"),
    ExceptionGroup("several", [ValueError("\ud800"), ExceptionGroup("more", [Hostile()])]),
)


@pytest.mark.parametrize("called", [True, False], ids=["called", "never called"])
@pytest.mark.parametrize("raised", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_exception_does_not_break_the_report(raised: Exception, called: bool) -> None:
    """Whatever comes out of a client, the report is short, printable, and about the client."""
    with opened("aelix") as box:
        case = next(box.cases("GET /v1/accounts", code="INVALID_PARAMETER"))
        bank = Bank(site_of(box), Httpx())

        def client() -> None:
            if called:
                bank.wire.run(bank.send(call_of(case.operation, box), None, 1))
            raise raised

        text = str(judged(case, client))
    text.encode()
    assert text.startswith("OB402" if called else "OB001")
    assert len(text) < 800
    assert all(line.isprintable() for line in text.splitlines())
    assert "\nOB999" not in text


class Mute:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class ReturnsMute(Bank):
    """Returns what cannot be shown."""

    async def give_up(self, error: BankError, call: Call, reply: Reply) -> object:
        return Mute()


def test_an_error_value_without_a_repr_does_not_break_the_report() -> None:
    """A result that cannot be shown is named by its type."""
    with opened("aelix") as box:
        case = next(box.cases("GET /v1/accounts", code="INVALID_PARAMETER"))
        found = verdict(case, ReturnsMute)
    assert "the client returned a Mute without an exception" in str(found)


def test_findings_hide_the_clients_own_traceback() -> None:
    """A finding stands for itself: no chained traceback of the exception that it judges."""
    with opened("aelix") as box:
        found = verdict(next(box.cases("GET /v1/accounts", code="INVALID_PARAMETER")), outcomes.KeyErrorOnBody)
    assert found is not None
    assert found.__suppress_context__
    assert [finding.code for finding in found.findings] == ["OB402"]
