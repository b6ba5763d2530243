"""Redirect built-in functions of CPython to Python ones, in place, so that no earlier reference is missed.

`from time import sleep`, a default argument and a class attribute all hold the same built-in function
object. Its `m_ml` and `m_self` fields are pointed at `PyObject_CallNoArgs` (or `...OneArg`) and at a
Python function: the C signatures `(self, NULL)` and `(self, arg)` fit those of the two API functions.
This is the one file that relies on CPython's layout; `Redirection` tests itself before it is used.
"""

from __future__ import annotations

import ctypes
import time
import warnings
from types import BuiltinFunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Redirection", "redirect", "twin"]

_METH_NOARGS = 0x0004
_METH_O = 0x0008
_POINTER = ctypes.sizeof(ctypes.c_void_p)
_kept: list[tuple[object, ...]] = []  # what C structures point at must not be freed


class _MethodDef(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("meth", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    ]


class Redirection:
    """One built-in function that `on()` leads to a Python function and `off()` leads back."""

    def __init__(self, builtin: Any, replacement: Callable[..., Any]) -> None:
        if type(builtin) is not BuiltinFunctionType:
            raise TypeError(f"{builtin!r} is no built-in function of CPython")
        address = id(builtin) + object.__basicsize__
        definition = _definition(_found(builtin))
        self.original = twin(builtin)
        # The built-in owns a reference to whichever of the two `m_self` points at; the other one is
        # kept alive by the reference that is never given back.
        _kept.append((definition, replacement, builtin))
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(replacement))
        # A memoryview is written in one step under the GIL: no thread sees one field new, one old.
        self._fields = memoryview((ctypes.c_char * (2 * _POINTER)).from_address(address)).cast("B")
        self._off = bytes(self._fields)
        self._on = _bytes(ctypes.addressof(definition)) + _bytes(id(replacement))

    def on(self) -> None:
        self._fields[:] = self._on

    def off(self) -> None:
        self._fields[:] = self._off


class _Attribute:
    """The plain fallback: replaces the attribute of the `time` module."""

    def __init__(self, builtin: Any, replacement: Callable[..., Any]) -> None:
        self.original: Callable[..., Any] = builtin
        self._name: str = builtin.__name__
        self._replacement = replacement

    def on(self) -> None:
        setattr(time, self._name, self._replacement)

    def off(self) -> None:
        setattr(time, self._name, self.original)


def twin(builtin: Any) -> Callable[..., Any]:
    """Return an equal built-in that nobody redirects: time-machine changes what the original came with."""
    if type(builtin) is not BuiltinFunctionType:
        return builtin  # type: ignore[no-any-return]
    found = _found(builtin)
    copy = _MethodDef(found.name, found.meth, found.flags, found.doc)
    prototype = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.py_object)
    made: Callable[..., Any] = prototype(("PyCFunction_NewEx", ctypes.pythonapi))(
        ctypes.addressof(copy), builtin.__self__, builtin.__module__
    )
    _kept.append((copy,))
    return made


def redirect(builtins: dict[str, Callable[..., Any]]) -> Sequence[Redirection | _Attribute]:
    """Return a switch for each named function of `time`; falls back to module attributes, with a warning."""
    if _works():
        return [Redirection(getattr(time, name), function) for name, function in builtins.items()]
    warnings.warn(
        "pytest-openbanking cannot redirect the built-in time functions of this interpreter; names bound "
        "before the exchange (`from time import sleep`, default arguments, class attributes) keep real time",
        RuntimeWarning,
        stacklevel=2,
    )
    return [_Attribute(getattr(time, name), function) for name, function in builtins.items()]


def _bytes(address: int) -> bytes:
    return bytes(ctypes.c_void_p(address))


def _found(builtin: Any) -> _MethodDef:
    address = id(builtin) + object.__basicsize__
    definition = _MethodDef.from_address(ctypes.c_void_p.from_address(address).value or 0)
    if definition.name != builtin.__name__.encode():
        raise TypeError(f"{builtin!r} is not laid out as expected")
    return definition


def _definition(original: _MethodDef) -> _MethodDef:
    if original.flags == _METH_NOARGS:
        call: Any = ctypes.pythonapi.PyObject_CallNoArgs
    elif original.flags == _METH_O:
        call = ctypes.pythonapi.PyObject_CallOneArg
    else:
        raise TypeError(f"calling convention {original.flags:#x} is not known")
    meth = ctypes.cast(call, ctypes.c_void_p).value
    return _MethodDef(original.name, meth, original.flags, original.doc)


def _works() -> bool:
    """Try it, for each of the two calling conventions, on a twin that nobody else can call meanwhile."""
    try:
        return _leads(time.monotonic, ()) and _leads(time.sleep, (0,))
    except (TypeError, ValueError, AttributeError):
        return False


def _leads(builtin: Any, arguments: tuple[Any, ...]) -> bool:
    seen: list[tuple[Any, ...]] = []

    def probe(*given: Any) -> str:
        seen.append(given)
        return "led"

    own = twin(builtin)
    trial = Redirection(own, probe)
    trial.on()
    try:
        answer = own(*arguments)
    finally:
        trial.off()
    return answer == "led" and seen == [arguments] and own(*arguments) != "led" and len(seen) == 1
