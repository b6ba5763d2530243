"""OB4xx at the boundaries of what they speak on."""

from __future__ import annotations

import enum
import gzip
import json
import urllib.error
import zlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import Message
from io import BytesIO

import httpx
import pydantic
import pytest
import tenacity

from pytest_openbanking.exchange import Headers
from tests.rules.scene import Promised, Scene, speaks

ACCOUNTS, PAY, CONSENTS = "GET /v1/accounts", "POST /v1/payments", "POST /v1/consents"
EPOCH = 1_800_000_000.0  # 2027-01-15 08:00 UTC


def bad(code: str = "INVALID_PARAMETER", provider: str = "aelix", operation: str = ACCOUNTS) -> Scene:
    scene = Scene(provider, operation, code)
    scene.exchange.epoch = EPOCH
    scene.fails(0)
    return scene


def answered(scene: Scene, body: object, *headers: tuple[str, str]) -> None:
    """Let the last call have been answered with a body of its own."""
    call = scene.exchange[-1]
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    call.response = replace(call.response, body=octets, headers=Headers([*call.response.headers.pairs, *headers]))


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ({}, True),
        ({"result": None}, True),
        ({"result": []}, True),
        ({"result": {}, "accepted": True}, False),
        ({"result": "cached", "fallback": True}, False),
        ({"raised": Promised()}, False),
        ({"stopped": True}, False),
    ],
)
def test_OB401_speaks_of_a_return_that_nothing_accepts(out: dict[str, object], expected: bool) -> None:
    """An accepted error value, a fallback and an exception are no silence."""
    assert speaks("OB401", bad(), **out) is expected


def test_OB401_is_silent_once_the_call_succeeded() -> None:
    """The retry of the same call brought the answer; another call's answer does not help."""
    scene = bad("INTERNAL_SERVER_ERROR")
    scene.call(3, "GET /v1/transactions")
    assert speaks("OB401", scene, result=[])
    scene.call(3)
    assert not speaks("OB401", scene, result=[])


@pytest.mark.parametrize(
    ("provider", "operation", "code", "then"),
    [
        ("paysera", ACCOUNTS, "CONSENT_EXPIRED", CONSENTS),
        ("aarthik", "POST /offers/{offerID}/proceed", "OFFER_LOCK_CONFLICT", "GET /offers/{offerID}"),
        (
            "aerosync",
            "POST /accounts/{user_id}/mfa/{job_id}/resolve",
            "AC-110",
            "POST /accounts/{user_id}/refresh",
        ),
    ],
)
def test_OB401_accepts_a_remedy_in_place_of_an_exception(provider: str, operation: str, code: str, then: str) -> None:
    """A new consent, a read of the state, a new job."""
    scene = bad(code, provider, operation)
    assert speaks("OB401", scene, result={})
    scene.call(1, then)
    assert not speaks("OB401", scene, result={})


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("slow-answer", False),
        ("wrong-content-type", False),
        ("wrong-charset", False),
        ("empty-body", True),
        ("truncated-body", True),
        ("html-502", True),
    ],
)
def test_OB401_is_silent_where_the_answer_was_all_there(fault: str, expected: bool) -> None:
    """A patient client has the whole answer of a slow provider."""
    assert speaks("OB401", bad(fault), result=[]) is expected


def invalid() -> Exception:
    try:
        pydantic.TypeAdapter(int).validate_python("x")
    except pydantic.ValidationError as error:
        return error
    raise AssertionError


def retried() -> Exception:
    try:
        tenacity.Retrying(stop=tenacity.stop_after_attempt(1))(lambda: 1 / 0)
    except tenacity.RetryError as error:
        return error
    raise AssertionError


class Narrower(Promised):
    """A kind of what is promised."""


class Foreign(Exception):
    """The team's own, and not what it promised."""


