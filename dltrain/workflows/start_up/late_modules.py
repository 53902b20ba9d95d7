"""Modules that are executed when they are first used, instead of when they are imported.

One that only gathers names from other modules is not even executed: a name that it is asked for comes from where it is
defined, and the others stay there.
"""

import ast
import importlib.machinery
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

_ONE_AT_A_TIME: Final = threading.RLock()
"""A module that is executed uses others of its kind; with a lock each, two threads could wait for one another."""

_CHANGING_FINDERS: Final = threading.Lock()


@contextmanager
def executed_when_used(is_late: Callable[[str], bool]) -> Iterator[None]:
    """Lets modules that are imported here be executed later: when something asks them for a name they do not have.

    The library's own `importlib.util.LazyLoader` is not safe among threads before Python 3.11.9.

    Args:
        is_late: Whether a module of this full name is one. Nothing may rely on what executing it does besides
            giving it names.
    """
    finder = _LateFinder(is_late)
    # A new list each time: another thread may be walking through the old one.
    with _CHANGING_FINDERS:
        sys.meta_path = [finder, *sys.meta_path]
    try:
        yield
    finally:
        with _CHANGING_FINDERS:
            sys.meta_path = [other for other in sys.meta_path if other is not finder]


class _LateFinder:
    def __init__(self, is_late: Callable[[str], bool]) -> None:
        self.is_late = is_late

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """As `importlib` asks for it."""
        spec = PathFinder.find_spec(name, path, target) if self.is_late(name) else None
        if spec is not None and isinstance(spec.loader, importlib.machinery.SourceFileLoader):
            spec.loader = _LateLoader(spec.loader, self.is_late)
        return spec


class _LateLoader(Loader):
    def __init__(self, loader: importlib.machinery.SourceFileLoader, is_late: Callable[[str], bool]) -> None:
        self.loader = loader
        self.is_late = is_late

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Only prepares it."""
        module.__getattr__ = _FirstUse(module, self.loader, self.is_late)  # type: ignore[method-assign]


class _FirstUse:
    """What a module that is not executed yet does when it is asked for a name.

    Attributes:
        path: Where a package's modules are. Whoever imports one asks for this name, so the package may come first.
        is_executed: Also while it is being executed.
    """

    def __init__(
        self, module: ModuleType, loader: importlib.machinery.SourceFileLoader, is_late: Callable[[str], bool]
    ) -> None:
        self.module = module
        self.loader = loader
        self.is_late = is_late
        self.path = vars(module).pop("__path__", None)
        self.is_executed = False

    def __call__(self, name: str) -> Any:
        names = vars(self.module)
        if not self.is_executed and name in self.origins:
            return names.setdefault(name, self._imported(*self.origins[name]))
        # The modules in a package that only gathers names can come without it: what they need of it comes one by one.
        if not self.is_executed and self.origins and name == "__path__" and self.path is not None:
            return names.setdefault(name, self.path)
        with _ONE_AT_A_TIME:
            if not self.is_executed:
                self._execute()
            elif names.get("__getattr__") is self:
                # The module is being executed, and asks for a name of its own.
                raise AttributeError(f"module {self.module.__name__!r} has no attribute {name!r} yet")
        return getattr(self.module, name)

    @cached_property
    def origins(self) -> dict[str, tuple[str, str]]:
        """Of a module that does nothing but import: its names, with the module and the name there; else nothing."""
        statements = ast.parse(self.loader.get_source(self.module.__name__) or "").body
        if statements and isinstance(statements[0], ast.Expr):
            del statements[0]  # the docstring
        if not all(isinstance(statement, ast.Import | ast.ImportFrom) for statement in statements):
            return {}
        return {
            alias.asname or alias.name: (statement.module, alias.name)
            for statement in statements
            if isinstance(statement, ast.ImportFrom) and statement.module is not None and statement.level == 0
            for alias in statement.names
        }

    def _imported(self, origin: str, name: str) -> Any:
        """What `from origin import name` gives."""
        if origin == self.module.__name__:
            with executed_when_used(self.is_late):
                return import_module(f"{origin}.{name}")
        found = import_module(origin)
        return getattr(found, name) if hasattr(found, name) else import_module(f"{origin}.{name}")

    def _execute(self) -> None:
        self.is_executed = True
        if self.path is not None:
            self.module.__path__ = self.path
        try:
            self.loader.exec_module(self.module)
        except BaseException:
            self.is_executed = False
            raise
        if vars(self.module).get("__getattr__") is self:
            del self.module.__getattr__
