"""Clients that keep the refresh of tokens out of their calls are clean."""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING

import httpx
import requests
from requests.auth import AuthBase

from tests.careful.errors import BankError
from tests.careful.harness import Careful, findings_of, over_all
from tests.careful.knowledge import (
    BACKOFF,
    REFRESH,
    RELOAD,
    RENEW,
    WAIT,
    Access,
    Call,
    follow_up,
    problem_in,
    token_call,
    token_in,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator

TLS = httpx.create_ssl_context()


def asks_refresh(access: Access, response: httpx.Response | requests.Response, content: bytes) -> bool:
    """Tell by the code whether a new token is the remedy."""
    if response.status_code not in (401, 403):
        return False
    return access.remedy(problem_in(response.status_code, response.headers, content).code) == REFRESH


class RefreshingAuth(httpx.Auth):
    """An httpx auth flow: the token request is part of it."""

    requires_response_body = True

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers["Authorization"] = f"Bearer {self.token}"
        response = yield request
        if asks_refresh(self.access, response, response.content):
            asked = token_call(self.access)
            issued = yield httpx.Request(
                asked.method, asked.url, headers=self.access.key_or("", asked), content=asked.body
            )
            self.token = token_in(issued.content)
            request.headers["Authorization"] = f"Bearer {self.token}"
            yield request

    auth_flow = flow


class AuthFlow:
    """A refresh in httpx.Auth; retries around it."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.http, self.auth = httpx.Client(verify=TLS), RefreshingAuth(access)

    def perform(self, call: Call) -> object:
        for pause in (0, 2, 4, None):
            response = self.http.request(
                call.method,
                call.url,
                headers=self.access.key_or("", call),
                content=call.body,
                auth=self.auth if call.auth == "token" else None,
            )
            if response.is_success:
                return response.json()
            problem = problem_in(response.status_code, response.headers, response.content)
            remedy = self.access.remedy(problem.code)
            if pause is None or problem.retry_after or remedy != BACKOFF or not call.harmless:
                break
            time.sleep(pause)
        raise BankError.of(problem)


class AuthFlowAsync:
    """The same, async, with event hooks that raise for a status; fails fast but for the refresh."""

    def __init__(self, access: Access) -> None:
        self.access = access
        self.http = httpx.AsyncClient(verify=TLS)
        self.auth = AsyncOnlyAuth(access)

    async def perform(self, call: Call) -> object:
        request = self.http.build_request(
            call.method, call.url, headers=self.access.key_or("", call), content=call.body
        )
        response = await self.http.send(request, auth=self.auth if call.auth == "token" else None)
        try:
            response.raise_for_status()
        except httpx.HTTPStatusError as error:
            raise BankError("the bank refused") from error
        return response.json()

    async def close(self) -> None:
        await self.http.aclose()


class AsyncOnlyAuth(RefreshingAuth):
    """An auth flow of its own for async clients."""

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        flow = self.flow(request)
        outgoing = next(flow)
        while True:
            response = yield outgoing
            await response.aread()
            try:
                outgoing = flow.send(response)
            except StopIteration:
                return


class ResponseHook:
    """A requests response hook that refreshes and sends the request once more."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token
        self.session = requests.Session()
        self.session.hooks["response"].append(self.refresh)

    def refresh(self, response: requests.Response, **options: object) -> requests.Response:
        request = response.request
        if getattr(request, "renewed", False) or not asks_refresh(self.access, response, response.content):
            return response
        asked = token_call(self.access)
        issued = requests.request(
            asked.method, asked.url, data=asked.body, headers=self.access.key_or("", asked), timeout=10
        )
        self.token = token_in(issued.content)
        again = request.copy()
        again.headers["Authorization"] = f"Bearer {self.token}"
        again.renewed = True
        return response.connection.send(again, **options)

    def perform(self, call: Call) -> object:
        response = self.session.request(
            call.method, call.url, data=call.body, headers=self.access.key_or(self.token, call), timeout=10
        )
        if response.ok:
            return response.json()
        problem = problem_in(response.status_code, response.headers, response.content)
        raise BankError.of(problem)


class TokenAuth(AuthBase):
    """A requests auth that registers a hook on each request, as requests_oauthlib's examples do."""

    def __init__(self, access: Access) -> None:
        self.access, self.token = access, access.access_token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.token}"
        request.register_hook("response", self.handle)
        return request

    def handle(self, response: requests.Response, **options: object) -> requests.Response:
        if not asks_refresh(self.access, response, response.content):
            return response
        asked = token_call(self.access)
        headers = self.access.key_or("", asked)
        self.token = token_in(requests.post(asked.url, data=asked.body, headers=headers, timeout=9).content)
        again = response.request.copy()
        again.deregister_hook("response", self.handle)
        again.headers["Authorization"] = f"Bearer {self.token}"
        answer = response.connection.send(again, **options)
        answer.history.append(response)
        return answer


