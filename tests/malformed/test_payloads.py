"""Every payload breaks exactly the rule that it is labelled with; odd values come up; what fails shrinks."""

import json
from collections import Counter
from dataclasses import replace

import hypothesis
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis.errors import NoSuchExample

from pytest_openbanking.catalogue.schemas import breaches
from pytest_openbanking.malformed.payloads import payloads, payloads_at, valid_payloads
from pytest_openbanking.malformed.proof import WrongLabel, prove
from pytest_openbanking.malformed.sites import Site, request_sites
from pytest_openbanking.settings import UsageError
from tests.malformed.contracts import PAYMENT, SHIPPED, TRICKY, of, operation

WANTED = 20_000
COUNT: Counter[str] = Counter()
QUIET = {"database": None, "deadline": None, "derandomize": True}
CURRENCY = Site("/instructedAmount/currency", "pattern")
AMOUNT = Site("/instructedAmount/amount", "pattern")
NAME = Site("/creditorName", "maxLength")
ODD = [
    (CURRENCY, "/instructedAmount/currency", value)
    for value in (
        "",
        "EUR\n",
        "EUR ",
        " EUR",
        "eur",
        "EU",
        "EURR",
        "\N{FULLWIDTH LATIN CAPITAL LETTER E}\uff35\uff32",
        "EUR\ud800",
    )
]
ODD += [
    (AMOUNT, "/instructedAmount/amount", value)
    for value in (
        "\u0661\u0665\u0660.\u0660\u0660",
        "150,00",
        "-150.00",
        "1e400",
        "150.0",
        "150.000",
        "NaN",
        "-0",
        "150.00\n",
    )
]
ODD += [(Site("/creditorName", "minLength"), "/creditorName", ""), (NAME, "/creditorName", "a" * 71)]
ODD += [(NAME, "/creditorName", "\ud800" * 71), (NAME, "/creditorName", "\U0001f600" * 71)]
ODD += [(Site("/instructedAmount/amount", "type"), "/instructedAmount/amount", 150.0)]
SMALLEST = [
    (CURRENCY, "/instructedAmount/currency", ""),
    (AMOUNT, "/instructedAmount/amount", ""),
    (NAME, "/creditorName", "0" * 71),
    (Site("/creditorAccount/iban", "type"), "/creditorAccount/iban", 0),
]


def at(payload, pointer):
    for part in pointer.split("/")[1:]:
        payload = payload[int(part) if isinstance(payload, list) else part]
    return payload


