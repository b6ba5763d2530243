"""A recording session: each take is sent once over real HTTP, and kept where the answer is the one that was wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.capture import capturing
from pytest_openbanking.cassettes.scrubbing import UnscrubbableError
from pytest_openbanking.cassettes.sorting import code_in
from pytest_openbanking.network import client_for
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import httpx

    from pytest_openbanking.cassettes.capture import Captured
    from pytest_openbanking.cassettes.recorder import Recorder
    from pytest_openbanking.cassettes.takes import Source, Take
    from pytest_openbanking.exchange import Request

__all__ = ["Result", "record_all"]


@dataclass(frozen=True)
class Result:
    """What became of a take: `problem` is None where it was recorded; `tried` tells whether a request was sent."""

    take: Take
    problem: str | None = None
    tried: bool = True


def record_all(takes: Iterable[Take], source: Source, recorder: Recorder) -> Iterator[Result]:
    """Record one take after the other; raises UsageError where nobody is there at all."""
    with client_for(source.origin) as http:
        answered = False
        for take in takes:
            obstacle = source.obstacle(take)
            if obstacle is not None:
                yield Result(take, obstacle, tried=False)
                continue
            result = record(take, source, recorder, http, first=not answered)
            answered = True
            yield result


def record(take: Take, source: Source, recorder: Recorder, http: httpx.Client, *, first: bool) -> Result:
    import httpx

    request = source.request(take)
    try:
        with capturing() as captured:
            send(http, request)
    except httpx.ConnectError as error:
        if first:
            raise UsageError(f"{source.origin} cannot be reached: {error}") from None
        return Result(take, f"no answer: {error}")
    except httpx.HTTPError as error:
        return Result(take, f"no answer: {type(error).__name__}: {error}")
    problem = unlike(take, captured[-1])
    if problem is None:
        bases = {source.reached(take.operation.base): take.operation.base}
        try:
            recorder.write(take.place, captured, take.provider, bases)
        except (UnscrubbableError, OSError) as error:
            problem = str(error)
    return Result(take, problem)


def send(http: httpx.Client, request: Request) -> httpx.Response:
    return http.request(request.method, request.url, headers=list(request.headers.pairs), content=request.body or None)


def unlike(take: Take, captured: Captured) -> str | None:
    """Say what was answered instead of what was wanted."""
    status = captured["response"]["status"]["code"]
    code = code_in(captured, take.provider) if status >= 400 else None
    wanted = (take.error.status, take.error.code) if take.error else (take.operation.success.status, None)
    if (status, code) == wanted or (take.error is None and 200 <= status < 300):
        return None
    return f"answered {status}{f' {code}' if code else ''}"