class AuthBaseClient:
    """A requests.auth.AuthBase; the response itself is on the exception."""

    def __init__(self, access: Access) -> None:
        self.access, self.session, self.auth = access, requests.Session(), TokenAuth(access)

    def perform(self, call: Call) -> object:
        auth = self.auth if call.auth == "token" else None
        headers = self.access.key_or(self.auth.token, call)
        response = self.session.request(call.method, call.url, data=call.body, headers=headers, auth=auth, timeout=9)
        if not response.ok:
            raise ResponseError(response)
        return response.json()


class ResponseError(BankError):
    """Holds the response, and nothing else."""

    def __init__(self, response: requests.Response) -> None:
        Exception.__init__(self, f"HTTP {response.status_code}")
        self.response = response


class LogsInFirst:
    """Logs in before the first call, keeps the token until it runs out, by a JWT's exp."""

    http = httpx.Client(verify=TLS)

    def __init__(self, access: Access) -> None:
        self.access, self.token, self.runs_out = access, None, 0.0

    def send(self, call: Call, token: str) -> httpx.Response:
        headers = self.access.key_or(token, call)
        return self.http.request(call.method, call.url, headers=headers, content=call.body)

    def login(self) -> str:
        if self.token is None or time.time() > self.runs_out - 60:
            response = self.send(token_call(self.access), "")
            if response.is_error:
                raise BankError.of(problem_in(response.status_code, response.headers, response.content))
            self.token = token_in(response.content)
            self.runs_out = time.time() + 900
            if self.token.count(".") == 2:
                claims = self.token.split(".")[1]
                self.runs_out = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
        return self.token

    def perform(self, call: Call) -> object:
        refreshed, pauses = False, [1, 4, 10]
        while True:
            response = self.send(call, self.login() if call.auth == "token" else "")
            if response.is_success:
                return response.json()
            problem = problem_in(response.status_code, response.headers, response.content)
            remedy = self.access.remedy(problem.code)
            if remedy == REFRESH and not refreshed:
                self.token, refreshed = None, True
            elif remedy in (WAIT, BACKOFF) and pauses and (call.harmless or remedy == WAIT):
                pause = pauses.pop(0)
                if problem.retry_after is not None and problem.retry_after > 300:
                    raise BankError.of(problem)
                time.sleep(max(pause, problem.retry_after or 0))
            else:
                raise BankError.of(problem)


class TokenForEachCall:
    """Asks for a token before each call, those of renewals and reads included."""

    http = httpx.Client(verify=TLS)

    def __init__(self, access: Access) -> None:
        self.access = access

    def send(self, call: Call) -> httpx.Response:
        token = ""
        if call.auth == "token":
            token = token_in(self.send(token_call(self.access)).content)
        headers = self.access.key_or(token, call)
        return self.http.request(call.method, call.url, headers=headers, content=call.body)

    def perform(self, call: Call, tries: int = 3) -> object:
        response = self.send(call)
        if response.is_success:
            return response.json()
        problem = problem_in(response.status_code, response.headers, response.content)
        remedy = self.access.remedy(problem.code)
        if remedy == REFRESH and tries == 3:
            return self.perform(call, 1)
        if remedy == BACKOFF and call.harmless and tries > 1:
            time.sleep(3 ** (4 - tries))
            return self.perform(call, tries - 1)
        if remedy in (RENEW, RELOAD):
            self.send(follow_up(self.access, remedy, call)).raise_for_status()
        raise BankError.of(problem)


class RawToken(LogsInFirst):
    """Its own name for the scheme of the token, in lower case."""

    def send(self, call: Call, token: str) -> httpx.Response:
        headers = self.access.key_or(token, call)
        if "Authorization" in headers:
            headers["authorization"] = headers.pop("Authorization").replace("Bearer", "bearer")
        return self.http.request(call.method, call.url, headers=headers, content=call.body)


FAST = ("OB102",)
CLIENTS = [
    Careful("auth-flow", AuthFlow),
    Careful("auth-flow-async", AuthFlowAsync, ignore=FAST),
    Careful("response-hook", ResponseHook, ignore=FAST),
    Careful("auth-base", AuthBaseClient, ignore=FAST),
    Careful("logs-in-first", LogsInFirst),
    Careful("logs-in-once", LogsInFirst, shared=True),
    Careful("token-for-each-call", TokenForEachCall),
    Careful("lower-case-scheme", RawToken, shared=True),
]


@over_all(CLIENTS)
def test_a_client_that_refreshes_elsewhere_is_clean(client: Careful, provider: str) -> None:
    """No documented error of any provider leads to a finding."""
    assert not findings_of(client, provider)