@pytest.mark.parametrize(
    ("raised", "promised", "expected"),
    [
        (Promised(), (Promised,), False),
        (Narrower(), (Promised,), False),
        (Foreign(), (Promised,), True),
        (Foreign(), (Promised, Foreign), False),
        (KeyError("code"), (Promised,), True),
        (KeyError("code"), (LookupError,), False),
        (Foreign(), (), False),
        (KeyError("code"), (), True),
        (json.JSONDecodeError("no", "", 0), (), True),
        (httpx.ConnectError("no"), (), True),
        (invalid(), (), True),
        (retried(), (), True),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_OB402_speaks_of_another_type_than_promised(
    raised: Exception, promised: tuple[type, ...], expected: bool
) -> None:
    """With nothing promised only the standard library's and other libraries' types are foreign."""
    assert speaks("OB402", bad(), raised=raised, promised=promised) is expected


def test_OB402_looks_at_each_leaf_and_only_after_the_error() -> None:
    """One foreign leaf is enough; before the error was delivered nothing leaked because of it."""
    assert speaks("OB402", bad(), exceptions=(Promised(), KeyError("x")))
    scene = Scene("aelix", ACCOUNTS, "INVALID_PARAMETER")
    assert not speaks("OB402", scene, raised=KeyError("x"))


class INVALID_PARAMETER(Promised):
    pass


class Specific(INVALID_PARAMETER):
    def __repr__(self) -> str:
        return "specific"


class InvalidParameterError(Promised):
    pass


class Slotted(Promised):
    __slots__ = ("what",)


class Told(Promised):
    code = "invalid-parameter"


class Code(enum.Enum):
    INVALID_PARAMETER = 7


class TextCode(enum.StrEnum):
    INVALID_PARAMETER = "7"


def having(value: object) -> Promised:
    raised = Promised("no")
    raised.held = value
    return raised


def caused(cause: BaseException) -> Promised:
    raised = Promised("no")
    raised.__cause__ = cause
    return raised


def slotted() -> Slotted:
    raised = Slotted()
    raised.what = "INVALID_PARAMETER"
    return raised


def response(body: bytes = b'{"error": {"code": "INVALID_PARAMETER"}}', **headers: str) -> httpx.Response:
    return httpx.Response(400, content=body, headers=headers, request=httpx.Request("GET", "https://x.example/"))


def unread() -> urllib.error.HTTPError:
    return urllib.error.HTTPError(
        "https://x.example/", 400, "Bad", Message(), BytesIO(b'{"code": "INVALID_PARAMETER"}')
    )


@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (Promised("no"), True),
        (Promised("400"), True),
        (Promised("INVALID"), True),
        (Promised("INVALID_PARAMETER: no"), False),
        (Promised("invalid parameter"), False),
        (INVALID_PARAMETER(), False),
        (InvalidParameterError(), False),
        (Specific(), False),
        (Told(), False),
        (slotted(), False),
        (having("INVALID_PARAMETER"), False),
        (having({"error": {"code": "INVALID_PARAMETER"}}), False),
        (having(Code.INVALID_PARAMETER), False),
        (having(TextCode.INVALID_PARAMETER), False),
        (having(b'{"code": "INVALID_PARAMETER"}'), False),
        (having(response()), False),
        (having(response(b"{}")), True),
        (caused(httpx.HTTPStatusError("no", request=response().request, response=response())), False),
        (caused(unread()), False),
        (caused(Promised("INVALID_PARAMETER")), False),
    ],
    ids=range(20),
)
def test_OB403_looks_wherever_a_caller_can(raised: Exception, expected: bool) -> None:
    """Text, class name, attributes, slots, enums, causes and their responses, whatever the punctuation."""
    assert speaks("OB403", bad(), raised=raised) is expected


@pytest.mark.parametrize(
    ("named", "carried", "expected"),
    [
        ("RATE_LIMITED", "RATE_LIMITED", False),
        ("RATE_LIMITED", "RATE_LIMIT_EXCEEDED", False),
        ("RATE_LIMITED", "429", True),
        ("RATE_LIMIT_EXCEEDED", "RATE_LIMITED", True),
        ("OTHER", "OTHER", True),
        ("OTHER", "RATE_LIMIT_EXCEEDED", False),
    ],
)
def test_OB403_accepts_the_documented_name_that_the_answer_had(named: str, carried: str, expected: bool) -> None:
    """Aelix documents two names for one error; a recording shows which of them it sends."""
    scene = bad("RATE_LIMIT_EXCEEDED")
    answered(scene, {"error": {"code": named}})
    assert speaks("OB403", scene, raised=Promised(carried)) is expected


def test_OB403_reads_a_body_that_a_caller_can_decompress() -> None:
    """The standard library's HTTPError has it as it came over the wire."""
    headers = Message()
    headers["Content-Encoding"] = "gzip"
    body = BytesIO(gzip.compress(b'{"error": {"code": "INVALID_PARAMETER"}}'))
    raised = caused(urllib.error.HTTPError("https://x.example/", 400, "Bad", headers, body))
    assert not speaks("OB403", bad(), raised=raised)


def test_OB403_looks_at_error_values_and_not_at_faults() -> None:
    """An accepted error value is judged as an exception is; a fault has no code to lose."""
    assert speaks("OB403", bad(), result={"ok": False}, accepted=True)
    assert not speaks("OB403", bad(), result={"code": "INVALID_PARAMETER"}, accepted=True)
    assert not speaks("OB403", bad(), result={"ok": False}, fallback=True)
    assert not speaks("OB403", bad("connection-reset"), raised=Promised("no"))


