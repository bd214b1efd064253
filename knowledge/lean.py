"""Importing a library without what takes long and nobody here needs."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any


@contextmanager
def unchecked() -> Iterator[None]:
    """What is imported within is not compared by `overrides` with its own base classes, method by method.

    Its authors have done that; in Chroma it takes a third of the import, and every start would do it again.
    """
    try:
        import overrides
    except ImportError:  # nobody checks
        yield
        return
    names = ("override", "overrides")
    checks = {name: getattr(overrides, name) for name in names}
    for name in names:
        setattr(overrides, name, _marked)
    try:
        yield
    finally:
        for name, check in checks.items():
            setattr(overrides, name, check)


def _marked(method: Callable[..., Any] | None = None, **_options: bool) -> Any:
    """As `overrides.override` does, with or without options; its base classes look for the mark."""
    if method is None:
        return _marked
    method.__dict__["__override__"] = True
    return method


@contextmanager
def deferred(module: str, name: str) -> Iterator[None]:
    """What is imported within gets this class or function of the module, which is imported when it is called."""
    if module in sys.modules:
        yield
        return

    def load(*args: Any, **options: Any) -> Any:
        return getattr(import_module(module), name)(*args, **options)

    sys.modules[module] = ModuleType(module)
    setattr(sys.modules[module], name, load)
    try:
        yield
    finally:
        del sys.modules[module]
