"""Runs dltrain commands under an audit hook, each in a process of its own that starts with everything imported.

`python -m tests.reliability.watched_commands` reads a JSON list of `{"run": …, "arguments": […], "output": …}` from
standard input and writes a list of outcomes to standard output.
"""

import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, Final

PATIENCE_SECONDS: Final = 300
"""After which a command hangs."""

_FORBIDDEN: Final = (
    "ctypes.",
    "os.chmod",
    "os.exec",
    "os.fork",
    "os.link",
    "os.mkdir",
    "os.posix_spawn",
    "os.remove",
    "os.rename",
    "os.rmdir",
    "os.spawn",
    "os.symlink",
    "os.system",
    "os.truncate",
    "pickle.",
    "shutil.",
    "socket.",
    "subprocess.",
    "tempfile.",
)
_INSTALLATION: Final = tuple(
    os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, Path(__file__).parents[2] / "dltrain")
)
_MACHINE: Final = ("/proc/self/", "/sys/fs/cgroup", "/proc/meminfo")
"""What tells how many cores this process may use."""


def main() -> None:
    """Runs the commands one after the other."""
    _import_everything()
    sys.stdout.write(json.dumps([_watched(**command) for command in json.load(sys.stdin)]))


def _import_everything() -> None:
    import dltrain.cli.app
    import dltrain.cli.output
    import dltrain.cli.pages.run
    import dltrain.scoring
    import dltrain.workflows.evaluate
    import dltrain.workflows.predict
    import dltrain.workflows.show  # noqa: F401


def _watched(run: str, arguments: list[str], output: str) -> dict[str, Any]:
    """Exit code (negative: a signal), processor time, most bytes of memory, what was printed, forbidden events."""
    child = os.fork()
    if child == 0:
        _run_command(run, arguments, output)
    _, status, usage = os.wait4(child, 0)
    return {
        "code": os.waitstatus_to_exitcode(status),
        "seconds": usage.ru_utime + usage.ru_stime,
        "bytes": usage.ru_maxrss * 1024,
        "printed": Path(output).read_text(encoding="utf-8", errors="replace"),
        "events": Path(output + ".events").read_text(encoding="utf-8"),
    }


def _run_command(run: str, arguments: list[str], output: str) -> None:
    stream = os.open(output, os.O_WRONLY | os.O_CREAT)
    events = os.open(output + ".events", os.O_WRONLY | os.O_CREAT)
    os.dup2(stream, 1)
    os.dup2(stream, 2)
    allowed = (os.path.realpath(run), *_INSTALLATION)

    def watch(event: str, values: tuple[Any, ...]) -> None:
        is_opening = event in ("open", "os.listdir", "os.scandir") and isinstance(values[0], (str, bytes))
        if is_opening:
            path = os.path.abspath(os.fsdecode(values[0]))  # noqa: PTH100 - links are not followed
            if not path.startswith(_MACHINE) and not any(Path(path).is_relative_to(folder) for folder in allowed):
                os.write(events, f"{event} {path}\n".encode())
        elif event.startswith(_FORBIDDEN):
            os.write(events, f"{event} {values!r:.200}\n".encode())

    signal.alarm(PATIENCE_SECONDS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.argv = ["dltrain", *arguments]
    sys.addaudithook(watch)

    from dltrain.cli import main as run_dltrain

    run_dltrain()


if __name__ == "__main__":
    main()
