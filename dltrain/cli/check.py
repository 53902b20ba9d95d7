"""`dltrain check`."""

from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import Debug, Json, Target


def check(
    config: Annotated[
        Path, typer.Argument(readable=False, metavar="CONFIG", help="The YAML file, or a table with --target.")
    ],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="Overrides, such as split.strategy=time.")
    ] = None,
    target: Target = None,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """Look at a config and its table before a fit: columns, sizes, doubts, leaks.

    Exit code 0 with warnings; 2 or 3, as for fit, when a fit would refuse the config or the data.

    Example: dltrain check configs/penguins.yaml

    Without a YAML: dltrain check data/penguins.csv --target species
    """
    from dltrain.cli.table_fit import config_of_file

    loaded = config_of_file(config, target, overrides or [], command="check", is_quiet=as_json)

    from dltrain.cli.notes import print_json
    from dltrain.cli.pages.check import print_report
    from dltrain.workflows.check import check as run_check

    report = run_check(loaded)
    if as_json:
        print_json(report.to_dict())
    else:
        print_report(report)
    if report.exit_code:
        raise typer.Exit(report.exit_code)
