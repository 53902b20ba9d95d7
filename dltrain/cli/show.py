"""`dltrain show`."""

from pathlib import Path
from typing import TYPE_CHECKING

from dltrain.cli.options import Debug, Json, RunArgument

if TYPE_CHECKING:
    from dltrain.run.members import Group


def show(
    run: RunArgument = None,
    as_json: Json = False,
    _debug: Debug = False,
) -> None:
    """Show what is in a run: data, features, network, metrics, versions.

    Of an unfinished run it shows how far training has come and how to go on; of a cross-validation or of several
    seeds, their result.

    Example: dltrain show runs/penguins-1
    """
    from dltrain.cli.notes import print_json
    from dltrain.cli.pages.run import print_run, print_unfinished
    from dltrain.cli.run_choice import newest_of_any_kind
    from dltrain.run import load_run
    from dltrain.run.checkpoint import is_unfinished
    from dltrain.run.members import group_of
    from dltrain.workflows.show import describe, describe_unfinished

    run = run or newest_of_any_kind()
    if (group := group_of(run)) is not None:
        _show_group(run, group, as_json=as_json)
        return
    if is_unfinished(run):
        unfinished = describe_unfinished(run)
        if as_json:
            print_json(unfinished.to_dict())
        else:
            print_unfinished(unfinished)
        return
    description = describe(load_run(run))
    if as_json:
        print_json(description.to_dict())
    else:
        print_run(description)


def _show_group(path: Path, group: "Group", *, as_json: bool) -> None:
    """Shows a cross-validation or a set of seeds, finished or not."""
    from dltrain.cli.notes import print_json
    from dltrain.cli.pages.folds import print_folds, print_unfinished_group
    from dltrain.cli.pages.gates import print_gates
    from dltrain.cli.pages.members_diagnosis import have_unseen_labels, print_members_diagnosis
    from dltrain.cli.pages.seeds import print_seeds, seeds_content
    from dltrain.run.checkpoint import origin_config
    from dltrain.run.folds import FoldsSummary
    from dltrain.run.gates import gates_content, judge_group
    from dltrain.run.loading import read_average
    from dltrain.run.members import is_finished
    from dltrain.run.seeds import read_group_origin, read_group_summary
    from dltrain.workflows.show import describe_unfinished_group

    if is_finished(path, group):
        summary = read_group_summary(path, group)
        config = origin_config(read_group_origin(path, group), source=str(path)).config
        gates = judge_group(config, summary)
        average = None if isinstance(summary, FoldsSummary) else read_average(path)
        if as_json:
            content = summary.model_dump() if isinstance(summary, FoldsSummary) else seeds_content(summary, average)
            print_json({"run": str(path), **content, **gates_content(gates)})
            return
        if isinstance(summary, FoldsSummary):
            print_folds(summary, path=path, judges=not have_unseen_labels(path, summary))
        else:
            print_seeds(summary, average=average, path=path)
        print_members_diagnosis(path, summary)
        print_gates(gates)
        return
    unfinished = describe_unfinished_group(path, group)
    if as_json:
        print_json(unfinished.to_dict())
    else:
        print_unfinished_group(unfinished)
