"""The provider itself in the place of its sandbox: its addresses and credentials come from the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

from pytest_openbanking.environment import (
    ADDRESSES,
    CERTIFICATE,
    CREDENTIALS,
    from_environment,
    problem_of_address,
    told,
    variables,
)
from pytest_openbanking.hosts import is_below, is_local
from pytest_openbanking.sandboxes.sandbox import Sandbox
from pytest_openbanking.serving.addresses import served_at
from pytest_openbanking.settings import UsageError

if TYPE_CHECKING:
    import httpx

    from pytest_openbanking.catalogue.model import Provider

__all__ = ["NetworkSandbox", "client_for", "reached_at"]

PATIENCE = 30.0  # seconds for one answer


class NetworkSandbox(Sandbox):
    """The provider itself: requests to it pass through to the network, in real time.

    `reached` says where each base of its operations is reached, `bases` which documented address each of those is.
    """

    virtual = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.told = from_environment((*ADDRESSES, *CREDENTIALS), self.provider.name)
        self.base_url = self.told.get("base_url", self.base_url).rstrip("/")
        self.reached = reached_at(self.provider, self.base_url, self.told.get("token_url"))
        self.bases = {there: documented for documented, there in reversed(self.reached.items())}
        self.bases[self.base_url] = self.provider.base_url  # where one origin is reached for several
        token = self._token_operation()
        if token.base in self.reached:
            self.bases[self.token_url] = token.base + token.path

    @property
    def access_token(self) -> str:
        return self.told.get("access_token", super().access_token)

    @property
    def refresh_token(self) -> str:
        return self.told.get("refresh_token", super().refresh_token)

    @property
    def api_key(self) -> str:
        return self.told.get("api_key", super().api_key)

    @property
    def api_secret(self) -> str:
        return self.told.get("api_secret", super().api_secret)

    @property
    def token_url(self) -> str:
        return self.told.get("token_url", super().token_url)

    def _base_of(self, base: str) -> str:
        if base not in self.reached:
            raise UsageError(
                f"{variables('token_url')[0]} is not set: tokens of {self.base_url} are not asked for at {base}"
            )
        return self.reached[base]

    def serves(self, url: str) -> bool:
        return False

    def allows(self, url: str) -> bool:
        below = any(is_below(url, base) for base in self.bases)
        return below or self.provider.router.serves(url) or super().allows(url)

    def arm(self, *_: object, **__: object) -> NoReturn:
        raise UsageError("no error can be ordered of a real provider: --openbanking-record records what it answers")


def reached_at(provider: Provider, base_url: str, token_url: str | None = None) -> dict[str, str]:
    """Return where each base of the provider's operations is reached, when its base URL is reached at another address.

    Another base, as an authorisation host's, is where `token_url` says; on this machine it is below the same origin, as
    a served sandbox has it. It is left out where nobody says: what is meant for one environment is not sent to another.
    """
    for url in filter(None, (base_url, token_url)):
        problem = problem_of_address(url)
        if problem is not None:
            raise UsageError(f"the address: {problem}")
    bases = dict.fromkeys(operation.base for operation in provider.operations)
    found = {base: base for base in bases if base_url == provider.base_url}
    if is_local(base_url):
        found = {base: served_at(origin_of(base_url), base) for base in bases}
    found[provider.base_url] = base_url.rstrip("/")
    if token_url is not None:
        token = next(each for each in provider.operations if each.id == provider.auth.token_operation)
        if not token_url.endswith(token.path):
            raise UsageError(f"the token URL {token_url} must end in the path of {token}")
        if token.base != provider.base_url:
            found[token.base] = token_url.removesuffix(token.path)
    return found


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def client_for(url: str, provider: str | None = None) -> httpx.Client:
    """Make a plain client for an address: no redirects, no retries; with the certificate that the environment names.

    Raises UsageError where that certificate cannot be used.
    """
    import ssl

    import httpx

    context = ssl.create_default_context()
    certificate, key = (told(name, provider) for name in CERTIFICATE)
    if certificate is not None:
        try:
            context.load_cert_chain(certificate.value, key and key.value)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"{certificate.variable} {certificate.value} cannot be used: {error}") from None
    # No proxy leads to this machine.
    return httpx.Client(
        timeout=PATIENCE,
        follow_redirects=False,
        verify=context,
        trust_env=not is_local(url),
        headers={"User-Agent": "pytest-openbanking"},
    )
