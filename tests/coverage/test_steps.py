"""What a block has shown, told in plain values: the same in equal runs, whatever the moment at which they ran."""

from types import SimpleNamespace

import pytest

from pytest_openbanking import load_provider
from pytest_openbanking.coverage.steps import LONGEST, Told, neutral
from pytest_openbanking.exchange import Exchange, Headers, Interaction, Outcome, Request, Response
from pytest_openbanking.rules.rule import Finding

PROVIDER = load_provider("paysera")
ACCOUNTS = next(o for o in PROVIDER.operations if o.id == "GET /v1/accounts")
TOKEN = next(o for o in PROVIDER.operations if o.id == "POST /oauth/token")
LIMITED = next(e for e in PROVIDER.errors if e.operation is ACCOUNTS and e.code == "ACCESS_EXCEEDED")


def exchange_of(*calls, epoch=0.0):
    """Make an exchange of (moment, operation, token, error, Retry-After)."""
    exchange = Exchange()
    exchange.epoch = epoch
    for index, (at, operation, token, error, after) in enumerate(calls):
        headers = Headers([("Authorization", f"Bearer {token}")])
        url = operation.base + operation.path
        call = Interaction(index, at, Request(operation.method, url, headers), operation, error, known=index)
        call.response = Response(error.status if error else 200, Headers([("Retry-After", after)] if after else []))
        exchange.add(call)
        exchange.answer(call, at)
    exchange.ended_at = calls[-1][0]
    return exchange


def told(exchange, *, findings=(), outcome=None, issued=()):
    tokens = SimpleNamespace(issued=list(issued), issued_refresh=[])
    case = SimpleNamespace(sandbox=SimpleNamespace(tokens=tokens))
    return Told(SimpleNamespace(case=case, exchange=exchange, findings=findings, outcome=outcome))


def test_a_step_says_what_tells_one_call_from_another():
    """Tokens by number, the refresh, where a Retry-After ends, and a finding's remark."""
    exchange = exchange_of(
        (0.0, ACCOUNTS, "secret-a", LIMITED, "30"),
        (1.0000004, TOKEN, "secret-a", None, None),
        (2.0, ACCOUNTS, "secret-b", None, None),
    )
    marks = {exchange[2]: "<- too early by 28.0 s"}
    first, refresh, again = told(exchange, findings=[Finding("OB105", "m", "s", "f", marks)]).steps
    assert (first.path, first.error, first.retry_after, first.wait_until) == (
        "/v1/accounts",
        "429 ACCESS_EXCEEDED",
        "30",
        30.0,
    )
    assert (refresh.at, refresh.refreshes, first.refreshes) == (1.0, True, False)
    assert (first.token, again.token, again.mark, first.mark) == ("token 1", "token 2", "too early by 28.0 s", None)


@pytest.mark.parametrize("epoch", [1_800_000_000.0, 1_800_000_000.3, 1_800_000_000.999, 1_800_000_000.0005])
@pytest.mark.parametrize("client", ["exact", "truncating", "rounding up"])
def test_a_date_is_told_as_a_whole_number_of_seconds(epoch, client):
    """By what fraction of a second it was rounded up says nothing about the client."""
    from email.utils import formatdate
    from math import ceil

    ends = ceil(epoch + 30) - epoch
    again = {"exact": ends, "truncating": 30.0, "rounding up": 31.0}[client]
    date = formatdate(epoch + ends, usegmt=True)
    found = Finding("OB105", "m", f"answered with Retry-After: {date}; called after {again:.1f} s", "f")
    shown = told(
        exchange_of((0.0, ACCOUNTS, "a", LIMITED, date), (again, ACCOUNTS, "a", None, None), epoch=epoch),
        findings=[found],
    )
    whole = 31.0 if client == "rounding up" else 30.0
    assert [(step.at, step.retry_after, step.wait_until) for step in shown.steps] == [
        (0.0, "a date 30 s later", 30.0),
        (whole, None, None),
    ]
    assert shown.ended_at == whole
    assert shown.findings[0].seen == f"answered with Retry-After: a date 30 s later; called after {whole:.1f} s"


@pytest.mark.parametrize("fraction", [0.0, 0.02, 0.5, 0.97])
def test_how_much_too_early_a_call_was_is_told_without_the_fraction(fraction):
    """A remark of a finding has rounded it already."""
    from email.utils import formatdate

    epoch = 1_800_000_001 - fraction if fraction else 1_800_000_000
    ends = 30 + fraction
    exchange = exchange_of(
        (0.0, ACCOUNTS, "a", LIMITED, formatdate(epoch + ends, usegmt=True)),
        (1.0, ACCOUNTS, "a", None, None),
        epoch=epoch,
    )
    marks = {exchange[1]: f"<- too early by {ends - 1:.1f} s"}
    shown = told(exchange, findings=[Finding("OB105", "m", "after 1.0 s", "f", marks)])
    assert (shown.steps[1].mark, shown.findings[0].seen) == ("too early by 29.0 s", "after 1.0 s")


class Unprintable(Exception):
    def __str__(self):
        raise ValueError("no text")


def test_an_exception_is_told_by_its_dotted_name_and_text():
    """Without tokens that are numbered by the process; one whose text fails is told as well."""
    raised = (OSError("held issued-7"), Unprintable())
    shown = told(exchange_of((0.0, ACCOUNTS, "a", None, None)), outcome=Outcome(raised), issued=["issued-7"]).raised
    assert [(each.type, each.text) for each in shown] == [
        ("OSError", "held (an issued token)"),
        (f"{__name__}.Unprintable", "(its text cannot be shown: ValueError)"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<object at 0x7f00deadbeef>", "<object at 0x...>"),
        ("half \ud800 a pair", "half \\ud800 a pair"),
        ("x" * (LONGEST + 1), "x" * (LONGEST - 3) + "..."),
        ("ķ" * LONGEST, "ķ" * LONGEST),
    ],
)
def test_a_text_is_neutral(text, said):
    """No addresses, nothing that no other process can read, and no more than a report can hold."""
    assert neutral(text) == said


def test_a_date_in_the_past_is_no_wait():
    """How long ago it was depends on when the test runs."""
    exchange = exchange_of((0.0, ACCOUNTS, "a", LIMITED, "Wed, 21 Oct 2015 07:28:00 GMT"), epoch=1_800_000_000.0)
    (step,) = told(exchange).steps
    assert (step.retry_after, step.wait_until) == ("a date in the past", None)
