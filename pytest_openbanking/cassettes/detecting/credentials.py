"""Credentials by their structure: JWTs, PEM blocks, HTTP authorization, logins in URLs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.detecting.base64_text import decoded, json_object
from pytest_openbanking.cassettes.detecting.span import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["basics", "bearers", "ders", "jwts", "logins", "pems", "signatures"]

JWT = re.compile(
    r"e(?<![\w-].)([yw][A-Za-z0-9_-]{8,})\.[A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]*){1,3}", re.DOTALL | re.ASCII
)
PEM_EDGE = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]{1,40}-----")
BEARER = re.compile(r"[Bb](?<!\w.)(?:earer|EARER)[\s+]{1,4}([A-Za-z0-9._~+/-]{4,}=*)(?!\s?[=\"\w])", re.DOTALL)
WHOLE_BEARER = re.compile(r"bearer\s+\S+\s*", re.IGNORECASE)
BASIC = re.compile(r"[Bb](?<!\w.)(?:asic|ASIC)[\s+]{1,4}([A-Za-z0-9+/_-]{4,}={0,2})", re.DOTALL)
SCHEME = re.compile(r"[MDSHO](?<!\w.)(?:AC|igest|ignature|awk|Auth)[\s+]{1,4}(?=[A-Za-z_]{2,40}\s?=)", re.DOTALL)
PROOF = re.compile(r"\b(?:mac|response|signature|oauth_signature)\s?=\s?\"?([^\s\",\x00]{8,})", re.IGNORECASE)
# The Signature header has no scheme in front of its members.
SIGNED = re.compile(r"s(?<!\w.)ignature=\"([A-Za-z0-9+/_-]{16,}={0,2})\"", re.DOTALL)
LOGIN = re.compile(r"://([^\s/:@\"'<>\x00]{1,200}):([^\s/@\"'<>\x00]{1,200})@")
# DER begins with a SEQUENCE of two length bytes: MII in base64. Certificates and keys travel so in headers.
DER = re.compile(r"M(?<![A-Za-z0-9+/].)II[A-Za-z0-9+/_-]{60,}={0,2}", re.DOTALL)
REACH = 1200


def jwts(text: str) -> Iterator[Span]:
    """Find signed and encrypted JSON Web Tokens."""
    for match in JWT.finditer(text):
        header = json_object("e" + match[1])
        if header is not None and "alg" in header:
            yield Span("JWT", match.start(), match.end(), match[0])


def pems(text: str) -> Iterator[Span]:
    """Find PEM blocks; one that does not end goes on to the next one, or to the end of the text."""
    begin = None
    for edge in PEM_EDGE.finditer(text):
        if begin is not None:
            end = edge.end() if edge[1] == "END" else edge.start()
            yield Span("PEM block", begin, end, text[begin:end])
        begin = edge.start() if edge[1] == "BEGIN" else None
    if begin is not None:
        yield Span("PEM block", begin, len(text), text[begin:])


def bearers(text: str) -> Iterator[Span]:
    """Find bearer tokens; a sentence on bearer authentication holds none."""
    whole = len(text) < REACH and bool(WHOLE_BEARER.fullmatch(text))
    for match in BEARER.finditer(text):
        if tokenlike(match[1]) or (whole and match[1].lower() not in ("token", "realm", "authentication")):
            yield Span("Bearer token", match.start(1), match.end(1), match[1])


def tokenlike(value: str) -> bool:
    return len(value) >= 8 and (any(character.isdigit() for character in value) or len(value) > 24)


def basics(text: str) -> Iterator[Span]:
    """Find a name and a password in base64 behind the word Basic."""
    for match in BASIC.finditer(text):
        if ":" in (decoded(match[1]) or ""):
            yield Span("Basic credentials", match.start(1), match.end(1), match[1])


def signatures(text: str) -> Iterator[Span]:
    """Find the proofs of MAC, Digest, Signature, Hawk and OAuth 1 credentials."""
    for scheme in SCHEME.finditer(text):
        proof = PROOF.search(text, scheme.end(), scheme.end() + REACH)
        if proof:
            yield Span(f"{scheme[0].strip(' +')} credentials", proof.start(1), proof.end(1), proof[1])
    for match in SIGNED.finditer(text):
        yield Span("Signature credentials", match.start(1), match.end(1), match[1])


def logins(text: str) -> Iterator[Span]:
    """Find names and passwords in URLs."""
    for match in LOGIN.finditer(text):
        yield Span("login in a URL", match.start(1), match.end(2), text[match.start(1) : match.end(2)])


def ders(text: str) -> Iterator[Span]:
    """Find certificates and keys that lost their PEM edges."""
    for match in DER.finditer(text):
        yield Span("certificate or key", match.start(), match.end(), match[0])
