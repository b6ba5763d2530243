"""A recording session: each take is sent once over real HTTP, and kept where the answer is the one that was wanted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.capture import capturing
from pytest_openbanking.cassettes.recorder import NotWrittenError
from pytest_openbanking.cassettes.sorting import answer_in, code_in, problem_of_success
from pytest_openbanking.environment import without_secrets
from pytest_openbanking.network import client_for
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import httpx

    from pytest_openbanking.cassettes.capture import Captured
    from pytest_openbanking.cassettes.recorder import Recorder
    from pytest_openbanking.cassettes.takes import Source, Take
    from pytest_openbanking.exchange import Request

__all__ = ["Result", "record_all"]


@dataclass(frozen=True)
class Result:
    """What became of a take: `problem` is None where it was recorded; `tried` tells whether a request was sent.

    `lasting`: so it would be with every other one.
    """

    take: Take
    problem: str | None = None
    tried: bool = True
    lasting: bool = False


def record_all(takes: Iterable[Take], source: Source, recorder: Recorder) -> Iterator[Result]:
    """Record one take after the other, until the disk takes no more; raises UsageError where nobody is there at all."""
    takes = list(takes)
    with client_for(source.origin, takes[0].provider.name if takes else None) as http:
        answered = False
        for take in takes:
            obstacle = source.obstacle(take)
            if obstacle is not None:
                yield Result(take, obstacle, tried=False)
                continue
            result = record(take, source, recorder, http, first=not answered)
            answered = True
            yield result
            if result.lasting:
                return


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
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return Result(take, f"no answer: {type(error).__name__}: {without_secrets(str(error), source.secrets)}")
    problem = unlike(take, captured[-1])
    if problem is not None:
        return Result(take, problem)
    return written(take, source, recorder, captured)


def written(take: Take, source: Source, recorder: Recorder, captured: Sequence[Captured]) -> Result:
    bases = {source.reached(take.operation.base): take.operation.base}
    try:
        recorder.write(take.place, captured, take.provider, bases)
    except NotWrittenError as error:
        return Result(take, str(error), lasting=error.lasting)
    return Result(take)


def send(http: httpx.Client, request: Request) -> httpx.Response:
    return http.request(request.method, request.url, headers=list(request.headers.pairs), content=request.body or None)


def unlike(take: Take, captured: Captured) -> str | None:
    """Say what was answered instead of what was wanted."""
    if take.error is None:
        return problem_of_success(captured, take.operation, take.provider)
    status, code = captured["response"]["status"]["code"], code_in(captured, take.provider)
    if status == take.error.status and code in (take.error.code, *take.error.aliases):
        return None
    return f"answered {answer_in(captured, take.provider)}"
