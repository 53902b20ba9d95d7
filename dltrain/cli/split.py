"""`dltrain split`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dltrain.cli.options import Debug, Json, Quiet

if TYPE_CHECKING:
    from dltrain.workflows.split import WrittenSplit


_SHOWN_LABELS: Final = 6


def split(
    config: Annotated[Path, typer.Argument(readable=False, metavar="CONFIG", help="The YAML file.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", readable=False, metavar="FOLDER", help="Where the files are made; made when missing."
        ),
    ],
    overrides: Annotated[
        list[str] | None, typer.Argument(metavar="KEY=VALUE", help="Overrides, such as split.seed=1.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    as_json: Json = False,
    quiet: Quiet = False,
    _debug: Debug = False,
) -> None:
    """Write the rows that a fit would train, validate and test on as files of their own.

    FOLDER gets train.csv, validation.csv and test.csv with all columns, every cell as it stands in the table. With
    split.folds it gets fold-1.csv, fold-2.csv, …, the test rows of each fold.

    Example: dltrain split configs/penguins.yaml -o parts
    """
    from dltrain.cli.notes import note, print_json
    from dltrain.config import load_config
    from dltrain.workflows.split import split as run_split

    loaded = load_config(config, overrides or [])
    written = run_split(loaded, output, config_folder=config.parent, overwrite=force)
    if as_json:
        print_json({"folder": str(output), **written.to_dict()})
        return
    if not quiet:
        for text in written.notes:
            note(text)
        if written.dropped_rows:
            note(f"{written.dropped_rows:,} rows without a target are in no file")
    _print(written)


def _print(written: "WrittenSplit") -> None:
    import sys

    from dltrain.cli.output import console, plain_table
    from dltrain.config.yaml.commented import scalar_text
    from dltrain.errors import escaped

    out = console(sys.stdout)
    labels = list(next(iter(written.parts.values())).label_shares)
    shown = labels[:_SHOWN_LABELS]
    rows = [
        [str(part.path), f"{part.rows:,}", *(f"{part.label_shares[label]:.1%}" for label in shown)]
        for part in written.parts.values()
    ]
    columns = [("", "left"), ("rows", "right"), *((escaped(label), "right") for label in shown)]
    out.print(plain_table(columns, rows))
    if len(labels) > len(shown):
        out.print(f"and {len(labels) - len(shown):,} more labels: --json has all")
    if written.config:
        out.print("the config uses them with")
        for key, path in written.config.items():
            out.print(f"  {key}: {'null' if path is None else scalar_text(path)}")
