"""The commands and what `--help` says of them. Heavy imports wait until a command runs."""

from importlib.metadata import version
from typing import Annotated

import typer

from dltrain.cli import check, compare, evaluate, fit, init, predict, report, runs, schema, show, split

app = typer.Typer(
    name="dltrain",
    help="Train, judge and ship dense Keras networks on tables, from one YAML file.",
    epilog="Exit codes: 0 done, 1 a bug, 2 config or usage, 3 data, 4 run directory or output file, "
    "5 training failed or a gate missed, 129, 130 or 143 interrupted.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help text: rich would double the time `--help` takes.
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)

for command in (
    fit.fit,
    init.init,
    check.check,
    split.split,
    evaluate.evaluate,
    predict.predict,
    show.show,
    report.report,
    runs.runs,
    compare.compare,
    schema.schema,
):
    app.command()(command)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"dltrain {version('dltrain')}")
        raise typer.Exit


@app.callback()
def _main(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Train, judge and ship dense Keras networks on tables, from one YAML file."""
