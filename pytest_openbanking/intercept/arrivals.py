"""Being told when a library is imported."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

__all__ = ["expect"]


class Lookout:
    """An import finder that finds nothing itself, but calls back once a library has been loaded."""

    def __init__(self, names: frozenset[str], callback: Callable[[ModuleType], None]) -> None:
        self.names = set(names)
        self.callback = callback

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self.names:
            return None
        self.names.discard(fullname)
        spec = find_spec(fullname)
        if spec is None or spec.loader is None:
            self.names.add(fullname)
            return spec
        self._tell_after(spec.loader, fullname)
        return spec

    def _tell_after(self, loader: Any, fullname: str) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            del loader.exec_module
            self.names.add(fullname)  # it may fail, or be imported again
            execute(module)
            self.callback(module)

        loader.exec_module = exec_module


_lookout: Lookout | None = None


def expect(names: frozenset[str], callback: Callable[[ModuleType], None]) -> None:
    """Call `callback` with each named module as soon as it is imported."""
    global _lookout
    if _lookout is None:
        _lookout = Lookout(names, callback)
    _lookout.names.update(names)
    if _lookout not in sys.meta_path:
        sys.meta_path.insert(0, _lookout)
