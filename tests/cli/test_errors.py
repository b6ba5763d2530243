"""`errors` prints what a provider documents, and marks what it does not."""

import json

import pytest

from pytest_openbanking.registry import Registry, standalone_hooks

PROVIDERS = sorted(Registry(standalone_hooks()).folders)


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("columns", ["80", "100", "160"])
def test_nothing_is_cut_off_at_any_width(cli, monkeypatch, name, columns):
    """From 80 columns on all is there in full, and nothing but addresses runs over."""
    monkeypatch.setenv("COLUMNS", columns)
    ran = cli("errors", name)
    provider = Registry(standalone_hooks()).provider(name)
    words = set(ran.out.split())
    for error in provider.errors:
        assert {
            error.code,
            *(error.message or "").split(),
            *(handling.handling for handling in error.handlings),
        } <= words
    for note in provider.notes:
        assert set(note.text.removeprefix("Assumed: ").split()) <= words
    assert [line for line in ran.lines if len(line) > int(columns) and "https://" not in line] == []


def test_an_operation_s_errors_stand_below_it_with_repeated_statuses_left_blank(cli):
    """The table, as it is at 100 columns."""
    ran = cli("errors", "aelix", "--operation", "GET /v1/audit-logs", "--status", "403", "429")
    at = ran.lines.index("GET /v1/audit-logs  export the audit log")
    assert [line.rstrip() for line in ran.lines[at + 1 : at + 7]] == [
        "  403  SCOPE_INSUFFICIENT   not documented  refresh_token (documented)  not documented   [1]",
        "                                            fail_fast (inferred)",
        "       IP_NOT_ALLOWED       not documented  fail_fast (documented)      no               [1]",
        "  429  RATE_LIMIT_EXCEEDED  not documented  wait (documented)           yes              [2]",
        "                                                                        Retry-After: 30",
        "                                                                        (inferred)",
    ]
    assert ran.lines[-1] == "3 errors (operation x status x code): 3 codes on 1 operation"


def test_an_assumed_operation_says_why(cli):
    """Both where its errors are listed and among what is assumed."""
    ran = cli("errors", "aelix", "--operation", "POST", "/v1/payments")
    why = "payments are documented, with their scope, key and validation, but not their path"
    text = " ".join(ran.out.split())
    assert f"POST /v1/payments initiate a payment assumed: {why}" in text
    assert f"- POST /v1/payments: {why}" in text


def test_notes_have_their_sources(cli):
    """Documented trouble without a status or a code is listed, and its number is a source with an address."""
    ran = cli("errors", "aelix")
    number = next(line for line in ran.lines if "(CORS)" in line).rpartition(" ")[2]
    at = next(
        place for place, line in enumerate(ran.lines) if line.strip().startswith(f"{number} CORS Errors in Browser")
    )
    page = next(line for line in reversed(ran.lines[:at]) if "https://" in line)
    assert page.strip().startswith("troubleshooting: https://aelix.digitalapi.ai/docs/troubleshooting")


def test_the_consent_header_and_the_refresh_are_named(cli):
    """By what the sandbox tells a consent and a new token."""
    text = " ".join(cli("errors", "paysera").out.split())
    assert "consent: the header Consent-ID, on 4 operations" in text
    assert "a new token is what POST /oauth/token has returned" in text


@pytest.mark.parametrize("name", PROVIDERS)
def test_json_holds_every_error(cli, name):
    """One entry for each documented error; what is not documented is null."""
    document = json.loads(cli("errors", name, "--format", "json").out)
    provider = Registry(standalone_hooks()).provider(name)
    assert set(document) == {
        "provider",
        "title",
        "base_url",
        "errors",
        "notes",
        "assumed",
        "sandbox",
        "total",
    }
    assert document["total"]["errors"] == len(document["errors"]) == len(provider.errors)
    for entry, error in zip(document["errors"], provider.errors, strict=True):
        assert (entry["operation"], entry["status"], entry["code"]) == (
            error.operation.id,
            error.status,
            error.code,
        )
        assert (entry["message"], entry["retryable"]) == (error.message, error.retryable)
        assert (entry["retry_after"], entry["retry_after_basis"]) == (
            error.retry_after,
            error.retry_after_basis,
        )
        assert [(item["handling"], item["basis"]) for item in entry["handlings"]] == [
            (accepted.handling, accepted.basis) for accepted in error.handlings
        ]
        assert entry["source"]["url"].startswith("https://")


def test_a_team_s_own_provider_is_shown(cli, team):
    """provider-paths counts here as well."""
    ran = cli("errors", "acme", "--code", "TOKEN_EXPIRED")
    assert ran.lines[0] == "acme  Acme Zürich  https://api.aelix.digitalapi.ai"
    assert ran.lines[-1].startswith("4 errors")
