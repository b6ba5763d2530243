"""What is no form, or a form that readers stumble over."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode

from hypothesis import strategies as st

from pytest_openbanking.malformed.breaking.target import Draw
from pytest_openbanking.malformed.wire.fault import EMPTY, Fault

__all__ = ["FORM"]


def same_twice(payload: object, body: bytes) -> list[Draw]:
    members = payload if isinstance(payload, dict) else {}
    pairs = [urlencode({name: value}).encode() for name in members for value in (members[name], "", "x")]
    return [Draw(st.sampled_from([body + b"&" + pair for pair in pairs]))]


def shows_same_twice(body: bytes) -> bool:
    names = [name for name, _ in parse_qsl(body.decode("ascii"), keep_blank_values=True)]
    return len(names) != len(set(names))


def bad_octets(payload: object, body: bytes) -> list[Draw]:
    return [Draw(st.sampled_from([body + torn for torn in (b"%FF", b"%C0%AF", b"%ED%A0%80", b"%E9")]))]


def shows_bad_octets(body: bytes) -> bool:
    try:
        parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        return True
    return False


def cut_escape(payload: object, body: bytes) -> list[Draw]:
    return [Draw(st.sampled_from([body + torn for torn in (b"%", b"%2", b"%G0")]))]


def shows_cut_escape(body: bytes) -> bool:
    return re.search(rb"%(?![0-9A-Fa-f]{2})", body) is not None


FORM: dict[str, Fault] = {
    "duplicate-keys": Fault(same_twice, shows_same_twice),
    "charset": Fault(bad_octets, shows_bad_octets),
    "truncated": Fault(cut_escape, shows_cut_escape),
    "empty": EMPTY,
}
