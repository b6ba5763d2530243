"""What a value is called, as far as that makes it harmless: an id, a reference, a digest."""

from __future__ import annotations

import re

__all__ = ["behind_prefix", "called", "names_credential", "names_id", "names_reference"]

# Read backwards from a value: quotes, a colon, the name. Backwards, so that the pattern is tried at one place only.
NAME_BACKWARDS = re.compile(r"(?:[\"']/W)?[\"'\[]{0,2}\s{0,3}[:=>]\s{0,3}[\"']?([\w.\-]{1,60})", re.ASCII)
NEAR = 72
CREDENTIAL = re.compile(r"sess|token|secret|pass|auth|cred|cookie|key(?!id)|(?:^|[._-])sid$", re.IGNORECASE)
ID_NAME = re.compile(
    r"(?:ids?|ref|reference|rrn|utr|hash|etag|digest|trace|fingerprint|nonce|checksum|integrity"
    r"|sha[_-]?\d{1,3}|md5|crc\d*c?|kid|cursor|next|after|before)$",
    re.IGNORECASE,
)
# The id of a session or a token is what lets in; that of an authorisation or a key is not.
ID_ENDING = re.compile(r"(?:ids?|ref|reference)$", re.IGNORECASE)
ID_OF_SECRET = re.compile(r"(?:sess(?:ion)?|token|secret|pass(?:word|wd)?|cookie)s?[._-]?ids?$|(?:^|[._-])sid$", re.I)
ID_HEADER = re.compile(
    r"(?:^|[-_])(?:[a-z]*id|ids|etag|hash|digest|md5|request|ray|nonce|match|span|nel|report|reporting)(?:$|[-_])"
    r"|[a-z]id$|trace|correlation|idempotency|request-?id",
    re.IGNORECASE,
)
REFERENCE = re.compile(r"trans|txn|trx|request|ref|order|payment|entry|rrn|utr|trace|account|consent|resource", re.I)
# Random, and of no use to anybody but who sent it: OAuth's state and challenge, a body's boundary, encrypted data, pictures.
OF_NO_USE = re.compile(
    r"^(?:state|session_state|code_challenge|boundary|x5t(?:#s256)?|encrypted\w*|photo|image|picture)$", re.IGNORECASE
)
# What providers put in front of an id. Others (sk_, st_, rt_, ak_) stand in front of keys.
ID_VALUE = re.compile(
    r"(?:req|trc|trace|tr|txn|tx|trx|trn|transaction|evt|event|cus|cust|customer|usr|user|acc|acct|account|pay|pmt|py|payment"
    r"|pi|po|ch|re|ord|order|inv|ref|id|con|cons|consent|job|jrn|journey|corr|msg|err|error|cn|ba|conn|connection|lnk|link"
    r"|mdt|mandate|bnk|bank|inst|batch|doc|file|run|pos|bat|dp|prod|price|sub|card|pm|src|wh)[_-][A-Za-z0-9]{6,64}",
    re.IGNORECASE,
)


def called(text: str, start: int) -> str:
    """Return the name of the JSON member, parameter or element whose value begins there."""
    match = NAME_BACKWARDS.match(text[max(0, start - NEAR) : start][::-1])
    return match[1][::-1] if match else ""


def names_id(text: str, start: int, name: str = "") -> bool:
    """Tell whether the value there is called an id or a digest, by the text around it or by its header."""
    if name and ID_HEADER.search(name) and (not CREDENTIAL.search(name) or "idempotency" in name.lower()):
        return True
    member = called(text, start)
    if OF_NO_USE.search(member) or (not member and OF_NO_USE.search(name)):
        return True
    if ID_ENDING.search(member):
        return not ID_OF_SECRET.search(member)
    return bool(ID_NAME.search(member)) and not CREDENTIAL.search(member)


def names_credential(text: str, start: int, name: str = "") -> bool:
    """Tell whether the value there is called a key, a token and the like; an idempotency key is none."""
    said = called(text, start) or name
    return bool(CREDENTIAL.search(said)) and "idempotency" not in said.lower()


def names_reference(text: str, start: int) -> bool:
    """Tell whether the number there is called that of a transaction, an account and the like."""
    return bool(REFERENCE.search(called(text, start)))


def behind_prefix(token: str) -> bool:
    """Tell whether a token is an id with its kind in front: req_5f1c0e7a94d2."""
    return bool(ID_VALUE.fullmatch(token))
