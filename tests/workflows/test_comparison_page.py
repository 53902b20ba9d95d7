"""What the page of a comparison is made from."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from dltrain.config import config_from_dict
from dltrain.config.differences import config_differences
from dltrain.errors import OutputError
from dltrain.report.comparison.compared import ComparisonFacts
from dltrain.run import Run, load_run
from dltrain.run.history_file import read_history_file
from dltrain.workflows.compare import Comparison, compare
from dltrain.workflows.comparing.page import comparison_facts, write_comparison
from tests.report.pages import ParsedPage


@pytest.fixture
def other_run(people_run: Run) -> Run:
    """A copy of the run."""
    return load_run(Path(shutil.copytree(people_run.path, people_run.path.parent / "people-2")))


def with_config(run: Run, *overrides: str) -> Run:
    return replace(run, config=config_from_dict(run.config.model_dump(mode="json"), overrides).config)


def test_the_facts_are_those_of_the_comparison_and_the_runs(people_run: Run, other_run: Run) -> None:
    comparison = compare([people_run, other_run])
    facts = comparison_facts(comparison, [people_run, other_run])
    assert [run.name for run in facts.runs] == ["people-1", "people-2"]
    assert [run.metrics for run in facts.runs] == [run.metrics for run in comparison.runs]
    assert [run.history for run in facts.runs] == [read_history_file(people_run)] * 2
    assert (facts.rows, facts.task, facts.target) == (48, "binary", "bought")
    assert facts.runs[0].differences == {}
    assert {found.verdict for found in facts.runs[1].differences.values()} == {"equal"}
    assert facts.config == {}
    assert facts.epoch_metrics == ("accuracy", "roc_auc", "log_loss")
    assert (facts.other_validation, facts.left_out) == ((), "")
    assert sum(layer.parameters for layer in facts.runs[0].layers) == people_run.metrics.parameters


def facts_of(first: Run, *others: Run) -> ComparisonFacts:
    """What is said of runs that were measured alike, whatever their configs say."""
    (measured,) = compare([first, first]).runs[:1]
    runs = [first, *(replace(run, path=Path(f"other-{number}")) for number, run in enumerate(others))]
    made = tuple(
        replace(
            measured,
            path=run.path,
            layers=tuple(f"{layer.type}" for layer in run.config.model.layers),
            config=config_differences(first.config, run.config),
        )
        for run in runs
    )
    return comparison_facts(Comparison("some rows", 1, made), [first, *others])


def test_configs_are_told_for_every_run(people_run: Run) -> None:
    seeded = with_config(people_run, "training.seed=5")
    smaller = with_config(people_run, "training.optimizer.learning_rate=0.5")
    assert facts_of(people_run, seeded, smaller).config == {
        "training.seed": ("0", "5", "0"),
        "training.optimizer.learning_rate": ("0.01", "0.01", "0.5"),
    }


def test_other_layers_are_told_as_a_whole_and_single_values_where_the_layers_are_the_same(people_run: Run) -> None:
    linear = with_config(people_run, "model.layers=[]")
    quiet = with_config(people_run, "model.layers.2.rate=0.2")
    config = facts_of(people_run, linear, quiet).config
    assert list(config) == ["model.layers", "model.layers.2.rate"]
    assert config["model.layers"][1] == "no hidden layers"
    assert (
        config["model.layers"][0]
        == config["model.layers"][2]
        == ("batch_normalization, dense, dropout, layer_normalization")
    )
    # The linear one has no third layer that could say anything.
    assert config["model.layers.2.rate"] == ("0.1", "–", "0.2")


@pytest.mark.parametrize(
    ("override", "expected"),
    [
        ("split.validation=0.2", ("split.validation differs",)),
        ("split.seed=3", ("split.seed differs",)),
        ("training.seed=3", ()),
        ("data.path=elsewhere.csv", ()),
    ],
)
def test_keys_that_divide_other_validation_rows_are_named(
    people_run: Run, override: str, expected: tuple[str, ...]
) -> None:
    assert facts_of(people_run, with_config(people_run, override)).other_validation == expected


def test_metrics_of_epochs_are_left_out_where_class_weights_differ(people_run: Run) -> None:
    weighted = with_config(people_run, "training.class_weight={'no': 1, 'yes': 2}")
    facts = facts_of(people_run, weighted)
    assert facts.epoch_metrics == ()
    assert "class weights count in them" in facts.left_out
    assert len(facts.loss_kinds) == 2


def test_a_page_is_written_once(people_run: Run, other_run: Run, tmp_path: Path) -> None:
    runs, page = [people_run, other_run], tmp_path / "page.html"
    comparison = compare(runs)
    write_comparison(comparison, runs, page)
    text = ParsedPage(page.read_text(encoding="utf-8")).root.whole_text()
    assert "people-2 equals people-1 by accuracy, roc_auc and log_loss." in text
    before = page.read_bytes()
    with pytest.raises(OutputError, match=r"page\.html: exists already"):
        write_comparison(comparison, runs, page)
    write_comparison(comparison, runs, page, overwrite=True)
    assert page.read_bytes() == before
    assert [path.name for path in tmp_path.glob(".*")] == []
