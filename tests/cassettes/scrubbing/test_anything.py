"""A secret at any place of anything does not survive."""

from __future__ import annotations

import json
import string
from typing import Any
from urllib.parse import quote, urlencode

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cassettes.scrubbing.recorded import as_text, recorded, scrub

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# It begins and ends with a letter that nothing else here has, and is no word.
SECRETS = st.text(string.ascii_letters + string.digits + '-_.~+/=&%"\\ \u00e9', min_size=6, max_size=24).map(
    "Q7{}z9Q".format
)
NAMES = st.sampled_from(
    [
        "password",
        "access_token",
        "refreshToken",
        "client_secret",
        "X-Api-Key",
        "sessionId",
        "otp",
        "csrf-token",
        "signature",
    ]
)
PLAIN = st.text(string.ascii_lowercase + ' "\\/\u00e9&=%:{[', max_size=12)
MEMBERS = st.dictionaries(st.text(string.ascii_lowercase, max_size=6), PLAIN | st.integers() | st.none(), max_size=3)
WRAPPERS = st.lists(st.sampled_from(["object", "array", "text", "duplicate", "form"]), max_size=6)


def wrapped(value: Any, how: str) -> Any:
    if how == "object":
        return {"data": value, "z": 1}
    if how == "array":
        return [None, value, "x"]
    if how == "text":
        return {"raw": json.dumps(value)}
    if how == "form":
        return {"form": urlencode({"a": "b", "payload": json.dumps(value)})}
    return [value, value]


@QUICK
@given(SECRETS, NAMES, MEMBERS, WRAPPERS, st.booleans(), st.integers(0, 3))
def test_in_json(
    secret: str, name: str, members: dict[str, Any], wrappers: list[str], ascii_only: bool, cut: int
) -> None:
    """However it is nested, escaped or cut off."""
    value: Any = members | {name: secret}
    for how in wrappers:
        value = wrapped(value, how)
    body = json.dumps(value, ensure_ascii=ascii_only)
    text = as_text(scrub(recorded(body=body[: len(body) - cut])))
    assert secret not in text
    assert "Q7" not in text


@QUICK
@given(
    SECRETS, NAMES, st.lists(st.tuples(st.text(string.ascii_lowercase, min_size=1, max_size=4), PLAIN)), st.booleans()
)
def test_in_forms_and_queries(secret: str, name: str, fields: list[tuple[str, str]], plus: bool) -> None:
    """However it is encoded."""
    pairs = [(f"f{field}", value) for field, value in fields]
    form = urlencode([*pairs, (name, secret), *pairs]) if plus else urlencode([*pairs, (name, secret)], quote_via=quote)
    assert "Q7" not in as_text(scrub(recorded(uri=f"https://a.example/x?{form}", sent=form)))


@QUICK
@given(SECRETS.map(lambda secret: secret.replace("\u00e9", "e")), NAMES, PLAIN, st.booleans())
def test_in_headers_and_echoes(secret: str, name: str, around: str, before: bool) -> None:
    """What a header holds is found in any other message."""
    header = recorded(sent_headers={name: secret.strip()})
    echo = recorded(
        body=json.dumps({"note": f"{around} {secret} {around}"}), headers={"X-Echo": quote(secret, safe="")}
    )
    scrubbed = scrub(*([echo, header] if before else [header, echo]))
    assert "Q7" not in as_text(scrubbed)