def run(operation, strategy, *, examples):
    """Draw so many payloads, and prove each."""
    seen = []

    @settings(max_examples=examples, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(strategy)
    def drawn(malformed):
        prove(operation, malformed)
        seen.append(malformed.site)

    drawn()
    return seen


EACH = [pytest.param(operation, id=f"{index}-{operation}") for index, operation in enumerate(SHIPPED)]


@pytest.mark.parametrize("operation", EACH)
def test_shipped(operation):
    """Every payload of every site of every shipped schema has exactly the one error that its label says."""
    for site in request_sites(operation).sites:
        seen = run(operation, payloads(operation, site), examples=130)
        assert set(seen) == {site}
        COUNT["payloads"] += len(seen)


@pytest.mark.parametrize("name", TRICKY)
def test_tricky(name):
    """So has every payload of schemas that trip others."""
    tricky = operation(TRICKY[name])
    for site in request_sites(tricky).sites:
        COUNT["payloads"] += len(run(tricky, payloads(tricky, site), examples=60))


def test_enough():
    """Those were at least 20,000 payloads; what is missing, as small sites are exhausted, is drawn from the largest."""
    while COUNT["payloads"] < WANTED:
        COUNT["payloads"] += len(run(PAYMENT, payloads_at(PAYMENT), examples=2000))
    assert COUNT["payloads"] >= WANTED


@pytest.mark.parametrize("operation", EACH)
def test_all_sites_in_one_test(operation):
    """The default 100 examples reach every site of a shipped schema."""
    assert set(run(operation, payloads_at(operation), examples=100)) == set(request_sites(operation).sites)


@pytest.mark.parametrize("operation", EACH)
def test_valid(operation):
    """Valid payloads are valid, for the plugin's own validator, too."""

    @settings(max_examples=25, **QUIET)
    @given(valid_payloads(operation))
    def drawn(payload):
        assert breaches(operation.request_schema, payload) == []

    drawn()


@pytest.mark.parametrize(("site", "pointer", "value"), ODD, ids=[f"{site.id}-{value!a:.12}" for site, _, value in ODD])
def test_odd_values(site, pointer, value):
    """The values that clients get wrong come up."""
    found = find(
        payloads(PAYMENT, site),
        lambda drawn: at(drawn.payload, pointer) == value,
        settings=settings(max_examples=3000, **QUIET),
    )
    assert at(found.payload, pointer) == value


@pytest.mark.parametrize("value", ["-0.0", "1e400", "-1e400", "-1", "0.5", "-9223372036854775808"])
def test_odd_numbers(value):
    """So do the numbers: minus zero, one too great for a double, the least of 64 bits."""
    priced = operation(of(low={"type": "number", "exclusiveMinimum": 0}, high={"type": "number", "maximum": 0.25}))
    strategy = payloads(priced, Site("/low", "exclusiveMinimum")) | payloads(priced, Site("/high", "maximum"))
    found = find(
        strategy, lambda drawn: f": {value}" in drawn.body.decode(), settings=settings(max_examples=3000, **QUIET)
    )
    prove(priced, found)


@pytest.mark.parametrize(("site", "pointer", "value"), SMALLEST, ids=[site.id for site, _, _ in SMALLEST])
def test_shrinks(site, pointer, value):
    """A failing case shrinks to the smallest payload that still breaks that one rule."""
    found = find(payloads(PAYMENT, site), lambda drawn: True, settings=settings(**QUIET))
    assert at(found.payload, pointer) == value
    assert "remittanceInformationUnstructured" not in found.payload


@pytest.mark.skipif(hypothesis.__version_info__ < (6, 170), reason="older ones shrink less far: seen with 6.130")
def test_shrinks_to_the_reason():
    """It keeps what the failure is about, and drops the rest."""
    found = find(
        payloads_at(PAYMENT),
        lambda drawn: drawn.site == AMOUNT and len(str(at(drawn.payload, "/instructedAmount/amount"))) > 3,
        settings=settings(max_examples=2000, **QUIET),
    )
    assert (
        4 <= len(at(found.payload, "/instructedAmount/amount")) <= 8
    )  # Hypothesis 6.130 leaves a few more signs than 6.170


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        (AMOUNT, "jsonschema finds instead: pattern at /instructedAmount/currency"),
        (Site("/instructedAmount/currency", "type"), "jsonschema finds instead: pattern"),
        (Site("/instructedAmount/currency", "pattern", "0"), "jsonschema finds instead"),
        (Site("", "wire", "truncated"), "the body is not truncated"),
        (Site("", "wire", "nonsense"), "the body is not nonsense"),
    ],
)
def test_wrong_label(site, reason):
    """A label that is wrong on purpose is noticed."""
    drawn = find(payloads(PAYMENT, CURRENCY), lambda each: True, settings=settings(**QUIET))
    prove(PAYMENT, drawn)
    with pytest.raises(WrongLabel, match=reason):
        prove(PAYMENT, replace(drawn, site=site))


def test_wrong_payload():
    """So is a payload that breaks nothing, one that breaks more, and a body that is another payload's."""
    drawn = find(payloads(PAYMENT, CURRENCY), lambda each: True, settings=settings(**QUIET))
    with pytest.raises(WrongLabel, match="finds no error"):
        prove(PAYMENT, replace(drawn, payload=PAYMENT.request_example))
    with pytest.raises(WrongLabel, match=r"finds 2 errors in it: .*required at /creditorName"):
        prove(
            PAYMENT,
            replace(drawn, payload={key: value for key, value in drawn.payload.items() if key != "creditorName"}),
        )
    with pytest.raises(WrongLabel, match="the body is not the payload"):
        prove(PAYMENT, replace(drawn, body=b"{}"))


def test_unknown_site():
    """A site that an operation has not is refused, with those that it has."""
    with pytest.raises(UsageError, match=r"POST /v1/payments has no site 'x-type'; known: .*creditorName-required"):
        payloads(PAYMENT, Site("/x", "type"))


def test_bodies_are_json():
    """The body of a payload is JSON that reads as the payload, in ASCII, whatever is in it."""

    @settings(max_examples=300, **QUIET)
    @given(payloads_at(PAYMENT, [site for site in request_sites(PAYMENT).sites if site.keyword != "wire"]))
    def drawn(malformed):
        assert malformed.body.isascii()
        assert json.loads(malformed.body) == malformed.payload

    drawn()


def test_payloads_are_ones_own():
    """A test that changes a payload changes no other."""
    strategy = payloads(PAYMENT, CURRENCY)
    first = find(strategy, lambda each: True, settings=settings(**QUIET))
    first.payload.clear()
    prove(PAYMENT, find(strategy, lambda each: True, settings=settings(**QUIET)))


def test_nothing_else_is_drawn():
    """A site's payloads differ from a valid one in nothing but the broken member."""
    with pytest.raises(NoSuchExample):
        find(
            payloads(PAYMENT, CURRENCY),
            lambda drawn: at(drawn.payload, "/instructedAmount/amount") != "150.00",
            settings=settings(max_examples=300, **QUIET),
        )
