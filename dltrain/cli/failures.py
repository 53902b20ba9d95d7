"""The one place where errors become text and an exit code."""

import errno
import os
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from dltrain.cli.notes import say
from dltrain.cli.signals import first_signal, listen
from dltrain.cli.usage_hints import usage_hint
from dltrain.errors import ArgumentError, DltrainError, Interrupted, OutputError

_WRONG_USAGE = 2
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


def exit_code_of(command: Callable[[], object]) -> int:
    """Runs a command; prints what went wrong to standard error.

    Returns:
        The exit code: 0, or what the error stands for.
    """
    try:
        listen()
        command()
        sys.stdout.flush()
    except SystemExit as error:
        # Typer and rich turn a broken pipe into an exit of their own.
        if isinstance(error.__context__, BrokenPipeError):
            return _reader_has_gone()
        if error.code == _WRONG_USAGE and (hint := usage_hint(error.__context__, sys.argv[1:])) is not None:
            say(f"hint: {hint}")
        return error.code if isinstance(error.code, int) else 1
    except BaseException as error:  # noqa: BLE001 - every error becomes text and a code here, bugs with their traceback
        return _explain(error)
    return 0


def _explain(error: BaseException) -> int:
    """Prints an error; returns its exit code."""
    if (number := first_signal()) is not None:
        where = f" {error.message}" if isinstance(error, Interrupted) and error.message else ""
        say(("interrupted" if number == signal.SIGINT else "terminated") + where)
        if isinstance(error, OutputError):
            # The state could not be saved.
            say(f"error: {error}")
        return 128 + number
    match error:
        case DltrainError():
            if "--debug" in sys.argv[1:]:
                say("".join(traceback.format_exception(error)).rstrip())
            option = "--" if isinstance(error, ArgumentError) else ""
            return _print(f"{option}{error}", code=error.exit_code)
        case BrokenPipeError():
            return _reader_has_gone()
        case OSError(errno=number) if number in _FULL:
            _silence_stdout()
            from dltrain.run.atomic import output_error

            return _print(str(output_error(Path("standard output"), error)), code=OutputError.exit_code)
        case MemoryError():
            return _print(f"out of memory: {error or 'the table or the network is too large'}", code=1)
        case _:
            say("".join(traceback.format_exception(error)).rstrip())
            say("This is a bug in dltrain. The traceback above helps to find it.")
            return 1


def _print(text: str, *, code: int) -> int:
    say(f"error: {text}")
    return code


def _reader_has_gone() -> int:
    """`dltrain predict … | head` ended early: nothing is wrong, and nobody reads what is left to say."""
    _silence_stdout()
    return 0


def _silence_stdout() -> None:
    """Lets the interpreter flush what is left without another error."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
