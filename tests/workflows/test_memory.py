"""What a fit will take, and what is said when that is too much."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dltrain.config import LoadedConfig, config_from_dict, resolve_config
from dltrain.errors import ConfigError, DataError
from dltrain.features import ClassTarget, Preprocessing
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.numeric import NumericFeature
from dltrain.features.scaling import Unscaled
from dltrain.workflows.limits.memory import (
    LIBRARIES_BYTES,
    MemoryEstimate,
    check_network_fits,
    check_tables_fit,
    estimate_fit,
    estimate_tables,
)
from dltrain.workflows.limits.table_size import expected_size

UNLIMITED = float("inf")
NAMES = ("amount", "city")
FEATURES = (
    NumericFeature(name="amount", impute="median", fill_value=0.0, scaler=Unscaled()),
    CategoricalFeature(
        name="city",
        impute="missing",
        fill_value=None,
        encode_as="one_hot",
        categories=tuple(f"{number:04}" for number in range(1_000)),
        has_missing=False,
        has_other=False,
    ),
)


def preprocessing(n_classes: int = 2) -> Preprocessing:
    labels = tuple(f"{number:06}" for number in range(n_classes))
    task: Any = "binary" if n_classes == 2 else "multiclass"
    return Preprocessing(features=FEATURES, target=ClassTarget(task=task, name="y", labels=labels))


def resolved(*units: int, n_classes: int = 2, **training: Any) -> LoadedConfig:
    layers = [{"type": "dense", "units": n} for n in units]
    loaded = config_from_dict(
        {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": layers}, "training": training}
    )
    task: Any = "binary" if n_classes == 2 else "multiclass"
    config = resolve_config(loaded.config, task=task, positive=None, n_classes=n_classes, features=NAMES)
    return replace(loaded, config=config)


def estimated(loaded: LoadedConfig, rows: int = 10_000, n_classes: int = 2) -> MemoryEstimate:
    fitted = preprocessing(n_classes)
    return estimate_fit(loaded.config, fitted, train=rows, validation=rows // 5, test=rows // 5)


def check_fits(
    loaded: LoadedConfig, memory: MemoryEstimate, *, allowed: float, n_classes: int = 2, **data: Any
) -> None:
    content = {"data": {"path": "a.csv", "target": "y"} | data, "model": {"layers": []}}
    written = replace(loaded, config=config_from_dict(content).config)
    check_network_fits(written, loaded.config, preprocessing(n_classes), memory, allowed=allowed)


def refusal(
    loaded: LoadedConfig, *, allowed: float, rows: int = 10_000, n_classes: int = 2, **data: Any
) -> ConfigError:
    memory = estimated(loaded, rows, n_classes)
    with pytest.raises(ConfigError) as caught:
        check_fits(loaded, memory, allowed=allowed, n_classes=n_classes, **data)
    return caught.value


def test_a_small_network_takes_hardly_more_than_the_libraries() -> None:
    assert LIBRARIES_BYTES < estimated(resolved(8), rows=100).n_bytes < 1.1 * LIBRARIES_BYTES


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (resolved(64, 64), resolved(4096, 4096)),
        (resolved(4096, optimizer="sgd"), resolved(4096, optimizer={"type": "sgd", "momentum": 0.9})),
        (resolved(4096, optimizer="sgd"), resolved(4096, optimizer="adam")),
        (resolved(4096, optimizer="adam"), resolved(4096, optimizer={"type": "adam", "amsgrad": True})),
        (resolved(4096, optimizer="adam"), resolved(4096, optimizer={"type": "adam", "use_ema": True})),
        (resolved(4096, batch_size=4096), resolved(4096, batch_size=8192)),
        (resolved(1, batch_size=8), resolved(1, batch_size=9_000)),
    ],
)
def test_what_is_larger_takes_more(smaller: LoadedConfig, larger: LoadedConfig) -> None:
    assert estimated(smaller).n_bytes < estimated(larger).n_bytes


def test_the_rows_and_the_classes_count() -> None:
    few, many = (estimated(resolved(8), rows) for rows in (1_000, 1_000_000))
    assert many.n_bytes - few.n_bytes > 1_000_000 * 2 * 4
    wide = estimated(resolved(8, n_classes=5_000), 1_000_000, n_classes=5_000)
    assert wide.n_bytes > 200_000 * 5_000 * 8


def test_what_just_fits_is_allowed_and_a_byte_more_is_not() -> None:
    loaded = resolved(512)
    memory = estimated(loaded)
    check_fits(loaded, memory, allowed=memory.n_bytes)
    assert "model.layers" in refusal(loaded, allowed=memory.n_bytes - 1).message


@pytest.mark.parametrize(
    ("loaded", "rows", "hint"),
    [
        (resolved(64, 20_000, 20_000, 64), 1_000, "model.layers.2.units=10000 "),
        (resolved(10_000, batch_size=10_000), 20_000, "training.batch_size=5000 "),
        (resolved(8, batch_size=20_000), 40_000, "data.drop=[city] saves 1,000 of 1,001 inputs"),
        (resolved(8), 20_000_000, "leave columns out with data.drop"),
    ],
)
def test_the_hint_is_about_what_takes_most(loaded: LoadedConfig, rows: int, hint: str) -> None:
    error = refusal(loaded, allowed=1e6, rows=rows)
    assert error.message.count(" for ") >= 3
    assert hint in str(error)


@pytest.mark.parametrize(
    ("data", "change"),
    [
        ({"drop": ["zip"]}, "data.drop=[zip, city]"),
        ({"features": ["amount", "city"]}, "data.features=[amount]"),
        ({"features": ["city"]}, "to leave column 'city' out"),
    ],
)
def test_a_column_is_left_out_as_the_config_allows_it(data: dict[str, Any], change: str) -> None:
    error = refusal(resolved(8, batch_size=20_000), allowed=1e6, rows=40_000, **data)
    assert f"hint: {change} saves 1,000 of 1,001 inputs" in str(error)


def test_a_target_of_many_classes_is_pointed_at() -> None:
    error = refusal(resolved(8, n_classes=100_000), allowed=1e9, rows=100_000, n_classes=100_000)
    assert "100,000 classes; data.task=regression" in str(error)


@pytest.mark.parametrize(("units", "is_writable"), [(23_000, True), (23_200, False)])
def test_a_network_that_no_onnx_file_can_hold_is_refused_whatever_the_memory(units: int, is_writable: bool) -> None:
    loaded = resolved(units, units - 1_000)
    if is_writable:
        check_fits(loaded, estimated(loaded), allowed=UNLIMITED)
    else:
        error = refusal(loaded, allowed=UNLIMITED)
        assert "model.onnx" in error.message
        assert "model.layers.1.units=11100" in str(error)


def test_tables_are_judged_together(tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.csv" for name in ("train", "test")]
    for path, n_rows in zip(paths, (20_000, 5_000), strict=True):
        path.write_text("x,y\n" + "1.5,2.5\n" * n_rows)
    loaded = config_from_dict(
        {
            "data": {"path": str(paths[0]), "target": "y"},
            "split": {"test": str(paths[1])},
            "model": {"layers": []},
        }
    )
    sizes = [size for path in paths if (size := expected_size(path)) is not None]
    needed = estimate_tables(sizes).n_bytes
    check_tables_fit(loaded.config, allowed=needed)
    with pytest.raises(DataError, match=r"train\.csv: .* about 20,\d+ rows and 2 columns") as caught:
        check_tables_fit(loaded.config, allowed=needed - 1)
    assert caught.value.message.count(" for ") == 3
    assert caught.value.hint is not None


def test_missing_tables_are_left_to_whoever_reads_them() -> None:
    loaded = config_from_dict({"data": {"path": "/nowhere/a.csv", "target": "y"}, "model": {"layers": []}})
    check_tables_fit(loaded.config, allowed=0)