@pytest.mark.parametrize(
    ("carried", "expected"),
    [
        ("amount, currency", False),
        (["amount", "currency"], False),
        ([{"field": "amount"}, {"field": "currency"}], False),
        ({"amount": "is wrong", "currency": "is wrong"}, False),
        ("amount", True),
        ("", True),
        ([], True),
    ],
)
def test_OB404_wants_every_field(carried: object, expected: bool) -> None:
    """Aelix names the fields; each is to be handed on."""
    assert speaks("OB404", bad("VALIDATION_FAILED", "aelix", PAY), raised=having(carried)) is expected


@pytest.mark.parametrize(
    ("carried", "expected"),
    [
        ("instructedAmount.amount", False),
        ("/instructedAmount/amount", False),
        (("instructedAmount", "amount"), False),
        ("amount", False),
        ({"errors": [{"field": "amount"}]}, False),
        ("the amount is wrong", True),
        ("instructedAmount", True),
        ("creditorName", True),
    ],
)
def test_OB404_takes_a_path_in_any_notation(carried: object, expected: bool) -> None:
    """A path may be handed on whole, as a pointer, or in its parts."""
    assert speaks("OB404", bad("FORMAT_ERROR", "paysera", PAY), raised=having(carried)) is expected


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (({"code": "VALIDATION_FAILED", "details": [{"field": "iban"}]},), ["iban"]),
        (({"details": [{"field": "iban"}]}, {"details": [{"field": "bic"}]}), ["bic"]),
        (({"details": []},), []),
        (("<html>",), []),
    ],
)
def test_OB404_wants_the_fields_that_the_last_answer_named(answers: tuple[object, ...], expected: list[str]) -> None:
    """A recording may name others than the documentation, or none, and need be no JSON."""
    scene = Scene("aelix", PAY, "VALIDATION_FAILED")
    for body in answers:
        call = scene.fails(0)
        text = body if isinstance(body, str) else json.dumps({"error": body})
        call.response = replace(call.response, body=text.encode())
    for carried in (["iban"], ["bic"], []):
        assert speaks("OB404", scene, raised=having(carried)) is (not set(expected) <= set(carried))


@pytest.mark.parametrize(("coding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_OB404_reads_what_was_compressed(coding: str, pack) -> None:
    """A recording is served as it came over the wire; the client has read it, too."""
    scene = bad("VALIDATION_FAILED", "aelix", PAY)
    body = pack(b'{"error": {"code": "VALIDATION_FAILED", "details": [{"field": "iban"}]}}')
    answered(scene, body, ("Content-Encoding", coding))
    assert speaks("OB404", scene, raised=having("amount, currency"))
    assert not speaks("OB404", scene, raised=having("iban"))


@pytest.mark.parametrize(
    ("operation", "path", "is_field"),
    [
        (PAY, "/v1/payments", False),
        (PAY, "/v1/payments/", False),
        (PAY, "/xs2a/berlin/1.3/v1/payments", False),
        (PAY, "/xs2a/berlin/1.3/v1/payments/sepa-credit-transfers", False),
        ("POST /v1/{payment-service}/{payment-product}", "/v1/payments/sepa-credit-transfers", False),
        ("POST /v1/{payment-service}/{payment-product}", "/v1/payments", False),
        (PAY, "/instructedAmount/amount", True),
        (PAY, "instructedAmount.amount", True),
        (PAY, "/elsewhere/v1/payments", True),
    ],
)
def test_OB404_takes_no_path_of_an_operation_for_a_field(operation: str, path: str, is_field: bool) -> None:
    """Paysera documents `path` as the API path, and as a field's in one example."""
    scene = bad("FORMAT_ERROR", "paysera", operation)
    answered(scene, {"tppMessages": [{"category": "ERROR", "code": "FORMAT_ERROR", "path": path}]})
    assert speaks("OB404", scene, raised=Promised("FORMAT_ERROR")) is is_field


def test_OB404_takes_no_field_of_a_warning() -> None:
    """Where the provider's entries have a category, a warning names nothing that was refused."""
    scene = bad("FORMAT_ERROR", "paysera", PAY)
    entries = [("WARNING", "creditorName"), ("ERROR", "debtorName")]
    messages = [{"category": category, "code": "FORMAT_ERROR", "path": path} for category, path in entries]
    answered(scene, {"tppMessages": messages})
    assert speaks("OB404", scene, raised=having("creditorName"))
    assert not speaks("OB404", scene, raised=having("debtorName"))


def test_OB404_is_silent_where_no_field_is_documented() -> None:
    """Aarthik promises no list of fields."""
    assert not speaks(
        "OB404", bad("VALIDATION_FAILED", "aarthik", "PUT /profile"), raised=Promised("VALIDATION_FAILED")
    )


class Shown(Promised):
    def __repr__(self) -> str:
        return f"Shown({self.held!r})"


def shown(value: object) -> Shown:
    raised = Shown("no")
    raised.held = value
    return raised


SECRET = "aelix-sandbox-client-secret-d60f3a817be94c25a9f2"


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ({"raised": Promised("no")}, False),
        ({"raised": Promised(f"no: {SECRET}")}, True),
        ({"raised": having(SECRET)}, False),
        ({"raised": shown(SECRET)}, True),
        ({"raised": shown(SECRET[:4] + "...")}, False),
        ({"raised": caused(Promised(f"below: {SECRET}"))}, True),
        ({"raised": caused(shown(SECRET))}, False),
        ({"raised": Promised("no"), "logs": ("GET /v1/accounts", f"with {SECRET}")}, True),
        ({"raised": Promised("no"), "logs": ("GET /v1/accounts",)}, False),
        ({"result": {"token": SECRET}}, False),
        ({"result": {}, "logs": (f"Bearer {SECRET}",)}, True),
    ],
)
def test_OB405_speaks_of_what_is_printed(out: dict[str, object], expected: bool) -> None:
    """Message, repr, traceback and log records; a value that is merely held is not printed."""
    assert speaks("OB405", bad(), **out) is expected


