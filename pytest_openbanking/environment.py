"""What the environment says of a real provider: its addresses, and who calls it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, NamedTuple

from pytest_openbanking.asking import Credentials
from pytest_openbanking.cassettes.reading import is_address
from pytest_openbanking.catalogue.provoking import CREDENTIALS
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "ADDRESSES",
    "CERTIFICATE",
    "CREDENTIALS",
    "Told",
    "check_environment",
    "credentials_of",
    "from_environment",
    "problem_of_address",
    "secrets_here",
    "told",
    "variables",
    "without_secrets",
]

ADDRESSES = ("base_url", "token_url")
CERTIFICATE = ("client_cert", "client_key")  # files, for mutual TLS
CREDENTIAL = re.compile(r"[\x20-\x7e]+")  # RFC 6749, appendix A
VARIABLE = re.compile(rf"OPENBANKING_(?:\w+_)?({'|'.join((*ADDRESSES, *CREDENTIALS)).upper()})")
SHORTEST = 4  # of what is masked: a letter or two stand everywhere
MASK = "***"
ELSEWHERE = "credentials go into the environment: OPENBANKING_ACCESS_TOKEN, OPENBANKING_API_KEY and so on"


class Told(NamedTuple):
    """What one variable says."""

    variable: str
    value: str


def variables(name: str, provider: str | None = None) -> tuple[str, ...]:
    """Return the variables that say one thing: a provider's own, which goes first, and the one for all."""
    general = f"OPENBANKING_{name.upper()}"
    if provider is None:
        return (general,)
    return f"OPENBANKING_{re.sub('[^A-Za-z0-9]', '_', provider).upper()}_{name.upper()}", general


def told(name: str, provider: str | None = None) -> Told | None:
    """Return what the environment says, without white space around it; a variable that is left empty says: nothing."""
    for variable in variables(name, provider):
        if variable in os.environ:
            value = os.environ[variable].strip()
            return Told(variable, value) if value else None
    return None


def from_environment(names: Iterable[str], provider: str | None = None) -> dict[str, str]:
    """Return what the environment says of a provider; raises UsageError, which names the variable alone."""
    found = {name: said for name in names if (said := told(name, provider)) is not None}
    for name, said in found.items():
        if name not in CERTIFICATE:
            check(name, said)
    return {name: said.value for name, said in found.items()}


def credentials_of(provider: str) -> Credentials:
    """Return the credentials that the environment holds for a provider."""
    return Credentials(**from_environment(CREDENTIALS, provider))


def check_environment() -> None:
    """Refuse a wrong value for any provider, before one is called."""
    for name, said in here():
        check(name, said)


def secrets_here() -> list[str]:
    """Return every credential that the environment holds, of whatever provider."""
    return [said.value for name, said in here() if name in CREDENTIALS]


def here() -> Iterator[tuple[str, Told]]:
    for variable, value in os.environ.items():
        match = VARIABLE.fullmatch(variable)
        if match and value.strip():
            yield match[1].lower(), Told(variable, value.strip())


def check(name: str, said: Told) -> None:
    problem = problem_of_address(said.value) if name in ADDRESSES else problem_of_credential(said.value)
    if problem is not None:
        raise UsageError(f"{said.variable}: {problem}")


def problem_of_credential(value: str) -> str | None:
    if CREDENTIAL.fullmatch(value):
        return None
    what = "a line break" if "\n" in value or "\r" in value else "a character that is no visible ASCII"
    return f"holds {what}, which no header can carry"


def problem_of_address(url: str) -> str | None:
    """Say what is wrong with an address, and nothing of it that may be a secret."""
    authority = re.split("[/?#]", url.partition("://")[2] or url)[0]
    if "@" in authority:
        return f"holds a user name or password; {ELSEWHERE}"
    if "?" in url or "#" in url:
        return f"holds a query or fragment, and must be like https://host/path; {ELSEWHERE}"
    if not sound(url):
        return f"{'' if '@' in url else repr(url) + ' '}is no URL like https://host/path"
    return None


def sound(url: str) -> bool:
    return is_address(url) and url.isprintable() and " " not in url


def without_secrets(text: str, secrets: Iterable[str]) -> str:
    """Return a text of others, as an exception's, with every secret masked, however it is written out there."""
    ways = {way for secret in secrets if len(secret) >= SHORTEST for way in (secret, repr(secret)[1:-1])}
    for way in sorted(ways, key=len, reverse=True):
        text = text.replace(way, MASK)
    return text
