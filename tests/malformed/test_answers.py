"""Malformed answers: which sites an operation has, which are conclusive, and that each answer has its damage and no other."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pytest_openbanking import load_provider
from pytest_openbanking.catalogue.model import Operation, Provider, Success
from pytest_openbanking.exchange import Headers, Request, Response
from pytest_openbanking.malformed.damage.documents import differences
from pytest_openbanking.malformed.responses import (
    AnswerSite,
    MalformedAnswer,
    answer_sites,
    answers,
    proves,
)
from pytest_openbanking.malformed.rules import Unbreakable

PROVIDERS = ("paysera", "aelix", "aarthik", "aerosync")
UNREADABLE = {"empty", "html", "text", "garbage", "unfinished", "truncated", "cut-chunk"}
READABLE = {
    "charset", "charset-label", "content-type-wrong", "content-type-none", "content-encoding",
    "bom", "duplicate-key", "nan", "big-number", "surrogate", "deep", "nested",
}  # fmt: skip
SHAPES = {"no-object", "list", "error-envelope"}


@cache
def provider_of(name: str) -> Provider:
    return load_provider(name)


def operation_of(provider: Provider, id: str) -> Operation:
    return next(operation for operation in provider.operations if operation.id == id)


def sites_of(name: str, id: str) -> dict[str, AnswerSite]:
    provider = provider_of(name)
    return {site.id: site for site in answer_sites(provider, operation_of(provider, id)).sites}


ALL = [
    (provider_of(name), operation, site)
    for name in PROVIDERS
    for operation in provider_of(name).operations
    for site in answer_sites(provider_of(name), operation).sites
]
quick = settings(
    max_examples=10, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


def drawn(provider: Provider, operation: Operation, site: AnswerSite, count: int = 10) -> list[MalformedAnswer]:
    """Draw some answers of a site, the simplest first."""
    found: list[MalformedAnswer] = []

    @settings(quick, max_examples=count)
    @given(answers(provider, operation, site))
    def collect(answer: MalformedAnswer) -> None:
        found.append(answer)

    collect()
    return found


def one(name: str, id: str, site: str) -> list[MalformedAnswer]:
    provider = provider_of(name)
    return drawn(provider, operation_of(provider, id), sites_of(name, id)[site])


def test_ids_are_unique_and_stay() -> None:
    """A site's id names it within its operation, and is the same whenever it is asked for."""
    for name in PROVIDERS:
        for operation in provider_of(name).operations:
            ids = [site.id for site in answer_sites(provider_of(name), operation).sites]
            assert len(set(ids)) == len(ids)
            again = load_provider(name)
            assert [site.id for site in answer_sites(again, operation_of(again, operation.id)).sites] == ids


def test_the_sites_of_a_read() -> None:
    """A success and each kind of error are damaged, as a whole and at each member."""
    sites = sites_of("paysera", "GET /v1/accounts")
    assert {id.partition("/")[2] for id in sites if id.startswith("success/") and "accounts" not in id} == (
        UNREADABLE | READABLE | SHAPES
    )
    assert {id for id in sites if id.startswith("success/accounts/0/iban")} == {
        "success/accounts/0/iban-missing",
        "success/accounts/0/iban-null",
        "success/accounts/0/iban-type",
    }
    assert {site.scope for site in sites.values()} == {
        "success", "error", "", "error-401-TOKEN_INVALID", "error-429-ACCESS_EXCEEDED",
        "error-500-INTERNAL_SERVER_ERROR", "error-401-CERTIFICATE_INVALID",
    }  # fmt: skip
    assert {id.partition("/")[2] for id in sites if id.startswith("error-429")} == {
        "tppMessages-missing", "tppMessages-null", "tppMessages-type", "tppMessages-empty",
        "tppMessages/0-null", "tppMessages/0-type",
        "tppMessages/0/code-missing", "tppMessages/0/code-null", "tppMessages/0/code-type", "tppMessages/0/code-empty",
        "tppMessages/0/text-missing", "tppMessages/0/text-null", "tppMessages/0/text-type",
        *(f"retry-after-{kind}" for kind in ("word", "negative", "fraction", "past", "blank", "huge", "repeated")),
    }  # fmt: skip
    assert {"error/unknown-code", "error/tppMessages/0/category-unknown", "html-502"} <= set(sites)