def test_OB405_knows_the_tokens_of_the_exchange() -> None:
    """A token that the client brought itself is a secret as well; one of a few letters is a word."""
    for token, expected in (("token-of-the-team", True), ("token", False)):
        scene = Scene("aelix", ACCOUNTS, "INVALID_PARAMETER")
        scene.fails(0, token=token)
        assert speaks("OB405", scene, raised=Promised(f"with {token}")) is expected


def limited(header: str = "30") -> Scene:
    scene = Scene("aelix", ACCOUNTS, "RATE_LIMIT_EXCEEDED", "once")
    scene.exchange.epoch = EPOCH
    scene.exchange.monotonic = 5000.0
    scene.fails(0, retry_after=header)
    return scene


MOMENT = datetime.fromtimestamp(EPOCH + 30, UTC)


@pytest.mark.parametrize(
    ("carried", "expected"),
    [
        (30, False),
        (30.0, False),
        ("30", False),
        (30_000, False),
        (timedelta(seconds=30), False),
        (MOMENT, False),
        (MOMENT.isoformat(), False),
        (EPOCH + 30, False),
        (5030.0, False),
        ("retry in 30s", False),
        ("PT30S", False),
        ("0:00:30", False),
        (response(**{"Retry-After": "30"}), False),
        (None, True),
        (True, True),
        (429, True),
        (60, True),
        (timedelta(minutes=5), True),
        (MOMENT - timedelta(seconds=30), True),
        ("trc_4a30bc12d8", True),
        ("9f30", True),
        ("300", True),
        ("no", True),
    ],
    ids=repr,
)
def test_OB406_knows_a_delay_in_every_form(carried: object, expected: bool) -> None:
    """A number of either unit, a timedelta, the moment it ends, a text of any of them, or the response."""
    assert speaks("OB406", limited(), raised=having(carried), ended_at=0.0) is expected


@pytest.mark.parametrize(("ended_at", "expected"), [(0.0, True), (28.0, True), (29.0, False), (30.0, False)])
def test_OB406_is_silent_once_the_delay_was_waited_for(ended_at: float, expected: bool) -> None:
    """Who waited has nothing left to hand on."""
    assert speaks("OB406", limited(), raised=Promised("no"), ended_at=ended_at) is expected


@pytest.mark.parametrize(
    ("header", "carried", "expected"),
    [("7200", 120, False), ("7200", 2, False), ("7200", 3, True), ("90", 2, True), ("90", 1, True)],
)
def test_OB406_takes_minutes_and_hours_of_a_long_delay_only(header: str, carried: int, expected: bool) -> None:
    """A short delay in minutes would be any small number."""
    assert speaks("OB406", limited(header), raised=having(carried), ended_at=0.0) is expected


@pytest.mark.parametrize(("carried", "expected"), [(True, True), (3, False)])
def test_OB406_does_not_take_a_flag_for_a_second(carried: object, expected: bool) -> None:
    """`retryable=True` is no delay of one second."""
    scene = limited("1" if carried is True else "3")
    assert speaks("OB406", scene, raised=having(carried), ended_at=-1.0) is expected


def test_OB406_is_silent_without_a_retry_after_and_on_other_errors() -> None:
    """There is no delay to lose."""
    scene = Scene("aelix", ACCOUNTS, "RATE_LIMIT_EXCEEDED", "once")
    scene.fails(0)
    assert not speaks("OB406", scene, raised=Promised("no"), ended_at=0.0)
    assert not speaks("OB406", bad("INTERNAL_SERVER_ERROR"), raised=Promised("no"), ended_at=0.0)
