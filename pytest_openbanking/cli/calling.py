"""The options of commands that call a provider itself: where, and with what; the environment says as whom."""

from __future__ import annotations

import argparse

from pytest_openbanking.settings import UsageError

__all__ = ["VARIABLES", "add_calling", "address", "check_calling"]

VARIABLES = """\
who calls the provider is said in the environment:
  OPENBANKING_ACCESS_TOKEN  OPENBANKING_REFRESH_TOKEN  OPENBANKING_API_KEY  OPENBANKING_API_SECRET
  OPENBANKING_CLIENT_CERT   OPENBANKING_CLIENT_KEY     files, for mutual TLS
A variable of one provider goes before the one for all: OPENBANKING_PAYSERA_ACCESS_TOKEN (the provider's name in
capitals, with _ for what is no letter or digit). None of this belongs into a URL.
"""
OPTIONS = {"token_url": "--token-url", "param": "--param", "writes": "--writes"}


def add_calling(parser: argparse.ArgumentParser, when: str = "") -> None:
    """Declare the options that go with an address; `when` begins their help."""
    parser.add_argument("--token-url", metavar="URL", type=address, help=f"{when}where tokens are issued, if elsewhere")
    param = f"{when}a path parameter, or the consent under its header's name; several, or several times"
    parser.add_argument("--param", metavar="NAME=VALUE", type=pair, nargs="+", action="extend", default=[], help=param)
    writes = f"{when}send what acts, too: payments, jobs, consents, and what asks for a token"
    parser.add_argument("--writes", action="store_true", help=writes)


def check_calling(arguments: argparse.Namespace, url: str | None, message: str) -> None:
    """Refuse options that say something of an address where none is named; `message` says so of one."""
    for name, option in OPTIONS.items():
        if getattr(arguments, name) and not url:
            raise UsageError(message.format(option))


def address(text: str) -> str:
    """Read the URL of an option."""
    from pytest_openbanking.environment import problem_of_address

    problem = problem_of_address(text)
    if problem is not None:
        raise argparse.ArgumentTypeError(problem)
    return text.rstrip("/")


def pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign and value):
        raise argparse.ArgumentTypeError(f"{text!r} must be NAME=VALUE, like accountId=123")
    return name, value
