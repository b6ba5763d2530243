"""OBC1xx: what was recorded is documented, and stands where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_openbanking.cassettes.cassette import KEY, SANDBOX
from pytest_openbanking.cassettes.verifying.finding import Breach, child
from pytest_openbanking.catalogue.entry import nearest
from pytest_openbanking.catalogue.routing import shape
from pytest_openbanking.exchange import Provenance
from pytest_openbanking.sandboxes.answering import undocumented

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_openbanking.cassettes.verifying.documentation import Documentation, Documented
    from pytest_openbanking.cassettes.verifying.owners import Owners
    from pytest_openbanking.cassettes.verifying.subject import Call, Subject

__all__ = ["check_documented", "check_known", "is_documented"]


def check_known(subject: Subject, owners: Owners) -> Iterator[Breach]:
    """Find a cassette of no known provider."""
    if subject.known is not None:
        return
    said, known = subject.cassette.metadata.provider, sorted(owners.names)
    if said is not None:
        close = nearest(said, known) or known
        yield Breach("OBC104", f"there is no provider {said!r}; nearest: {', '.join(close)}", (KEY, "provider"))
    else:
        url = subject.cassette.interactions[0].request.url.partition("?")[0]
        yield Breach(
            "OBC104",
            f"{url} is no address of a known provider; known: {', '.join(known)}",
            ("interactions", 0, "request", "uri"),
        )


def check_documented(subject: Subject) -> Iterator[Breach]:
    """Find operations and errors that are not documented, and cassettes in the wrong place."""
    yield from provenance_breach(subject)
    if subject.known is None:
        return
    for call in subject.calls:
        yield from operation_breach(call, subject, subject.known)
        yield from error_breach(call, subject.known)
    yield from place_breach(subject, subject.known)


def operation_breach(call: Call, subject: Subject, known: Documentation) -> Iterator[Breach]:
    request, spot = call.recorded.request, call.spot("request", "uri")
    if call.operation is not None:
        return
    if call.served:
        yield Breach("OBC101", undocumented(request, call.route, known.provider), spot)
    elif subject.claimed:
        hosts = ", ".join(dict.fromkeys([known.provider.base_url, *(each.base for each in known.provider.operations)]))
        url = request.url.partition("?")[0]
        yield Breach("OBC101", f"{request.method} {url} is no address of {known.provider.name}; known: {hosts}", spot)


def error_breach(call: Call, known: Documentation) -> Iterator[Breach]:
    if call.operation is None or call.succeeded or call.error is not None:
        return
    there = known.on(call.operation)
    if call.code is None and there:
        return  # without a code it breaks the envelope, which says more: OBC201
    listed = ", ".join(map(str, there)) or "none"
    spot = call.spot("response", "status", "code")
    yield Breach("OBC102", f"{call.operation} documents no {call.answer}; documented there: {listed}", spot)


def is_documented(call: Call) -> bool:
    return call.operation is not None and (call.succeeded or call.error is not None)


def place_breach(subject: Subject, known: Documentation) -> Iterator[Breach]:
    """Compare the place, or else the metadata, with what was recorded; silent where that is itself not documented."""
    recorded = [call for call in subject.calls if is_documented(call)]
    if not recorded:
        return
    last, place = recorded[-1], known.places.get(subject.place) if subject.place else None
    if subject.place is not None and subject.place.parts[0] != known.provider.name:
        yield Breach(
            "OBC103", f"stands below {subject.place.parts[0]}, and is of {known.provider.name}", (KEY, "provider")
        )
    elif place is not None and not any(shows(call, place) for call in recorded):
        yield Breach("OBC103", f"its place says {place}; recorded: {last}", last.spot("response", "status", "code"))
    else:
        yield from metadata_breach(subject, recorded)


def shows(call: Call, place: Documented) -> bool:
    return call.operation is place.operation and call.error is place.error


def metadata_breach(subject: Subject, recorded: list[Call]) -> Iterator[Breach]:
    """Find the first word of the metadata that no interaction bears out."""
    metadata = subject.cassette.metadata
    said = {
        "operation": metadata.operation and shape(metadata.operation),
        "status": metadata.status,
        "code": metadata.code,
    }
    left = recorded
    for key, value in said.items():
        if value is None:
            continue
        kept = [call for call in left if told(call)[key] == value]
        if not kept:
            yield Breach(
                "OBC103", f"its metadata says {key} {getattr(metadata, key)}; recorded: {left[-1]}", (KEY, key)
            )
            return
        left = kept


def provenance_breach(subject: Subject) -> Iterator[Breach]:
    """Find a cassette that calls itself recorded, and says that no provider answered."""
    said = child(child(subject.root, KEY), "provenance")
    words = said.value if said is not None and isinstance(said.value, list) else [said]
    if subject.cassette.metadata.recorded_from == SANDBOX and any(
        word is not None and word.value == Provenance.RECORDED for word in words
    ):
        message = (
            f"its metadata says provenance {Provenance.RECORDED}, and was recorded from {SANDBOX}, not the provider"
        )
        yield Breach("OBC103", message, (KEY, "provenance"))


def told(call: Call) -> dict[str, object]:
    operation = shape(call.operation.id) if call.operation else None
    return {"operation": operation, "status": call.recorded.response.status, "code": call.code}
