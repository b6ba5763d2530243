"""Malformed answers of a provider: where one can be damaged, and the damaged answers themselves.

A site is one damage of one documented answer; what it leaves sound is the documented answer. `must_raise` tells that a
client which returns normally has mishandled it. That is so only where nothing else can be:

- an error status, whatever is left of its body: what is chosen has no ending but an exception;
- a body that nobody can read, that is no object where one is documented, or that is the provider's error;
- a read without the one member that holds what is asked for, and an answer without the token, where a token is issued.

Everywhere else a client may return: it does not read the member, or hands on what it was given. It must still let none but
its promised exceptions out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from pytest_openbanking.malformed.damage.bodies import BODIES, HTML_502, framed, has_body
from pytest_openbanking.malformed.damage.damage import Damage, is_json, rebuilt
from pytest_openbanking.malformed.damage.headers import RETRY_AFTER
from pytest_openbanking.malformed.damage.members import (
    error_members,
    is_read,
    success_members,
    unknown_code,
    ways,
)
from pytest_openbanking.malformed.damage.sound import Sound, representatives, sound_error, sound_success
from pytest_openbanking.malformed.damage.texts import TEXTS, root_damages
from pytest_openbanking.malformed.named import prepare
from pytest_openbanking.malformed.rules import Unbreakable
from pytest_openbanking.sandboxes.answers import success_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hypothesis.strategies import SearchStrategy
    from hypothesis.vendor.pretty import RepresentationPrinter

    from pytest_openbanking.catalogue.model import DocumentedError, Operation, Provider
    from pytest_openbanking.exchange import Request, Response

__all__ = ["AnswerSite", "AnswerSites", "MalformedAnswer", "answer_sites", "answers", "proves"]


@dataclass(frozen=True)
class AnswerSite:
    """One damage of one answer.

    `pointer` is the damaged member of the body (RFC 6901; "" for the whole answer), and names a missing one.
    `scope` is the answer: "success", "error-401-TOKEN_EXPIRED", "error" (one of `errors`), or "" (a gateway's).
    """

    pointer: str
    keyword: str
    name: str
    success: bool
    must_raise: bool
    scope: str = ""
    errors: tuple[DocumentedError, ...] = field(default=(), repr=False, compare=False)

    @property
    def id(self) -> str:
        return f"{self.scope}/{self.name}" if self.scope else self.name


@dataclass(frozen=True)
class AnswerSites:
    """Where an operation's answers can be damaged, and where they cannot: pointer, keyword and reason."""

    sites: tuple[AnswerSite, ...]
    unbreakable: tuple[Unbreakable, ...]


@dataclass(frozen=True, repr=False)
class MalformedAnswer:
    """An answer with its damage; `sound` is the same without it."""

    site: AnswerSite
    response: Response
    success: bool
    sound: Sound = field(repr=False, compare=False)

    def __repr__(self) -> str:
        body = self.response.body
        more = f"... {len(body)} bytes" if len(body) > SHOWN else ""
        return f"MalformedAnswer({self.site.id}: {self.response.status} {body[:SHOWN]!r}{more})"

    def _repr_pretty_(self, printer: RepresentationPrinter, cycle: bool) -> None:
        """Print the same where Hypothesis shows a failing example (IPython's protocol)."""
        printer.text(repr(self))

    @property
    def body(self) -> bytes:
        return self.response.body

    @property
    def operation(self) -> Operation:
        return self.sound.operation

    @property
    def other_headers(self) -> list[str]:
        """The fields of its head, beside the content's type and length, that the sound answer has not."""
        usual = self.sound.response.headers.pairs
        new = [pair for pair in self.response.headers.pairs if pair not in usual]
        return [f"{name}: {value}" for name, value in new if name.lower() not in ("content-type", "content-length")]

    def answers(self, request: Request) -> bool:
        """Tell whether this is what such a request of the operation gets: a further page is another answer."""
        operation = self.sound.operation
        return not self.success or success_for(operation, request) is operation.success


def answer_sites(provider: Provider, operation: Operation) -> AnswerSites:
    """Return the sites of an operation's answers."""
    return _book(provider, operation).sites


def answers(provider: Provider, operation: Operation, site: AnswerSite) -> SearchStrategy[MalformedAnswer]:
    """Draw malformed answers of one site, each of them proven to be malformed there, and only there."""
    book = _book(provider, operation)
    if site.id not in book.damages:
        raise ValueError(f"{operation} of {provider} has no answer site {site.id!r}")
    prepare()
    damage = book.damages[site.id]
    # The book's, as they are drawn from: an issued token is another one, and of another length, each time.
    sounds = [sound for sound in book.errors if any(sound.error is error for error in site.errors)] or [book.success]

    def spoilt(sound: Sound) -> SearchStrategy[MalformedAnswer]:
        made = damage.spoil(sound).filter(lambda response: damage.shows(sound, response))
        return made.map(lambda response: MalformedAnswer(site, response, site.success, sound))

    return spoilt(sounds[0]) if len(sounds) == 1 else st.sampled_from(sounds).flatmap(spoilt)


def proves(answer: MalformedAnswer) -> bool:
    """Tell whether an answer has its site's damage, and no other."""
    sound = answer.sound
    damage = _book(sound.provider, sound.operation).damages[answer.site.id]
    return damage.shows(sound, answer.response)


class _Book:
    """An operation's sites, and the damage that each is."""

    def __init__(self, provider: Provider, operation: Operation) -> None:
        self.provider = provider
        self.operation = operation
        self.success = sound_success(provider, operation)
        own = [error for error in provider.errors if error.operation is operation]
        self.errors = [sound_error(provider, error) for error in representatives(own)]
        self.damages: dict[str, Damage] = {}
        self._unbreakable: list[Unbreakable] = []

    @cached_property
    def sites(self) -> AnswerSites:
        sites = [*self._of_success(), *self._of_each_error(), *self._of_errors(), *self._of_gateway()]
        return AnswerSites(tuple(sites), tuple(self._unbreakable))

    def _of_success(self) -> Iterator[AnswerSite]:
        sound = self.success
        if sound.bodiless:
            self._unbreakable.append(Unbreakable("", "success", "no body is documented"))
            return
        whole = [*BODIES, *TEXTS, *root_damages(sound), *error_envelope(self.errors)]
        for damage in self._breakable([*whole, *success_members(sound)], sound):
            yield self._site("success", damage, None, must_raise=self._conclusive(damage))

    def _conclusive(self, damage: Damage) -> bool:
        """Tell whether nobody can have had from a success what the operation is called for."""
        token = self.success.token
        if damage.unreadable or not damage.pointer:
            return damage.unreadable or damage.keyword in NO_ANSWER
        if token is None:
            lacks = damage.keyword in ("missing", "null")
            reads = self.operation.safe and self.operation.acts is None
            return lacks and reads and damage.pointer == held_in(self.success.document)
        lost = damage.keyword != "type" or damage.pointer != token
        return damage.pointer in ways(token) and lost

    def _of_each_error(self) -> Iterator[AnswerSite]:
        for sound in self.errors:
            assert sound.error is not None
            scope = f"error-{sound.error.status}-{sound.error.code}"
            members = [] if sound.bodiless else list(error_members(sound))
            read = [each for each in members if is_read(sound, each.pointer)]
            for damage in self._breakable([*read, *RETRY_AFTER], sound):
                yield self._site(scope, damage, [sound])

    def _of_errors(self) -> Iterator[AnswerSite]:
        """Yield what is the same for each error, so that any of them will do."""
        sounds = [sound for sound in self.errors if not sound.bodiless]
        if not sounds:
            self._unbreakable.append(Unbreakable("", "error", "no error is documented that must end in an exception"))
            return
        known = frozenset(error.code for error in self.provider.errors)
        code = unknown_code(self.provider.envelope.code, known)
        for damage in (*BODIES, *TEXTS, *root_damages(sounds[0]), code):
            fitting = [sound for sound in sounds if damage.fits(sound)]
            if fitting:
                yield self._site("error", damage, fitting)
        yield from self._of_the_rest(sounds)

    def _of_the_rest(self, sounds: list[Sound]) -> Iterator[AnswerSite]:
        """Yield the damages of what an error says beside its code and message; of the first error that says it."""
        found: dict[tuple[str, str], tuple[Damage | Unbreakable, Sound]] = {}
        for sound in sounds:
            for each in error_members(sound):
                if not is_read(sound, each.pointer):
                    found.setdefault((each.pointer, each.keyword), (each, sound))
        for each, sound in found.values():
            for damage in self._breakable([each], sound):
                yield self._site("error", damage, [sound])

    def _of_gateway(self) -> Iterator[AnswerSite]:
        if HTML_502.fits(self.success):
            yield self._site("", HTML_502, None)

    def _breakable(self, found: Sequence[Damage | Unbreakable], sound: Sound) -> Iterator[Damage]:
        for each in found:
            if isinstance(each, Unbreakable):
                self._unbreakable.append(each)
            elif each.fits(sound):
                yield each

    def _site(self, scope: str, damage: Damage, sounds: list[Sound] | None, *, must_raise: bool = True) -> AnswerSite:
        errors = tuple(sound.error for sound in sounds or () if sound.error is not None)
        success = scope == "success"
        site = AnswerSite(damage.pointer, damage.keyword, damage.name, success, must_raise, scope, errors)
        assert site.id not in self.damages, site.id
        self.damages[site.id] = damage
        return site


SHOWN = 500  # bytes of a body; Hypothesis warns of long texts
NO_ANSWER = frozenset({"no-object", "no-array", "list", "error-envelope"})
ABOUT = frozenset({"meta", "metadata", "links", "_links", "pagination", "paging"})


def held_in(document: object) -> str | None:
    """Return the pointer of the one member of an answer that holds members or items, beside what is about them."""
    members = document if isinstance(document, dict) else {}
    found = [name for name, value in members.items() if isinstance(value, dict | list) and value and name not in ABOUT]
    return "/" + found[0].replace("~", "~0").replace("/", "~1") if len(found) == 1 else None


def error_envelope(errors: list[Sound]) -> Iterator[Damage]:
    """Yield the documented error in a success's clothes."""
    bodies = [error.response.body for error in errors if error.response.body and is_json(error.response.body)]
    if bodies:
        yield Damage(
            "error-envelope",
            lambda sound: st.sampled_from(bodies).map(lambda body: rebuilt(sound.response, body)),
            lambda sound, response: framed(sound, response) and response.body in bodies,
            has_body,
        )


_books: dict[tuple[int, int], _Book] = {}


def _book(provider: Provider, operation: Operation) -> _Book:
    """Return an operation's book, made once; neither provider nor operation can be hashed."""
    key = (id(provider), id(operation))
    if key not in _books:
        _books[key] = _Book(provider, operation)
    book = _books[key]
    assert book.sites
    return book
