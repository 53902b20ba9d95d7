"""The docstrings under the attributes of a class, which Python itself throws away."""

import ast
import inspect
import textwrap
from itertools import pairwise


def attribute_docstrings(kind: type) -> dict[str, str]:
    """Attribute → the string that stands below it, in the class and those it inherits from.

    Pydantic can do this for every class when it is made; that takes longer than all else a short command does.
    """
    found: dict[str, str] = {}
    for owner in reversed(kind.__mro__):
        if owner.__module__.partition(".")[0] not in {"builtins", "pydantic"}:
            found |= _own_docstrings(owner)
    return found


def _own_docstrings(kind: type) -> dict[str, str]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(definition, ast.ClassDef)  # noqa: S101 - that is what the source of a class is
    return {
        attribute.target.id: inspect.cleandoc(text.value.value)
        for attribute, text in pairwise(definition.body)
        if isinstance(attribute, ast.AnnAssign) and isinstance(attribute.target, ast.Name)
        if isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant) and isinstance(text.value.value, str)
    }
