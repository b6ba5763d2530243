"""Holding cassettes against the catalogue: all checks, over all files, one file at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.cassette import CassetteError
from pytest_openbanking.cassettes.verifying.codes import Wanted
from pytest_openbanking.cassettes.verifying.conforming import check_conforming
from pytest_openbanking.cassettes.verifying.documented import check_documented, check_known
from pytest_openbanking.cassettes.verifying.finding import Finding, one_line
from pytest_openbanking.cassettes.verifying.leaks import check_leaks, masked
from pytest_openbanking.cassettes.verifying.owners import folder_owner
from pytest_openbanking.cassettes.verifying.subject import Subject, read_subject
from pytest_openbanking.cassettes.verifying.upkeep import MaxAge, check_age, check_use, missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_openbanking.cassettes.verifying.files import Files
    from pytest_openbanking.cassettes.verifying.finding import Breach
    from pytest_openbanking.cassettes.verifying.owners import Owners

__all__ = ["Verified", "of_provider", "unreadable", "verify"]


@dataclass(frozen=True)
class Verified:
    """What came out: how many cassettes, and what is wrong with them, by file and line."""

    cassettes: int
    findings: tuple[Finding, ...]


def verify(
    files: Files,
    owners: Owners,
    *,
    wanted: Wanted | None = None,
    max_age: MaxAge | None = None,
    provider: str | None = None,
) -> Verified:
    """Check cassettes; `provider` narrows them to one provider's."""
    wanted = wanted or Wanted()
    count, findings = 0, list[Finding]()
    for path in files.cassettes:
        found = check_file(path, files.root_of(path), owners, wanted, max_age, provider)
        if found is not None:
            count += 1
            findings += found
    if "OBC403" in wanted:
        folders = [each for each in files.providers if provider in (None, each.absolute().name)]
        findings += [each for folder in folders for each in missing(folder, owners, looked_up=files.looked_up)]
    return Verified(count, tuple(sorted(findings, key=lambda finding: finding.order)))


def check_file(
    path: Path, root: Path | None, owners: Owners, wanted: Wanted, max_age: MaxAge | None, provider: str | None
) -> list[Finding] | None:
    """Return what is wrong with one cassette; None where it is another provider's."""
    try:
        subject = read_subject(path, owners, root)
    except CassetteError as error:
        if provider not in (None, folder_owner(path, owners.names)):
            return None
        return [unreadable(error)] if "OBC001" in wanted else []
    if not of_provider(subject, provider):
        return None
    breaches = breaches_of(subject, owners, wanted, max_age)
    return list(dict.fromkeys(subject.finding(breach) for breach in breaches if breach.code in wanted))


def breaches_of(subject: Subject, owners: Owners, wanted: Wanted, max_age: MaxAge | None) -> Iterator[Breach]:
    yield from check_known(subject, owners)
    yield from check_documented(subject)
    yield from check_conforming(subject)
    if "OBC301" in wanted or "OBC302" in wanted:  # the one check that takes time
        yield from check_leaks(subject)
    if max_age is not None:
        yield from check_age(subject, max_age)
    yield from check_use(subject)


def of_provider(subject: Subject, provider: str | None) -> bool:
    return provider is None or (subject.known is not None and subject.known.provider.name == provider)


def unreadable(error: CassetteError) -> Finding:
    return Finding(error.path, error.line, "OBC001", one_line(masked(error.what)))
