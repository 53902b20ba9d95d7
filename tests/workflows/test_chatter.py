"""TensorFlow's log lines stay off the screen, and nothing else does."""

import subprocess
import sys

from tests.conftest import PATIENCE

SCRIPT = """
import os, sys, threading, time
from dltrain.workflows.start_up.chatter import quiet_tensorflow
from dltrain.workflows.start_up import importing as tensorflow_import
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


def test_two_threads_at_a_time_share_the_filter_until_the_last_one_ends() -> None:
    script = """
import os
from dltrain.workflows.start_up.chatter import quiet_tensorflow

before = os.fstat(2).st_ino
first, second = quiet_tensorflow(), quiet_tensorflow()
print("first said", file=first.__enter__())
stderr = second.__enter__()
first.__exit__(None, None, None)
print("second said", file=stderr)
os.write(2, b"I0000 00:00:1700000000.000000 123 port.cc:153] chatter inside\\n")
second.__exit__(None, None, None)
assert os.fstat(2).st_ino == before
with quiet_tensorflow() as stderr:
    print("said again", file=stderr)
assert os.fstat(2).st_ino == before
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, "first said\nsecond said\nsaid again\n")


def test_a_process_that_keeps_standard_error_open_is_not_waited_for() -> None:
    script = """
import subprocess, sys
from dltrain.workflows.start_up import chatter

chatter._SECONDS_TO_END = 0.1
with chatter.quiet_tensorflow():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
assert child.poll() is None
child.communicate(b"end\\n")
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert (done.returncode, done.stderr) == (0, "")
