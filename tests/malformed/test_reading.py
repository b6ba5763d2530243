"""What the words of a schema mean: ECMA's patterns, formats that are checked, numbers to the digit."""

import re

import pytest

from pytest_openbanking.catalogue.ecma import Untranslatable, translated
from pytest_openbanking.catalogue.schemas import breaches
from pytest_openbanking.malformed.contract import made
from pytest_openbanking.malformed.formats import FORMATS, SAMPLES
from pytest_openbanking.malformed.normal import normal

PATTERNS = [
    ("^[A-Z]{3}$", ["EUR"], ["EUR\n", "EURO"]),
    ("^\\d+$", ["15"], ["\u0661\u0665", "15\n"]),
    ("^\\w+$", ["a_1"], ["\u00e9"]),
    ("^\\s$", [" ", "\u00a0", "\ufeff", "\u2028"], ["\x1c", "\x85"]),
    ("^[^\\S ]$", ["\t"], [" ", "a"]),
    ("^.$", ["\x85", "a"], ["\n", "\r", "\u2028"]),
    ("^a.c$", ["abc"], ["a\nc"]),
    ("^[\\w-.]+$", ["a-."], ["a b"]),
    ("^\\/\\-\\cJ\\x41\\u0042\\u{43}$", ["/-\nABC"], ["/-ABC"]),
    ("^\\uD83D\\uDE00$", ["\U0001f600"], ["\ud83d"]),
    ("^(?!0)(?:a|b)(?=c)c$", ["ac"], ["0c", "dc"]),
    ("(?<year>[0-9]{4})", ["in 2026"], ["in 26"]),
    ("^[^]$", ["\n"], [""]),
    ("a[]", [], ["a"]),
    ("^x{,5}$", ["x{,5}"], ["xx"]),
    ("\\bfoo\\b", ["a foo"], ["afoo"]),
    ("\\bfoo", ["\u00e9foo"], ["afoo"]),
    ("^[[&&]+$", ["[&"], ["a"]),
]
REFUSED = ["\\p{L}", "(.)\\1", "\\k<a>", "(?i)a", "(?P<a>x)", "a++", "\\A", "\\Z", "(?<=a+)b", "(", "(?>a)"]
HOLDS = {
    "iban": ["LT121000011101001000", "DE89370400440532013000"],
    "iso-4217": ["EUR"],
    "date": ["2024-02-29"],
    "date-time": ["2026-01-31T10:30:00Z", "2026-01-31t10:30:00.5+02:00", "2016-12-31T23:59:60Z"],
    "uuid": ["7d0f6a52-3c1e-4b8d-9a47-5e2c81b0f369"],
    "email": ["a.b+c@example.com"],
    "pan": ["ABCDE1234F"],
    "card-number": ["4111111111111111"],
    "phone": ["+37060012345"],
}
BREAKS = {
    "iban": [
        "LT131000011101001000",
        "lt121000011101001000",
        "XX121000011101001000",
        "LT12 1000 0111 0100 1000",
        "LT12100001110100100",
    ],
    "iso-4217": ["eur", "EUX", "EUR\n", ""],
    "date": ["2025-02-29", "2026-1-1", "2026-01-01\n", "\u0662\u0660\u0662\u0666-01-01", "20260101", "2026-W01-1"],
    "date-time": ["2026-01-31T24:00:00Z", "2026-01-31 10:30:00Z", "2026-01-31T10:30:00", "2026-01-31T10:30:60Z"],
    "uuid": ["7d0f6a523c1e4b8d9a475e2c81b0f369", "{7d0f6a52-3c1e-4b8d-9a47-5e2c81b0f369}", ""],
    "email": ["a@", "@a", "a b@example.com", "a..b@example.com", "a@-b.com", "a"],
    "pan": ["abcde1234f", "ABCDE12345", "ABCDE1234FF"],
    "card-number": ["4111111111111112", "4111 1111 1111 1111", ""],
    "phone": ["+0123", "0037060012345", "+370 600", "+1234567890123456"],
}


@pytest.mark.parametrize(("pattern", "matching", "others"), PATTERNS, ids=[pattern for pattern, _, _ in PATTERNS])
def test_patterns(pattern, matching, others):
    """A pattern means what ECMA-262 means by it, here and in the plugin's own validator."""
    found = re.compile(translated(pattern))
    assert [text for text in matching if not found.search(text)] == []
    assert [text for text in others if found.search(text)] == []
    assert [text for text in matching if breaches({"pattern": pattern}, text)] == []
    assert [text for text in others if not breaches({"pattern": pattern}, text)] == []


def test_spaces():
    """Space and its complement share no character, and leave none out."""
    space, other = re.compile(translated("^\\s$")), re.compile(translated("^\\S$"))
    assert [sign for sign in map(chr, range(0x3100)) if bool(space.match(sign)) == bool(other.match(sign))] == []


@pytest.mark.parametrize("pattern", REFUSED)
def test_untranslatable(pattern):
    """What Python cannot say is refused, and the pattern named."""
    with pytest.raises(Untranslatable, match=re.escape(repr(pattern))):
        translated(pattern)


@pytest.mark.parametrize("name", HOLDS)
def test_formats(name):
    """A format accepts what is of it, and nothing else."""
    assert [text for text in HOLDS[name] if not FORMATS[name](text)] == []
    assert [text for text in BREAKS[name] if FORMATS[name](text)] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_samples(name):
    """The sample values of each format are of it."""
    assert all(FORMATS[name](text) for text in SAMPLES[name])


@pytest.mark.parametrize(
    ("value", "right"), [(19.99, True), (0.07, True), (0.001, False), (1e300, True), (10**400, True)]
)
def test_multiples(value, right):
    """A multiple of 0.01 is judged by its digits."""
    assert (made("x", {"multipleOf": 0.01}, None).errors(value) == []) is right


@pytest.mark.parametrize(
    ("schema", "meant"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"enum": ["a"], "nullable": True}, {"enum": ["a", None]}),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": True}, {"type": "number", "exclusiveMinimum": 0}),
        ({"type": "number", "minimum": 0, "exclusiveMinimum": False}, {"type": "number", "minimum": 0}),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"minLength": 1}}}, {"minLength": 1}),
        (
            {"$ref": "#/$defs/a", "maxLength": 2, "$defs": {"a": {"minLength": 1}}},
            {"maxLength": 2, "allOf": [{"minLength": 1}]},
        ),
        ({"properties": {"a": False}}, {"properties": {"a": {"not": {}}}}),
        ({"title": "x", "x-own": 1}, {}),
    ],
)
def test_normal_form(schema, meant):
    """References are put in place, and OpenAPI's words said as JSON Schema does."""
    assert normal(schema) == meant