def test_what_the_schema_allows_is_no_damage() -> None:
    """An error's member that may be left out or null is not damaged by that, unless it is its message."""
    found = answer_sites(provider_of("aelix"), operation_of(provider_of("aelix"), "POST /v1/payments"))
    ids = {site.id for site in found.sites}
    assert "error/error/trace_id-missing" not in ids
    assert Unbreakable("/error/trace_id", "missing", "the schema does not require it") in found.unbreakable
    assert "error/error/details/0/field-missing" in ids
    assert "error-401-TOKEN_EXPIRED/error/message-missing" in ids
    aarthik = sites_of("aarthik", "GET /profile")
    assert "error/correlationID-null" not in aarthik
    assert "error/correlationID-type" in aarthik


CONCLUSIVE = [
    # (provider, operation, site, must_raise)
    *[("paysera", "GET /v1/accounts", f"success/{name}", True) for name in UNREADABLE | SHAPES],
    *[("paysera", "GET /v1/accounts", f"success/{name}", False) for name in READABLE],
    *[("paysera", "GET /v1/accounts", f"success/accounts-{name}", True) for name in ("missing", "null")],
    *[
        ("paysera", "GET /v1/accounts", f"success/accounts{name}", False)
        for name in ("-type", "/0-null", "/0/iban-missing")
    ],
    *[("paysera", "POST /v1/payments", f"success/{name}", True) for name in UNREADABLE | SHAPES],
    *[("paysera", "POST /v1/payments", f"success/{name}", False) for name in READABLE | {"paymentId-missing"}],
    ("aelix", "GET /v1/accounts", "success/data-missing", True),
    ("aelix", "GET /v1/accounts", "success/meta-missing", False),
    ("paysera", "GET /v1/accounts/{accountId}/balances", "success/balances-missing", False),
    *[("aelix", "POST /oauth2/token", f"success/{name}", True) for name in UNREADABLE | {"no-object", "list"}],
    *[("aelix", "POST /oauth2/token", f"success/{name}", False) for name in READABLE],
    *[("aelix", "POST /oauth2/token", f"success/access_token-{name}", True) for name in ("missing", "null", "empty")],
    ("aelix", "POST /oauth2/token", "success/access_token-type", False),
    ("aelix", "POST /oauth2/token", "success/refresh_token-missing", False),
    ("aelix", "POST /oauth2/token", "success/expires_in-type", False),
    *[("aarthik", "POST /sessions", f"success/data-{name}", True) for name in ("missing", "null", "type")],
    ("aarthik", "POST /sessions", "success/data/sessionToken-missing", True),
    ("aarthik", "POST /sessions", "success/data/refreshToken-missing", False),
    ("aarthik", "POST /sessions", "success/error-envelope", True),
    ("aarthik", "GET /profile", "success/data-missing", True),
    ("aarthik", "POST /journeys", "success/data-missing", False),
    ("aerosync", "POST /token_widget", "success/empty", True),
    ("paysera", "POST /v1/payments", "html-502", True),
]


@pytest.mark.parametrize(("name", "operation", "site", "must_raise"), CONCLUSIVE)
def test_returning_is_conclusive_only_where_nobody_can_have_had_the_answer(
    name: str, operation: str, site: str, must_raise: bool
) -> None:
    """What nobody can read, what is no answer, a read without what it is for, no token, an error: the rest may be returned."""
    assert sites_of(name, operation)[site].must_raise is must_raise


