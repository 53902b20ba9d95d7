"""The one place where errors become text and an exit code."""

import os
import signal
import sys
import traceback
from collections.abc import Callable

from dltrain.errors import DltrainError

INTERRUPTED = 128 + signal.SIGINT
TERMINATED = 128 + signal.SIGTERM


class Terminated(BaseException):
    """SIGTERM arrived: unwinds like Ctrl-C does, so that temporary files go away."""


def _on_sigterm(*_: object) -> None:
    raise Terminated


def exit_code_of(command: Callable[[], object]) -> int:
    """Runs a command; prints what went wrong to standard error.

    Returns:
        The exit code: 0, or what the error stands for.
    """
    signal.signal(signal.SIGTERM, _on_sigterm)
    try:
        command()
        sys.stdout.flush()
    except DltrainError as error:
        _print_error(error)
        return error.exit_code
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except Terminated:
        print("terminated", file=sys.stderr)
        return TERMINATED
    except BrokenPipeError:
        return _reader_has_gone()
    except MemoryError as error:
        print(f"error: out of memory: {error or 'the table or the network is too large'}", file=sys.stderr)
        return 1
    except SystemExit as error:
        # Typer and rich turn a broken pipe into an exit of their own.
        if isinstance(error.__context__, BrokenPipeError):
            return _reader_has_gone()
        return error.code if isinstance(error.code, int) else 1
    except Exception:  # noqa: BLE001 - a bug: it is shown in full and ends the program
        traceback.print_exc()
        print("This is a bug in dltrain. The traceback above helps to find it.", file=sys.stderr)
        return 1
    return 0


def _reader_has_gone() -> int:
    """`dltrain predict … | head` ended early: nothing is wrong, and nobody reads what is left to say."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def _print_error(error: DltrainError) -> None:
    if "--debug" in sys.argv[1:]:
        traceback.print_exception(error)
    print(f"error: {error}", file=sys.stderr)
