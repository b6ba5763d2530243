"""An exchange drawn as a timeline: a line for each interaction, with what tells one from another."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_openbanking.rules.evidence import credential, idempotency_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_openbanking.exchange import Exchange, Interaction

__all__ = ["timeline"]

Names = dict[str, str]


def timeline(exchange: Exchange, marks: Mapping[Interaction, str]) -> list[str]:
    """Return a line for each interaction; the middle of a long exchange is left out."""
    names = names_of(exchange, credential, "token") | names_of(exchange, idempotency_key, "key")
    rows = [row(interaction, names, marks.get(interaction, "")) for interaction in exchange]
    if len(rows) > 16:
        rows[8:-6] = [(f"... {len(rows) - 14} more calls", "", "", "")]
    widths = [max((len(cells[column]) for cells in rows), default=0) for column in range(3)]
    lines = ["   ".join(cell.ljust(width) for cell, width in zip(cells, [*widths, 0], strict=True)) for cells in rows]
    return ["      " + line.rstrip() for line in lines]


def names_of(exchange: Exchange, held: Callable[[Interaction], str | None], kind: str) -> Names:
    """Number the tokens, or keys, that an exchange holds, where there are several."""
    found = list(dict.fromkeys(value for value in map(held, exchange) if value))
    return {value: f"{kind} {number}" for value, number in zip(found, count(1), strict=False)} if len(found) > 1 else {}


def row(interaction: Interaction, names: Names, mark: str) -> tuple[str, str, str, str]:
    request = interaction.request
    query = "?" + request.query if request.query else ""
    return (
        f"{interaction.at:9.3f} s  {request.method} {short_path(interaction)}{query}",
        answered(interaction),
        "  ".join(told(interaction, names)),
        mark,
    )


def told(interaction: Interaction, names: Names) -> list[str]:
    """Say with which token and key a call was made, and how long its answer asks to wait."""
    response = interaction.response
    retry_after = response.headers.get("Retry-After") if response else None
    held = [names.get(value) for value in (credential(interaction), idempotency_key(interaction)) if value]
    return [*(f"Retry-After: {value}" for value in [retry_after] if value), *filter(None, held)]


def short_path(interaction: Interaction) -> str:
    """Return the path below the operation's base, as operations are called."""
    operation, path = interaction.operation, interaction.request.path
    return path.removeprefix(urlsplit(operation.base).path) if operation is not None else path


def answered(interaction: Interaction) -> str:
    if interaction.refused:
        return "refused"
    if interaction.error is not None:
        return f"{interaction.error} ({interaction.provenance})"
    return f"{interaction.response.status} ({interaction.provenance})" if interaction.response else ""
