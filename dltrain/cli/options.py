"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, Final

import typer

Json = Annotated[bool, typer.Option("--json", help="Print the result as one JSON object.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes.")]
Profile = Annotated[bool, typer.Option("--profile", help="Print where the time went, to standard error.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
_RUN_HELP: Final = "Run directory. Default: the newest one in runs/."
RunArgument = Annotated[Path | None, typer.Argument(readable=False, metavar="RUN", help=_RUN_HELP)]
RunPath = Annotated[Path | None, typer.Option("--run", readable=False, metavar="RUN", help=_RUN_HELP)]
Target = Annotated[
    str | None,
    typer.Option("--target", "-t", metavar="COLUMN", help="Column to predict of a table in the place of CONFIG."),
]
RUNS = Path("runs")
