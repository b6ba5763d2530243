"""A report as one HTML file: its data, its style and its script inside, nothing fetched."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from pytest_openbanking.coverage.page.rows import packed
from pytest_openbanking.coverage.page.visible import visible
from pytest_openbanking.coverage.verdicts import verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_openbanking.coverage.report import Counts, Provider, Report, Run

__all__ = ["render"]

STYLES = ("page", "drawer", "exchange", "narrow", "print")
SCRIPTS = ("data", "words", "scale", "exchange", "checks", "detail", "matrix", "listing", "filters", "drawer", "page")
SLOT = re.compile(r"\{\{(\w+)\}\}")
# Within a script element only these could end it, or begin a comment; JSON has them in texts alone.
ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


def render(report: Report) -> str:
    """Return the page of a report; equal reports give equal pages."""
    style = "\n".join(read(f"style/{name}.css") for name in STYLES)
    script = "\n".join(['"use strict";', "(() => {", *(read(f"script/{name}.js") for name in SCRIPTS), "})();"])
    return filled(
        read("page.html"),
        {
            "policy": policy(style, script),
            "style": style,
            "script": script,
            "data": as_json(packed(report)),
            "verdicts": "\n".join(map(verdict_row, report.providers)) or "<p>No provider was tested.</p>",
            "runs": "\n".join(map(run_row, report.runs)),
        },
    )


def read(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def filled(template: str, texts: Mapping[str, str]) -> str:
    """Fill the slots in one pass: what is put in is not looked at again."""
    return SLOT.sub(lambda slot: texts[slot[1]], template)


def policy(style: str, script: str) -> str:
    """Return a Content-Security-Policy that allows this style and this script, and nothing else."""
    return (
        f"default-src 'none'; script-src '{digest(script)}'; style-src '{digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def as_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False).translate(ESCAPES)


def verdict_row(provider: Provider) -> str:
    """Return a provider's verdict, in the words of the terminal, below a bar of its counts."""
    name, title = escape(visible(provider.name)), escape(visible(provider.title))
    said = escape(verdict(replace(provider, name=visible(provider.name))))
    return f'<li data-provider="{name}"><h2>{title}</h2>{bar(provider.errors)}<p>{said}</p></li>'


def bar(counts: Counts) -> str:
    shares = {
        "handled": counts.handled,
        "waived": counts.waived,
        "mishandled": counts.mishandled,
        "not-exercised": counts.not_exercised,
    }
    drawn, left = [], 0
    for name, count in shares.items():
        if count:
            drawn.append(f'<rect class="{name}" x="{left}" width="{count}" height="1"/>')
        left += count
    return (
        f'<svg class="bar" viewBox="0 0 {max(left, 1)} 1" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(drawn)}</svg>"
    )


def run_row(run: Run) -> str:
    created, version = escape(visible(run.created)), escape(visible(run.version))
    partial = f"; partial: {escape(visible(', '.join(run.partial)))}" if run.partial else ""
    return f"<li>Run of {created}, pytest-openbanking {version}{partial}</li>"
