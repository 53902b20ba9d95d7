"""Which losses measure the same."""

from dataclasses import replace
from typing import Any

import pytest

from dltrain.config import config_from_dict
from dltrain.features import RegressionTarget
from dltrain.features.scaling import Unscaled
from dltrain.run import Run
from dltrain.workflows.comparing.loss_kinds import loss_kinds


def with_config(run: Run, *overrides: str) -> Run:
    content = run.config.model_dump(mode="json")
    return replace(run, config=config_from_dict(content, overrides).config)


def with_target(run: Run, **changes: Any) -> Run:
    target = RegressionTarget(**{"name": "y", "transform": "none", "scaler": Unscaled(), **changes})
    return replace(run, preprocessing=run.preprocessing.model_copy(update={"target": target}))


@pytest.mark.parametrize(
    "overrides", [["training.seed=5"], ["training.batch_size=8"], ["model.layers.1.units=9"], ["model.layers=[]"]]
)
def test_losses_of_other_networks_and_trainings_measure_the_same(people_run: Run, overrides: list[str]) -> None:
    (kind,) = loss_kinds([people_run, with_config(people_run, *overrides)])
    assert (kind.runs, kind.loss, kind.reasons) == ((0, 1), "binary crossentropy", ())


PENALTY = "{type: dense, units: 8, kernel_regularizer: {type: l2, l2: 0.01}}"


@pytest.mark.parametrize(
    ("overrides", "reasons"),
    [
        (
            ["training.loss=binary_focal_crossentropy"],
            ("another loss (binary focal crossentropy instead of binary crossentropy)",),
        ),
        (
            ["training.loss={type: binary_crossentropy, label_smoothing: 0.1}"],
            ("another loss (binary crossentropy, label smoothing 0.1 instead of binary crossentropy)",),
        ),
        (["training.class_weight={'no': 1, 'yes': 2}"], ("other class weights",)),
        ([f"model.layers=[{PENALTY}]"], ("other penalties on weights, which the loss includes",)),
        (
            ["training.loss=binary_focal_crossentropy", "data.weight=weight"],
            (
                "another loss (binary focal crossentropy instead of binary crossentropy)",
                "other weights of rows",
            ),
        ),
    ],
)
def test_others_are_of_another_kind_for_a_reason(
    people_run: Run, overrides: list[str], reasons: tuple[str, ...]
) -> None:
    first, second = loss_kinds([people_run, with_config(people_run, *overrides), people_run])
    assert (first.runs, first.reasons) == ((0, 2), ())
    assert (second.runs, second.reasons) == ((1,), reasons)


def test_the_scale_of_the_target_counts(people_run: Run) -> None:
    plain, log = with_target(people_run), with_target(people_run, transform="log")
    assert len(loss_kinds([plain, plain])) == 1
    assert loss_kinds([plain, log])[1].reasons == ("another scale of the target",)


def test_equal_penalties_are_of_one_kind(people_run: Run) -> None:
    run = with_config(people_run, f"model.layers=[{PENALTY}]")
    assert len(loss_kinds([run, run])) == 1
