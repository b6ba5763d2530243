"""A payload as it goes on the wire."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from pytest_openbanking.malformed.contract import Contract

__all__ = ["body_of"]


def body_of(contract: Contract, payload: object) -> bytes:
    """Return a payload as JSON, in ASCII; or as a form."""
    if contract.form and isinstance(payload, dict):
        return urlencode(payload, encoding="utf-8", errors="surrogatepass").encode("ascii")
    try:
        return json.dumps(payload, allow_nan=False).encode("ascii")
    except ValueError:  # infinity, which JSON has no word for
        return written(payload).encode("ascii")


def written(value: object) -> str:
    """Write JSON with a number that is too great for a double where Python has infinity."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)}: {written(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, float) and math.isinf(value):
        return "1e400" if value > 0 else "-1e400"
    return json.dumps(value)
