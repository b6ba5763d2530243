"""Values behind a name and a sign: members of JSON, fields of forms and queries, attributes, lines of YAML, words in logs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.field import Field
from pytest_openbanking.cassettes.detecting.naming import NUMBERS, is_telling, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["assignments", "forms", "paths"]

SIGN = re.compile(r"[:=](?<![=!<>+*|~].)(?!=|//)>?", re.DOTALL)
# Read backwards from the sign. Names of several words (Client secret) have no more than three.
NAME = re.compile(r"\s{0,3}[\"'\]]{0,2}([\w.$:\[\]/-]{1,60}(?: [\w./-]{1,20}){0,2})")
NEAR = 100
# A quote that nothing ends at is one of the value: it was escaped before.
VALUE = re.compile(
    r"[\s\[]{0,8}(?:\"((?:[^\"\r\n]|\"(?![\s,:;/?&)}\]>\"]|$)){0,1000})\"|'([^'\r\n]{0,1000})')|[ \t]{0,8}([^\r\n&\"'<>]{1,400})"
)
LINE_START = re.compile(r"(?:^|[\r\n])[ \t>-]{0,40}[\"']?$")
CODE_LINE = re.compile(r"[,;({]\s*$|\w\(|\|\|")
PROGRAM = re.compile(r"\w\(|;|=[^=&]")
WORD = re.compile(r"[^\s;,&(){}\]]+")
# What a form or query has around a value; elsewhere it may be a variable in a program.
QUERY_NAME = re.compile(r"[?&#][^\s?&#=]{1,80}=$")
# A form's spaces are written as a plus; those of a number in groups may be decoded.
QUERY_VALUE = re.compile(r"[^&\s]+(?: [\d().-]+)*")
PART = re.compile(
    r"name=\"([^\"\r\n]{1,60})\"[^\r\n]{0,200}\r?\n(?:[\w-]{1,40}:[^\r\n]{0,200}\r?\n){0,4}\r?\n([^\r\n]{1,4000})"
)
SEGMENTS = re.compile(r"/([A-Za-z][\w-]{1,40})(?=/([^/?#\s\"'<>&,;]{4,200}))")


def assignments(text: str) -> Iterator[Field]:
    """Find what stands behind a colon or an equals sign."""
    for sign in SIGN.finditer(text):
        name = NAME.match(text[max(0, sign.start() - NEAR) : sign.start()][::-1])
        if name and is_telling(name[1][::-1]):
            yield from assigned(text, name[1][::-1], sign.start() - name.end(), sign.end())


def assigned(text: str, name: str, begin: int, start: int) -> Iterator[Field]:
    """Find the value that starts there, of a name that begins there."""
    value = VALUE.match(text, start)
    if not value:
        return
    if value[3] is None:
        yield Field((name,), *value.span(1 if value[1] is not None else 2))
    elif (
        text[start - 1] == ":" and LINE_START.search(text, max(0, begin - 48), begin) and not CODE_LINE.search(value[3])
    ):
        yield Field((name,), *value.span(3))
    else:
        yield from unquoted(text, name, begin, value.start(3), value.end(3))


def unquoted(text: str, name: str, begin: int, start: int, end: int) -> Iterator[Field]:
    if kind_of((name,)) in NUMBERS:  # their patterns know where they end
        yield Field((name,), start, end)
        return
    query = QUERY_VALUE.match(text, start, end)
    if query and text[start - 1] == "=" and in_query(text, begin, start, query.end()):
        yield Field((name,), *query.span())
        return
    word = WORD.match(text, start, end)
    if word and text[word.end() : word.end() + 1] not in ("(", "["):
        yield Field((name,), *word.span(), bare=True)


def in_query(text: str, begin: int, start: int, end: int) -> bool:
    """Tell whether a value is one of a form or a query: at the beginning of a text, if another or nothing follows."""
    if begin == 0:
        return text[end : end + 1] in ("", "&") and not PROGRAM.search(text, start, end)
    return bool(QUERY_NAME.search(text, begin - 1, start))


def forms(text: str) -> Iterator[Field]:
    """Find the fields of multipart forms."""
    if "form-data" not in text:
        return
    for part in PART.finditer(text):
        yield Field((part[1],), *part.span(2))


def paths(text: str) -> Iterator[Field]:
    """Find the parts of a path that the part before them names."""
    for part in SEGMENTS.finditer(text):
        yield Field(("/", part[1]), *part.span(2))
