"""Answers whose body is no JSON, breaks off, or is not what its headers say."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from pytest_openbanking.exchange import Headers
from pytest_openbanking.malformed.damage.damage import JSON, Damage, is_json, rebuilt
from pytest_openbanking.malformed.damage.documents import changed, differences, encode, value_at

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from pytest_openbanking.exchange import Response
    from pytest_openbanking.malformed.damage.sound import Sound

__all__ = ["BODIES", "HTML_502"]

PAGES = tuple(
    page.encode()
    for page in (
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>",
        "<!DOCTYPE html>\n<html><body><h1>Service unavailable</h1></body></html>",
        "<!doctype html><html lang=en><title>Sign in</title><form method=post><input name=user></form></html>",
        '<?xml version="1.0" encoding="UTF-8"?><html xmlns="http://www.w3.org/1999/xhtml"><body/></html>',
    )
)
HTML = "text/html; charset=utf-8"
ENCODINGS = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252")
LETTERS = "äöüßéñçø"
LABELS = (
    "latin-1",
    "us-ascii",
    "utf-8859",
    "unknown-8bit",
    "none",
    '"',
)  # of UTF-16 some libraries raise where they offer text
OTHER_TYPES = (
    "text/plain",
    "text/html",
    "application/xml",
    "application/octet-stream",
    "image/png",
    "json",
    ";",
    "*/*",
)
FOREIGN = st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1, max_size=40)


def has_body(sound: Sound) -> bool:
    return not sound.bodiless


def framed(sound: Sound, response: Response) -> bool:
    """Tell that nothing else is wrong: the status is the documented one, and the length is right."""
    lengths = response.headers.all("Content-Length")
    return response.status == sound.response.status and lengths == [str(len(response.body))] and not response.truncated


def headed(sound: Sound, response: Response) -> bool:
    """Tell that only headers are wrong."""
    return framed(sound, response) and response.body == sound.response.body


def with_body(bodies: SearchStrategy[bytes], type: str = JSON) -> Callable[[Sound], SearchStrategy[Response]]:
    return lambda sound: bodies.map(lambda body: rebuilt(sound.response, body, type))


def with_type(types: SearchStrategy[str | None]) -> Callable[[Sound], SearchStrategy[Response]]:
    return lambda sound: types.map(lambda type: rebuilt(sound.response, sound.response.body, type))


def shows_no_json(sound: Sound, response: Response) -> bool:
    return framed(sound, response) and bool(response.body) and not is_json(response.body)


def text(sound: Sound) -> SearchStrategy[Response]:
    texts = FOREIGN.filter(lambda drawn: not is_json(drawn))
    return st.builds(lambda drawn, type: rebuilt(sound.response, drawn.encode(), type), texts, TEXT_TYPES)


TEXT_TYPES = st.sampled_from((JSON, "text/plain"))


def unfinished(sound: Sound) -> SearchStrategy[Response]:
    body = sound.response.body
    return st.integers(1, len(body) - 1).map(lambda length: rebuilt(sound.response, body[:length]))


def shows_unfinished(sound: Sound, response: Response) -> bool:
    return shows_no_json(sound, response) and sound.response.body.startswith(response.body)


def truncated(sound: Sound) -> SearchStrategy[Response]:
    whole = rebuilt(sound.response, sound.response.body)
    sizes = st.integers(0, len(whole.body) - 1)
    return sizes.map(lambda length: replace(whole, body=whole.body[:length], truncated=True))


def shows_truncated(sound: Sound, response: Response) -> bool:
    body, declared = sound.response.body, response.headers.get("Content-Length", "")
    return response.truncated and body.startswith(response.body) and int(declared) == len(body) > len(response.body)


def cut_chunk(sound: Sound) -> SearchStrategy[Response]:
    """The intercept lets half of the one chunk through."""
    pairs = [(name, value) for name, value in sound.response.headers.pairs if name.lower() != "content-length"]
    headers = Headers([*pairs, ("Transfer-Encoding", "chunked")])
    return st.just(replace(sound.response, headers=headers, truncated=True))


def shows_cut_chunk(sound: Sound, response: Response) -> bool:
    chunked = response.headers.get("Transfer-Encoding") == "chunked" and "Content-Length" not in response.headers
    return chunked and response.truncated and response.body == sound.response.body


def charset(sound: Sound) -> SearchStrategy[Response]:
    """In another charset than the label's; a letter that tells is put into a text where there is one."""
    texts = [pointer for pointer in sound.read if isinstance(value_at(sound.document, pointer), str)]
    named = f"{JSON}; charset=utf-8"
    wide = st.sampled_from(ENCODINGS[:4]).map(lambda name: encode(sound.document).decode().encode(name))
    if not texts:
        return wide.map(lambda body: rebuilt(sound.response, body, named))

    def narrow(pointer: str, letter: str, name: str) -> bytes:
        document = changed(sound.document, pointer, value_at(sound.document, pointer) + letter)
        return encode(document).decode().encode(name)

    letters = st.builds(narrow, st.sampled_from(texts), st.sampled_from(LETTERS), st.sampled_from(ENCODINGS[4:]))
    return st.one_of(letters, wide).map(lambda body: rebuilt(sound.response, body, named))


