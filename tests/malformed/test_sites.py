"""Which places of a request can be broken alone, and which cannot, and why."""

# ruff: noqa: SIM905

import pytest

from pytest_openbanking.malformed.sites import Site, request_sites
from pytest_openbanking.settings import UsageError
from tests.malformed.contracts import PAYMENT, SHIPPED, TRICKY, of, operation

WIRE = "not-json truncated duplicate-keys nan charset digits nesting empty".split()
PAYMENT_SITES = """
    type instructedAmount-required creditorAccount-required creditorName-required instructedAmount-type
    instructedAmount/amount-required instructedAmount/amount-type instructedAmount/amount-pattern
    instructedAmount/currency-required instructedAmount/currency-type instructedAmount/currency-pattern
    creditorAccount-type creditorAccount/iban-required creditorAccount/iban-type creditorAccount/iban-minLength
    creditorAccount/iban-pattern creditorName-type creditorName-minLength creditorName-maxLength
    remittanceInformationUnstructured-type remittanceInformationUnstructured-maxLength
""".split()
TRICKY_SITES = {
    "recursive": "amount-minimum parts/0/amount-minimum parts-maxItems parts/0-additionalProperties",
    "recursive at the top": "a-maxLength next/a-maxLength next/next/a-maxLength",
    "prefixItems": "0-pattern 1-maximum items minItems",
    "format with pattern": "day-format day-pattern mail-maxLength iban-format moment-format id-format currency-format"
    " phone-format pan-format",
    "allOf": "a-maxLength a-pattern a-required b-required b-multipleOf b-exclusiveMinimum b-maximum",
    "oneOf": "oneOf-several",
    "nullable": "a-maxLength a-type b-anyOf-1 c-exclusiveMinimum",
    "members": "b-dependentRequired gone-not minProperties maxProperties x--type other-type",
    "arrays": "many-minItems many-maxItems many/0-type tags-uniqueItems tags-maxItems some-contains some-maxContains",
    "not": "a-not b-const c-enum",
    "names": "a~1b/c~0d-maxLength a~1b/ e-multipleOf",
}
REFUSED = {
    "a cycle without an end": (
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        "a \\$ref cycle without an end at its top",
    ),
    "a cycle within anyOf": (
        {"$ref": "#/$defs/a", "$defs": {"a": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/a"}]}}},
        "a \\$ref cycle without an end",
    ),
    "a value that needs itself": (
        {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}},
        "accepts nothing that could be found at .*needs itself without an end",
    ),
    "a remote reference": (
        {"$ref": "https://bank.example/a.json"},
        "a \\$ref to elsewhere: https://bank.example/a.json",
    ),
    "a reference to nowhere": ({"$ref": "#/$defs/a"}, "a \\$ref that leads nowhere: #/\\$defs/a"),
    "an anchor": ({"$ref": "#a"}, "a \\$ref to a named anchor: #a"),
    "a dynamic reference": ({"$dynamicRef": "#a"}, "\\$dynamicRef at #, which is not supported"),
    "an earlier draft": ({"$schema": "http://json-schema.org/draft-04/schema#"}, "of an unknown draft: .*draft-04"),
    "a list as items": ({"items": [{}]}, "a list as items at #"),
    "an unknown type": (of(a={"type": "file"}), "an unknown type at #/properties/a: 'file'"),
    "a pattern that is not translated": (
        of(a={"pattern": "\\p{L}"}),
        "a pattern at #/properties/a .*: .p is not supported",
    ),
    "an enum of another type": (of(a={"type": "string", "enum": [1]}), "accepts nothing that could be found at /a"),
    "an empty range": (
        of(a={"type": "integer", "minimum": 5, "maximum": 4}),
        "accepts nothing that could be found at /a",
    ),
    "nothing": (False, "accepts nothing that could be found at its top"),
}
UNBREAKABLE = {
    "an unknown format": (of(a={"type": "string", "format": "weird"}), "/a", "format", "is an annotation"),
    "a type with an enum": (of(a={"type": "string", "enum": ["x"]}), "/a", "type", "also breaks enum at /a"),
    "a length that the pattern holds": (
        of(a={"type": "string", "pattern": "^[a-z]{3}$", "maxLength": 3}), "/a", "maxLength", "also breaks pattern at /a",
    ),
    "a rule that stands twice": (
        {"allOf": [of(a={"type": "string"}), of(a={"type": "string"})]}, "/a", "type", "states it twice",
    ),
    "a rule that excludes nothing": (of(a={"type": "array", "minItems": 0}), "/a", "minItems", "excludes nothing"),
    "a member that nothing can be": (
        {"type": "object", "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 4}}},
        "/a", "minimum", "no valid document",
    ),
    "a condition": ({"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}}, "", "if", "not taken apart"),
    "names": ({"type": "object", "propertyNames": {"maxLength": 5}}, "", "propertyNames", "not taken apart"),
    "what repeats itself": (TRICKY["recursive"], "/parts/0/parts/0", "$ref", "repeats itself"),
}  # fmt: skip


def ids(sites):
    return [site.id for site in sites]


def test_payment():
    """The sites of Paysera's payment are all that its schema says, and the faults of a body; nothing is left over."""
    found = request_sites(PAYMENT)
    assert sorted(ids(found.sites)) == sorted([*PAYMENT_SITES, *(f"wire-{name}" for name in WIRE)])
    assert found.unbreakable == ()


@pytest.mark.parametrize("operation", SHIPPED, ids=str)
def test_unique_and_complete(operation):
    """Each site's id is its own, and what of a shipped JSON schema is unbreakable is only what no rule is about."""
    found = request_sites(operation)
    assert len(set(ids(found.sites))) == len(found.sites)
    assert {each.reason.partition(": ")[2] or each.reason for each in found.unbreakable} <= {
        "the body is optional",
        "a form holds nothing but text",
        "a form is no JSON",
    }


@pytest.mark.parametrize("name", TRICKY_SITES)
def test_tricky(name):
    """Schemas that trip others have the sites that one would expect."""
    found = ids(request_sites(operation(TRICKY[name])).sites)
    wanted = [*TRICKY_SITES[name].split(" ")] if name != "names" else ["a~1b/c~0d-maxLength", "a~1b/ e-multipleOf"]
    missing = [each for each in wanted if not any(one == each or one.startswith(each + " ") for one in found)]
    assert not missing, found


def test_within_unions():
    """A rule within anyOf or oneOf has a site at the union, which names the branch and its rule."""
    found = request_sites(operation(TRICKY["oneOf"])).sites
    assert Site("", "oneOf", "0/iban pattern") in found
    assert Site("", "oneOf", "1/bban required") in found
    nested = request_sites(operation(TRICKY["anyOf in anyOf"])).sites
    assert Site("/x", "anyOf", "1 oneOf 0 minLength") in nested


@pytest.mark.parametrize(("schema", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(schema, reason):
    """A schema that cannot be worked with is refused in one line, by name."""
    with pytest.raises(UsageError, match=reason) as caught:
        request_sites(operation(schema))
    assert str(caught.value).startswith("POST /v1/payments: its schema ")
    assert "\n" not in str(caught.value)


def test_nothing_documented():
    """An operation without a request schema is refused."""
    with pytest.raises(UsageError, match="POST /v1/payments has no request schema"):
        request_sites(operation(None))


@pytest.mark.parametrize(("schema", "pointer", "keyword", "reason"), UNBREAKABLE.values(), ids=UNBREAKABLE)
def test_unbreakable(schema, pointer, keyword, reason):
    """What cannot be broken alone is reported with its reason, and has no site."""
    found = request_sites(operation(schema))
    assert [
        each
        for each in found.unbreakable
        if (each.pointer, each.keyword) == (pointer, keyword) and reason in each.reason
    ]
    assert Site(pointer, keyword) not in found.sites


def test_fields():
    """A site names its field as providers do."""
    assert Site("/instructedAmount/currency", "pattern").field == "instructedAmount.currency"
    assert Site("/creditors/0/name", "required").field == "creditors[0].name"
    assert Site("", "type").field == ""
    assert Site("/a~1b", "type").field == "a/b"


def test_ids():
    """A site's id is its pointer, its keyword and its name."""
    assert Site("/instructedAmount", "required").id == "instructedAmount-required"
    assert Site("", "wire", "truncated").id == "wire-truncated"
    assert Site("/creditors/0/name", "pattern").id == "creditors/0/name-pattern"
