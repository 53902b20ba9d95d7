"""Every shipped config is valid, and fits a sample of its table."""

import gzip
from pathlib import Path

import pytest

import dltrain
from dltrain.config import load_config
from dltrain.config.yaml.reader import read_yaml
from tests.conftest import PROJECT

CONFIGS = sorted((PROJECT / "configs").rglob("*.yaml"))
DIVERGE = {"concrete_no_batch_normalization", "learning_rate_too_high"}
ROWS = 400


def test_all_lessons_are_there() -> None:
    assert len(CONFIGS) == 22


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_header_says_what_it_is_how_to_run_it_and_what_it_reaches(path: Path) -> None:
    text = path.read_text()
    assert text.startswith("# yaml-language-server: $schema=../config.schema.json\n")
    assert f"# Run:     dltrain fit configs/{path.name}\n" in text
    assert "# Reaches: " in text
    assert "TBD" not in text


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_names_its_download_when_its_table_is_not_shipped(path: Path) -> None:
    loaded = load_config(path)
    assert Path(loaded.config.data.path).exists() or "# Table:   not shipped." in path.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.stem)
def test_a_config_fits_a_sample_of_its_table(path: Path, tmp_path: Path) -> None:
    config = load_config(path).config
    parts = {"data.path": config.data.path}
    if isinstance(config.split.test, str):
        parts["split.test"] = config.split.test
    overrides = ["training.epochs=3"]
    for key, table in parts.items():
        if not Path(table).exists():
            pytest.skip(f"{Path(table).name} is not shipped")
        overrides.append(f"{key}={sample(Path(table), tmp_path)}")
    if path.stem in DIVERGE:
        with pytest.raises(dltrain.TrainingError, match="hint: "):
            dltrain.fit(path, runs=tmp_path)
        return
    model = dltrain.fit(path, overrides=overrides, runs=tmp_path)
    assert model.metrics["epochs"] == 3
    assert read_yaml((model.path / "config.yaml").read_bytes(), source="config").data is not None


def sample(table: Path, folder: Path) -> Path:
    """The first rows of a table; small tables are taken whole."""
    text = gzip.decompress(table.read_bytes()) if table.suffix == ".gz" else table.read_bytes()
    path = folder / table.name.removesuffix(".gz")
    path.write_bytes(b"".join(text.splitlines(keepends=True)[: ROWS + 1]))
    return path


@pytest.mark.slow
def test_one_linear_unit_learns_the_true_weights(tmp_path: Path) -> None:
    import keras
    import numpy as np

    model = dltrain.fit(PROJECT / "configs" / "linear_unit.yaml", runs=tmp_path)
    kernel, bias = keras.saving.load_model(model.path / "model.keras").get_weights()
    np.testing.assert_allclose(kernel[:, 0], [2, -3, 0.5], atol=1e-2)
    np.testing.assert_allclose(bias, [1], atol=1e-2)
