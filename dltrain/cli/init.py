"""`dltrain init`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dltrain.cli.options import Debug, Json, Quiet
from dltrain.errors import ConfigError, escaped


def init(
    file: Annotated[Path, typer.Argument(readable=False, metavar="FILE", help="The table.")],
    target: Annotated[str, typer.Option("--target", "-t", metavar="COLUMN", help="The column to predict.")],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="What is decided already, such as data.id=[name].")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            readable=False,
            metavar="CONFIG",
            help="YAML to write. Default: <table>.yaml here; - prints it.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace CONFIG when it exists.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    _debug: Debug = False,
) -> None:
    """Look at a table and write a commented config to begin with.

    Ids, free text and columns that give the target away are left out, each with the reason beside it; what you have to
    decide stands in the first lines of the file.

    KEY=VALUE is written into the config, and taken into account by what is decided.

    Example: dltrain init data/penguins.csv --target species
    """
    from dltrain.cli.notes import note, print_json
    from dltrain.config.table_names import is_table_name
    from dltrain.run.atomic import check_writable, writing_file
    from dltrain.run.loading import check_is_no_run_file
    from dltrain.workflows.init import init as run_init
    from dltrain.workflows.init import starter_name

    is_printed = str(output) == "-"
    if as_json and is_printed:
        raise ConfigError("--json: expected -o CONFIG with it, since the config itself goes to standard output")
    path = Path(f"{starter_name(file)}.yaml") if output is None or is_printed else output
    if is_table_name(path):
        raise ConfigError(f"-o: expected a YAML file to write, got the name of a table, '{escaped(path.name)}'")
    if not is_printed:
        check_writable(path, overwrite=force)
        check_is_no_run_file(path)
    starter = run_init(file, target, overrides or [])
    # What holds on this machine only stays out of the file.
    name = path.name if path.is_absolute() else str(path)
    if is_printed:
        sys.stdout.write(starter.text(Path(), name=name))
    else:
        with writing_file(path, overwrite=force) as stream:
            stream.write(starter.text(path.parent, name=name).encode())
    for column, reason in starter.lost_numbers.items():
        note(f"column '{escaped(column)}' is left out although it holds numbers: {reason}")
    if as_json:
        print_json({"path": str(path), **starter.to_dict()})
    elif not quiet:
        from dltrain.cli.pages.init import print_starter

        print_starter(starter, path, sys.stderr if is_printed else sys.stdout)
