"""Every address of a provider below one origin: a path is looked up as if it were on each of the provider's hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from pytest_openbanking.catalogue.model import Provider

__all__ = ["provider_url", "served_at"]


def provider_url(provider: Provider, method: str, target: str) -> str:
    """Return the provider's URL that a request means which came to the one origin.

    The first address below which the operation is documented decides: the base URL, then the bases of other
    operations, then the variants. An undocumented path is taken to be the base URL's host's.
    """
    path = path_and_query(target)
    found = [origin + path for origin in origins(provider)]
    documented = (url for url in found if provider.router.route(method, url).operation is not None)
    return next(documented, found[0])


def served_at(origin: str, address: str) -> str:
    """Return where the one origin serves one of the provider's addresses."""
    return origin + urlsplit(address).path


def origins(provider: Provider) -> list[str]:
    bases = (operation.base for operation in provider.operations)
    addresses = [urlsplit(url) for url in (provider.base_url, *bases, *provider.variants)]
    return list(dict.fromkeys(f"{address.scheme}://{address.netloc}" for address in addresses))


def path_and_query(target: str) -> str:
    """Return a request's target from its path on: a proxy's client sends a whole URL, OPTIONS may send `*`."""
    if target.startswith("/"):
        return target
    parts = urlsplit(target) if "://" in target else None
    if parts is None:
        return "/" + target
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
