"""Whether an answer can be read as the success that its operation documents."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.codings import media_type

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import Operation
    from pytest_openbanking.exchange import Headers

__all__ = ["unreadable"]

KINDS: dict[type, str] = {dict: "an object", list: "an array", str: "a string", bool: "a boolean", type(None): "null"}


def unreadable(operation: Operation, headers: Headers, body: bytes) -> str | None:
    """Say why a body (decompressed) is none of a success: it is to be JSON, an object or an array, where that is documented.

    That is all: a real provider's members differ from the documented ones, and that is worth recording.
    """
    documented = [success.body for success in (operation.success, *operation.successes)]
    if not body:
        return None if None in documented or operation.method == "HEAD" else "there is no body"
    kinds = {type(each) for each in documented if each is not None}
    if not kinds:
        return None
    try:
        found = type(json.loads(body))
    except (ValueError, RecursionError):
        media = media_type(headers)
        return f"the body is {media}, not application/json" if media and "json" not in media else "the body is no JSON"
    if found in kinds or not kinds <= {dict, list}:
        return None
    return f"the body is {KINDS.get(found, 'a number')}, not {' or '.join(sorted(KINDS[kind] for kind in kinds))}"
