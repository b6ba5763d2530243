"""`sites` prints what of an operation can be malformed, and why the rest cannot be alone."""

import pytest


def test_the_sites_of_a_request(cli):
    """Each as tests show it, in the order of the schema, and how many they are."""
    ran = cli("sites", "paysera", "POST", "/v1/payments")
    assert ran.code == 0
    assert {"instructedAmount/currency-pattern", "creditorAccount/iban-minLength", "wire-truncated"} <= set(ran.lines)
    assert ran.lines[-1] == f"POST /v1/payments: {len(ran.lines) - 2} sites"


def test_what_cannot_be_broken_alone_has_its_reason(cli):
    """An optional body may be empty."""
    ran = cli("sites", "aarthik", "PUT /profile")
    at = ran.lines.index("cannot be broken alone")
    assert ran.lines[at + 1] == "  /  wire  empty: the body is optional"
    assert ran.lines[-1] == f"PUT /profile: {at - 1} sites; 1 rule cannot be broken alone"


def test_the_sites_of_an_answer(cli):
    """Those of the success, of each error, and of a gateway."""
    ran = cli("sites", "paysera", "GET /v1/accounts", "--part", "response")
    assert {"success/accounts-missing", "error-429-ACCESS_EXCEEDED/tppMessages-null", "html-502"} <= set(ran.lines)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "sites: name a provider: aarthik, aelix, aerosync, paysera"),
        (["paysera"], "sites: name one operation of paysera: POST /v1/consents, POST /v1/payments"),
        (["paysera", "POST /v1/payment"], "paysera has no operation 'POST /v1/payment'; nearest: POST /v1/payments"),
        (["paysera", "GET /v1/accounts"], "GET /v1/accounts has no request schema"),
        (["paysera", "POST /oauth/token"], "paysera documents no error for a malformed POST /oauth/token"),
        (["paysera", "POST /v1/payments", "--part", "answer"], "sites: argument --part: invalid choice"),
    ],
)
def test_wrong(cli, arguments, said):
    """What is wrong is one line that names what there is."""
    ran = cli("sites", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1
