"""TensorFlow's log lines stay off the screen, and nothing else does."""

import subprocess
import sys

from tests.conftest import PATIENCE

SCRIPT = """
import os, sys, threading, time
from dltrain.workflows.chatter import quiet_tensorflow
from dltrain.workflows import tensorflow_import
from tests.conftest import PATIENCE

is_importing = {is_importing}
if is_importing:
    threading.Thread(target=time.sleep, args=(3600,), name=tensorflow_import._THREAD_NAME, daemon=True).start()
try:
    with quiet_tensorflow() as stderr:
        print("said inside", file=stderr)
        os.write(2, b"I0000 00:00:1700000000.000000 123 port.cc:153] chatter inside\\n")
        raise ValueError("broken")
except ValueError as error:
    print("caught", error, file=sys.stderr, flush=True)
os.write(2, b"I0000 00:00:1700000000.000000 123 port.cc:153] chatter afterwards\\n")
os._exit(0)
"""


def stderr_of(*, is_importing: bool) -> str:
    script = SCRIPT.format(is_importing=is_importing)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stderr


def test_while_tensorflow_is_still_being_imported_its_lines_go_on_through_the_filter() -> None:
    assert stderr_of(is_importing=True) == "said inside\ncaught broken\n"


def test_afterwards_everything_is_as_before() -> None:
    text = stderr_of(is_importing=False)
    assert text.startswith("said inside\ncaught broken\n")
    assert "chatter inside" not in text
    assert "chatter afterwards" in text