def test_a_get_that_acts_is_no_read() -> None:
    """Which members of its answer a client reads nobody knows, as with any write."""
    provider = provider_of("paysera")
    operation = replace(operation_of(provider, "GET /v1/accounts"), acts="consent")
    found = answer_sites(replace(provider, operations=(operation,)), operation)
    assert not [site for site in found.sites if site.success and site.pointer and site.must_raise]


def test_an_error_status_must_always_raise() -> None:
    """Whatever is left of its body; and no error is chosen that a client may end in another way."""
    for provider, operation, site in ALL:
        if not site.success:
            assert site.must_raise
        for error in site.errors:
            assert error.operation is operation
            assert error.provider == provider.name
            assert not error.accepts & {"renew_consent", "reload_state", "reconnect"}
            assert error.status not in (404, 410)


@settings(quick, max_examples=5000)
@given(st.sampled_from(ALL).flatmap(lambda each: answers(*each)))
def test_every_answer_has_its_damage_and_no_other(answer: MalformedAnswer) -> None:
    """The proof holds, and so does one that knows nothing of how the damage was done."""
    site, response, sound = answer.site, answer.response, answer.sound
    assert proves(answer)
    assert answer.success is site.success
    assert site.success == (response.status < 400)
    assert response != sound.response
    if site.pointer:
        assert is_at(site, json.loads(sound.response.body), json.loads(response.body))
    if not response.truncated:
        assert response.headers["Content-Length"] == str(len(response.body))
    if site.name.startswith("retry-after"):
        assert response.body == sound.response.body
        assert response.headers["Retry-After"] != sound.response.headers["Retry-After"]
    if site.name in UNREADABLE and not response.truncated:
        with pytest.raises(ValueError):
            json.loads(response.body)


def is_at(site: AnswerSite, sound: object, damaged: object) -> bool:
    """Tell whether two documents differ below the site's pointer only."""
    found = differences(sound, damaged)
    return bool(found) and all(f"{each}/".startswith(f"{site.pointer}/") for each in found)


def test_each_site_has_answers() -> None:
    """None of the sites is impossible to draw from."""
    for provider, operation, site in ALL[::7]:
        assert drawn(provider, operation, site, 1)


@pytest.mark.parametrize("kind", ["missing", "null", "type", "empty"])
def test_a_members_damage(kind: str) -> None:
    """A code is missing, null, no text, or an empty one."""
    for answer in one("aelix", "GET /v1/accounts", f"error-401-TOKEN_EXPIRED/error/code-{kind}"):
        error = json.loads(answer.response.body)["error"]
        assert answer.response.status == 401
        if kind == "missing":
            assert "code" not in error
        elif kind == "type":
            assert error["code"] is not None
            assert not isinstance(error["code"], str)
        else:
            assert error["code"] == {"null": None, "empty": ""}[kind]


def test_a_number_that_python_does_not_read() -> None:
    """Its ValueError is no JSONDecodeError, which is all that some catch."""
    for answer in one("paysera", "GET /v1/accounts", "error/big-number"):
        with pytest.raises(ValueError, match="integer string conversion") as caught:
            json.loads(answer.response.body)
        assert not isinstance(caught.value, json.JSONDecodeError)


@pytest.mark.parametrize("kind", ["bom", "nan", "deep", "duplicate-key", "surrogate", "nested"])
def test_what_python_reads_all_the_same(kind: str) -> None:
    """Strange as it is, a client that reads bytes has a value; it comes to grief later, or not at all."""
    for answer in one("paysera", "GET /v1/accounts", f"success/{kind}"):
        assert json.loads(answer.response.body)


