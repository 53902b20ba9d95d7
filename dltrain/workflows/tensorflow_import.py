"""Importing TensorFlow takes seconds: it happens in the background, and without what training does not use."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

UNUSED: Final = ("PIL", "jax", "matplotlib", "pandas", "scipy", "sklearn", "torch")
"""Keras imports these when they are installed, though it needs none of them: half of the time, and 160 MB."""


_THREAD_NAME: Final = "import-tensorflow"


def import_in_background() -> Callable[[], None]:
    """Starts to import TensorFlow, Keras and the rooms that use them.

    For a process that nobody else uses Keras in: its Keras does not know the packages of `UNUSED`. A process that
    ends early must not wait for the import, and must end by `os._exit`, which does not mind native code at work.

    Returns:
        A function that waits for the import, and raises what it raised.
    """
    errors: list[BaseException] = []

    def work() -> None:
        try:
            with without(UNUSED):
                import_heavy_rooms()
        except BaseException as error:  # noqa: BLE001 - whoever waits gets it
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True, name=_THREAD_NAME)
    thread.start()

    def wait() -> None:
        thread.join()
        if errors:
            raise errors[0]

    return wait


def is_importing() -> bool:
    """Whether the background is still at it."""
    return any(thread.name == _THREAD_NAME for thread in threading.enumerate())


def import_heavy_rooms() -> None:
    """Imports the rooms that import TensorFlow and Keras."""
    import dltrain.network
    import dltrain.training  # noqa: F401


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
