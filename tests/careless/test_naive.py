"""Clients as teams first write them: each is flagged on every error that it mishandles."""

from __future__ import annotations

import pytest

from pytest_openbanking import sandbox
from tests.careless.naive import NAIVE
from tests.careless.rows import KEYED, LOST_CONSENT, PAYMENTS, Where, both, but, either, everywhere, on
from tests.careless.verdict import PROVIDERS, call_of, judged, site_of

ONCE, ALWAYS, DATE = on(lasting="once"), on(lasting="always"), on(lasting="once-date")
READS = on(only="GET *")
TOKEN = on("AUTH_INVALID_SESSION TOKEN_* SCOPE_INSUFFICIENT AC-001")
MUST_REFRESH = but(
    on("AUTH_INVALID_SESSION TOKEN_EXPIRED TOKEN_INVALID", lasting="once"),
    on("TOKEN_INVALID", provider="aelix"),
)
WAITS = either(on("RATE_LIMIT_EXCEEDED ACCESS_EXCEEDED"), on("503:*", provider="paysera"))
SERVERS = but(on("408:* 500:* 503:* RATE_LIMITED"), WAITS)  # a backoff is the one remedy
UNDOCUMENTED = on("AC-103 AC-108 AC-112")  # raising and a bounded retry are accepted
BACKOFF = either(SERVERS, UNDOCUMENTED)
MONEY = on("408:* 500:*", only=PAYMENTS, provider="paysera")
HOPELESS = but(everywhere, TOKEN, LOST_CONSENT, WAITS, BACKOFF)
STATUS_401 = on("CERTIFICATE_* CONSENT_EXPIRED")
DAY = on("ACCESS_EXCEEDED", lasting="always")
CLEARS = both(BACKOFF, ONCE)
BLIND = {"OB101": HOPELESS, "OB201": TOKEN, "OB205": LOST_CONSENT, "OB301": KEYED, "OB305": MONEY}

EXPECTED: dict[str, dict[str, Where]] = {
    "raise_for_status": {"OB301": KEYED, "OB402": everywhere},
    "aiohttp_session": {"OB301": KEYED, "OB402": everywhere},
    "urlopen": {"OB301": KEYED, "OB402": everywhere},
    "sdk_that_reads_one_form": {"OB301": KEYED, "OB402": everywhere},
    "except_exception": {"OB301": KEYED, "OB401": everywhere},
    "sdk_that_returns_errors": {"OB301": KEYED, "OB401": everywhere},
    "logs_and_returns": {"OB301": KEYED, "OB401": everywhere, "OB405": everywhere},
    "retry_everything": {
        **BLIND,
        "OB104": both(BACKOFF, ALWAYS),
        "OB105": DAY,
        "OB106": DAY,  # urllib3 sleeps six hours of the twenty-four
        "OB402": but(everywhere, CLEARS, both(WAITS, either(ONCE, DATE))),
    },
    "tenacity_defaults": {
        **BLIND,
        "OB104": both(BACKOFF, ALWAYS),
        "OB105": WAITS,
        "OB402": but(everywhere, CLEARS),
    },
    "constant_backoff": {
        **BLIND,
        "OB104": both(BACKOFF, ALWAYS),
        "OB105": WAITS,
        "OB402": but(everywhere, CLEARS),
    },
    "stamina_on_any_error": {**BLIND, "OB105": WAITS, "OB402": but(everywhere, CLEARS)},
    "while_true": {
        **BLIND,
        "OB103": but(everywhere, CLEARS, both(WAITS, either(ONCE, DATE), on(provider="aelix"))),  # Paysera: at most 5
        "OB105": WAITS,
    },
    "refresh_middleware": {
        "OB102": both(SERVERS, ONCE, READS),
        "OB202": STATUS_401,
        "OB301": KEYED,
        "OB406": WAITS,
    },
    "refresh_recursion": {
        "OB101": on("AC-101"),  # the refresh is the request that was refused
        "OB102": both(SERVERS, ONCE, READS),
        "OB103": either(STATUS_401, both(on("401:*"), TOKEN, ALWAYS)),
        "OB202": either(STATUS_401, both(on("401:*"), TOKEN, ALWAYS)),
        "OB301": KEYED,
        "OB402": on("AC-101 AUTH_INVALID_API_KEY"),  # what it gets for a token is an error body
        "OB406": WAITS,
    },
    "sdk_that_backs_off": {
        "OB105": WAITS,
        "OB206": MUST_REFRESH,
        "OB301": KEYED,
        "OB305": MONEY,
        "OB403": but(everywhere, MUST_REFRESH, both(SERVERS, ONCE), on("AC-108", lasting="once")),
    },
    "sdk_with_a_key_for_each_try": {
        "OB102": both(on("408:* RATE_LIMITED"), ONCE, either(READS, KEYED)),
        "OB105": both(WAITS, on("503:*")),
        "OB206": MUST_REFRESH,
        "OB302": both(SERVERS, on(only="POST *", provider="aelix")),
        "OB305": both(MONEY, on("500:*")),
        "OB406": both(WAITS, on("429:*")),
    },
    "milliseconds": {
        "OB102": both(on("408:* 500:*"), ONCE, READS),
        "OB104": both(ALWAYS, but(on("429:* 503:*"), WAITS)),
        "OB105": but(WAITS, DATE),
        "OB206": MUST_REFRESH,
        "OB301": KEYED,
        "OB402": both(WAITS, DATE),
    },
    "sleeps_what_it_is_told": {
        "OB102": both(SERVERS, ONCE, READS),
        "OB106": DAY,
        "OB206": MUST_REFRESH,
        "OB301": KEYED,
        "OB402": both(WAITS, DATE),
    },
    "conflict_is_success": {
        "OB102": both(SERVERS, ONCE, READS),
        "OB206": MUST_REFRESH,
        "OB301": KEYED,
        "OB401": on("409:*"),
        "OB406": WAITS,
    },
    "tells_all": {"OB206": MUST_REFRESH, "OB301": KEYED, "OB405": everywhere, "OB406": WAITS},
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("name", sorted(NAIVE))
def test_a_naive_client_is_flagged_for_all_that_it_mishandles_and_nothing_else(name: str, provider: str) -> None:
    """Each naive client gives exactly the expected codes on every documented error."""
    with sandbox(provider) as box:
        expected, found = {}, {}
        for case in box.cases():
            expected[case.id] = [code for code, where in sorted(EXPECTED[name].items()) if where(case)]
            call = call_of(case.operation, box)
            mishandled = judged(case, lambda call=call: NAIVE[name](site_of(box), call))
            found[case.id] = [finding.code for finding in mishandled.findings] if mishandled else []
    assert found == expected
