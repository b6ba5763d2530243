"""The codes of the findings; they are stable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.findings import chosen
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CODES", "Code", "Wanted", "wanted"]


@dataclass(frozen=True)
class Code:
    """What a finding says: in a few words, when, and what to do about it."""

    code: str
    message: str
    speaks_when: str
    fix: str


CODES: tuple[Code, ...] = (
    Code(
        "OBC001",
        "cannot be read",
        "the file is no cassette of vcrpy's version 1, or holds what a cassette must not hold",
        "correct the line that is named, or record it again",
    ),
    Code(
        "OBC101",
        "the operation is not documented",
        "the request's method and path are none of the provider's operations (the nearest are named), or its host is none "
        "of the provider's and the file's folder or metadata says that it is the provider's cassette",
        "correct the method and the uri; a path that is really there belongs into the provider's data",
    ),
    Code(
        "OBC102",
        "the error is not documented on its operation",
        "the answer is a 4xx or 5xx whose status and code are none of the operation's (what is documented is named)",
        "correct the recording; an error that is really there belongs into the provider's data, with its handlings",
    ),
    Code(
        "OBC103",
        "stands in the wrong place",
        "the file's folder and name, or its metadata, say another provider, operation, status or code than was recorded; or "
        "its metadata calls recorded (by the provider) what the sandbox of pytest-openbanking answered",
        "move the file, or correct what its metadata says",
    ),
    Code(
        "OBC104",
        "of no known provider",
        "the metadata names a provider that is not there (the nearest are named), or nothing tells whose cassette it is: "
        "not its metadata, not the folder, not the hosts that are called",
        "put it below a folder that is called after the provider, or bring the provider with provider-paths",
    ),
    Code(
        "OBC201",
        "the body is not the documented error body",
        "the answer is a 4xx or 5xx of an operation with documented errors, and its body breaks the envelope's schema",
        "record it again; where the provider really answers so, its envelope's schema is to be corrected",
    ),
    Code(
        "OBC202",
        "a documented header is missing",
        "the provider documents a header for this error, like Retry-After, and the answer has none",
        "record it again; a scrubber or filter may have taken the header out",
    ),
    Code(
        "OBC203",
        "the request is not as documented",
        "the body breaks the operation's schema, or the idempotency key or Authorization is missing; never for an error that "
        "such a request brings about, nor for a 400, 413, 415 or 422",
        "send the request as the provider documents it, and record it again",
    ),
    Code(
        "OBC204",
        "Retry-After cannot be read",
        "it is neither seconds nor an HTTP date that a Date header stands beside",
        "record it again; a scrubber may have changed the header",
    ),
    Code(
        "OBC205",
        "the success cannot be read",
        "the answer is a 2xx, and where the operation's documented success has a body of JSON it has none, or one that is no "
        "JSON, or an array in the place of an object; its members may be any",
        "record it again; openbanking record and --openbanking-record leave such an answer out",
    ),
    Code(
        "OBC301",
        "holds a secret",
        "a method, uri, header, body or metadata value looks like a credential, and like nothing that the recorder writes in "
        "place of one",
        "take it for leaked: revoke it; then record again with openbanking record, which scrubs",
    ),
    Code(
        "OBC302",
        "holds personal data",
        "a value is an IBAN, a card, tax or phone number, an e-mail address and the like, and no stand-in for one",
        "record again with openbanking record, which scrubs, or with a test account",
    ),
    Code(
        "OBC401",
        "older than --max-age",
        "--max-age is given, and the cassette was recorded longer ago, or does not say when (recorded_at), or in the future",
        "record it again, or hold it against the provider with --live",
    ),
    Code(
        "OBC402",
        "used by no documented error",
        "the file stands at PROVIDER/OPERATION/STATUS-CODE.yaml or success.yaml, where nothing of the catalogue is looked up: "
        "also where PROVIDER is misspelt, or further down than in the folder of cassettes; or it is called *.yml",
        "move it to where it is looked up (the nearest are named), or delete it",
    ),
    Code(
        "OBC403",
        "a documented error has no cassette",
        "PATH is a folder of cassettes, or of one provider, and a documented error of one of its providers has no file there "
        "(without PATH: nor is there one that travels with the package); "
        "`operations` in [tool.pytest-openbanking.providers.NAME] narrows it",
        "record it with openbanking record, or pass --ignore OBC403",
    ),
    Code(
        "OBC501",
        "another status",
        "live: the status differs from the recorded one",
        "read what the provider has changed; then record again, and correct the provider's data",
    ),
    Code(
        "OBC502",
        "another code",
        "live: the status is the same, the provider's code in the body is not; or a served sandbox documents no such error",
        "read what the provider has changed; then record again, and correct the provider's data",
    ),
    Code(
        "OBC503",
        "a header is gone",
        "live: the recording has a header that says something (Retry-After, rate limits, WWW-Authenticate, Location, documented "
        "ones), and the answer has not",
        "see that the client can do without it; then record again",
    ),
    Code(
        "OBC504",
        "a member of the body is gone",
        "live: what it is a member of is there, and not empty or null; items of a list are taken together",
        "see that the client can do without it; then record again",
    ),
    Code(
        "OBC505",
        "a member of the body is new",
        "live: the recording has what it is a member of, and not empty or null; items of a list are taken together",
        "see that the client accepts it; then record again",
    ),
    Code(
        "OBC506",
        "a member of the body has another type",
        "live: object, list, string, number or boolean where the recording has none of these; null goes with every type",
        "see that the client reads it; then record again",
    ),
    Code(
        "OBC507",
        "another message",
        "live: the error's message differs in its words; words with digits in them, and placeholders, may differ; so may "
        "a message that was generated, but of a sandbox of pytest-openbanking",
        "see that the client does not go by the message; then record again",
    ),
    Code(
        "OBC508",
        "another content type",
        "live: the media type differs, or the body was JSON and is none any more",
        "see that the client can read it; then record again",
    ),
    Code(
        "OBC509",
        "no answer",
        "live: the connection failed, or nothing came within 30 seconds",
        "see whether the provider is up, and run it again",
    ),
    Code(
        "OBC510",
        "the operation is gone",
        "live: a served sandbox says that it documents no such operation",
        "see that BASE_URL has the provider's base path; else correct the cassette or the provider's data",
    ),
)


@dataclass(frozen=True)
class Wanted:
    """Which codes are reported, by prefixes: the longest one that fits decides."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def __contains__(self, code: str) -> bool:
        return chosen(code, self.select or ("OBC",), self.ignore)


def wanted(select: Sequence[str], ignore: Sequence[str]) -> Wanted:
    """Return what --select and --ignore mean; raises UsageError for a prefix that no code starts with."""
    for option, prefixes in (("--select", select), ("--ignore", ignore)):
        for prefix in prefixes:
            if not any(known.code.startswith(prefix) for known in CODES) or not prefix:
                close = nearest(prefix, [known.code for known in CODES]) or ["OBC1", "OBC2", "OBC3", "OBC4", "OBC5"]
                raise UsageError(f"{option}: no code starts with {prefix!r}; nearest: {', '.join(close)}")
    return Wanted(tuple(select), tuple(ignore))
