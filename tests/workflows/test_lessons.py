"""What is said of every lesson on its whole table. `DLTRAIN_TABLES` names a folder of those that are not shipped."""

import os
from pathlib import Path

import pytest

import dltrain
from dltrain.config import load_config
from tests.conftest import PROJECT

pytestmark = pytest.mark.slow

CONFIGS = PROJECT / "configs"
OVERFITTING = ("training.early_stopping=null", "training.epochs=150", "training.loss=mse")
"""The mean absolute error of these wines does not rise, however well a network knows the training rows by heart."""

HEALTHY = [
    "concrete_batch_normalization",
    "fuel_log_target",
    "learning_rate_right",
    "linear_unit",
    "mpg_log_target",
    "penguins",
    "spotify_capacity",
    "spotify_dropout",
    # Hidden units tell at most 2 % of what this linear model leaves over: the networks beside it gain no more.
    "spotify_linear",
    "wages",
    "wine_early_stopping",
    "wine_sgd",
]
TOLD: list[tuple[str, tuple[str, ...], set[str]]] = [
    ("learning_rate_too_low", (), {"learning_rate_too_low"}),
    ("concrete_activation_layers", (), {"unscaled_inputs"}),
    ("concrete_deep", (), {"unscaled_inputs"}),
    # One step an epoch: it ends by min_delta, or at its last epochs, while both losses still fall.
    ("ionosphere", (), {"stopped_too_early", "learning_rate_too_low"}),
    ("wine_early_stopping", OVERFITTING, {"overfitting"}),
]
STOPPED = {
    "learning_rate_too_high": "the learning rate is too high: training.optimizer.learning_rate=0.01",
    "concrete_no_batch_normalization": "the inputs are not scaled .* or a batch_normalization layer first",
}
TOO_LARGE = {"adult", "california", "hotel_bookings"}
"""For a test: fits of minutes. Samples of the first two are in `test_diagnosing`."""

seeds = pytest.mark.parametrize("seed", [0, 1])


def fitted(name: str, folder: Path, *overrides: str, seed: int) -> list[str]:
    """The topics of what is said."""
    table = Path(load_config(CONFIGS / f"{name}.yaml").config.data.path)
    elsewhere = Path(os.environ.get("DLTRAIN_TABLES", ""), table.name)
    if not table.exists() and not elsewhere.exists():
        pytest.skip(f"{table.name} is not shipped")
    found = [] if table.exists() else [f"data.path={elsewhere.resolve()}"]
    chosen = [f"split.seed={seed}", f"training.seed={seed}", *found, *overrides]
    model = dltrain.fit(CONFIGS / f"{name}.yaml", overrides=chosen, runs=folder)
    return [found["topic"] for found in model.metrics["diagnosis"]]


def test_every_lesson_is_here() -> None:
    known = {*HEALTHY, *(name for name, _, _ in TOLD), *STOPPED, *TOO_LARGE, "wine_dropout_batch_normalization"}
    assert known == {path.stem for path in CONFIGS.glob("*.yaml")}


@seeds
@pytest.mark.parametrize("name", HEALTHY)
def test_nothing_is_said_of_a_lesson_that_goes_well(name: str, seed: int, tmp_path: Path) -> None:
    assert fitted(name, tmp_path, seed=seed) == []


@seeds
@pytest.mark.parametrize(("name", "overrides", "topics"), TOLD)
def test_what_a_lesson_shows_is_said_first(
    name: str, overrides: tuple[str, ...], topics: set[str], seed: int, tmp_path: Path
) -> None:
    assert topics & set(fitted(name, tmp_path, *overrides, seed=seed)[:1])


def test_jumps_as_large_as_what_was_learned_are_said(tmp_path: Path) -> None:
    """Inputs and target without a scale, dropout before batch normalisation: one epoch is a tenth off the next."""
    assert fitted("wine_dropout_batch_normalization", tmp_path, seed=0)[:1] == ["learning_rate_too_high"]


@seeds
@pytest.mark.parametrize("name", STOPPED)
def test_a_lesson_that_diverges_stops_and_says_why(name: str, seed: int, tmp_path: Path) -> None:
    with pytest.raises(dltrain.TrainingError, match=STOPPED[name]):
        fitted(name, tmp_path, seed=seed)