def test_an_unknown_code_has_the_documented_form() -> None:
    """And is none that the provider documents."""
    for answer in one("aerosync", "GET /accounts/{user_id}", "error/unknown-code"):
        code = json.loads(answer.response.body)["error"]["code"]
        assert code not in {error.code for error in provider_of("aerosync").errors}
        assert code.startswith(tuple("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        assert len(code) == len("AC-100")


def test_examples_shrink_to_small_ones() -> None:
    """The simplest of a site comes first."""
    first = {
        site: one("paysera", "GET /v1/accounts", site)[0].response
        for site in ("success/accounts-type", "success/unfinished", "error-429-ACCESS_EXCEEDED/retry-after-negative")
    }
    assert first["success/accounts-type"].body == b'{"accounts":false}'
    assert first["success/unfinished"].body == b"{"
    assert first["error-429-ACCESS_EXCEEDED/retry-after-negative"].headers["Retry-After"] == "-1"


def test_a_further_page_is_another_answer() -> None:
    """A client that turns the page is not given the first one again, for ever."""
    (answer, *_) = one("aelix", "GET /v1/transactions", "success/data-null")
    url = "https://api.aelix.digitalapi.ai/v1/transactions"
    assert answer.answers(Request("GET", url))
    assert not answer.answers(Request("GET", f"{url}?cursor=cur_ZmlyZXN0b25l"))
    (failed, *_) = one("aelix", "GET /v1/transactions", "error/empty")
    assert failed.answers(Request("GET", f"{url}?cursor=cur_ZmlyZXN0b25l"))


@pytest.mark.parametrize(
    ("method", "success"),
    [("DELETE", Success(204, None, documented=True)), ("HEAD", Success(200, {}, documented=True))],
)
def test_without_a_body_there_is_none_to_damage(method: str, success: Success) -> None:
    """A 204, and what answers HEAD, have no success sites; the errors of the first have theirs."""
    provider = provider_of("paysera")
    operation = replace(operation_of(provider, "GET /v1/accounts"), method=method, success=success, successes=())
    errors = tuple(
        replace(error, operation=operation) for error in provider.errors if error.operation.id == "GET /v1/accounts"
    )
    found = answer_sites(replace(provider, operations=(operation,), errors=errors), operation)
    assert not [site for site in found.sites if site.success]
    assert Unbreakable("", "success", "no body is documented") in found.unbreakable
    assert bool([site for site in found.sites if site.id == "error/empty"]) is (method != "HEAD")
    assert [site for site in found.sites if site.keyword == "retry-after-word"]


def test_a_list_may_be_what_is_documented() -> None:
    """Then what is no list is the damage, and an object is not."""
    provider = provider_of("paysera")
    operation = replace(
        operation_of(provider, "GET /v1/accounts"), success=Success(200, [{"id": "1"}], documented=True)
    )
    sites = {site.id for site in answer_sites(replace(provider, operations=(operation,)), operation).sites}
    assert {"success/no-array", "success/0/id-missing", "success/0-null"} <= sites
    assert not {"success/no-object", "success/list", "success/0-missing"} & sites


def test_a_foreign_site_is_refused() -> None:
    """A site belongs to its operation."""
    provider = provider_of("aelix")
    site = sites_of("aelix", "GET /v1/accounts")["success/data-null"]
    with pytest.raises(ValueError, match=r"POST /oauth2/token of aelix has no answer site 'success/data-null'"):
        answers(provider, operation_of(provider, "POST /oauth2/token"), site)


BROKEN = {
    "success/accounts/0/iban-null": lambda body: body.replace(b'"EUR"', b"null"),
    "success/accounts-missing": lambda body: b'{"other":1}',
    "success/unfinished": lambda body: body,
    "success/nan": lambda body: body,
    "success/duplicate-key": lambda body: body,
    "success/charset": lambda body: body,
}


@pytest.mark.parametrize("site", BROKEN)
def test_the_proof_refuses_what_is_sound_or_damaged_elsewhere(site: str) -> None:
    """It is held against the sound answer, and against the same damage at another member."""
    (answer, *_) = one("paysera", "GET /v1/accounts", site)
    body = BROKEN[site](answer.sound.response.body)
    headers = Headers([("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    assert not proves(replace(answer, response=Response(200, headers, body)))
    assert not proves(replace(answer, response=answer.sound.response))
