"""Modules that are executed when they are first used, instead of when they are imported."""

import importlib.machinery
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

_ONE_AT_A_TIME: Final = threading.RLock()
"""A module that is executed uses others of its kind; with a lock each, two threads could wait for one another."""


@contextmanager
def executed_when_used(is_late: Callable[[str], bool]) -> Iterator[None]:
    """Lets modules that are imported here be executed later: when something asks them for a name they do not have.

    The library's own `importlib.util.LazyLoader` is not safe among threads before Python 3.11.9.

    Args:
        is_late: Whether a module of this full name is one. Nothing may rely on what executing it does besides
            giving it names.
    """
    finder = _LateFinder(is_late)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _LateFinder:
    def __init__(self, is_late: Callable[[str], bool]) -> None:
        self.is_late = is_late

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """As `importlib` asks for it."""
        spec = PathFinder.find_spec(name, path, target) if self.is_late(name) else None
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _LateLoader(spec.loader)
        return spec


class _LateLoader(Loader):
    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Only prepares it."""
        is_late = True
        # Whoever imports a module inside a package asks for this name, which lets the package be executed first.
        path = vars(module).pop("__path__", None)

        def execute_and_get(name: str) -> Any:
            nonlocal is_late
            with _ONE_AT_A_TIME:
                if is_late:
                    is_late = False
                    if path is not None:
                        module.__path__ = path
                    try:
                        self.loader.exec_module(module)
                    except BaseException:
                        is_late = True
                        raise
                    if vars(module).get("__getattr__") is execute_and_get:
                        del module.__getattr__
                elif vars(module).get("__getattr__") is execute_and_get:
                    # The module is being executed, and asks for a name of its own.
                    raise AttributeError(f"module {module.__name__!r} has no attribute {name!r} yet")
            return getattr(module, name)

        module.__getattr__ = execute_and_get  # type: ignore[method-assign]
