"""What is in force: the hooks that bring providers and rules, and the team's options."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from pytest_openbanking import builtin, hookspecs
from pytest_openbanking.catalogue.entry import ProviderError, nearest
from pytest_openbanking.catalogue.loader import BUILT_IN, load_folder
from pytest_openbanking.settings import Settings, UsageError, load_settings

if TYPE_CHECKING:
    from pytest_openbanking.cassettes.library import Library
    from pytest_openbanking.catalogue.model import Provider
    from pytest_openbanking.rules.rule import Rule

__all__ = ["Registry", "current", "load_provider", "use"]

GROUP = "pytest_openbanking"


class Registry:
    """The providers and rules that a plugin manager's hooks bring, and the options."""

    def __init__(self, hook: pluggy.HookRelay, settings: Settings | None = None) -> None:
        self.hook = hook
        self.settings = settings or Settings()
        self._folders: tuple[int, dict[str, Path]] = (-1, {})
        self._rules: tuple[int, tuple[Rule, ...]] = (-1, ())

    @property
    def folders(self) -> dict[str, Path]:
        """The folder of each provider, by name; a later one of the same name wins, so a team can amend."""
        count = len(self.hook.pytest_openbanking_providers.get_hookimpls())
        if self._folders[0] != count:  # another conftest.py has been loaded
            self._folders = (count, self._find_folders())
        return self._folders[1]

    def _find_folders(self) -> dict[str, Path]:
        places = [path for paths in reversed(self.hook.pytest_openbanking_providers()) for path in paths]
        found = (folder for place in [*places, *self.settings.provider_paths] for folder in folders_in(Path(place)))
        return {folder.name: folder for folder in found}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in the order of the codes; two of one code are an error."""
        count = len(self.hook.pytest_openbanking_rules.get_hookimpls())
        if self._rules[0] != count:
            self._rules = (count, self._find_rules())
        return self._rules[1]

    def _find_rules(self) -> tuple[Rule, ...]:
        found: dict[str, Rule] = {}
        for rules in reversed(self.hook.pytest_openbanking_rules()):
            for rule in rules:
                if found.setdefault(rule.code, rule) is not rule:
                    raise UsageError(f"two rules have the code {rule.code}; codes must differ")
        return tuple(sorted(found.values(), key=lambda rule: rule.code))

    def provider(self, name: str) -> Provider:
        """Load a provider; raises UsageError, naming the nearest, where there is none of that name."""
        folder = self.folders.get(name)
        if folder is None:
            close = nearest(name, self.folders) or sorted(self.folders)
            raise UsageError(f"there is no provider {name!r}; {said('nearest', close)}")
        try:
            return load_folder(folder.resolve())
        except ProviderError as error:
            raise UsageError(str(error)) from None

    def library(self, name: str) -> Library:
        """Return where a provider's cassettes are: the team's folder, then the built-in ones of a built-in provider."""
        from pytest_openbanking.cassettes.library import Library
        from pytest_openbanking.cassettes.places import shipped

        own, built_in = self.settings.cassettes, shipped()
        folders = [own] if own is not None and own.is_dir() else []
        if built_in is not None and self.folders[name].parent == BUILT_IN:
            folders.append(built_in)
        return Library(tuple(dict.fromkeys(folders)))

    def check_codes(self, codes: tuple[str, ...], option: str) -> None:
        """Refuse prefixes of built-in codes that no rule's code starts with."""
        for code in codes:
            known = codes_of_cassettes() if code.startswith("OBC") else [rule.code for rule in self.rules]
            if code.startswith("OB") and not any(each.startswith(code) for each in known):
                close = nearest(code, known)
                raise UsageError(f"{option}: no rule starts with {code!r}; {said('nearest', close or ['OB'])}")


def codes_of_cassettes() -> list[str]:
    """Return the codes of `openbanking verify`, which a team may select or ignore as well."""
    from pytest_openbanking.cassettes.verifying.codes import CODES

    return [code.code for code in CODES]


def said(word: str, options: list[str]) -> str:
    return f"{word}: {', '.join(options)}"


def folders_in(place: Path) -> list[Path]:
    """Return the provider folders in a folder, or the folder itself where it is one."""
    if (place / "provider.toml").is_file():
        return [place]
    found = sorted(path.parent for path in place.glob("*/provider.toml"))
    if not found:
        raise UsageError(f"{place}: holds no provider; expected NAME/provider.toml in it")
    return found


_current: Registry | None = None


def use(registry: Registry | None) -> None:
    """Put a registry in force; None goes back to the one made from pyproject.toml here."""
    global _current
    _current = registry


def current() -> Registry:
    """Return the registry in force; outside pytest it is made from ./pyproject.toml and installed packages."""
    global _current
    if _current is None:
        _current = Registry(standalone_hooks(), load_settings(Path.cwd() / "pyproject.toml"))
    return _current


def standalone_hooks() -> pluggy.HookRelay:
    manager = pluggy.PluginManager("pytest")
    manager.add_hookspecs(hookspecs)
    manager.register(builtin)
    if importlib.metadata.entry_points(group=GROUP):
        manager.load_setuptools_entrypoints(GROUP)
    return manager.hook


def load_provider(name: str) -> Provider:
    """Load a provider by name; raises UsageError, naming the nearest, where there is none of that name."""
    return current().provider(name)
