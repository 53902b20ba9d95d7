"""Modules that are executed when they are first used."""

import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from dltrain.workflows.start_up.late_modules import executed_when_used

PACKAGE = {
    "__init__.py": "from gathered import first, second\n",
    "first.py": "from gathered.inner import deep\nexecuted.append('first')\nname = 'of first'\n",
    "second.py": "executed.append('second')\ndef __getattr__(name):\n    return {'made': 7}[name]\n",
    "itself.py": "import gathered\nfound = hasattr(gathered.itself, 'later')\nlater = 1\n",
    "broken.py": "executed.append('broken')\nname = 1 / len(executed[1:])\n",
    "parent/__init__.py": "certificate = 1\nfrom gathered.parent.sessions import session\n",
    "parent/sessions.py": "from gathered.parent.adapters import adapter\nsession = [adapter]\n",
    "parent/adapters.py": "from gathered.parent import certificate\nadapter = certificate\n",
    "maker.py": "executed.append('maker')\nmade = 7\n",
    "inner/__init__.py": "",
    "names/__init__.py": (
        "import sys as _sys\nfrom gathered.first import name as title, nonsense\n"
        "from gathered.maker import made\nfrom gathered.inner import deep\nfrom gathered.names import more\n"
    ),
    "names/more.py": "from gathered.maker import made as product\nfrom gathered.names import title\n",
    "inner/deep.py": "executed.append('deep')\nname = 'of deep'\n",
}


@pytest.fixture
def executed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was executed of the package `gathered`, in this order."""
    for name, text in PACKAGE.items():
        path = tmp_path / "gathered" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f'"""{name}"""\nfrom recorder import executed\n{text}')
    (tmp_path / "recorder.py").write_text("executed = []\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("recorder").executed
    for name in [name for name in sys.modules if name.split(".")[0] in {"gathered", "recorder"}]:
        del sys.modules[name]


def is_late(name: str) -> bool:
    return name.startswith("gathered.")


def test_a_module_is_executed_once_and_when_it_is_used(executed: list[str]) -> None:
    with executed_when_used(is_late):
        gathered = import_module("gathered")
    assert executed == []
    assert gathered.first.name == "of first"
    assert gathered.first.deep.name == "of deep"
    assert executed == ["deep", "first"]  # what it imports now is executed at once


def gathering(name: str) -> bool:
    return name.startswith(("gathered.first", "gathered.second", "gathered.names"))


def test_a_module_that_only_gathers_names_gives_them_one_by_one(executed: list[str]) -> None:
    with executed_when_used(gathering):
        names = import_module("gathered.names")
    assert executed == []
    assert names.more.product == 7
    assert executed == ["maker"]
    assert names.title == names.more.title == "of first"
    assert executed == ["maker", "deep", "first"]
    assert names.deep is sys.modules["gathered.inner.deep"]  # a module that nobody had imported from there


def test_names_that_cannot_be_gathered_raise_what_python_raises(executed: list[str]) -> None:
    with executed_when_used(gathering):
        names = import_module("gathered.names")
    for name in ("nonsense", "something_else"):  # the second one executes the module
        with pytest.raises(ImportError, match=r"nonsense"):
            getattr(names, name)
    assert names.made == 7


def test_a_module_inside_a_package_that_only_gathers_names_can_be_imported(executed: list[str]) -> None:
    with executed_when_used(gathering):
        import_module("gathered.names")
    assert import_module("gathered.names.more").product == 7
    assert executed == ["maker", "deep", "first"]


def test_other_modules_and_later_imports_are_as_always(executed: list[str]) -> None:
    with executed_when_used(lambda name: name == "gathered.first"):
        import_module("gathered.second")
    assert executed == ["second"]
    import_module("gathered.broken")

    assert executed == ["second", "broken"]
    assert not [finder for finder in sys.meta_path if "Late" in type(finder).__name__]


def test_names_that_are_missing_are_missing_and_those_that_a_module_makes_are_there(executed: list[str]) -> None:
    with executed_when_used(is_late):
        gathered = import_module("gathered")
    assert not hasattr(gathered.first, "nonsense")
    with pytest.raises(AttributeError, match=r"module 'gathered\.first' has no attribute 'nonsense'"):
        gathered.first.nonsense  # noqa: B018
    assert gathered.second.made == 7
    assert executed.count("second") == 1


def test_whoever_looks_through_the_finders_misses_none_when_one_goes(executed: list[str]) -> None:
    """As when another thread imports just then."""
    context = ExitStack()
    context.enter_context(executed_when_used(lambda _: False))

    class Meanwhile:
        def find_spec(self, *_: object) -> None:
            context.close()

    meanwhile = Meanwhile()
    sys.meta_path.insert(sys.meta_path.index(PathFinder), meanwhile)
    try:
        import_module("gathered.maker")
    finally:
        sys.meta_path.remove(meanwhile)
    assert executed[-1] == "maker"


def test_a_module_may_look_for_its_own_names(executed: list[str]) -> None:
    with executed_when_used(is_late):
        itself = import_module("gathered.itself")
    assert itself.later == 1
    assert itself.found is False
    assert executed == []


def test_a_package_is_executed_before_the_modules_in_it(executed: list[str]) -> None:
    """They may need names of the package, which needs them at its end."""
    with executed_when_used(lambda name: name == "gathered.parent"):
        import_module("gathered.parent")
    assert import_module("gathered.parent.adapters").adapter == 1
    assert import_module("gathered.parent").session == [1]


def test_an_error_is_raised_at_every_use_until_it_is_gone(executed: list[str]) -> None:
    with executed_when_used(is_late):
        broken = import_module("gathered.broken")
    with pytest.raises(ZeroDivisionError):
        broken.name  # noqa: B018
    assert broken.name == 1
    assert executed == ["broken", "broken"]


def test_threads_wait_for_the_one_that_executes(executed: list[str], tmp_path: Path) -> None:
    """Twenty threads ask for the last name of a module that takes its time."""
    slow = "import time\nfrom recorder import executed\nexecuted.append('slow')\ntime.sleep(0.2)\nname = 'of slow'\n"
    (tmp_path / "gathered" / "slow.py").write_text(slow)
    with executed_when_used(is_late):
        module = import_module("gathered.slow")
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(module.name)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["of slow"] * 20
    assert executed == ["slow"]
