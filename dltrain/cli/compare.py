"""`dltrain compare`."""

from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import Debug, Json
from dltrain.errors import ConfigError


def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN", help="Run directories; the first is compared with.")],
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="FILE", help="A labelled table. Default: the test rows that the runs share."),
    ] = None,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """Compare runs on the same rows: metrics with 95 % intervals of the differences, and what the configs differ in.

    Class weights do not count, so figures may differ from those of fit and evaluate.

    Example: dltrain compare runs/wine-1 runs/wine-2
    """
    if len(runs) < 2:
        raise ConfigError("dltrain compare: expected at least two runs, got one", hint="dltrain evaluate --run RUN")

    from dltrain.cli.compare_page import print_comparison
    from dltrain.cli.notes import print_json
    from dltrain.run import load_run
    from dltrain.workflows.compare import compare as run_compare

    comparison = run_compare([load_run(path) for path in runs], data=data)
    if as_json:
        print_json(comparison.to_dict())
    else:
        print_comparison(comparison)
