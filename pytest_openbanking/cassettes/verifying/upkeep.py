"""OBC4xx: cassettes that are too old, that nothing uses, or that are not there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.cassette import KEY
from pytest_openbanking.cassettes.library import Library
from pytest_openbanking.cassettes.places import OTHER_SUFFIX, SUFFIX, places_of
from pytest_openbanking.cassettes.verifying.finding import Breach, Finding
from pytest_openbanking.cassettes.verifying.subject import PLACED
from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.sandboxes.selection import select_errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.verifying.documentation import Documentation
    from pytest_openbanking.cassettes.verifying.owners import Owners
    from pytest_openbanking.cassettes.verifying.subject import Subject

__all__ = ["MaxAge", "check_age", "check_use", "missing"]

SKEW = timedelta(days=1)  # of the clock of the machine that recorded


@dataclass(frozen=True)
class MaxAge:
    """How old a cassette may be: `text` as it was asked for."""

    text: str
    limit: timedelta
    now: datetime


def check_age(subject: Subject, most: MaxAge) -> Iterator[Breach]:
    """Find a cassette that is too old, or does not say how old it is."""
    recorded, spot = subject.cassette.metadata.recorded_at, (KEY, "recorded_at")
    if recorded is None:
        yield Breach("OBC401", "does not say when it was recorded (recorded_at): its age is unknown", (KEY,))
        return
    day = recorded.astimezone(UTC).date().isoformat()
    if recorded - most.now > SKEW:
        yield Breach("OBC401", f"was recorded on {day}, which is still to come: its age is unknown", spot)
    elif most.now - recorded > most.limit:
        age = said(most.now - recorded)
        yield Breach("OBC401", f"was recorded {age} ago, on {day}; --max-age is {most.text}", spot)


def said(age: timedelta) -> str:
    hours = int(age.total_seconds() // 3600)
    return f"{age.days} days" if age.days > 1 else f"{hours} hour{'' if hours == 1 else 's'}"


def check_use(subject: Subject) -> Iterator[Breach]:
    """Find a cassette at a place that nothing looks up; a team's own flows may stand anywhere."""
    known, below = subject.known, subject.below
    if below.suffix == OTHER_SUFFIX:
        name = below.with_suffix(SUFFIX).name
        yield Breach("OBC402", f"only *{SUFFIX} is looked up; call it {name}")
    elif known is not None and (place := meant(subject, known)) is not None and below not in known.places:
        close = nearest(str(place), map(str, known.places)) or ["none"]
        yield Breach("OBC402", f"no documented error or success is looked up here; nearest: {', '.join(close)}")


def meant(subject: Subject, known: Documentation) -> Path | None:
    """Return the place PROVIDER/OPERATION/STATUS-CODE.yaml that a file seems to be meant for; None for a flow."""
    own, below = known.provider.name, subject.below
    if len(below.parts) < 3 or not PLACED.fullmatch(below.name):
        return None
    if subject.place is not None and subject.place.parts[0] != own:
        return None  # of another provider, which OBC103 says
    folder, operation, name = below.parts[-3:]
    if folder == own or operation in known.folders or nearest(folder, [own]):
        return Path(own, operation, name)
    return None


def missing(folder: Path, owners: Owners, *, looked_up: bool = False) -> Iterator[Finding]:
    """Find the documented errors of a provider's folder that have no cassette in it, or (looked_up) none at all."""
    provider = owners.documentation(folder.absolute().name).provider
    library = owners.registry.library(provider.name) if looked_up else Library()
    for error in select_errors(provider, owners.registry.settings.of(provider.name).operations):
        places = places_of(provider, error)
        paths = [folder / Path(*place.parts[1:]) for place in places]
        if not any(path.is_file() for path in paths) and all(library.find(place) is None for place in places):
            yield Finding(paths[0], 1, "OBC403", f"{error.operation} {error} is documented, and has no cassette")
