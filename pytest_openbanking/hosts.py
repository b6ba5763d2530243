"""Which hosts are this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["is_local"]

STARTS = frozenset("lL1[0")


def is_local(url: str) -> bool:
    """Tell whether the URL's host is this machine."""
    start = url.find("://") + 3
    if url[start : start + 1] not in STARTS and ".localhost" not in url:
        return False
    return names_this_machine(urlsplit(url).hostname or "")


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
