"""The command line: one file a command. The only room that prints or exits."""

import sys

__all__ = ["main"]


def main() -> None:
    """Runs the command line and exits with the code of `dltrain.errors`."""
    from dltrain.cli.app import app
    from dltrain.cli.failures import exit_code_of

    sys.exit(exit_code_of(lambda: app(prog_name="dltrain")))
