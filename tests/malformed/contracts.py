"""What is put to the test: every shipped operation with a request schema, and schemas that trip others."""

from dataclasses import replace

from pytest_openbanking import load_provider

PROVIDERS = ("aarthik", "aelix", "aerosync", "paysera")
SHIPPED = [
    operation
    for name in PROVIDERS
    for operation in load_provider(name).operations
    if operation.request_schema is not None
]
PAYMENT = next(each for each in load_provider("paysera").operations if each.id == "POST /v1/payments")


def operation(schema, example=None, **changes):
    """Return an operation that wants that of a request."""
    return replace(PAYMENT, request_schema=schema, request_example=example, **changes)


def of(**members):
    return {"type": "object", "required": list(members), "properties": members}


NODE = {
    "type": "object",
    "required": ["amount"],
    "additionalProperties": False,
    "properties": {
        "amount": {"type": "integer", "minimum": 0},
        "parts": {"type": "array", "maxItems": 2, "items": {"$ref": "#/$defs/node"}},
    },
}
TRICKY = {
    "recursive": {"$ref": "#/$defs/node", "$defs": {"node": NODE}},
    "recursive at the top": of(a={"type": "string", "maxLength": 3})
    | {"properties": {"a": {"type": "string", "maxLength": 3}, "next": {"$ref": "#"}}},
    "prefixItems": {
        "type": "array",
        "prefixItems": [{"type": "string", "pattern": "^a+$"}, {"type": "integer", "maximum": 5}],
        "items": False,
        "minItems": 2,
    },
    "format with pattern": of(
        day={"type": "string", "format": "date", "pattern": "^20\\d\\d-"},
        mail={"type": "string", "format": "email", "maxLength": 20},
        iban={"type": "string", "format": "iban"},
        moment={"type": "string", "format": "date-time"},
        id={"type": "string", "format": "uuid"},
        currency={"type": "string", "format": "iso-4217"},
        phone={"type": "string", "format": "phone"},
        pan={"type": "string", "format": "pan"},
    ),
    "allOf": {
        "allOf": [
            of(a={"type": "string", "maxLength": 5}),
            {"properties": {"a": {"pattern": "^[a-z]*$"}}, "required": ["b"]},
        ],
        "properties": {"b": {"type": "number", "multipleOf": 0.01, "exclusiveMinimum": 0, "maximum": 1e6}},
        "additionalProperties": True,
    },
    "oneOf": {
        "oneOf": [
            of(iban={"type": "string", "pattern": "^[A-Z]{2}$"}),
            of(bban={"type": "string", "maxLength": 3}),
        ]
    },
    "anyOf in anyOf": of(
        x={"anyOf": [{"type": "null"}, {"oneOf": [{"type": "string", "minLength": 2}, {"type": "integer"}]}]}
    ),
    "nullable": of(
        a={"type": "string", "nullable": True, "maxLength": 3},
        b={"allOf": [{"type": "string"}], "nullable": True},
        c={"type": "number", "minimum": 0, "exclusiveMinimum": True},
    ),
    "members": {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}, "gone": False},
        "dependentRequired": {"a": ["b"]},
        "minProperties": 1,
        "maxProperties": 3,
        "patternProperties": {"^x-": {"type": "integer"}},
        "additionalProperties": {"type": "boolean"},
    },
    "arrays": of(
        many={"type": "array", "minItems": 1, "maxItems": 1000, "items": {"type": "string"}},
        tags={"type": "array", "maxItems": 3, "uniqueItems": True, "items": {"type": "string", "maxLength": 4}},
        some={"type": "array", "contains": {"const": 1}, "maxContains": 2},
    ),
    "not": of(a={"type": "string", "not": {"const": "no"}}, b={"const": False}, c={"enum": ["x", 1]}),
    "names": of(
        **{"a/b": of(**{"c~d": {"type": "string", "maxLength": 1}, " e": {"type": "integer", "multipleOf": 5}})}
    ),
}