def shows_charset(sound: Sound, response: Response) -> bool:
    """As labelled it is no JSON; in its own charset it says what it should, but for one letter."""
    try:
        if is_json(response.body.decode("utf-8")):
            return False
    except UnicodeDecodeError:
        pass
    readings = [reading for name in ENCODINGS for reading in decoded(response.body, name)]
    return framed(sound, response) and any(
        set(differences(sound.document, reading)) <= set(sound.read) and len(differences(sound.document, reading)) < 2
        for reading in readings
    )


def decoded(body: bytes, encoding: str) -> list[object]:
    try:
        return [json.loads(body.decode(encoding))]
    except ValueError:
        return []


def content_encoding(sound: Sound) -> SearchStrategy[Response]:
    """Said to be compressed, and is not."""
    whole = sound.response
    return st.sampled_from(("gzip", "deflate")).map(
        lambda name: replace(whole, headers=Headers([*whole.headers.pairs, ("Content-Encoding", name)]))
    )


def html_502(sound: Sound) -> SearchStrategy[Response]:
    return st.sampled_from(PAGES).map(lambda page: replace(rebuilt(sound.response, page, HTML), status=502))


def shows_html(sound: Sound, response: Response) -> bool:
    return shows_no_json(sound, response) and response.body in PAGES and response.headers["Content-Type"] == HTML


HTML_502 = Damage(
    "html-502",
    html_502,
    lambda sound, response: (
        response.status == 502 and shows_html(sound, replace(response, status=sound.response.status))
    ),
    lambda sound: sound.operation.method != "HEAD",
)
BODIES = (
    Damage("empty", with_body(st.just(b"")), lambda s, r: framed(s, r) and not r.body, has_body, unreadable=True),
    Damage("html", with_body(st.sampled_from(PAGES), HTML), shows_html, has_body, unreadable=True),
    Damage("text", text, shows_no_json, has_body, unreadable=True),
    Damage(
        "garbage",
        with_body(st.binary(max_size=20).map(lambda tail: b"\x1f\x8b\x08" + tail)),
        shows_no_json,
        has_body,
        unreadable=True,
    ),
    Damage(
        "unfinished",
        unfinished,
        shows_unfinished,
        lambda sound: has_body(sound) and isinstance(sound.document, dict | list),
        unreadable=True,
    ),
    Damage("truncated", truncated, shows_truncated, has_body, unreadable=True),
    Damage("cut-chunk", cut_chunk, shows_cut_chunk, has_body, unreadable=True),
    Damage("charset", charset, shows_charset, has_body),
    Damage(
        "charset-label",
        with_type(st.sampled_from(LABELS).map(lambda label: f"{JSON}; charset={label}")),
        lambda s, r: headed(s, r) and r.headers["Content-Type"].partition("charset=")[2] in LABELS,
        has_body,
    ),
    Damage(
        "content-type-wrong",
        with_type(st.sampled_from(OTHER_TYPES)),
        lambda s, r: headed(s, r) and r.headers["Content-Type"] in OTHER_TYPES,
        has_body,
    ),
    Damage(
        "content-type-none",
        with_type(st.none()),
        lambda s, r: headed(s, r) and "Content-Type" not in r.headers,
        has_body,
    ),
    Damage(
        "content-encoding", content_encoding, lambda s, r: headed(s, r) and "Content-Encoding" in r.headers, has_body
    ),
)
