"""Which hosts are this machine, and which URLs are below an address."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["is_below", "is_local"]

STARTS = frozenset("lL1[0")


def is_local(url: str) -> bool:
    """Tell whether the URL's host is this machine."""
    start = url.find("://") + 3
    if url[start : start + 1] not in STARTS and ".localhost" not in url:
        return False
    return names_this_machine(urlsplit(url).hostname or "")


def is_below(url: str, base: str) -> bool:
    """Tell whether a URL is an address, or below it."""
    return url.startswith(base) and url[len(base) : len(base) + 1] in ("", "/", "?", "#")


def names_this_machine(host: str) -> bool:
    name = host.rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    from ipaddress import ip_address

    try:
        address = ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
