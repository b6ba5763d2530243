"""Replaying cassettes against a base URL, and finding what has drifted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from pytest_openbanking.asking import Credentials, ask, check_parameters
from pytest_openbanking.cassettes.cassette import CassetteError
from pytest_openbanking.cassettes.verifying.caller import Caller, NoAnswerError
from pytest_openbanking.cassettes.verifying.codes import Wanted
from pytest_openbanking.cassettes.verifying.drift import drift
from pytest_openbanking.cassettes.verifying.finding import Breach, Finding
from pytest_openbanking.cassettes.verifying.owners import folder_owner
from pytest_openbanking.cassettes.verifying.replaying import IMPOSSIBLE, Plan, Skipped, Target
from pytest_openbanking.cassettes.verifying.subject import Subject, read_subject
from pytest_openbanking.cassettes.verifying.verification import of_provider, unreadable
from pytest_openbanking.catalogue.model import Provider, Provoke
from pytest_openbanking.environment import credentials_of
from pytest_openbanking.exchange import PROVENANCE, Headers, Request, Response
from pytest_openbanking.serving.asking import HEADER
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.verifying.files import Files
    from pytest_openbanking.cassettes.verifying.owners import Owners
    from pytest_openbanking.cassettes.verifying.subject import Call

__all__ = ["Live", "Replayed", "reasons", "replay"]

REFUSED = "X-OpenBanking-Refused"  # a served sandbox's answer to what the provider does not document
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Live:
    """Against what to replay, and how; without `credentials` it is with those of the environment."""

    base_url: str
    token_url: str | None = None
    credentials: Credentials | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    writes: bool = False


@dataclass(frozen=True)
class Replayed:
    """What came out: how many requests were replayed, why others were not, and what has drifted."""

    cassettes: int
    findings: tuple[Finding, ...]
    replayed: int
    skipped: Mapping[str, int]
    stopped: str | None = None  # by Ctrl-C: how far it was


def replay(
    files: Files,
    owners: Owners,
    live: Live,
    *,
    wanted: Wanted | None = None,
    provider: str | None = None,
    progress: Progress | None = None,
) -> Replayed:
    """Replay the cassettes of one provider; raises UsageError where nothing answers or nothing can be replayed."""
    wanted = wanted or Wanted()
    subjects, broken = read(files, owners, provider)
    target = Target(provider_of(subjects, live), live.base_url, live.token_url)
    check_parameters(target.provider, live.parameters)
    credentials = live.credentials or credentials_of(target.provider.name)
    with Caller(live.base_url, target.provider.name, tuple(asdict(credentials).values())) as caller:
        plan = plan_for(target, live, credentials, caller)
        run = Run(plan, caller, progress or (lambda done, total: None))
        findings = [*broken, *run.all(subjects)]
    kept = sorted({finding for finding in findings if finding.code in wanted}, key=lambda finding: finding.order)
    return Replayed(len(subjects) + len(broken), tuple(kept), run.replayed, run.skipped, run.stopped)


def read(files: Files, owners: Owners, provider: str | None) -> tuple[list[Subject], list[Finding]]:
    subjects, broken = [], []
    for path in files.cassettes:
        try:
            subjects.append(read_subject(path, owners))
        except CassetteError as error:
            if provider in (None, folder_owner(path, owners.names)):
                broken.append(unreadable(error))
    return [subject for subject in subjects if of_provider(subject, provider)], broken


def provider_of(subjects: Sequence[Subject], live: Live) -> Provider:
    """Return the one provider that the cassettes are of."""
    found = {subject.known.provider.name: subject.known.provider for subject in subjects if subject.known}
    if len(found) > 1:
        raise UsageError(
            f"verify: these are cassettes of {', '.join(sorted(found))}, and {live.base_url} is one provider; "
            "add --provider NAME"
        )
    if not found:
        raise UsageError(
            "verify: none of these is a cassette of a known provider; see: openbanking verify without --live"
        )
    return next(iter(found.values()))


def plan_for(target: Target, live: Live, credentials: Credentials, caller: Caller) -> Plan:
    """Ask once without any credential: whether anything is there, and whether it is a sandbox of ours."""
    try:
        answer = caller.call(harmless(target))
    except NoAnswerError as error:
        raise UsageError(f"verify: nothing answers at {live.base_url}: {error}") from None
    served = PROVENANCE in answer.headers or REFUSED in answer.headers
    if served and credentials == Credentials():
        auth = target.provider.auth
        credentials = Credentials(auth.access_token, auth.refresh_token, auth.api_key, auth.api_secret)
    return Plan(target, served, credentials, live.parameters, live.writes)


def harmless(target: Target) -> Request:
    safe = next((operation for operation in target.provider.operations if operation.safe), None)
    if safe is None:
        return Request("HEAD", target.base_url)
    return ask(target.provider, safe, base_of=target.base_of, provoke=Provoke(credential="none"))


class Run:
    """One run over all cassettes: counts what is replayed, and what is not."""

    def __init__(self, plan: Plan, caller: Caller, progress: Progress) -> None:
        self.plan = plan
        self.caller = caller
        self.progress = progress
        self.replayed = 0
        self.skipped: Counter[str] = Counter()
        self.stopped: str | None = None

    def all(self, subjects: Sequence[Subject]) -> list[Finding]:
        """Replay everything, or until Ctrl-C; raises UsageError where there is nothing that can be replayed."""
        planned = [(subject, call, self.plan.request(call)) for subject in subjects for call in subject.calls]
        findings: list[Finding] = []
        done = 0
        try:
            for done, step in enumerate(planned):
                self.progress(done + 1, len(planned))
                findings += self.step(*step)
        except KeyboardInterrupt:
            self.stopped = f"stopped after {done} of {len(planned)}"
            return findings
        if not self.replayed:
            raise UsageError(f"verify: nothing was replayed: {reasons(self.skipped)}")
        return findings

    def step(self, subject: Subject, call: Call, request: Request | Skipped) -> list[Finding]:
        if isinstance(request, Skipped):
            self.skipped[request.reason] += 1
            return []
        found = [subject.finding(breach) for breach in self.one(call, request)]
        self.replayed += 1
        return found

    def one(self, call: Call, request: Request) -> Iterator[Breach]:
        try:
            answer = self.caller.call(request)
            if self.plan.served and REFUSED in answer.headers:
                yield from self.refused(call, request, answer)
            else:
                yield from drift(call, answer, self.plan.target.provider, served=self.plan.served)
        except NoAnswerError as error:
            yield Breach("OBC509", f"{call.operation} has no answer: {error}", call.spot())

    def refused(self, call: Call, request: Request, refusal: Response) -> Iterator[Breach]:
        """Find why a served sandbox refuses: another status for the code, no such error, or no such operation."""
        why = refusal.headers[REFUSED].removeprefix("pytest-openbanking refused this request: ")
        if call.error is not None:
            answer = self.caller.call(ordering(request, call.error.code))
            if REFUSED not in answer.headers:
                yield from drift(call, answer, self.plan.target.provider, served=True)
                return
            if REFUSED not in self.caller.call(ordering(request, None)).headers:
                now = why.removeprefix(f"{call.operation} ")
                yield Breach("OBC502", f"{call}; now it {now}", call.spot("response", "body", "string"))
                return
        yield Breach("OBC510", why, call.spot("request", "uri"))


def ordering(request: Request, code: str | None) -> Request:
    """Return a request that orders an error by its code alone, or none."""
    pairs = [(name, value) for name, value in request.headers.pairs if name != HEADER]
    return request._replace(headers=Headers([*pairs, (HEADER, code)] if code else pairs))


def reasons(skipped: Mapping[str, int]) -> str:
    """Say why requests were not replayed: `cannot be brought about (180), writes without --writes (3)`."""
    order = sorted(skipped, key=lambda reason: (reason != IMPOSSIBLE, reason))
    return ", ".join(f"{reason} ({skipped[reason]})" for reason in order)
