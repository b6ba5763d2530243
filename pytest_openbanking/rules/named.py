"""What an answer named: the code, and the fields that are invalid."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_openbanking.cassettes.library import code_of, plain
from pytest_openbanking.catalogue.pointers import values_at
from pytest_openbanking.rules.evidence import attempts

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.exchange import Exchange, Interaction
    from pytest_openbanking.sandboxes.cases import ErrorCase

__all__ = ["named_codes", "named_fields"]


def named_codes(case: ErrorCase, exchange: Exchange) -> list[str]:
    """Return the codes that a client may hand on: the documented one, and another name of it that an answer had."""
    error, provider = case.error, case.sandbox.provider
    answers = [call.response for call in attempts(case, exchange) if call.response is not None] if error.aliases else []
    found = [code for response in answers if (code := code_of(response, provider)) in error.aliases]
    return list(dict.fromkeys([*filter(None, found), error.code]))


def named_fields(case: ErrorCase, exchange: Exchange) -> list[str]:
    """Return the fields that the last answer with the error named; a recording may name others than the catalogue."""
    failed, envelope = attempts(case, exchange), case.sandbox.provider.envelope
    if not failed or failed[-1].response is None or envelope.fields is None:
        return list(case.error.fields)
    try:
        body = json.loads(plain(failed[-1].response))
    except (ValueError, RecursionError):
        return []
    found = values_at(envelope.fields, body, passing_over=envelope.warning)
    fields = dict.fromkeys(field for field in found if isinstance(field, str) and field.strip())
    return [field for field in fields if not is_path(field, failed[-1], case.sandbox.provider)]


def is_path(text: str, call: Interaction, provider: Provider) -> bool:
    """Tell whether a text is the path of an operation, with or without what comes before it in the URL, and no field."""
    if call.operation is None or not text.startswith("/"):
        return False
    bases = {call.operation.base, *provider.variants}
    urls = [start + text for base in bases for start in (base, base.removesuffix(urlsplit(base).path))]
    return any(provider.router.route(call.request.method, url).operation is not None for url in urls)
