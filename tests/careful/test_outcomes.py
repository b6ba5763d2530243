"""Clients that say in a way of their own what went wrong are clean."""

from __future__ import annotations

import enum
import logging
import time
from collections import deque, namedtuple
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from tests.careful.errors import BankError, DataError, SlottedError, WordyError
from tests.careful.harness import PROVIDERS, Careful, findings_of, over_all
from tests.careful.knowledge import (
    BACKOFF,
    REFRESH,
    RELOAD,
    REMEDIES,
    RENEW,
    RESTART,
    WAIT,
    Access,
    Call,
    Problem,
    follow_up,
    problem_in,
    token_call,
    token_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable

HTTP = httpx.Client(verify=httpx.create_ssl_context())
log = logging.getLogger("acme.payments")


class Core:
    """Refreshes, waits up to two minutes, backs off; what is left is for `give_up` and `succeed`."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def send(self, call: Call) -> httpx.Response:
        log.debug("-> %s %s (%d headers)", call.method, call.url, len(call.headers))
        headers = self.access.key_or(self.token, call)
        return HTTP.request(call.method, call.url, headers=headers, content=call.body)

    def perform(self, call: Call) -> object:
        refreshed, pauses = False, [0, 2, 5]
        while (response := self.send(call)).is_error:
            problem = problem_in(response.status_code, response.headers, response.content)
            log.debug("<- %s %s", problem.status, problem)
            remedy = self.access.remedy(problem.code)
            if remedy == REFRESH and not refreshed:
                refreshed, self.token = True, token_in(self.send(token_call(self.access)).content)
            elif remedy == WAIT and pauses and problem.retry_after < 100:
                time.sleep(max(pauses.pop(0), problem.retry_after))
            elif remedy == BACKOFF and pauses and call.harmless:
                time.sleep(pauses.pop(0))
            else:
                return self.give_up(call, problem, response)
        return self.succeed(response)

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        raise BankError.of(problem)

    def succeed(self, response: httpx.Response) -> object:
        return response.json()


@dataclass
class Err:
    """An error value."""

    code: str
    detail: str
    fields: tuple[str, ...] = ()
    retry_in: float | None = None


class ReturnsErr(Core):
    """Returns the value, or an Err."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> Err:
        return Err(problem.code, problem.message, problem.fields, problem.retry_after)


@dataclass
class Result:
    """One type for both, as many write it."""

    ok: bool
    value: object = None
    problem: Problem | None = None


class ReturnsResult(Core):
    """Returns a Result of what was read, or of what went wrong."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> Result:
        return Result(False, problem=problem)

    def succeed(self, response: httpx.Response) -> Result:
        return Result(True, response.json())


class ReturnsTuple(Core):
    """Returns (value, error), one of them None, as in Go."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> tuple[None, Problem]:
        return None, problem

    def succeed(self, response: httpx.Response) -> tuple[object, None]:
        return response.json(), None


class Failed(enum.Enum):
    """Every code of all four, and more, as a member; its value is a number."""

    OTHER = 0


CODES = enum.Enum("CODES", sorted({code.replace("-", "_") for codes in REMEDIES.values() for code in codes}))
Answer = namedtuple("Answer", "state code wait fields value")


class ReturnsNamed(Core):
    """Returns a named tuple with an enum's member as its code, where there is one."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> Answer:
        member = CODES.__members__.get(problem.code.replace("-", "_"), problem.code)
        return Answer(Failed.OTHER, member, problem.retry_after, deque(problem.fields), None)

    def succeed(self, response: httpx.Response) -> Answer:
        return Answer(None, None, None, None, response.json())


class FallsBack(Core):
    """Returns what it had cached."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        return {"cached": True, "as_of": "yesterday"}


class RemediedResult(ReturnsResult):
    """Starts a new consent or a new job, or reads the state, and returns where to go from there."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> Result:
        step = follow_up(self.access, self.access.remedy(problem.code), call)
        if step is None:
            return super().give_up(call, problem, response)
        return Result(True, self.send(step).json())


class AuthoriseError(Exception):
    """The user has to authorise at `link`."""

    def __init__(self, link: object) -> None:
        super().__init__("please authorise")
        self.link = link


class RaisesLink(Core):
    """Starts a new consent and raises its link; starts a new job; reads the state and raises."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        remedy = self.access.remedy(problem.code)
        if remedy == RENEW:
            started = self.send(follow_up(self.access, RENEW, call)).json()
            raise AuthoriseError(started["_links"]["scaRedirect"]["href"])
        if remedy == RESTART:
            return self.send(follow_up(self.access, RESTART, call)).json()
        if remedy == RELOAD:
            self.send(follow_up(self.access, RELOAD, call)).raise_for_status()
        raise BankError.of(problem) from None


class Renews(Core):
    """Starts a new consent and reads once more under it, then raises."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        if self.access.remedy(problem.code) != RENEW:
            raise BankError.of(problem)
        new = self.send(follow_up(self.access, RENEW, call)).json()["consentId"]
        again = self.send(Call(call.method, call.url, {**call.headers, "Consent-ID": new}, call.body, call.auth))
        if again.is_error:
            raise BankError.of(problem_in(again.status_code, again.headers, again.content))
        return again.json()


class PollsJob(Core):
    """After a conflict polls the job until it is done, tries once more, then raises."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        if problem.code != "AC-112":
            raise BankError.of(problem)
        status = follow_up(self.access, RELOAD, call)
        while self.send(status).json()["jobStatus"] != "COMPLETED":
            time.sleep(5)
        again = self.send(call)
        if again.is_error:
            raise BankError.of(problem_in(again.status_code, again.headers, again.content))
        return again.json()


def class_for(code: str) -> type[BankError]:
    """Return an exception class per code, made once."""
    if code not in KINDS:
        name = "".join(word.title() for word in code.replace("-", "_").split("_")) + "Error"
        KINDS[code] = type(name, (BankError,), {"__doc__": "The bank said so."})
    return KINDS[code]


KINDS: dict[str, type[BankError]] = {}


class ClassPerCode(Core):
    """An exception class per code; nothing else says which."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        raise class_for(problem.code)("refused", "", problem.fields, problem.retry_after)


@dataclass(frozen=True)
class Spec:
    """What a class of exceptions stands for."""

    codes: frozenset[str]
    hint: str = field(default="", compare=False)


class SpecPerClass(Core):
    """A class attribute that holds a description, which holds the code."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        kind = type("SpecifiedError", (SlottedError,), {"spec": Spec(frozenset({problem.code})), "__slots__": ()})
        raise kind(Problem(0, "", "", problem.fields, problem.retry_after))


class CodeOfCause(Core):
    """The code is only in the response of the cause's cause."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        try:
            try:
                response.raise_for_status()
            except httpx.HTTPStatusError as error:
                raise RuntimeError("the call failed") from error
        except RuntimeError as error:
            raise BankError("the bank refused") from error


class HoldsItsClient(Core):
    """The exception holds the client with all it hangs on; the code is in the context's response."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        try:
            response.raise_for_status()
        except httpx.HTTPStatusError:
            error = BankError("the bank refused")
            error.client, error.http, error.call, error.logger = self, HTTP, call, log
            raise error  # noqa: B904 - left to the context


class InData(Core):
    """A dataclass exception; the delay is in the problem."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        raise DataError(problem) from None


class InWords(Core):
    """All of it in the message."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        raise WordyError(f"{problem.message} [{problem.code}] fields={problem.fields} wait={problem.retry_after}")


class InNotes(Core):
    """All of it in notes."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        error = WordyError("refused")
        error.add_note(repr(problem))
        raise error


class Logs(Core):
    """Logs the exception with its traceback, and a masked header."""

    def give_up(self, call: Call, problem: Problem, response: httpx.Response) -> object:
        try:
            raise BankError.of(problem)
        except BankError:
            log.exception("failed; Authorization: Bearer %s***, client %s", self.token[:4], self.access.provider)
            raise


class BreakerOpenError(BankError):
    """The breaker is open."""


class Breaker(Core):
    """A circuit breaker of its own over the calls: opens after three failures, and remembers the last one."""

    def __init__(self, access: Access) -> None:
        super().__init__(access)
        self.failures, self.opened, self.last = 0, 0.0, None

    def send(self, call: Call) -> httpx.Response:
        if self.failures >= 3 and time.monotonic() < self.opened + 60:
            raise BreakerOpenError("open", self.last.code, retry_after=self.last.retry_after)
        response = super().send(call)
        if response.status_code >= 500:
            self.failures, self.opened = self.failures + 1, time.monotonic()
            self.last = problem_in(response.status_code, response.headers, response.content)
        else:
            self.failures = 0
        return response


class FailsFast(Core):
    """Raises whatever comes, but for the refresh."""

    def perform(self, call: Call) -> object:
        response = self.send(call)
        if response.is_error and self.access.remedy(self.code(response)) == REFRESH:
            self.token = token_in(self.send(token_call(self.access)).content)
            response = self.send(call)
        if response.is_error:
            raise BankError.of(problem_in(response.status_code, response.headers, response.content))
        return response.json()

    def code(self, response: httpx.Response) -> str:
        return problem_in(response.status_code, response.headers, response.content).code


def is_cached(value: object) -> bool:
    return isinstance(value, dict) and value.get("cached") is True


CLIENTS = [
    Careful("err", ReturnsErr, raises=None, returns=Err),
    Careful("result", ReturnsResult, raises=None, returns=Result),
    Careful("tuple", ReturnsTuple, raises=None, returns=tuple),
    Careful("named-tuple", ReturnsNamed, raises=None, returns=(Answer, Err)),
    Careful("fallback", FallsBack, returns=is_cached),
    Careful("remedied-result", RemediedResult, returns=Result),
    Careful("raises-link", RaisesLink, raises=(BankError, AuthoriseError)),
    Careful("renews", Renews),
    Careful("polls-job", PollsJob),
    Careful("class-per-code", ClassPerCode),
    Careful("spec-per-class", SpecPerClass, raises=SlottedError),
    Careful("code-of-cause", CodeOfCause),
    Careful("holds-its-client", HoldsItsClient, raises=None),
    Careful("dataclass", InData, raises=DataError),
    Careful("words", InWords, raises=None),
    Careful("notes", InNotes, raises=Exception),
    Careful("logs", Logs),
    Careful("breaker", Breaker),
    Careful("fails-fast", FailsFast, ignore=("OB102",)),
]


@over_all(CLIENTS)
def test_a_client_may_say_it_in_its_own_way(client: Careful, provider: str) -> None:
    """No documented error of any provider leads to a finding."""
    assert not findings_of(client, provider)


JITTERS: dict[str, Callable[[int], Any]] = {
    "none, exponential": lambda n: 2.0**n,
    "immediate first": lambda n: (0, 1, 3)[n],
    "linear": lambda n: n + 1,
    "fixed four": lambda n: 4,
    "fixed ten": lambda n: 10,
    "almost equal": lambda n: 1 + n / 1000,
    "decreasing": lambda n: 3 - n / 2,
}


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("backoff", JITTERS)
def test_any_backing_off_is_right(backoff: str, provider: str) -> None:
    """Only equal short waits, or none, are no backing off."""

    class Backs(Core):
        def perform(self, call: Call) -> object:
            for n in range(4):
                response = self.send(call)
                if response.is_success:
                    return response.json()
                problem = problem_in(response.status_code, response.headers, response.content)
                if self.access.remedy(problem.code) != BACKOFF or not call.harmless or n == 3:
                    raise BankError.of(problem)
                time.sleep(JITTERS[backoff](n))
            return None

    client = Careful(backoff, Backs, ignore=("OB206",))
    assert not findings_of(client, provider)
