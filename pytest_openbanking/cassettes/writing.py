"""Writing a cassette: whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_openbanking.atomic import write_whole

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["cassette_text", "write_whole"]

WIDEST = 2**31 - 1  # libyaml's: every value on one line, so that a changed body is one changed line


def cassette_text(document: Mapping[str, Any]) -> str:
    """Return a cassette as YAML that any safe loader reads."""
    import yaml

    dumper = plain(getattr(yaml, "CSafeDumper", yaml.SafeDumper))
    return str(yaml.dump(dict(document), Dumper=dumper, sort_keys=False, allow_unicode=True, width=WIDEST))


def plain(dumper: type[Any]) -> type[Any]:
    """Let the dumper write values out instead of referring to equal ones."""
    return type("PlainDumper", (dumper,), {"ignore_aliases": lambda self, data: True})
