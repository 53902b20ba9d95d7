"""Importing TensorFlow takes seconds: it happens in the background, and without what training does not use."""

import gc
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dltrain.background import begin
from dltrain.errors import ConfigError, escaped
from dltrain.workflows.start_up.late_modules import executed_when_used

UNUSED: Final = ("PIL", "jax", "matplotlib", "pandas", "scipy", "sklearn", "torch")
"""Keras imports these when they are installed, though it needs none of them: half of the time, and 160 MB."""

_RARELY_USED: Final = ("h5py", "requests")
"""TensorFlow and Keras need these, but for little."""

_PUBLIC_NAMES: Final = "tensorflow._api.v2."
"""The modules of `tf.something`, which only gather names from where they are defined. Most of them are never used."""

_SECONDS_OF_A_TURN: Final = 1e-4

_THREAD_NAME: Final = "import-tensorflow"


def begin_import(*, ahead: bool) -> Callable[[], None]:
    """Imports TensorFlow, Keras and the rooms that use them, or begins to.

    Args:
        ahead: Whether to begin in the background; see `import_in_background` for when not to.

    Returns:
        A function that imports them, or waits until they are.
    """
    return import_in_background() if ahead else import_heavy_rooms


def import_in_background() -> Callable[[], None]:
    """Starts to import TensorFlow, Keras and the rooms that use them.

    For a process that nobody else uses Keras in: its Keras does not know the packages of `UNUSED`. A process that
    ends early must not wait for the import, and must end by `os._exit`, which does not mind native code at work.

    Returns:
        A function that waits for the import, and raises what it raised.
    """
    # np.unique and others import it when they are first called. It walks through NumPy's types, which it must not do
    # while TensorFlow adds its own in the other thread.
    import numpy.ma  # noqa: F401

    def work() -> None:
        with (
            without(UNUSED),
            executed_when_used(_is_rarely_used),
            without_garbage_collection(),
            taking_short_turns(),
        ):
            import_heavy_rooms()

    return begin(work, name=_THREAD_NAME)


def _is_rarely_used(module: str) -> bool:
    if not module.startswith(_PUBLIC_NAMES):
        return module in _RARELY_USED
    name, *_ = module.removeprefix(_PUBLIC_NAMES).split(".")
    # TensorFlow also has packages named distribute and lite. Imported later, they would take the place of
    # `tf.distribute` and `tf.lite`.
    return not Path(str(sys.modules["tensorflow"].__file__)).with_name(name).is_dir()


def is_importing() -> bool:
    """Whether the background is still at it."""
    return any(thread.name == _THREAD_NAME for thread in threading.enumerate())


def import_heavy_rooms() -> None:
    """Imports the rooms that import TensorFlow and Keras.

    Raises:
        ConfigError: These cannot be imported, or Keras has another backend.
    """
    try:
        import dltrain.network
        import dltrain.training  # noqa: F401
    except ImportError as error:
        if (error.name or "").startswith("dltrain"):
            raise
        reason = escaped(str(error).partition("\n")[0])
        raise ConfigError(
            f"expected the packages tensorflow and keras, which cannot be imported: {reason}",
            hint="pip install tensorflow keras",
        ) from error


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Leaves cycles alone for a while, and all that is there afterwards for good.

    An import makes half a million objects that stay. Each collection would look at all of them, a quarter of the time
    that the import takes, and find nothing.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()


@contextmanager
def taking_short_turns() -> Iterator[None]:
    """Lets threads hand over the interpreter more often for a while.

    An import hardly ever gives it away by itself. Whoever reads and encodes a table does in every call of Arrow and
    NumPy, and would wait 5 ms each time to get it back: most of the time that both take.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SECONDS_OF_A_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


@contextmanager
def without(packages: tuple[str, ...]) -> Iterator[None]:
    """Lets packages that are not imported yet look as if they were not installed, for a while."""
    absent = [name for name in packages if name not in sys.modules]
    # A None here is how Python notes that a name cannot be imported.
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            if name in sys.modules and sys.modules[name] is None:
                del sys.modules[name]
